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
from alerts.report_chart import in_words, short_day, trend_svg
from alerts.report_render import changed, done, not_actioned, otherwise, school_time, taken, total
from alerts.weekly_report import AccountFigures, Coverage, WeeklyReport

_PAGE = Path(__file__).parent / "templates" / "weekly" / "report.typ"
# Blocks drawn completely by the fonts that typst brings; a missing letter would fail the whole page under PDF/UA.
DRAWN = ((0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3A1), (0x3A3, 0x3C9), (0x410, 0x44F), (0x1E80, 0x1E85))
DRAWN_TOO = frozenset("ŴŵŶŷ–—‘’“”…•€")
_NOT_DRAWN = "\ufffd"

_DENSITIES = (0, 0.5, 1, 1.25, 1.5, 1.75, 2, 2.2)
_ALL_ROWS = 60
_FEWER_ROWS = (20, 14, 10, 8, 7, 6, 5, 4, 3, 2)
_SEE_THE_LIST = "see the list: report weekly --format xlsx"
_SERIF = "Libertinus Serif"
_LONG = 2000
"""Characters of the sentences that stand for the picture."""
_PAGE_COUNT = re.compile(rb"/Type\s*/Pages.*?/Count\s+(\d+)", re.DOTALL)

Section = dict[str, Any]


def weekly_pdf(report: WeeklyReport) -> bytes:
    """The report as PDF. A letter that the built-in fonts lack is printed as the replacement character."""
    # Whatever there is to say has to fit one page: closer and smaller first, then fewer rows of each table.
    page = one_page(_whole(report, _ALL_ROWS), report.made_at)
    for most in _FEWER_ROWS:
        if _pages_in(page) == 1:
            break
        page = _drawn(_whole(report, most) | {"density": _DENSITIES[-1]}, report.made_at)
    return page


def _whole(report: WeeklyReport, most: int) -> Section:
    """The data of the page, with at most so many rows in each table."""
    times = school_time(report)
    title = f"Weekly report {period(report.first_day, report.last_day)} {report.last_day.year}"
    sections = [
        _coverage(report, times, most),
        _unanswered(report, times, most),
        *_held(report),
        _by_account(report, most),
        _response_time(report),
        _flagged(report, times, most),
        *_trend(report),
        _load(report, most),
        *_changes(report, most),
    ]
    return {
        "title": title.replace("-", "–"),
        "school": label(report.school),
        "verdict": plain(report.verdict),
        "warning": plain(" ".join(filter(None, (report.too_few_moderators, *report.notices))), 2000),
        "sections": sections,
        "footer": _footer(report, times),
        "to_type": _to_type(report),
    }


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


def _cut(rows: list[list[str]], most: int) -> tuple[list[list[str]], list[str]]:
    """The first rows, and what is said of the others."""
    left_out = len(rows) - most
    return (rows, []) if left_out <= 0 else (rows[:most], [f"and {left_out} more, {_SEE_THE_LIST}"])


def _coverage(report: WeeklyReport, times: SchoolTime, most: int) -> Section:
    worst_first = (
        sorted(report.coverage, key=lambda c: -c.hours_blind) if len(report.coverage) > most else report.coverage
    )
    rows, notes = _cut([_coverage_row(c) for c in worst_first], most)
    notes = notes if rows else ["No account was being watched."]
    with_holes = [c for c in worst_first if c.holes]
    for c in with_holes[:most]:
        shown = c.holes[: min(report.shown, most)]
        listed = "; ".join([*(times.stretch(begin, end) for begin, end in shown), *_and_more(c.holes, len(shown))])
        notes.append(f"{label(c.account)} was not read: {listed}.")
    if len(with_holes) > most:
        notes.append(f"{len(with_holes) - most} more accounts were not read all the time, {_SEE_THE_LIST}")
    promise = plain(report.uncovered_promise)
    notes += filter(None, [counts_differ(report.coverage[:most]), not_watched(report.messages_unwatched), promise])
    columns = {"Account": 32, "Hours seen": 18, "Complete reads": 18, "New comments": 14, "Network counts": 18}
    return _section("How much of the week we could see", columns, rows, *notes)


def _coverage_row(c: Coverage) -> list[str]:
    return [
        label(c.account),
        f"{hours(c.hours_covered)} of {hours(c.hours_in_week)}",
        f"{c.complete_reads} of {c.reads}",
        str(c.stored),
        "gives none" if c.counted is None else f"{c.counted}, we hold {c.held}",
    ]


