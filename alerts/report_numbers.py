"""Every number of a weekly report with the name by which it can be explained.

Found by walking through the message itself, so that a number put into it later is found as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from alerts.filters import words
from alerts.report_render import total
from alerts.weekly_report import WeeklyReport

PARTS = {
    "coverage": "coverage",
    "figures": "account",
    "flagged": "category",
    "held": "held",
    "blind": "blind",
    "trend": "trend",
    "load": "load",
    "changes": "earlier",
    "evidence": "evidence",
}
"""The first part of a name, by the field of the report."""
NO_FIGURES = frozenset({"shown", "case", "removed_before_advice"})
"""Numbers that count nothing: how much of a list is shown, and numbers of cases."""
ALL = "all"

_ROW_NAMED_BY = {
    "coverage": ("key",),
    "figures": ("key",),
    "flagged": ("category",),
    "held": ("clause",),
    "blind": ("key", "day"),
    "trend": ("week",),
    "load": ("key",),
    "changes": ("week", "was", "now"),
}
_SAID_AS = {"coverage": "account", "figures": "account", "load": "person", "blind": "account"}


@dataclass(frozen=True)
class Figure:
    """One number: its name, what it counts in a few words, and its value."""

    key: str
    said: str
    value: float


def numbers(report: WeeklyReport) -> Iterator[Figure]:
    """Every number, in the order of the message. What is None is no number."""
    for field in fields(report):
        value = getattr(report, field.name)
        if field.name in NO_FIGURES:
            continue
        if _is_number(value):
            yield Figure(field.name, words(field.name), value)
        elif is_dataclass(value) and not isinstance(value, type):
            yield from _of_row(PARTS.get(field.name, field.name), "", "", value)
        elif isinstance(value, tuple):
            for row in value:
                if is_dataclass(row):
                    yield from _of_row(PARTS.get(field.name, field.name), *_named(field.name, row), row)
    if len(report.figures) != 1:
        yield from _of_row("account", ALL, "All accounts", total(report.figures))


def _named(field: str, row: Any) -> tuple[str, str]:
    by = _ROW_NAMED_BY.get(field, ())
    name = "/".join(str(getattr(row, part)) or str(getattr(row, "account", "")) for part in by)
    said = getattr(row, _SAID_AS[field]) if field in _SAID_AS else name.replace("/", ", ")
    return name, f"{said}, {row.day}" if field == "blind" else said


def _of_row(part: str, name: str, said: str, row: Any) -> Iterator[Figure]:
    for field in fields(row):
        value = getattr(row, field.name)
        if _is_number(value) and field.name not in NO_FIGURES:
            key = "/".join(filter(None, (part, name.replace(" ", "-"), field.name)))
            yield Figure(key, f"{words(field.name)}, {said or part}", value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
