"""Every number of the weekly report can be looked behind, and what is behind it comes to that number."""

import re

import pytest
from desk import HOUR
from evidence_desk import run_command
from rich_week import AFTER, decide, rich_school

from alerts.report_numbers import numbers
from monitor.model import Action
from monitor.store.engine import open_store
from monitor.weekly.explaining import Explainer, NoSuchNumber

WEEK = "2026-W46"


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """Read once; nothing in these tests changes it."""
    folder = tmp_path_factory.mktemp("rich")
    store = open_store(f"sqlite:///{folder / 'books.db'}")
    yield rich_school(folder, store)
    store.close()


def explainer_of(desk, week=WEEK, who=None):
    reports, now = desk.app.reporter.weekly_reports, desk.clock()
    gathered = reports.shown(week, now, who)
    return Explainer(
        desk.store,
        desk.settings,
        gathered,
        reports.hidden_from(who, now),
        now,
        lambda other: reports.kept(other, now, who),
    )


def test_behind_every_number_stands_what_comes_to_it(school):
    explainer = explainer_of(school)
    found = {each.key: explainer.explain(each) for each in explainer.figures()}
    for figure in numbers(explainer.gathered.report):
        behind = found[figure.key]
        assert behind.worked_out == pytest.approx(figure.value), figure.key
        if behind.how == "count":
            assert len(behind.comments) + len(behind.lines) == figure.value, figure.key
        if behind.how == "sum":
            assert sum(adds for _, adds in behind.lines) == pytest.approx(figure.value), figure.key
        if behind.how in {"median", "95th percentile", "longest", "days"}:
            assert all(row.hours is not None for row in behind.comments), figure.key
    assert len(found) == len(list(numbers(explainer.gathered.report))) > 90, "no two have the same name"
    assert {each.how for each in found.values()} == {"count", "sum", "median", "95th percentile", "days"}


def test_the_school_is_rich_enough_for_that_to_say_something(school):
    report = explainer_of(school).gathered.report
    there = {figure.key.rpartition("/")[2] for figure in numbers(report) if figure.value}
    assert there >= {
        *("received", "due", "answered_in_time", "answered_late", "found_late", "no_reply_needed", "actioned"),
        *("withdrawn", "spam", "unanswered", "reads", "complete_reads", "hours_covered", "hours_in_week", "stored"),
        *("hours_blind", "counted", "held", "missing", "flagged", "decided", "evidence_kept", "hidden", "reported"),
        *("none_yet", "taken", "open", "entries", "median_hours", "slowest_hours", "unanswered_now", "oldest_days"),
    }  # fmt: skip


def test_the_numbers_in_the_first_sentence_are_numbers_of_the_report(school):
    report = explainer_of(school).gathered.report
    printed = {f"{each.value:.0f}" for each in numbers(report)} | {str(int(each.value)) for each in numbers(report)}
    said = re.findall(r"\d+", report.verdict)
    assert len(said) >= 4
    assert set(said) <= printed, report.verdict


def test_a_number_is_found_as_it_is_printed_by_its_name_and_by_a_part_of_it(school):
    explainer = explainer_of(school)
    due = next(each for each in explainer.figures() if each.key == "account/all/due")
    assert due in explainer.wanted(f"{due.value:.0f}")
    assert [each.key for each in explainer.wanted("account/facebook/answered_late")] == [
        "account/facebook/answered_late"
    ]
    assert {each.key for each in explainer.wanted("found late second")} == {"account/second/found_late"}
    with pytest.raises(NoSuchNumber, match="has no number"):
        explainer.wanted("4711")


def test_each_comment_is_told_with_its_state_its_deadline_and_the_reply_that_answered_it(school, monkeypatch, capsys):
    case = school.cases()["in_time"].id
    words = ("report", "weekly", "--week", WEEK, "--explain", "account/facebook/answered_in_time")
    status, said, _ = run_command(school, monkeypatch, capsys, *words)
    assert status == 0
    assert f"case {case}: Comment, Facebook page, received Mon 9 Nov 09:00, due Tue 10 Nov 09:00" in said
    assert "answered in time: the first valid response came by the deadline; deadline: " in said
    assert "answered Mon 9 Nov 10:00: https://network.example/r1" in said
    assert said.rstrip().endswith("= 23")


def test_all_names_can_be_listed_and_a_wrong_one_is_refused_with_the_way_to_them(school, monkeypatch, capsys):
    _, said, _ = run_command(school, monkeypatch, capsys, "report", "weekly", "--week", WEEK, "--explain", "list")
    assert "account/facebook/answered_late" in said
    status, _, err = run_command(school, monkeypatch, capsys, "report", "weekly", "--week", WEEK, "--explain", "nope")
    assert status == 2
    assert "--explain list" in err


def test_what_was_sent_is_explained_as_it_was_sent(tmp_path, store_for_all, monkeypatch, capsys):
    desk = rich_school(tmp_path, store_for_all)
    desk.app.reporter.weekly_reports.to_send(WEEK, AFTER, "head@oakfield.example")
    decide(desk, "open", Action.NO_REPLY_NEEDED, AFTER + HOUR)
    desk.clock.at = AFTER + 2 * HOUR
    explainer = explainer_of(desk)
    figure = next(each for each in explainer.figures() if each.key == "account/facebook/unanswered")
    behind = explainer.explain(figure)
    assert behind.worked_out == figure.value
    assert [row.was for row in behind.comments if row.case == desk.cases()["open"].id] == ["unanswered"]
