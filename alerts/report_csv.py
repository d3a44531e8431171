"""The weekly report as CSV for a spreadsheet: the same figures, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from dataclasses import fields

from alerts.filters import label, neutralised
from alerts.report_render import school_time
from alerts.weekly_report import AccountFigures, WeeklyReport

_COUNTS = tuple(field.name for field in fields(AccountFigures) if field.name not in {"account", "key"})
COLUMNS = (
    *("record", "week", "account", *_COUNTS, "case", "what", "received_at", "due_at", "state"),
    *("log_entries", "log_root", "log_key", "log_signed_at"),
    *("clause", "fell_due", "waiting"),
)
"""`record` is "account" (then its counts), "unanswered" (then one comment), "held" (then what one clause holds back),
"removed_before_advice" (then one case) or "evidence" (then the head of the log). What a record has not is empty."""


def weekly_csv(report: WeeklyReport) -> str:
    """A head line, one line for each account's figures, one for each unanswered comment, one for the evidence log.

    Times are ISO 8601 with the offset of the school's zone. Lines end in CR LF (RFC 4180).
    """
    times = school_time(report)
    rows: list[dict[str, str | int]] = [
        {"record": "account", "account": f.account, **{name: getattr(f, name) for name in _COUNTS}}
        for f in report.figures
    ]
    rows += [
        {
            "record": "unanswered",
            "account": line.account,
            "case": line.case,
            "what": line.what,
            "received_at": times.iso(line.received_at),
            "due_at": times.iso(line.due_at) if line.due_at else "",
            "state": line.state,
        }
        for line in report.unanswered
    ]
    rows += [
        {"record": "held", "clause": held.clause, "fell_due": held.fell_due, "waiting": held.waiting}
        for held in report.held
    ]
    rows += [{"record": "removed_before_advice", "case": number} for number in report.removed_before_advice]
    if head := report.evidence:
        rows.append(
            {
                "record": "evidence",
                "log_entries": head.entries,
                "log_root": head.printed,
                "log_key": head.key,
                "log_signed_at": times.iso(head.at),
            }
        )
    page = io.StringIO()
    writer = csv.DictWriter(page, COLUMNS, restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _cell(value) for key, value in {**row, "week": report.week}.items()})
    return page.getvalue()


def _cell(value: str | int) -> str | int:
    return neutralised(label(value)) if isinstance(value, str) else value
