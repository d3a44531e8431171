"""The governors' page as plain text, as HTML and as CSV. What it says is decided in `governors_page.py`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from alerts import governors_page, pages
from alerts.filters import label, neutralised, on_day
from alerts.governors_fields import GovernorsPage

COLUMNS = ("term", "record", "name", "figure", "value")
"""One figure a line. `record`: account, coverage, breach, no breach, stage, urgent, outgoing, equality or page.
`name`: of which account, kind, stage or group. A value is a whole number, hours, "1 to 4", a day, yes or no."""


def governors_text(page: GovernorsPage) -> str:
    """The page as plain text, complete in itself."""
    return pages.text("governors", _values(page))


def governors_html(page: GovernorsPage) -> str:
    """The page as HTML with all styles inside."""
    return pages.html("governors", _values(page))


def governors_csv(page: GovernorsPage) -> str:
    """The figures for a spreadsheet; lines end in CR LF (RFC 4180). Small counts are not told here either."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for record, name, figure, value in _figures(page):
        writer.writerow(map(_cell, (page.name, record, name, figure, value)))
    return written.getvalue()


def made(page: GovernorsPage) -> str:
    """When the page was made, in words: "11 Jan 2027 08:05"."""
    local = page.made_at.astimezone(ZoneInfo(page.timezone))
    return f"{on_day(local.date())} {local:%H:%M}"


def _values(page: GovernorsPage) -> dict[str, Any]:
    return {
        "page": page,
        "title": governors_page.title(page),
        "verdict": governors_page.verdict(page),
        "warning": governors_page.warning(page),
        "sections": governors_page.sections(page),
        "footer": governors_page.footer(page, made(page)),
    }


def _figures(page: GovernorsPage) -> Iterator[tuple[str, str, str, str | int]]:
    for account in page.figures:
        yield from _each("account", account.account, asdict(account), "account")
    for seen in page.seen:
        yield from _each("coverage", seen.account, asdict(seen), "account")
    for line in page.breaches:
        yield "breach", line.category, "flagged", line.flagged
        yield "breach", line.category, "false alarms", line.false_alarms
        for what, number in line.done:
            yield "breach", line.category, what, number
    for what, number in page.no_breaches:
        yield "no breach", what, "flagged", number
    for stage, number in page.stages:
        yield "stage", stage, "reached", number
    yield from _each("urgent", "", asdict(page.alerts))
    for found in page.outgoing:
        yield from _each("outgoing", found.what, asdict(found), "what")
    for group in (*page.equality.lines, page.equality.others):
        yield from _each("equality", group.group, asdict(group), "group")
    for each in page.equality.too_few:
        yield "equality", each, "comments", "too few to say"
    yield from _of_the_page(page)


def _of_the_page(page: GovernorsPage) -> Iterator[tuple[str, str, str, str | int]]:
    yield "page", "", "first day", page.first_day.isoformat()
    yield "page", "", "last day", page.last_day.isoformat()
    yield "page", "", "made", page.made_at.isoformat(timespec="seconds")
    yield "page", "", "term is over", _yes(page.is_over)
    yield "page", "", "for everybody", _yes(page.for_everybody)
    yield "page", "", "comments without words", page.equality.wordless
    yield "page", "", "evidence kept", page.evidence_kept
    yield "page", "", "evidence handed out", page.evidence_handed_out
    yield "page", "", "policy", page.policy
    yield "page", "", "review due by", page.review_by.isoformat() if page.review_by else ""
    yield "page", "", "review overdue", _yes(page.review_is_overdue)
    yield "page", "", "register not as the policy asks", page.register_found
    yield "page", "", "register grave", page.register_grave
    yield "page", "", "cases with somebody kept out", page.kept_out or "not counted"


def _each(record: str, name: str, fields: dict[str, Any], *without: str) -> Iterator[tuple[str, str, str, str | int]]:
    for field, value in fields.items():
        if field not in without:
            told = _yes(value) if isinstance(value, bool) else _value(value)
            yield record, name, field.replace("_", " "), told


def _cell(value: str | int) -> str | int:
    return neutralised(label(value)) if isinstance(value, str) else value


def _value(value: object) -> str | int:
    if isinstance(value, float):
        return f"{value:.1f}"
    return value if isinstance(value, str | int) else str(value or "")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