def _unanswered(report: WeeklyReport, times: SchoolTime, most: int) -> Section:
    shown = min(report.shown, most)
    rows = [
        [
            str(line.case),
            f"{label(line.what)}, {label(line.account)}",
            times.moment(line.received_at),
            times.deadline(line.due_at) if line.due_at else "",
            f"{label(line.state)}, {taken(line)}",
        ]
        for line in report.unanswered[:shown]
    ]
    notes = _and_more(report.unanswered, shown)
    columns = {"Case": 9, "What": 26, "Received": 19, "Due": 20, "State": 26}
    return _section(
        f"Unanswered now ({report.unanswered_now})",
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


def _by_account(report: WeeklyReport, most: int) -> Section:
    worst_first = sorted(report.figures, key=lambda f: -(f.due - f.answered_in_time))
    figures = worst_first if len(report.figures) > most else report.figures
    rows, left_out = _cut([_account_row(f) for f in figures], most)
    if len(report.figures) != 1:
        rows = [*rows, _account_row(total(report.figures))]
    notes = ["Received: came in this week. Everything else: fell due in it."]
    if any(f.found_late for f in report.figures):
        notes.append("Found late: already past due when the account could first be read.")
    columns = {"Account": 24, "Received": 11, "Answered in time": 20, "Otherwise": 45}
    return _section("By account", columns, rows, *left_out, " ".join(notes), summed=len(report.figures) != 1)


def _account_row(f: AccountFigures) -> list[str]:
    return [label(f.account), str(f.received), share(f.answered_in_time, f.due), ", ".join(otherwise(f))]


def _response_time(report: WeeklyReport) -> Section:
    if report.median_hours is None:
        return _section("Response time", {}, [], "No answers this week.")
    said = f"Half of the answers came within {duration(report.median_hours)} (median)."
    if report.slowest_hours is not None:
        longest = duration(report.slowest_hours)
        percentile = f" 95 in 100 came within {longest} (95th percentile)."
        said += percentile if report.slowest_is_percentile else f" The longest wait was {longest}."
    return _section("Response time", {}, [], said)


def _flagged(report: WeeklyReport, times: SchoolTime, most: int) -> Section:
    rows, notes = _cut(
        [
            [
                capital(words(c.category)) + (" (offensive)" if c.is_offensive else ""),
                str(c.flagged) + (f", {counted(c.false_alarms, 'false alarm')}" if c.false_alarms else ""),
                ", ".join(done(c)),
                f"{c.decided} of {c.flagged}",
                f"{c.evidence_kept} of {c.flagged}",
            ]
            for c in report.flagged
        ],
        most,
    )
    if said := not_actioned(report, times):
        notes.append(f"Oldest offensive comment nobody has decided on: {said}.")
    columns = {"Category": 24, "Flagged": 17, "Done": 31, "Decided": 12, "Evidence kept": 16}
    return _section("Flagged comments, and what was done", columns, rows, *notes, *([] if rows else ["None."]))


def _trend(report: WeeklyReport) -> list[Section]:
    """The picture, and the same pairs as rows of a table."""
    if not report.trend:
        return []
    columns = {"Week of": 15} | {short_day(week.first_day): 9 for week in report.trend}
    blank = "–"
    rows = [
        ["Received", *(blank if w.received is None else str(w.received) for w in report.trend)],
        ["In time", *(blank if w.answered_in_time is None else str(w.answered_in_time) for w in report.trend)],
    ]
    unknown = [f"{short_day(w.first_day)} {label(w.why_not)}" for w in report.trend if w.why_not]
    note = "Received: came in that week. In time: fell due in it and was answered by then."
    if unknown:
        note += f" {blank}: {', '.join(unknown)}."
    part = _section("Twelve weeks", columns, rows, note)
    return [part | {"chart": str(trend_svg(report.trend, _SERIF)), "alt": plain(in_words(report.trend), _LONG)}]


def _load(report: WeeklyReport, most: int) -> Section:
    rows, notes = _cut([[label(one.person), str(one.taken), str(one.open)] for one in report.load], most)
    notes += [f"{plain(gap)}." for gap in report.cover_gaps]
    columns = {"Moderator": 40, "Taken this week": 30, "Holds unanswered now": 30}
    return _section("Who had what in hand", columns, rows, *notes, *([] if rows else ["No moderator is named."]))


def _changes(report: WeeklyReport, most: int) -> list[Section]:
    said = [changed(each) for each in report.changes[:most]]
    notes = [*said, *_and_more(report.changes, most)]
    return [_section("Changes to earlier weeks", {}, [], "; ".join(notes) + ".")] if notes else []


def _footer(report: WeeklyReport, times: SchoolTime) -> list[str]:
    people = [label(name) for name in report.recipients[:20]] + _and_more(report.recipients, 20)
    rule = (
        f"Rule: {plain(report.rule_in_words)} Clause “{label(report.clause)}”, policy {label(report.policy)}. "
        f"Bank holidays: {label(report.calendar)}."
    )
    period_said = (
        f"Period: Monday 00:00 to Sunday 24:00, local time ({label(report.timezone)}), week {label(report.week)}. "
        f"Made {times.moment(report.made_at)}.{_later(report, times)} Sent to {', '.join(people) or 'nobody'}. "
        "It holds no words of any comment and no names of their authors. What is behind a number: "
        f"school-monitor report weekly --week {label(report.week)} --explain NUMBER"
    )
    return [rule, period_said, _evidence(report, times)]


def _later(report: WeeklyReport, times: SchoolTime) -> str:
    said = f" As sent on {times.moment(report.as_sent)}." if report.as_sent else ""
    return said + (f" Next report: {times.moment(report.next_report)}." if report.next_report else "")


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
