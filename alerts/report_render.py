"""The weekly report as words: mail, plain text, HTML page, and what they have in common."""

from __future__ import annotations

from dataclasses import fields
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from alerts import filters, pages
from alerts.render import Envelope, compose
from alerts.report_chart import short_day, trend_svg
from alerts.weekly_report import (
    AccountFigures,
    CategoryFigures,
    Coverage,
    EarlierChange,
    TrendWeek,
    Unanswered,
    WeeklyReport,
)


def render_weekly(report: WeeklyReport, envelope: Envelope) -> EmailMessage:
    """The weekly report as a mail, text and HTML. Raises ValueError for an envelope that cannot be written."""
    return compose("weekly", _weekly_values(report), envelope)


def weekly_text(report: WeeklyReport) -> str:
    """The weekly report as plain text, complete in itself."""
    return pages.text("weekly", _weekly_values(report))


def weekly_html(report: WeeklyReport) -> str:
    """The weekly report as one HTML page with all styles inside, and the trend as a picture: no mail shows that."""
    return pages.html("weekly", _weekly_values(report) | {"chart": trend_svg(report.trend)})


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


def done(line: CategoryFigures) -> tuple[str, ...]:
    """What was done about the flagged comments of one category, in words; what did not happen is left out."""
    parts = (
        (line.hidden, "hidden"),
        (line.deleted, "deleted"),
        (line.reported, "reported"),
        (line.blocked, "blocked"),
        (line.otherwise, "decided otherwise"),
    )
    return (*(f"{number} {what}" for number, what in parts if number), f"{line.none_yet} none yet")


def taken(line: Unanswered) -> str:
    """Who holds a comment, in words."""
    return f"taken by {filters.label(line.holder)}" if line.holder else "nobody has taken it"


def network_says(row: Coverage) -> str:
    """What the network itself counts, to go on after our own count; empty: it gives no counts."""
    if row.counted is None or row.held is None:
        return ""
    return f"; under posts seen this week the network counts {row.counted}, we hold {row.held}"


def changed(change: EarlierChange) -> str:
    """One change to an earlier week: "2026-W45: 1 moved from unanswered to answered late"."""
    was, now = filters.words(change.was), filters.words(change.now)
    return f"{filters.label(change.week)}: {change.comments} moved from {was} to {now}"


def not_actioned(report: WeeklyReport, times: filters.SchoolTime) -> str:
    """The oldest comment of that kind, in words; empty: there is none."""
    one = report.oldest_not_actioned
    if one is None:
        return ""
    what, where = filters.words(one.category), filters.label(one.account)
    return f"case {one.case} ({what}), {where}, received {times.moment(one.received_at)}"


def trend_line(week: TrendWeek) -> str:
    """One week of the trend as a line of plain text."""
    if week.received is None or week.answered_in_time is None:
        return f"Week of {short_day(week.first_day)}: {filters.label(week.why_not)}"
    return f"Week of {short_day(week.first_day)}: {week.received} received, {week.answered_in_time} in time"


def _weekly_values(report: WeeklyReport) -> dict[str, Any]:
    return {
        "report": report,
        "times": school_time(report),
        "total": total(report.figures),
        "otherwise": otherwise,
        "done": done,
        "taken": taken,
        "changed": changed,
        "network_says": network_says,
        "not_actioned": not_actioned,
        "trend_line": trend_line,
        "short_day": short_day,
        "chart": "",
        "never_read": [coverage for coverage in report.coverage if coverage.complete_reads == 0],
    }
