"""The weekly report as words: mail, plain text, HTML page, and what they have in common."""

from __future__ import annotations

from dataclasses import fields
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from alerts import filters, pages
from alerts.render import Envelope, compose
from alerts.weekly_report import AccountFigures, WeeklyReport


def render_weekly(report: WeeklyReport, envelope: Envelope) -> EmailMessage:
    """The weekly report as a mail, text and HTML. Raises ValueError for an envelope that cannot be written."""
    return compose("weekly", _weekly_values(report), envelope)


def weekly_text(report: WeeklyReport) -> str:
    """The weekly report as plain text, complete in itself."""
    return pages.text("weekly", _weekly_values(report))


def weekly_html(report: WeeklyReport) -> str:
    """The weekly report as one HTML page with all styles inside."""
    return pages.html("weekly", _weekly_values(report))


def school_time(report: WeeklyReport) -> filters.SchoolTime:
    """How a report writes its moments: never "today", because it is read again later."""
    return filters.SchoolTime(ZoneInfo(report.timezone), report.made_at, today=False)


def total(figures: tuple[AccountFigures, ...]) -> AccountFigures:
    """The sum over all accounts."""
    counted = [field.name for field in fields(AccountFigures) if field.name not in {"account", "key"}]
    return AccountFigures("All accounts", **{name: sum(getattr(f, name) for f in figures) for name in counted})


def otherwise(figures: AccountFigures) -> tuple[str, ...]:
    """What became of the comments that were not answered in time, in words; what did not happen is left out."""
    parts = (
        (figures.answered_late, "answered late"),
        (figures.found_late, "found late"),
        (figures.no_reply_needed, "needing no reply"),
        (figures.actioned, "acted on"),
        (figures.withdrawn, "withdrawn"),
        (figures.spam, "spam"),
        (figures.held, "held"),
    )
    return (*(f"{number} {what}" for number, what in parts if number), f"{figures.unanswered} unanswered")


def _weekly_values(report: WeeklyReport) -> dict[str, Any]:
    return {
        "report": report,
        "times": school_time(report),
        "total": total(report.figures),
        "otherwise": otherwise,
        "never_read": [coverage for coverage in report.coverage if coverage.complete_reads == 0],
    }
