"""What a case waits for besides an answer, and besides flags that nobody has decided on. Pure.

In the order in which a person should take it. A new signal re-opens what was closed: words edited, a flag raised
since, a comment that is visible again although it was said to be taken down.
"""

from __future__ import annotations

from collections.abc import Iterable

from config.policy import PolicyPack
from monitor.model import Action, Case, Flag, Presence, RecordedDecision
from monitor.rules.handling import Removal
from monitor.rules.holds import advice_waited_for, handling_of, hold_clause, is_illegal
from monitor.rules.marks import LEAVES_FLAGS_OPEN, in_force, standing
from monitor.rules.removals import waits_again
from monitor.rules.state import REMOVING

STILL_THERE = {
    Action.HIDE: "still visible although said to be hidden",
    Action.DELETE: "still visible although said to be deleted",
}
ILLEGAL = "confirmed as illegal: take it down now, evidence is kept"
AT_ONCE = 'take it down at once, evidence is kept (clause "{clause}")'
BEFORE_ADVICE = {
    Presence.HIDDEN: "hidden before advice was recorded",
    Presence.HELD: "held back by the network before advice was recorded",
    Presence.GONE: "not visible to us before advice was recorded",
}
ADVICE_IS_THERE = "advice is recorded: decide what is to be done"
EDITED_SINCE = "edited since it was held: say whether it is still not to be answered"


def to_do(case: Case, pack: PolicyPack) -> tuple[str, ...]:
    """What still has to be done about a case, in words; empty: nothing of this kind."""
    found = [STILL_THERE[claim.action] for claim in waits_again(case)]
    if is_closed(case):
        return tuple(found)
    return (*found, *_takedown(case, pack), *_advice(case, pack), *_edited(case, pack))


def is_closed(case: Case) -> bool:
    """Whether a moderator closed the case, and neither words nor flags are new since."""
    flags = standing(case.flags, case.decisions)
    return any(each.version == case.version and _after(each, flags) for each in _decided(case, {Action.CLOSE}))


def taken_by(case: Case) -> str:
    """Who looks after it; empty: nobody said so."""
    taken = _decided(case, {Action.TAKE})
    return taken[-1].by if taken else ""


def _takedown(case: Case, pack: PolicyPack) -> Iterable[str]:
    handling = handling_of(case, pack)
    if case.shown is not Presence.VISIBLE or handling is None:
        return
    acted = _decided(case, REMOVING)
    if is_illegal(case.decisions, case.version):
        if not _followed(case, Action.CONFIRM_ILLEGAL, REMOVING):
            yield ILLEGAL
        return
    now = [flag for flag in standing(case.flags, case.decisions) if flag.version in {case.version, None}]
    asked = [flag for flag in now if _asks_for_removal(flag, pack)]
    if handling.removal is Removal.AT_ONCE and asked and not any(_after(each, asked) for each in acted):
        clause = next(because.clause for because in handling.because if because.says == Removal.AT_ONCE)
        yield AT_ONCE.format(clause=clause)


def _advice(case: Case, pack: PolicyPack) -> Iterable[str]:
    if waited_for := advice_waited_for(case.flags, case.decisions, pack):
        yield from map(str, waited_for)
        if case.shown in BEFORE_ADVICE:
            yield BEFORE_ADVICE[case.shown]
        return
    received = _decided(case, {Action.ADVICE_RECEIVED})
    if received and not _followed(case, Action.ADVICE_RECEIVED, frozenset(Action) - LEAVES_FLAGS_OPEN):
        yield ADVICE_IS_THERE


def _edited(case: Case, pack: PolicyPack) -> Iterable[str]:
    """Held for words that are no longer there: the hold stays, and a person is asked."""
    here = [flag for flag in case.flags if flag.version in {case.version, None}]
    if not case.facts.hold or hold_clause(here, case.decisions, pack):
        return
    if not _decided(case, frozenset(Action) - {Action.TAKE, Action.UNDO}, on=case.version):
        yield EDITED_SINCE


def _decided(case: Case, actions: Iterable[Action], on: int | None = None) -> list[RecordedDecision]:
    wanted = frozenset(actions)
    return [d for d in in_force(case.decisions) if d.fact.action in wanted and (on is None or d.version == on)]


def _followed(case: Case, action: Action, by: Iterable[Action]) -> bool:
    """Whether one of the decisions `by` was recorded after the last `action`."""
    recorded = [each.fact.action for each in in_force(case.decisions)]
    last = len(recorded) - recorded[::-1].index(action)
    return not set(by).isdisjoint(recorded[last:])


def _after(decision: RecordedDecision, flags: Iterable[Flag]) -> bool:
    """Whether a decision was made when these flags were there already."""
    return all(
        (flag.version is None or decision.version >= flag.version)
        and (flag.raised_at is None or decision.fact.at >= flag.raised_at)
        for flag in flags
    )


def _asks_for_removal(flag: Flag, pack: PolicyPack) -> bool:
    rule = pack.categories.get(flag.category.value)
    return rule is not None and rule.hold.removal == "at_once"
