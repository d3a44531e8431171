"""A pack as a table of one line for each kind of comment."""

from __future__ import annotations

from collections.abc import Iterator

from config.policy import CATEGORIES, CategoryRule, PolicyPack
from monitor.policy_page.kinds import SPEEDS
from monitor.policy_page.terms import in_short, kind

_GAP = 2  # columns between two cells
_HEADS = ("kind of comment", "told", "whom first", "answered", "taken down")
_SPEEDS = {"urgent": "any hour", "serious": "same day", "concern": "digest", "note": "digest"}
_ANSWERS = {"in_time": "in time", "hold": "never", "redirect": "sent on"}
_REMOVALS = {"by_moderator": "", "at_once": "at once", "after_advice": "on advice"}


def at_a_glance(pack: PolicyPack) -> Iterator[str]:
    """The lines of the table, the most pressing kinds first."""
    rows = [
        _cells(name, pack.categories[name])
        for _, severities in SPEEDS
        for name in CATEGORIES
        if name in pack.categories and pack.categories[name].severity in severities
    ]
    widths = [max(map(len, column)) + _GAP for column in zip(_HEADS, *rows, strict=True)]
    for row in (_HEADS, *rows):
        yield "".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _cells(name: str, rule: CategoryRule) -> tuple[str, ...]:
    return (
        kind(name),
        _SPEEDS[rule.severity],
        in_short(rule.tell.first),
        _ANSWERS[rule.hold.answer],
        _REMOVALS[rule.hold.removal],
    )
