"""The head's weekly report as PDF and as CSV."""

import csv
import io
import json
import re
from dataclasses import fields, replace

import pytest
from mail_samples import FACEBOOK, HEAD, NOTHING, REDDIT, REPORT, WAITING, at, hostile

from alerts import report_pdf
from alerts.report_csv import COLUMNS, weekly_csv
from alerts.report_pdf import weekly_pdf
from alerts.weekly_report import (
    AccountFigures,
    CategoryFigures,
    Coverage,
    EarlierChange,
    LoadLine,
)


def pages_in(pdf):
    return max(int(n) for n in re.findall(rb"/Type\s*/Pages.*?/Count\s+(\d+)", pdf, re.DOTALL))


def test_the_pdf_is_one_tagged_page_and_the_same_bytes_every_time():
    pdf = weekly_pdf(REPORT)
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid" in pdf
    assert pages_in(pdf) == 1
    assert pdf == weekly_pdf(REPORT)


@pytest.mark.parametrize("accounts", [5, 11])
def test_a_bad_week_of_many_accounts_still_fits_one_page(accounts):
    holes = ((at(10, 6, 40), at(10, 15, 40)), (at(12, 6, 40), at(12, 15, 40)))
    bad = replace(
        REPORT,
        coverage=tuple(Coverage(f"Account {i}", 672, 600, holes, 150, 168, 9, missing=i) for i in range(accounts)),
        unanswered=tuple(replace(WAITING, case=100 + i) for i in range(24)),
        figures=tuple(replace(FACEBOOK, account=f"Account {i}") for i in range(accounts)),
        flagged=tuple(CategoryFigures(f"category {i}", 11, 10, 9, false_alarms=i) for i in range(6)),
        too_few_moderators=FEW,
    )
    assert pages_in(weekly_pdf(bad)) == 1


@pytest.mark.parametrize("letters", [12, 80])
def test_forty_accounts_with_long_names_fit_one_page_and_the_rest_is_counted(letters, monkeypatch):
    drawn, compiled = [], report_pdf.typst.compile
    monkeypatch.setattr(
        report_pdf.typst, "compile", lambda page, **given: drawn.append(given) or compiled(page, **given)
    )
    holes = tuple((at(day, 6, 40), at(day, 15, 40)) for day in range(9, 15))
    name = "W" * letters
    many = replace(
        REPORT,
        verdict="139 of 139 comments were answered in time. " * 3,
        coverage=tuple(Coverage(f"{name} {i}", 672, 600, holes, 150, 168, 9, missing=i) for i in range(40)),
        unanswered=tuple(replace(WAITING, case=100 + i, account=f"{name} {i}") for i in range(24)),
        figures=tuple(replace(FACEBOOK, account=f"{name} {i}", due=130 + i) for i in range(40)),
        flagged=tuple(CategoryFigures(f"category {i}", 11, 10, 9, hidden=3, reported=2) for i in range(12)),
        load=tuple(LoadLine(f"{name} {i}", i, i) for i in range(30)),
        changes=tuple(EarlierChange(f"2026-W{i}", "unanswered", "answered_late", i) for i in range(10, 22)),
        too_few_moderators=FEW,
    )
    assert pages_in(weekly_pdf(many)) == 1
    page = drawn[-1]["sys_inputs"]["data"]
    assert "more, see the list: report weekly --format xlsx" in page
    assert f"{name[:70]}"[:12] in page
    assert json.loads(page)["sections"][2]["rows"][-1][0] == "All accounts"


def test_root_and_key_are_printed_whole_on_the_page_for_whoever_types_them_one_day(monkeypatch):
    drawn = []
    monkeypatch.setattr(report_pdf.typst, "compile", lambda page, **given: drawn.append(given) or b"%PDF-")
    weekly_pdf(REPORT)
    weekly_pdf(NOTHING)
    data, nothing = (json.loads(given["sys_inputs"]["data"]) for given in drawn)
    assert data["to_type"] == [f"school-monitor evidence verify --printed {HEAD.printed}", f"key {HEAD.key}"]
    assert "Keep this page" in data["footer"][-1]
    assert (nothing["to_type"], nothing["footer"][-1]) == ([], "Evidence log: nothing has been kept and signed yet.")


