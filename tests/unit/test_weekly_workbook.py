"""The weekly report as a workbook, read back by somebody else's program."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
from mail_samples import hostile
from weekly_samples import HELD, NOTHING, REDDIT, REPORT, TREND, at

from alerts.report_numbers import numbers
from alerts.report_xlsx import weekly_xlsx
from alerts.weekly_report import CommentRow

COMMENT = CommentRow(
    case=12,
    account="Facebook page",
    what="Comment",
    received_at=at(10, 9, 15, 7),
    due_at=at(11, 9, 15, 7),
    state="answered late",
    because="the first valid response came after the deadline",
    answered_at=at(11, 12, 0),
    was="unanswered",
)


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_every_number_of_the_report_stands_on_its_own_sheet_with_its_name():
    sheet = opened(weekly_xlsx(REPORT))["Numbers"]
    head, *rows = rows_of(sheet)
    assert head == ["Name", "What it counts", "Number"]
    assert [(row[0], row[2]) for row in rows] == [(each.key, pytest.approx(each.value)) for each in numbers(REPORT)]


def test_times_are_dates_of_the_spreadsheet_in_the_schools_time_with_the_zone_in_the_head_line():
    summer = replace(COMMENT, received_at=datetime.fromisoformat("2026-07-01T23:30:00+00:00"))
    head, row = rows_of(opened(weekly_xlsx(REPORT, [summer]))["Comments"])
    assert head[:4] == ["Case", "Account", "What", "Received at (Europe/London)"]
    assert row[3].isoformat() == "2026-07-02T00:30:00"
    assert row[4].isoformat() == "2026-11-11T09:15:07"


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠"))
def test_no_cell_is_a_formula_or_a_link_whatever_it_begins_with(sign):
    evil = f"\t{sign}cmd|' /C calc'!A0"
    report = replace(REPORT, figures=(replace(REDDIT, account=evil),), clause=evil)
    book = opened(weekly_xlsx(report, [replace(COMMENT, account=evil, because="https://evil.example/?x")]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not [cell for cell in cells if cell.hyperlink]
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert not [each for each in texts if each[:1] in "=+-@\t＝＋－＠"]
    assert f"'{sign}cmd|' /C calc'!A0" in texts


def test_the_same_report_is_the_same_bytes_and_holds_no_macro():
    content = weekly_xlsx(REPORT, [COMMENT])
    assert content == weekly_xlsx(REPORT, [COMMENT])
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert not [name for name in names if "vba" in name.lower() or "external" in name.lower()]


def test_a_week_of_which_nothing_is_known_is_an_empty_cell_with_words_beside_it():
    head, *rows = rows_of(opened(weekly_xlsx(REPORT))["Twelve weeks"])
    assert head == ["Week", "First day", "Received", "Answered in time", "Why not"]
    blank = [row for row in rows if row[2] is None]
    assert [row[4] for row in blank] == ["not watched yet", "not watched yet", "not read"]
    assert len(rows) == len(TREND)


def test_an_empty_week_and_a_hostile_one_are_workbooks_too():
    assert opened(weekly_xlsx(NOTHING)).sheetnames[0] == "Numbers"
    assert opened(weekly_xlsx(hostile(HELD))).sheetnames[-1] == "Comments"
