"""A comment nobody is to answer: in the queue, the mails, the report and the export, and nowhere among the missed."""

import csv
import io
import json

import pytest
from desk import DAY, HOUR, INSULT, MINUTE, SCHOOL, Scripted, item, page
from pack_samples import ADVICE, AT_ONCE, HOLD, REDIRECT
from policy_desk import Deciding, with_pack

from alerts.report_csv import weekly_csv
from alerts.report_pdf import weekly_pdf
from alerts.report_render import weekly_html, weekly_text
from connectors.base import Verdict
from connectors.fetched import Shown
from monitor.model import Presence, ResponseState

WEEK = "2026-W46"


@pytest.fixture
def at(desk, monkeypatch, capsys):
    with_pack(desk, {"abuse": HOLD})
    desk.read(item("c1", INSULT), item("c2", "When does term start?"))
    return Deciding(desk, monkeypatch, capsys)


def waiting(desk):
    return {entry.case.remote_id: entry for entry in desk.app.reporter.waiting(desk.clock())}


def weekly(desk):
    return desk.app.reporter.weekly(WEEK, desk.clock())


def test_held_is_neither_due_nor_overdue_in_queue_and_digest(desk, at):
    desk.later(2 * DAY)
    desk.read(item("c1", INSULT), item("c2", "When does term start?"))
    entries = waiting(desk)
    assert (entries["c1"].answer.state, entries["c2"].answer.state) == (ResponseState.HELD, ResponseState.OVERDUE)
    digest = desk.app.reporter.digest("ali@oakfield.example", desk.clock())
    numbers = {name: desk.items()[name].id for name in ("c1", "c2")}
    assert [line.case for line in (*digest.to_answer, *digest.overdue)] == [numbers["c2"]]
    (line,) = digest.flagged
    assert (line.case, line.due_at, line.to_do[0]) == (numbers["c1"], None, "held: not to be answered")
    queue = at.run("queue")[1]
    assert f'Case {numbers["c1"]}: not to be answered (clause "Do not answer")' in queue


def test_show_and_export_name_the_clause(desk, at):
    shown = at.shown()
    assert 'held: not to be answered: nobody is to answer it (clause "Do not answer")' in shown
    assert '  hold: do not answer (clause "Do not answer")' in shown
    rows = {row["remote_id"]: row for row in map(json.loads, at.run("export", "--holds")[1].splitlines())}
    assert (rows["c1"]["held_under"], rows["c2"]["held_under"]) == ("Do not answer", None)
    assert "held_under" not in at.run("export")[1]


def test_a_held_comment_that_was_answered_all_the_same_is_answered(desk, at):
    desk.later(HOUR)
    desk.read(item("c1", INSULT), item("r1", "Please mind your words", by=SCHOOL, under="c1"))
    assert "answered in time: the first valid response came by the deadline, although nobody was to" in at.shown()


def test_a_redirected_comment_is_owed_its_answer_and_show_says_where_it_belongs(desk, at):
    with_pack(desk, {"abuse": REDIRECT})
    assert waiting(desk)["c1"].needs_reply
    assert "hold: answer in time, and say where it belongs: the school office" in at.shown()


def test_the_week_tells_what_is_held_apart_from_what_was_missed(desk, at):
    desk.later(2 * DAY)
    desk.read(item("c1", INSULT), item("c2", "When does term start?"))
    report = weekly(desk)
    (figures,) = report.figures
    assert (figures.due, figures.unanswered, figures.held) == (1, 1, 1)
    assert [line.case for line in report.unanswered] == [desk.items()["c2"].id]
    said = 'Clause "Do not answer": 1 comment fell due this week, 1 waits for a decision now.'
    assert said in weekly_text(report)
    assert said in weekly_html(report).replace("&#34;", '"')
    assert weekly_pdf(report).startswith(b"%PDF")
    rows = list(csv.DictReader(io.StringIO(weekly_csv(report))))
    assert [(row["clause"], row["fell_due"], row["waiting"]) for row in rows if row["record"] == "held"] == [
        ("Do not answer", "1", "1")
    ]
    assert [row["held"] for row in rows if row["record"] == "account"] == ["1"]


def test_a_decided_held_comment_no_longer_waits_and_stays_held(desk, at):
    at.done("confirm_flag")
    assert "c1" not in waiting(desk)
    desk.later(2 * DAY)
    desk.read(item("c1", INSULT))
    (held,) = weekly(desk).held
    assert (held.fell_due, held.waiting) == (1, 0)


