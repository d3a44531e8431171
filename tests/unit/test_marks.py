"""What a moderator said of flags: it holds for the version it was said of, and what was said last counts."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.model import ALARMS, OFFENSIVE, Action, ActionFact, Category, Flag, RecordedDecision
from monitor.rules.marks import ABOUT_FLAGS, CONFIRMING, mark_on

AT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
FLAG = Flag(Category.ABUSE, "note", 1.0, "words/2", 0, 4, "Insults somebody.", version=1)


def said(*actions, version=1):
    return [RecordedDecision(ActionFact(AT, action, "why"), "Mrs Ali", version) for action in actions]


def mark(decisions, version=1):
    found = mark_on(version, decisions)
    return found and found.fact.action


def test_what_nobody_said_anything_about_has_no_mark():
    assert mark([]) is None


@pytest.mark.parametrize("action", sorted(set(Action) - ABOUT_FLAGS))
def test_hiding_or_answering_says_nothing_about_the_flag(action):
    assert mark(said(action)) is None
    assert mark(said(Action.FALSE_ALARM, action)) is Action.FALSE_ALARM


@pytest.mark.parametrize("action", sorted(CONFIRMING))
def test_the_last_word_counts(action):
    assert mark(said(Action.FALSE_ALARM, action)) is action
    assert mark(said(action, Action.FALSE_ALARM)) is Action.FALSE_ALARM


def test_what_was_said_of_one_version_says_nothing_of_another():
    assert mark(said(Action.FALSE_ALARM, version=2), version=1) is None
    assert mark([*said(Action.FALSE_ALARM), *said(Action.CONFIRM_FLAG, version=2)]) is Action.FALSE_ALARM


def test_a_flag_that_was_not_kept_yet_has_no_mark():
    assert mark_on(replace(FLAG, version=None).version, said(Action.FALSE_ALARM)) is None


def test_a_question_and_a_complaint_are_no_alarms_and_everything_else_is():
    assert set(Category) - ALARMS == {Category.COMPLAINT, Category.QUESTION}
    assert OFFENSIVE < ALARMS
    assert Category.COULD_NOT_BE_CHECKED in ALARMS
