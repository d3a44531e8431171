"""The weekly report as a workbook: the figures and the rows behind them, on a sheet each.

Every text is written as a text, whatever it begins with; no formula, no link and no macro is in it. Times are dates
of the spreadsheet in the school's own time, whose zone stands in the head line. The same report is the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from alerts.filters import capital, label, neutralised, plain, words
from alerts.report_numbers import numbers
from alerts.report_render import total
from alerts.weekly_report import CommentRow, WeeklyReport

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  the format knows no zones; a fixed date keeps the bytes the same
_SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
    "nan_inf_to_errors": True,
}
_WIDE, _NARROW = 34, 14

Cell = str | float | datetime | date | None


def weekly_xlsx(report: WeeklyReport, comments: Sequence[CommentRow] = ()) -> bytes:
    """The workbook. `comments`: those behind the figures of the week."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, _SAFE)
    book.set_properties(
        {"title": f"Weekly report {label(report.week)}", "author": label(report.school), "created": _MADE}
    )
    sheets = _Sheets(book, report)
    sheets.add("Numbers", ("Name", "What it counts", "Number"), ((n.key, n.said, n.value) for n in numbers(report)))
    sheets.add("Accounts", *_table([*report.figures, total(report.figures)]))
    sheets.add("Coverage", *_table(report.coverage))
    sheets.add(
        "Not read",
        ("Account", "From", "Until"),
        ((row.account, since, until) for row in report.coverage for since, until in row.holes),
    )
    sheets.add("Unanswered now", *_table(report.unanswered))
    sheets.add("Flagged", *_table(report.flagged))
    sheets.add("Held", *_table(report.held))
    sheets.add("Twelve weeks", *_table(report.trend))
    sheets.add("In hand", *_table(report.load))
    sheets.add("Changes", *_table(report.changes))
    sheets.add("Comments", *_table(comments))
    book.close()
    return made.getvalue()


_NOT_SHOWN = frozenset({"key", "holes", "hours"})


def _table(rows: Sequence[Any]) -> tuple[tuple[str, ...], Iterable[tuple[Cell, ...]]]:
    if not rows:
        return ("None",), ()
    names = [field.name for field in fields(rows[0]) if field.name not in _NOT_SHOWN]
    return tuple(capital(words(name)) for name in names), (tuple(getattr(row, n) for n in names) for row in rows)


class _Sheets:
    """Writes sheets of one workbook."""

    def __init__(self, book: Any, report: WeeklyReport) -> None:
        self._book, self._zone, self._zone_name = book, ZoneInfo(report.timezone), label(report.timezone)
        self._head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})

    def add(self, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        has_times: set[int] = set()
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    has_times.add(column)
                self._write(sheet, number, column, value)
        for column, title in enumerate(head):
            zone = f" ({self._zone_name})" if column in has_times else ""
            sheet.write_string(0, column, title + zone, self._head)
        sheet.set_column(0, 0, _WIDE)
        sheet.set_column(1, max(1, len(head) - 1), _NARROW + 6)

    def _write(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, value.astimezone(self._zone).replace(tzinfo=None), self._moment)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self._day)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value)
        elif value:
            sheet.write_string(row, column, neutralised(plain(value)))
