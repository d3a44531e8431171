"""The head is accused: what is mailed, kept as sent, erased and handed on afterwards tells the head nothing of it.

Every kind of mail is in the table below; a new one fails here until somebody has said how it keeps out whom a case is
about.
"""

from __future__ import annotations

import email
import json
from dataclasses import replace
from email import policy

from desk import DAY, HOUR, item
from kept_out_desk import BY, DSL, HEADS, NUMBER, WHY, school_of, the_head_is_accused, told, traces_in

from monitor import mail_kinds, mail_writer
from monitor.seeing import Seeing
from monitor.store import exclusions, ledger
from monitor.store.item_tables import Comment

MAILS = {
    mail_kinds.DIGEST: "worked out for each person, without what is hidden from them",
    mail_kinds.WEEKLY: "worked out for each recipient, without what is hidden from them",
    mail_kinds.URGENT: "to those on the route, which leaves out who is kept out; looked at again before it is sent",
    mail_kinds.SERIOUS: "as urgent",
    mail_kinds.NEW: "to the moderators who may see it; each mail leaves out what is hidden from its reader by then",
    mail_kinds.DUE_SOON: "as new",
    mail_kinds.SHEET: "as new",
    mail_kinds.OVERDUE: "as new, and to a head who is not kept out",
    mail_kinds.ALARM: "about accounts; names no case",
    mail_kinds.RECOVERY: "about accounts; names no case",
    mail_kinds.EXPIRY: "about accounts; names no case",
    mail_kinds.OUTGOING: "about the school's own posts",
    mail_kinds.PILE_ON: "to nobody one of its comments is about; the others without what is hidden from them",
    mail_kinds.PILE_ON_URGENT: "as pile_on",
    mail_kinds.PUBLISHED_WRONG: "about the school's own posts",
    mail_kinds.UNREACHABLE: "about somebody's mailbox; names no case",
    mail_kinds.DOWNTIME: "about the monitor itself; names no case",
}


def test_every_mail_says_how_it_keeps_out_whom_a_case_is_about():
    assert set(mail_writer._WRITERS) <= set(MAILS), "new: say in this file what it tells somebody a case is about"


def test_what_was_sent_to_those_who_may_see_it_is_not_what_the_head_is_shown(tmp_path, store_for_all, monkeypatch):
    desk = school_of(tmp_path, store_for_all, monkeypatch)
    the_head_is_accused(desk)
    desk.later(7 * DAY)
    reports, now = desk.app.reporter.weekly_reports, desk.clock()
    leads = reports.to_send("2026-W46", now, "dsl@oakfield.example")
    heads = reports.to_send("2026-W46", now, HEADS)
    assert "allegation" in str(leads.flagged)
    assert "allegation" not in str(heads.flagged)
    desk.later(HOUR)
    later = reports.shown("2026-W46", desk.clock(), HEADS).report
    assert replace(later, as_sent=None) == heads
    assert later.as_sent == now
    assert traces_in(repr(later)) == []


def test_who_is_kept_out_later_is_not_shown_what_was_sent_before(tmp_path, store_for_all, monkeypatch):
    """The report of that time names the case; from then on the week is counted anew for them, without it."""
    desk = school_of(tmp_path, store_for_all, monkeypatch)
    desk.read(item("c9", "When is it?", at=desk.clock() - HOUR))
    number = desk.cases()["c9"].id
    desk.later(7 * DAY)
    reports = desk.app.reporter.weekly_reports
    assert number in {line.case for line in reports.to_send("2026-W46", desk.clock(), HEADS).unanswered}
    with desk.store.writing() as tx:
        exclusions.keep_out(tx, tx.get_one(Comment, number), [HEADS], "why", "Mrs Ali", desk.clock())
    shown = reports.shown("2026-W46", desk.clock(), HEADS).report
    assert number not in {line.case for line in shown.unanswered}
    assert shown.as_sent is None


