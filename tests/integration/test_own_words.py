"""The school's own settings reach the judging of what is read; a second opinion is asked while nothing is locked."""

import logging

from desk import INSULT, item

from monitor.language.second_opinion import NoSuchOpinion
from monitor.model import Category

BULLYING = 'models = "none"\ndeny = [{ term = "oakie rat", category = "bullying", severity = "serious" }]'


class County:
    name, version, what_leaves = "county", "3", "Words go to County Hall."

    def __init__(self, store=None):
        self.asked, self.store = [], store

    def opinion(self, text):
        self.asked.append(text)
        with self.store.writing():
            pass  # would wait for ever if a batch held the database while it asks
        return {"bullying": 0.9}


def named(desk, monkeypatch, opinion):
    monkeypatch.setattr("monitor.language.second_opinion.installed", lambda name: opinion)
    desk.change(judging='models = "none"\nsecond_opinion = "county"\nthresholds = { question = 0.5 }')


def test_a_denied_word_is_flagged_with_its_category_and_at_least_its_severity(desk):
    desk.read(item("c1", "what an oakie rat"))
    desk.change(judging=BULLYING)
    desk.read(item("c2", "what an oakie rat"))
    assert desk.cases()["c1"].flags == ()
    (flag,) = desk.cases()["c2"].flags
    assert (flag.category, flag.version, flag.detector.partition("/")[0]) == (Category.BULLYING, 1, "own-words")
    assert flag.severity in {"serious", "urgent"}


def test_an_allowed_name_is_not_flagged(desk):
    desk.change(judging='models = "none"\nallow = ["Stupid Idiot"]')
    desk.read(item("c1", INSULT))
    assert desk.cases()["c1"].flags == ()


def test_a_question_or_complaint_alone_brings_no_case_before_a_moderator(desk):
    desk.read(item("c1", "What time does it start?"), item("c2", "I am very unhappy with how this was handled."))
    assert [case.flags for case in desk.cases().values()] == [(), ()]
    assert desk.snapshots() == []


def test_a_second_opinion_is_asked_about_new_words_once_and_while_nothing_is_locked(desk, monkeypatch):
    county = County(desk.store)
    named(desk, monkeypatch, county)
    monkeypatch.setattr("monitor.asking.may_be_asked", lambda text, judgement: True)
    desk.read(item("c1", "hmm"))
    desk.read(item("c1", "hmm"))
    desk.read(item("c1", "hmm indeed"))
    assert county.asked == ["hmm", "hmm indeed"]
    assert {flag.detector for flag in desk.cases()["c1"].flags} == {"second-opinion:county/3"}


def test_a_second_opinion_that_is_not_installed_is_told_and_judging_stands(desk, monkeypatch, caplog):
    def missing(name):
        raise NoSuchOpinion('there is no second opinion "county" installed (installed: none)')

    monkeypatch.setattr("monitor.language.second_opinion.installed", missing)
    desk.change(judging='models = "none"\nsecond_opinion = "county"')
    with caplog.at_level(logging.WARNING):
        result = desk.read(item("c1", INSULT))
    assert (result.failures, result.flagged) == ([], 1)
    assert "judged without it" in caplog.text


def test_without_being_named_nothing_is_asked(desk, monkeypatch):
    monkeypatch.setattr("monitor.language.second_opinion.installed", lambda name: 1 / 0)
    assert desk.read(item("c1", INSULT)).flagged == 1