FEW = "Fewer than 2 moderators can be reached today: " + ", ".join(f"Account {i} (1)" for i in range(6)) + "."


def test_too_few_moderators_stand_on_top_of_the_page_which_is_still_one():
    pdf = weekly_pdf(replace(REPORT, too_few_moderators=FEW))
    assert pages_in(pdf) == 1
    assert len(pdf) > len(weekly_pdf(REPORT))


def test_a_week_of_nothing_has_a_pdf_too():
    assert pages_in(weekly_pdf(NOTHING)) == 1


def test_hostile_words_do_not_stop_the_pdf():
    assert weekly_pdf(hostile(REPORT)).startswith(b"%PDF-")


def test_every_letter_the_pdf_promises_to_draw_is_drawn():
    ranges = (range(first, last + 1) for first, last in report_pdf.DRAWN)
    letters = "".join(chr(code) for codes in ranges for code in codes) + "".join(sorted(report_pdf.DRAWN_TOO))
    for start in range(0, len(letters), 60):
        pdf = weekly_pdf(replace(NOTHING, verdict="x" + letters[start : start + 60]))
        assert pdf.startswith(b"%PDF-")


def rows_of(report):
    return list(csv.DictReader(io.StringIO(weekly_csv(report), newline="")))


def test_the_csv_has_a_row_for_each_account_and_each_unanswered_comment():
    many = replace(REPORT, unanswered=tuple(replace(WAITING, case=100 + i) for i in range(24)))
    rows = rows_of(many)
    kinds = [row["record"] for row in rows if row["record"] != "number"]
    assert kinds == ["account"] * 2 + ["unanswered"] * 24 + ["evidence"]
    assert tuple(rows[0]) == COLUMNS
    assert all(rows[0][f.name] == str(getattr(FACEBOOK, f.name)) for f in fields(AccountFigures) if f.name != "key")
    assert rows[2] == {
        **dict.fromkeys(COLUMNS, ""),
        "record": "unanswered",
        "week": "2026-W46",
        "account": "Facebook page",
        "case": "100",
        "what": "Comment",
        "received_at": "2026-11-02T06:41:00+00:00",
        "due_at": "2026-11-03T06:41:00+00:00",
        "state": "overdue",
        "taken_by": "Mrs Ali",
    }


def test_the_csv_has_a_row_for_the_head_of_the_evidence_log():
    (head,) = [row for row in rows_of(REPORT) if row["record"] == "evidence"]
    assert head == {
        **dict.fromkeys(COLUMNS, ""),
        "record": "evidence",
        "week": "2026-W46",
        "log_entries": "1234",
        "log_root": HEAD.printed,
        "log_key": HEAD.key,
        "log_signed_at": "2026-11-16T07:29:00+00:00",
    }
    assert "evidence" not in {row["record"] for row in rows_of(NOTHING)}


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠"))
def test_no_cell_of_the_csv_is_a_formula(sign):
    formula = f"\t{sign}HYPERLINK(1)"
    row, *others = rows_of(replace(NOTHING, figures=(replace(REDDIT, account=formula),)))
    assert not [cell for each in others for cell in each.values() if cell[:1] in "=+-@\t＝＋－＠" and cell]
    assert row["account"] == f"'{sign}HYPERLINK(1)"


def test_hostile_words_in_the_csv_stay_in_their_cell():
    rows = rows_of(hostile(REPORT))
    assert [row["record"] for row in rows if row["record"] != "number"] == ["account"] * 2 + [
        "unanswered",
        "evidence",
    ]
    assert all(not any(c in row["account"] for c in "\r\n\u202e\0") and len(row["account"]) <= 81 for row in rows)