def test_advice_is_waited_for_in_queue_and_report_until_it_is_there(desk, at):
    with_pack(desk, {"abuse": ADVICE})
    at.done("confirm_flag")
    assert waiting(desk)["c1"].case.to_do == ('advice from the LADO is waited for under "Allegations"',)
    desk.later(15 * MINUTE)
    desk.read(item("c1", INSULT, shown=Shown.HIDDEN))
    assert "hidden before advice was recorded" in at.shown()
    number = desk.items()["c1"].id
    report = weekly(desk)
    assert report.removed_before_advice == (number,)
    assert f"before advice was recorded: case {number}." in weekly_text(report)
    at.done("advice_received", by="Ms Okafor")
    assert waiting(desk)["c1"].case.to_do == ("advice is recorded: decide what is to be done",)
    assert weekly(desk).removed_before_advice == ()
    at.done("close")
    assert "c1" not in waiting(desk)


def test_at_once_is_the_first_next_step(desk, at):
    with_pack(desk, {"abuse": AT_ONCE})
    steps = [line.strip() for line in at.shown().splitlines() if line.strip().startswith("next")]
    assert steps[0] == 'next: take it down at once, evidence is kept (clause "Extreme content")'
    at.done("confirm_flag")
    at.done("answered_elsewhere")
    assert "c1" in waiting(desk)
    at.done("hide")
    assert "c1" not in waiting(desk)


def read_at(desk, by, *items, verdicts=None):
    desk.later(by)
    desk.collector(Scripted({"comments": [page(*items)]}, verdicts)).run()


def test_said_to_be_deleted_is_confirmed_by_looking_again_and_told_as_not_visible(desk, at):
    at.done("delete")
    assert "Said to be deleted at Tue 10 Nov 2026 09:00, not confirmed yet." in at.shown()
    gone = {"verdicts": {"c1": Verdict.GONE}}
    read_at(desk, 15 * MINUTE, **gone)
    read_at(desk, HOUR, **gone)
    assert desk.cases()["c1"].shown is Presence.GONE
    assert "confirmed: not visible to us at Tue 10 Nov 2026 09:15." in at.shown()
    assert "gone" not in at.shown().split("Decided")[1]


def test_still_visible_two_reads_later_waits_again_until_it_is_taken_back_or_true(desk, at):
    at.done("confirm_offensive")
    number = at.done("delete")
    assert "c1" not in waiting(desk)
    read_at(desk, 15 * MINUTE, item("c1", INSULT))
    assert "still visible at Tue 10 Nov 2026 09:15 although said to be deleted" in at.shown()
    assert "c1" not in waiting(desk)
    read_at(desk, 15 * MINUTE, item("c1", INSULT))
    assert waiting(desk)["c1"].case.to_do == ("still visible although said to be deleted",)
    assert "still visible although said to be deleted" in at.run("queue")[1]
    digest = desk.app.reporter.digest("ali@oakfield.example", desk.clock())
    assert "still visible although said to be deleted" in digest.flagged[0].to_do
    at.done("undo", "--decision", number)
    assert desk.cases()["c1"].to_do == ()
    at.done("hide")
    read_at(desk, 15 * MINUTE, item("c1", INSULT, shown=Shown.HIDDEN))
    assert "confirmed: hidden from readers" in at.shown()
    assert "c1" not in waiting(desk)


def test_visible_again_after_a_deletion_that_was_confirmed_reopens_the_case(desk, at):
    at.done("delete")
    gone = {"verdicts": {"c1": Verdict.GONE}}
    read_at(desk, 15 * MINUTE, **gone)
    read_at(desk, HOUR, **gone)
    at.done("close")
    assert "c1" not in waiting(desk)
    read_at(desk, HOUR, item("c1", INSULT))
    assert waiting(desk)["c1"].case.to_do == ("still visible although said to be deleted",)


def test_a_network_that_only_answers_for_its_id_proves_no_hiding_wrong(desk, at):
    at.done("confirm_offensive")
    at.done("hide")
    there = {"verdicts": {"c1": Verdict.PRESENT}}
    for _ in range(3):
        read_at(desk, HOUR, **there)
    assert "not confirmed yet" in at.shown()
    assert "c1" not in waiting(desk)


def test_held_cases_are_not_settled_for_the_terms_while_something_waits(desk, at):
    from monitor.erasing.terms import TermFacts

    with_pack(desk, {"abuse": ADVICE})
    at.done("confirm_flag")
    with desk.rows() as (tx, school, _):
        facts = TermFacts.gather(tx, school)
    assert facts.of(desk.cases()["c1"], desk.clock()).settled_at is None