def test_no_mail_to_the_head_holds_a_trace_and_those_on_the_route_get_theirs(tmp_path, store_for_all, monkeypatch):
    desk = school_of(tmp_path, store_for_all, monkeypatch)
    the_head_is_accused(desk)
    for _ in range(9):  # a week of mornings, a weekly report among them
        desk.app.notifier.run()
        desk.later(DAY - HOUR)
    mails = [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in desk.mails()]
    to_head = [mail for mail in mails if HEADS in mail["To"]]
    assert {mail["To"] for mail in mails} > {HEADS}
    assert any("report" in mail["Subject"].lower() or "week" in mail["Subject"].lower() for mail in to_head)
    for mail in to_head:
        said = mail.as_string() + "".join(
            part.get_content() if isinstance(part.get_content(), str) else part.get_content().decode("latin-1")
            for part in mail.walk()
            if not part.is_multipart()
        )
        assert traces_in(said) == []
        assert "allegation" not in said.lower()
    others = [mail.get_body(("plain",)).get_content() for mail in mails if HEADS not in mail["To"]]
    assert any(str(NUMBER) in said for said in others), "somebody is told of it"
    moderators = [mail for mail in mails if "ali@oakfield.example" in mail["To"]]
    assert all(str(NUMBER) not in mail.as_string() for mail in moderators), "only those told are told"


def test_retention_run_by_the_head_leaves_it_to_somebody_else(tmp_path, store_for_all, monkeypatch, capfd):
    desk = school_of(tmp_path, store_for_all, monkeypatch)
    the_head_is_accused(desk)
    desk.later(3000 * DAY)
    listed = told(desk, monkeypatch, capfd, "retention preview", ("--format", "json", *BY), tmp_path)
    assert traces_in(listed) == []
    code = json.loads(listed[: listed.rindex("}") + 1])["code"]
    assert traces_in(told(desk, monkeypatch, capfd, "retention run", (code, *WHY), tmp_path)) == []
    with desk.store.reading() as tx:
        assert tx.get_one(Comment, NUMBER).erased_at is None
    leads = told(desk, monkeypatch, capfd, "retention preview", ("--format", "json", "--by", DSL), tmp_path)
    assert str(NUMBER) in leads


def test_an_erasure_others_asked_for_is_not_listed_approved_or_cancelled_by_the_head(
    tmp_path, store_for_all, monkeypatch, capfd
):
    desk = school_of(tmp_path, store_for_all, monkeypatch)
    the_head_is_accused(desk)
    told(desk, monkeypatch, capfd, "erase", (str(NUMBER), "--by", DSL, "--why", "the author asked"), tmp_path)
    assert str(NUMBER) in told(desk, monkeypatch, capfd, "erase", ("--list", "--by", DSL), tmp_path)
    for words in (("--list", *BY), ("--list",), ("--approve", "all", *WHY), ("--cancel", "all", *WHY)):
        assert traces_in(told(desk, monkeypatch, capfd, "erase", words, tmp_path)) == []
    for what in ("--approve", "--cancel"):
        hers = told(desk, monkeypatch, capfd, "erase", (what, "1", *WHY), tmp_path)
        never = told(desk, monkeypatch, capfd, "erase", (what, "4711", *WHY), tmp_path)
        assert hers == never.replace("4711", "1")
    with desk.store.reading() as tx:
        assert tx.get_one(Comment, NUMBER).erased_at is None


def test_the_last_resort_is_shown_what_others_are_kept_out_of_and_not_what_it_is_kept_out_of(
    tmp_path, store_for_all, monkeypatch
):
    desk = school_of(tmp_path, store_for_all, monkeypatch)
    the_head_is_accused(desk)
    seeing = Seeing(desk.app.school)
    with desk.store.writing() as tx:
        row = ledger.enrolled_school(tx, "oakfield")
        last = desk.settings.last_resort
        assert seeing.hidden_from_mail(tx, row, last, desk.clock()) == frozenset()
        exclusions.keep_out(tx, tx.get_one(Comment, NUMBER), [last], "it is about them", "Mrs Chair", desk.clock())
        assert seeing.hidden_from_mail(tx, row, last, desk.clock()) == {NUMBER}
        assert NUMBER in seeing.hidden_from_mail(tx, row, "stranger@example.org", desk.clock())
