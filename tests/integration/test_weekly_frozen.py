"""The weekly report is what was sent, until somebody asks for it anew; later corrections are told once."""

import email
import json
from email import policy

import pytest
from desk import DAY, HOUR, MINUTE, SCHOOL, Desk, emptied, item
from evidence_desk import run_command
from rich_week import AFTER, MONDAY, decide, read_at, rich_school

from alerts.report_render import weekly_text
from monitor.model import Action
from monitor.store.sent_reports import ChangedAfterwards
from monitor.store.weekly_tables import SentReport

HEAD = "head@oakfield.example"
WEEK, NEXT, AFTER_NEXT = "2026-W46", "2026-W47", "2026-W48"


@pytest.fixture
def desk(tmp_path, store_for_all):
    return Desk(tmp_path, now=MONDAY - 7 * DAY, store=emptied(store_for_all))


def asked_and_answered_late(desk):
    """One comment that nobody answered within its week, and the report that says so."""
    asked = MONDAY + 9 * HOUR
    read_at(desk, asked + HOUR, item("c1", at=asked), item("c2", at=asked, by="another"))
    read_at(desk, AFTER)
    return desk.app.reporter.weekly_reports.to_send(WEEK, AFTER, HEAD)


def answer(desk, moment, under="c1"):
    read_at(desk, moment, item(f"reply-to-{under}", by=SCHOOL, under=under, at=moment - MINUTE))


def sent(desk, week, moment):
    desk.clock.at = moment
    return desk.app.reporter.weekly_reports.to_send(week, moment, HEAD)


def test_a_retry_and_a_second_head_get_the_same_figures(desk):
    first = asked_and_answered_late(desk)
    answer(desk, AFTER + HOUR)
    again = desk.app.reporter.weekly_reports.to_send(WEEK, AFTER + 3 * HOUR, HEAD)
    second = desk.app.reporter.weekly_reports.to_send(WEEK, AFTER + 3 * HOUR, "deputy@oakfield.example")
    assert again == second == first
    assert weekly_text(again) == weekly_text(first)
    assert len(desk.all_of(SentReport)) == 1


def test_whoever_asks_later_is_shown_what_was_sent_and_when(desk, monkeypatch, capsys):
    asked_and_answered_late(desk)
    answer(desk, AFTER + HOUR)
    _, said, _ = run_command(desk, monkeypatch, capsys, "report", "weekly", "--week", WEEK)
    assert "As sent on Mon 16 Nov 07:30." in said
    assert "0 of 2 comments that fell due were answered in time. 2 are overdue" in said
    _, anew, _ = run_command(desk, monkeypatch, capsys, "report", "weekly", "--week", WEEK, "--as-of-now")
    assert "1 is overdue" in anew
    assert "Counted anew. Sent on Mon 16 Nov 07:30; these numbers differ:" in anew
    assert "unanswered, Facebook page (account/facebook/unanswered): 2 when sent, 1 now" in anew
    assert "answered late, Facebook page (account/facebook/answered_late): 0 when sent, 1 now" in anew


def test_a_correction_is_told_in_the_next_report_and_only_there(desk):
    asked_and_answered_late(desk)
    answer(desk, AFTER + HOUR)
    following = sent(desk, NEXT, AFTER + 7 * DAY)
    assert [(c.week, c.was, c.now, c.comments) for c in following.changes] == [
        (WEEK, "unanswered", "answered_late", 1)
    ]
    assert "2026-W46: 1 moved from unanswered to answered late" in weekly_text(following)
    assert sent(desk, AFTER_NEXT, AFTER + 14 * DAY).changes == ()


