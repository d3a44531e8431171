"""What is to happen with a case and what was done about it, in lines for `show`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.base import local
from monitor.model import Case, RecordedDecision
from monitor.rules.handling import Answering, Handling
from monitor.rules.holds import handling_of
from monitor.rules.marks import in_force, standing
from monitor.rules.outstanding import taken_by
from monitor.rules.removals import Claim, Shown, claims
from monitor.words import category_words, done_words

if TYPE_CHECKING:
    from config.policy import PolicyPack

LONGEST = 500


def next_steps(case: Case, policy: PolicyPack) -> list[str]:
    """What the policy asks for now, first things first: what is held back, what waits, then its own steps."""
    handling = handling_of(case, policy)
    lines = [f"  hold: {each}" for each in _held_back(case, handling)]
    lines += [f"  next: {each}" for each in case.to_do]
    flags = standing(case.flags, case.decisions)
    for category in dict.fromkeys(flag.category for flag in flags):
        rule = policy.categories.get(category.value)
        lines += [f"  next, for {category_words(category)}: {step}" for step in (rule.next_steps if rule else ())]
    return lines


def decision_lines(case: Case, zone: str) -> list[str]:
    """Every decision, those taken back among them, then what the network shows of what was said to be done."""
    counted = in_force(case.decisions)
    undone = {each.undoes: each.number for each in case.decisions if each.undoes is not None}
    lines = []
    for each in case.decisions:
        lines += _decision(each, zone)
        if each not in counted and each.number in undone:
            lines.append(f"  taken back by decision {undone[each.number]}: it no longer counts")
    if taken := taken_by(case):
        lines.append(f"Looked after by {plain(taken, 100)}.")
    return lines + [claim_line(claim, zone) for claim in claims(case)]


def claim_line(claim: Claim, zone: str) -> str:
    """What was said to be done on the network, and whether a read since has shown it."""
    done = done_words(claim.action)
    said = f"Said to be {done} at {local(claim.said.fact.at, zone)}"
    seen = local(claim.seen_at, zone) if claim.seen_at else "a time we do not know"
    match claim.shown:
        case Shown.NOT_VISIBLE:
            return f"{said}; confirmed: not visible to us at {seen}."
        case Shown.HIDDEN:
            return f"{said}; confirmed: hidden from readers at {seen}."
        case Shown.STILL_VISIBLE:
            return f"{said}; still visible at {seen} although said to be {done}."
        case _:
            return f"{said}, not confirmed yet."


def _held_back(case: Case, handling: Handling | None) -> Iterable[str]:
    if case.facts.hold:
        yield f'do not answer (clause "{plain(case.facts.hold, 120)}")'
    elif handling is not None and handling.answering is Answering.REDIRECT:
        where = "; ".join(plain(each, 200) for each in handling.redirect_to)
        yield f"answer in time, and say where it belongs: {where}"
    if handling is not None and handling.explains:
        yield "whoever takes it down tells readers why, and records the words with --audience"


def _decision(each: RecordedDecision, zone: str) -> list[str]:
    details = each.details
    what = each.fact.action.value.replace("_", " ")
    if each.undoes is not None:
        what += f" decision {each.undoes}"
    if stage := details.get("stage"):
        what += f" to {plain(stage, 40)}, reached {plain(details.get('on', ''), 10)}"
    if school := details.get("school"):
        what += f" to {plain(school, 200)}"
    rule = f", house rule {plain(details['house_rule'], 10)}" if "house_rule" in details else ""
    number = f" (decision {each.number})" if each.number else ""
    lines = [
        f"Decided {local(each.fact.at, zone)} by {plain(each.by, 100)}{number}: {what}, "
        f"on version {each.version}{rule}: {plain(each.fact.note, LONGEST)}"
    ]
    if audience := details.get("audience"):
        lines.append(f"  readers were told: {plain(audience, LONGEST)}")
    return lines
