"""The weekly report as CSV for a spreadsheet: the same figures and the rows behind them, nothing that would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import fields

from alerts.filters import SchoolTime, label, neutralised, plain
from alerts.report_numbers import numbers
from alerts.report_render import school_time
from alerts.weekly_report import AccountFigures, CommentRow, WeeklyReport

_COUNTS = tuple(field.name for field in fields(AccountFigures) if field.name not in {"account", "key"})
COLUMNS = (
    *("record", "week", "account", *_COUNTS, "case", "what", "received_at", "due_at", "state"),
    *("log_entries", "log_root", "log_key", "log_signed_at"),
    *("clause", "fell_due", "waiting"),
    *("taken_by", "answered_at", "because", "was", "number", "counts", "value"),
)
"""`record` is "account" (then its counts), "unanswered" (then one comment), "held" (then what one clause holds back),
"removed_before_advice" (then one case), "evidence" (then the head of the log), "number" (then the name of one number,
what it counts and its value) or "comment" (then one comment behind them). What a record has not is empty."""

_SENTENCES = frozenset({"because", "counts", "number"})

Row = dict[str, str | int | float]


def weekly_csv(report: WeeklyReport, comments: Sequence[CommentRow] = ()) -> str:
    """A head line, then one line for each record. `comments`: those behind the figures of the week.

    Times are ISO 8601 with the offset of the school's zone. Lines end in CR LF (RFC 4180).
    """
    page = io.StringIO()
    writer = csv.DictWriter(page, COLUMNS, restval="")
    writer.writeheader()
    for row in _rows(report, comments, school_time(report)):
        writer.writerow({key: _cell(key, value) for key, value in {**row, "week": report.week}.items()})
    return page.getvalue()


def _rows(report: WeeklyReport, comments: Sequence[CommentRow], times: SchoolTime) -> Iterator[Row]:
    for f in report.figures:
        yield {"record": "account", "account": f.account, **{name: getattr(f, name) for name in _COUNTS}}
    for line in report.unanswered:
        yield {
            "record": "unanswered",
            "account": line.account,
            "case": line.case,
            "what": line.what,
            "received_at": times.iso(line.received_at),
            "due_at": times.iso(line.due_at) if line.due_at else "",
            "state": line.state,
            "taken_by": line.holder,
        }
    for held in report.held:
        yield {"record": "held", "clause": held.clause, "fell_due": held.fell_due, "waiting": held.waiting}
    for number in report.removed_before_advice:
        yield {"record": "removed_before_advice", "case": number}
    if head := report.evidence:
        yield {
            "record": "evidence",
            "log_entries": head.entries,
            "log_root": head.printed,
            "log_key": head.key,
            "log_signed_at": times.iso(head.at),
        }
    for figure in numbers(report):
        yield {"record": "number", "number": figure.key, "counts": figure.said, "value": figure.value}
    for row in comments:
        yield {
            "record": "comment",
            "account": row.account,
            "case": "" if row.case is None else row.case,
            "what": row.what,
            "received_at": times.iso(row.received_at),
            "due_at": times.iso(row.due_at) if row.due_at else "",
            "state": row.state,
            "because": row.because,
            "answered_at": times.iso(row.answered_at) if row.answered_at else "",
            "was": row.was,
        }


def _cell(name: str, value: str | float) -> str | float:
    if not isinstance(value, str):
        return value
    return neutralised(plain(value) if name in _SENTENCES else label(value))
