"""The weekly report as one A4 page, tagged for screen readers (PDF/UA-1), the same bytes for the same report."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from alerts.filters import SchoolTime, capital, counted, duration, hours, label, period, plain, share, words
from alerts.pages import before_advice, counts_differ, held_back, not_watched
from alerts.report_render import otherwise, school_time, total
from alerts.weekly_report import WeeklyReport

_PAGE = Path(__file__).parent / "templates" / "weekly" / "report.typ"
# Blocks drawn completely by the fonts that typst brings; a missing letter would fail the whole page under PDF/UA.
DRAWN = ((0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3A1), (0x3A3, 0x3C9), (0x410, 0x44F), (0x1E80, 0x1E85))
DRAWN_TOO = frozenset("ŴŵŶŷ–—‘’“”…•€")
_NOT_DRAWN = "\ufffd"

_DENSITIES = (0, 1, 1.5, 2, 2.2)
_PAGE_COUNT = re.compile(rb"/Type\s*/Pages.*?/Count\s+(\d+)", re.DOTALL)

Section = dict[str, Any]


def weekly_pdf(report: WeeklyReport) -> bytes:
    """The report as PDF. A letter that the built-in fonts lack is printed as the replacement character."""
    times = school_time(report)
    title = f"Weekly report {period(report.first_day, report.last_day)} {report.last_day.year}"
    sections = [
        _coverage(report, times),
        _unanswered(report, times),
        *_held(report),
        _by_account(report),
        _response_time(report),
        _flagged(report),
    ]
    data = {
        "title": title.replace("-", "–"),
        "school": label(report.school),
        "verdict": plain(report.verdict),
        "warning": plain(" ".join(filter(None, (report.too_few_moderators, *report.notices))), 2000),
        "sections": sections,
        "footer": _footer(report, times),
        "to_type": _to_type(report),
    }
    return one_page(data, report.made_at)


def one_page(data: Section, made_at: datetime) -> bytes:
    """The page that `report.typ` makes of this data, the same bytes for the same data."""
    # Whatever there is to say still has to fit one page: closer and smaller until it does.
    for density in _DENSITIES:
        page = _drawn(data | {"density": density}, made_at)
        if _pages_in(page) == 1:
            break
    return page


def _drawn(data: Section, made_at: datetime) -> bytes:
    return bytes(
        typst.compile(
            _PAGE.read_bytes(),
            format="pdf",
            sys_inputs={"data": json.dumps(_drawable(data))},
            pdf_standards=["ua-1"],
            ignore_system_fonts=True,
            timestamp=int(made_at.timestamp()),
        )
    )


def _pages_in(pdf: bytes) -> int:
    return max((int(count) for count in _PAGE_COUNT.findall(pdf)), default=1)


def _section(
    title: str, columns: dict[str, int], rows: list[list[str]], *notes: str, summed: bool = False
) -> Section:
    """`columns`: heading and relative width of each. `summed`: the last row is the sum of the others."""
    head = [{"title": name, "width": width} for name, width in columns.items()]
    return {"title": title, "columns": head, "rows": rows, "notes": notes, "summed": summed}


def _and_more(all_of_them: tuple[Any, ...], shown: int) -> list[str]:
    return [f"and {len(all_of_them) - shown} more"] if len(all_of_them) > shown else []


def _coverage(report: WeeklyReport, times: SchoolTime) -> Section:
    rows = [
        [
            label(c.account),
            f"{hours(c.hours_covered)} of {hours(c.hours_in_week)}",
            f"{c.complete_reads} of {c.reads}",
            str(c.stored),
        ]
        for c in report.coverage
    ]
    notes = [] if rows else ["No account was being watched."]
    for c in report.coverage:
        holes = [times.stretch(begin, end) for begin, end in c.holes[: report.shown]]
        if holes:
            listed = "; ".join(holes + _and_more(c.holes, report.shown))
            notes.append(f"{label(c.account)} was not read: {listed}.")
    promise = plain(report.uncovered_promise)
    notes += filter(None, [counts_differ(report.coverage), not_watched(report.messages_unwatched), promise])
    columns = {"Account": 40, "Hours seen": 20, "Complete reads": 20, "New comments": 20}
    return _section("How much of the week we could see", columns, rows, *notes)


def _unanswered(report: WeeklyReport, times: SchoolTime) -> Section:
    rows = [
        [
            str(line.case),
            f"{label(line.what)}, {label(line.account)}",
            times.moment(line.received_at),
            times.deadline(line.due_at) if line.due_at else "",
            label(line.state),
        ]
        for line in report.unanswered[: report.shown]
    ]
    notes = _and_more(report.unanswered, report.shown)
    columns = {"Case": 9, "What": 30, "Received": 20, "Due": 23, "State": 18}
    return _section(
        f"Unanswered now ({len(report.unanswered)})",
        columns,
        rows,
        *notes,
        "Oldest first, from any week." if rows else "None.",
    )


def _held(report: WeeklyReport) -> list[Section]:
    """What nobody is to answer; no section where there is nothing of the kind."""
    said = [*map(held_back, report.held), before_advice(report.removed_before_advice)]
    notes = [each for each in said if each]
    return [_section("Held under the policy, not to be answered", {}, [], *notes)] if notes else []


def _by_account(report: WeeklyReport) -> Section:
    summed = [total(report.figures)] if len(report.figures) != 1 else []
    rows = [
        [label(f.account), str(f.received), share(f.answered_in_time, f.due), ", ".join(otherwise(f))]
        for f in [*report.figures, *summed]
    ]
    notes = ["Received: came in this week. Everything else: fell due in it."]
    if any(f.found_late for f in report.figures):
        notes.append("Found late: already past due when the account could first be read.")
    columns = {"Account": 24, "Received": 11, "Answered in time": 20, "Otherwise": 45}
    return _section("By account", columns, rows, *notes, summed=bool(summed))


def _response_time(report: WeeklyReport) -> Section:
    if report.median_hours is None:
        return _section("Response time", {}, [], "No answers this week.")
    said = f"Half of the answers came within {duration(report.median_hours)} (median)."
    if report.slowest_hours is not None:
        longest = duration(report.slowest_hours)
        percentile = f" 95 in 100 came within {longest} (95th percentile)."
        said += percentile if report.slowest_is_percentile else f" The longest wait was {longest}."
    return _section("Response time", {}, [], said)


def _flagged(report: WeeklyReport) -> Section:
    rows = [
        [
            capital(words(c.category)),
            str(c.flagged) + (f", {counted(c.false_alarms, 'false alarm')}" if c.false_alarms else ""),
            f"{c.decided} of {c.flagged}",
            f"{c.evidence_kept} of {c.flagged}",
        ]
        for c in report.flagged
    ]
    columns = {"Category": 40, "Flagged": 20, "Decided": 20, "Evidence kept": 20}
    return _section("Flagged comments", columns, rows, *([] if rows else ["None."]))


def _footer(report: WeeklyReport, times: SchoolTime) -> list[str]:
    people = [label(name) for name in report.recipients[:20]] + _and_more(report.recipients, 20)
    rule = (
        f"Rule: {plain(report.rule_in_words)} Clause “{label(report.clause)}”, policy {label(report.policy)}. "
        f"Bank holidays: {label(report.calendar)}."
    )
    period_said = (
        f"Period: Monday 00:00 to Sunday 24:00, local time ({label(report.timezone)}), week {label(report.week)}. "
        f"Made {times.moment(report.made_at)}. Sent to {', '.join(people) or 'nobody'}. "
        "It holds no words of any comment and no names of their authors."
    )
    return [rule, period_said, _evidence(report, times)]


def _evidence(report: WeeklyReport, times: SchoolTime) -> str:
    head = report.evidence
    if head is None:
        return "Evidence log: nothing has been kept and signed yet."
    return (
        f"Evidence log: {counted(head.entries, 'entry', 'entries')}, signed {times.moment(head.at)}. "
        "Keep this page: it shows later whether anything was changed or taken out since."
    )


def _to_type(report: WeeklyReport) -> list[str]:
    """What somebody will copy letter by letter from paper."""
    head = report.evidence
    if head is None:
        return []
    return [f"school-monitor evidence verify --printed {label(head.printed)}", f"key {label(head.key)}"]


def _drawable(value: Any) -> Any:
    """The same data with every letter that cannot be drawn replaced by a visible sign."""
    if isinstance(value, dict):
        return {key: _drawable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(inner) for inner in value]
    if not isinstance(value, str):
        return value
    composed = unicodedata.normalize("NFC", value)
    return "".join(c if c in DRAWN_TOO or _is_drawn(ord(c)) else _NOT_DRAWN for c in composed)


def _is_drawn(code: int) -> bool:
    return any(first <= code <= last for first, last in DRAWN)
