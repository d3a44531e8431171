"""`check` says whether judging works, and what leaves the computer to be judged."""

import pytest
from fake_judge import FakeJudge

from monitor.__main__ import main
from monitor.language.second_opinion import NoSuchOpinion


class County:
    name, version, what_leaves = "county", "3", "The words of doubtful comments go to County Hall."


@pytest.fixture
def check(desk, monkeypatch, capsys):
    """The lines of `check` about judging."""
    monkeypatch.setattr("monitor.commands.check.app_for", lambda args: desk.app)
    monkeypatch.setattr("monitor.commands.check.check_account", lambda app, account: True)

    def ask():
        status = main(["check"])
        return status, [line for line in capsys.readouterr().out.splitlines() if "judg" in line]

    return ask


def test_as_it_comes_nothing_leaves(desk, check):
    desk.change(judging='models = "none"\nallow = ["Cockermouth"]')
    status, lines = check()
    assert status == 0
    assert "ok    judging: models none; own words: 1 word allowed, 0 words denied" in lines
    assert "ok    leaving this computer to be judged: nothing" in lines
    assert any(line.startswith("note  Comments are judged without models") for line in lines)


def test_what_a_second_opinion_is_sent_is_said_in_its_own_words(desk, check, monkeypatch):
    monkeypatch.setattr("monitor.language.second_opinion.installed", lambda name: County())
    desk.change(judging='models = "none"\nsecond_opinion = "county"')
    said = "second opinion county/3: The words of doubtful comments go to County Hall."
    assert f"ok    leaving this computer to be judged: {said}" in check()[1]


def test_a_second_opinion_that_is_missing_is_a_problem(desk, check, monkeypatch):
    def missing(name):
        raise NoSuchOpinion('there is no second opinion "county" installed (installed: none)')

    monkeypatch.setattr("monitor.language.second_opinion.installed", missing)
    desk.change(judging='models = "none"\nsecond_opinion = "county"')
    status, lines = check()
    assert status == 1
    assert any(line.startswith("FAIL  leaving this computer to be judged: there is no second") for line in lines)


def test_a_check_that_does_not_work_is_found_before_a_comment_is(check, monkeypatch):
    broken = FakeJudge({"lovely": ("could_not_be_checked", 1.0)}, detector="models/0")
    monkeypatch.setattr("monitor.language.school_judge.judge_for", lambda settings: broken)
    status, lines = check()
    assert status == 1
    assert "FAIL  judging: does not work (models/0); every comment would go to a person" in lines
