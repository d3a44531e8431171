"""A pack as a table of one line for each kind of comment."""

from __future__ import annotations

from collections.abc import Iterator

from config.policy import CATEGORIES, CategoryRule, PolicyPack
from monitor.policy_page.kinds import SPEEDS
from monitor.policy_page.terms import in_short, kind

_COLUMNS = (31, 14, 33, 9)  # columns of text; the last cell takes what is left
_HEADS = ("kind of comment", "told", "whom first", "answered", "taken down")
_SPEEDS = {"urgent": "day and night", "serious": "the same day", "concern": "in the digest", "note": "in the digest"}
_ANSWERS = {"in_time": "in time", "hold": "never", "redirect": "sent on"}
_REMOVALS = {"by_moderator": "", "at_once": "at once", "after_advice": "on advice"}


def at_a_glance(pack: PolicyPack) -> Iterator[str]:
    """The lines of the table, the most pressing kinds first."""
    yield _line(_HEADS)
    for _, severities in SPEEDS:
        for name in CATEGORIES:
            if name in pack.categories and pack.categories[name].severity in severities:
                yield _line(_cells(name, pack.categories[name]))


def _cells(name: str, rule: CategoryRule) -> tuple[str, ...]:
    return (
        kind(name),
        _SPEEDS[rule.severity],
        in_short(rule.tell.first),
        _ANSWERS[rule.hold.answer],
        _REMOVALS[rule.hold.removal],
    )


def _line(cells: tuple[str, ...]) -> str:
    *padded, last = cells
    return "".join(f"{cell:<{width}}" for cell, width in zip(padded, _COLUMNS, strict=True)) + last
