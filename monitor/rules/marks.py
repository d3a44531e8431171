"""Whether a moderator said that the flags of a comment are right or wrong. Pure.

What was said of one version holds for the flags of that version alone, and what was said last counts.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import Action, Case, Flag, RecordedDecision

CONFIRMING = frozenset({Action.CONFIRM_FLAG, Action.CONFIRM_OFFENSIVE, Action.CONFIRM_SPAM})
ABOUT_FLAGS = CONFIRMING | {Action.FALSE_ALARM}
"""Decisions that say whether a flag is right. Hiding or answering a comment leaves that open."""
NEEDS_A_FLAG = frozenset({Action.CONFIRM_FLAG, Action.FALSE_ALARM})
"""Decisions that mean nothing where nothing was flagged."""


def mark_on(version: int | None, decisions: Iterable[RecordedDecision]) -> RecordedDecision | None:
    """The decision that says whether the flags of a version are right; None while there is none.

    `decisions`: those of one comment, in the order they were recorded.
    """
    marks = [each for each in decisions if each.version == version and each.fact.action in ABOUT_FLAGS]
    return marks[-1] if marks else None


def is_false_alarm(flag: Flag, case: Case) -> bool:
    """Whether a moderator marked this flag of the case a false alarm."""
    mark = mark_on(flag.version, case.decisions)
    return mark is not None and mark.fact.action is Action.FALSE_ALARM