def test_what_changes_back_is_told_again_from_what_was_said_last(desk):
    asked_and_answered_late(desk)
    decide(desk, "c1", Action.NO_REPLY_NEEDED, AFTER + HOUR)
    assert [(c.was, c.now) for c in sent(desk, NEXT, AFTER + 7 * DAY).changes] == [("unanswered", "no_reply_needed")]
    read_at(desk, AFTER + 8 * DAY, item("c1", "New words", at=MONDAY + 9 * HOUR))
    assert [(c.was, c.now) for c in sent(desk, AFTER_NEXT, AFTER + 14 * DAY).changes] == [
        ("no_reply_needed", "unanswered")
    ]


def test_a_comment_of_an_earlier_week_that_is_met_only_now_is_such_a_change(desk):
    asked_and_answered_late(desk)
    found = MONDAY + 2 * DAY + 9 * HOUR
    read_at(desk, AFTER + DAY, item("late", at=found, by="x"), item("r", by=SCHOOL, under="late", at=AFTER + HOUR))
    (change,) = sent(desk, NEXT, AFTER + 7 * DAY).changes
    assert (change.was, change.now, change.comments) == ("not known then", "found_late", 1)


def test_a_week_of_the_trend_keeps_the_numbers_that_were_sent(desk):
    asked_and_answered_late(desk)
    decide(desk, "c2", Action.ANSWERED_ELSEWHERE, MONDAY + 10 * HOUR)
    following = sent(desk, NEXT, AFTER + 7 * DAY)
    pair = {week.week: (week.received, week.answered_in_time) for week in following.trend}
    assert pair[WEEK] == (2, 0)
    assert pair[NEXT] == (None, None) or pair[NEXT] == (0, 0)


def test_weeks_before_the_monitor_began_are_blank_and_not_nought(desk):
    report = asked_and_answered_late(desk)
    known = [week for week in report.trend if week.received is not None]
    assert [week.week for week in known] == [WEEK] or [week.week for week in known] == ["2026-W45", WEEK]
    assert {week.why_not for week in report.trend[:10]} == {"not watched yet"}
    assert "Week of 31 Aug: not watched yet" in weekly_text(report)


def test_what_is_kept_holds_no_name_of_anybody(tmp_path, store_for_all):
    desk = rich_school(tmp_path, store_for_all)
    report = desk.app.reporter.weekly_reports.to_send(WEEK, AFTER, HEAD)
    (row,) = desk.all_of(SentReport)
    for name in ("Ali", "Bevan", "Okafor", "by-late", "Name of", "idiot", "kill"):
        assert name.lower() not in row.content.lower()
    shown = desk.app.reporter.weekly(WEEK, AFTER + DAY)
    assert [(line.person, line.taken, line.open) for line in shown.load] == [
        (line.person, line.taken, line.open) for line in report.load
    ]
    assert shown.recipients == ("Ms Okafor",)
    assert [line.holder for line in shown.unanswered] == [line.holder for line in report.unanswered]
    assert "Mr Bevan" in {line.holder for line in shown.unanswered}


def test_a_report_that_was_changed_in_the_database_is_not_shown_as_what_was_sent(desk, monkeypatch, capsys):
    asked_and_answered_late(desk)
    with desk.store.writing() as tx:
        row = tx.get_one(SentReport, 1)
        whole = json.loads(row.content)
        whole["report"]["verdict"] = "All is well."
        row.content = json.dumps(whole)
    with pytest.raises(ChangedAfterwards):
        desk.app.reporter.weekly(WEEK, AFTER)
    status, _, err = run_command(desk, monkeypatch, capsys, "report", "weekly", "--week", WEEK)
    assert status == 1
    assert "is not the one that was sent" in err


def test_the_mail_and_a_second_mail_of_the_same_week_say_the_same(desk):
    asked_and_answered_late(desk)
    desk.clock.at = AFTER
    desk.app.notifier.run()
    (mail,) = [
        email.message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in desk.mails()
        if b"Weekly report" in file.read_bytes()
    ]
    assert "Made Mon 16 Nov 07:30" in mail.get_body(("plain",)).get_content()
    assert "As sent on" not in mail.get_body(("plain",)).get_content()
