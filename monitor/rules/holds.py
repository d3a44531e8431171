"""What the policy holds back for one comment: its answer, its removal. Pure.

An answer is held while a flag stands whose kind the pack says is never answered, those of earlier versions among
them: an edit by its author releases nothing. Removal waits for advice until somebody records, after the last such
flag was raised, that advice was received; what a person confirmed as illegal waits for nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.policy import CategoryRule, PolicyPack
from monitor.model import Action, Case, Category, Flag, Presence, RecordedDecision
from monitor.rules.handling import Answering, Handling, handling
from monitor.rules.marks import in_force, standing

TAKING_DOWN = frozenset({Action.HIDE, Action.DELETE})
"""What nobody does before the advice that is waited for."""


@dataclass(frozen=True)
class Advice:
    """Whose advice is waited for, and under which clause."""

    whose: str
    clause: str

    def __str__(self) -> str:
        return f'advice from {self.whose} is waited for under "{self.clause}"'


def handling_of(case: Case, pack: PolicyPack) -> Handling | None:
    """How a case is handled, as its flags and decisions stand."""
    flags = standing(case.flags, case.decisions)
    return handling(flags, pack, is_illegal=is_illegal(case.decisions, case.version))


def is_illegal(decisions: Sequence[RecordedDecision], version: int) -> bool:
    """Whether a person confirmed that this version must not be there by law. An edit asks anew."""
    return any(each.fact.action is Action.CONFIRM_ILLEGAL and each.version == version for each in in_force(decisions))


def hold_clause(flags: Sequence[Flag], decisions: Sequence[RecordedDecision], pack: PolicyPack) -> str:
    """The clause under which nobody answers a comment with these flags; empty: it is answered like any other."""
    found = handling(standing(flags, decisions), pack)
    if found is None or found.answering is not Answering.HOLD:
        return ""
    return next(because.clause for because in found.because if because.says == Answering.HOLD)


def advice_waited_for(
    flags: Sequence[Flag], decisions: Sequence[RecordedDecision], pack: PolicyPack
) -> tuple[Advice, ...]:
    """Whose advice has to be recorded before anything is taken down. Advice counts for the flags there were then."""
    received = [each for each in in_force(decisions) if each.fact.action is Action.ADVICE_RECEIVED]
    waiting = {
        Advice(rule.hold.advice_from, rule.hold.clause or rule.clause): None
        for flag in standing(flags, decisions)
        if (rule := _rule(flag.category, pack)) is not None
        and rule.hold.removal == "after_advice"
        and not any(_covers(each, flag) for each in received)
    }
    return tuple(sorted(waiting, key=lambda advice: (advice.clause, advice.whose)))


def may_remove(case: Case, pack: PolicyPack) -> str | None:
    """Why a case may be neither hidden nor deleted yet, in words; None when it may."""
    if is_illegal(case.decisions, case.version):
        return None
    waited_for = advice_waited_for(case.flags, case.decisions, pack)
    return "; ".join(map(str, waited_for)) or None


def removed_before_advice(case: Case, pack: PolicyPack) -> bool:
    """Whether readers no longer see a case although the advice to wait for is not on record."""
    return case.shown is not Presence.VISIBLE and may_remove(case, pack) is not None


def _rule(category: Category, pack: PolicyPack) -> CategoryRule | None:
    return pack.categories.get(category.value)


def _covers(advice: RecordedDecision, flag: Flag) -> bool:
    """Whether advice was received when the flag was there already."""
    seen = flag.version is None or advice.version >= flag.version
    return seen and (flag.raised_at is None or advice.fact.at >= flag.raised_at)
