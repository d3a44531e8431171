"""Which decisions are in force, and whether a moderator said that the flags of a comment are right or wrong. Pure.

What was said of one version holds for the flags that version had by then, and what was said last counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from monitor.model import Action, Case, Flag, RecordedDecision

CONFIRMING = frozenset({Action.CONFIRM_FLAG, Action.CONFIRM_OFFENSIVE, Action.CONFIRM_SPAM})
ABOUT_FLAGS = CONFIRMING | {Action.FALSE_ALARM}
"""Decisions that say whether a flag is right. Hiding or answering a comment leaves that open."""
NEEDS_A_FLAG = frozenset({Action.CONFIRM_FLAG, Action.FALSE_ALARM})
"""Decisions that mean nothing where nothing was flagged."""
LEAVES_FLAGS_OPEN = frozenset(
    {Action.ANSWERED_ELSEWHERE, Action.TAKE, Action.ADVICE_RECEIVED, Action.CONFIRM_ILLEGAL, Action.UNDO}
)
"""Decisions after which the flags still wait for one: they settle something else, or only begin something."""


def in_force(decisions: Iterable[RecordedDecision]) -> tuple[RecordedDecision, ...]:
    """Those that count: without what was taken back, and without the taking back itself."""
    everything = tuple(decisions)
    undone = {each.undoes for each in everything if each.fact.action is Action.UNDO}
    return tuple(d for d in everything if d.fact.action is not Action.UNDO and not (d.number and d.number in undone))


def mark_on(
    version: int | None, decisions: Iterable[RecordedDecision], since: datetime | None = None
) -> RecordedDecision | None:
    """The decision that says whether the flags of a version are right; None while there is none.

    `decisions`: those of one comment, in the order they were recorded. `since`: what was said before counts for
    nothing, as with a flag that was raised only then.
    """
    marks = [
        each
        for each in in_force(decisions)
        if each.version == version and each.fact.action in ABOUT_FLAGS and (since is None or each.fact.at >= since)
    ]
    return marks[-1] if marks else None


def is_false_alarm(flag: Flag, case: Case) -> bool:
    """Whether a moderator marked this flag of the case a false alarm."""
    mark = mark_on(flag.version, case.decisions, flag.raised_at)
    return mark is not None and mark.fact.action is Action.FALSE_ALARM


def standing(flags: Sequence[Flag], decisions: Sequence[RecordedDecision]) -> tuple[Flag, ...]:
    """The flags of one comment that nobody called a false alarm, those of earlier versions among them.

    An edit takes back nothing that was said before it. A flag of an earlier version that nobody spoke about falls
    with a later false alarm, where the later version has a flag of the same category or none at all.
    """
    return tuple(flag for flag in flags if not _rejected(flag, flags, decisions))


def _rejected(flag: Flag, flags: Sequence[Flag], decisions: Sequence[RecordedDecision]) -> bool:
    own = mark_on(flag.version, decisions, flag.raised_at)
    if own is not None or flag.version is None:
        return own is not None and own.fact.action is Action.FALSE_ALARM
    later = [
        each
        for each in in_force(decisions)
        if each.version > flag.version and each.fact.action in ABOUT_FLAGS and _speaks_of(flag, each, flags)
    ]
    return bool(later) and later[-1].fact.action is Action.FALSE_ALARM


def _speaks_of(flag: Flag, mark: RecordedDecision, flags: Sequence[Flag]) -> bool:
    there = {each.category for each in flags if each.version == mark.version}
    return flag.category in there or not there
