"""The clock's state "held": after whatever settles a comment, before whatever the clock says."""

import pytest
from case_samples import DAY, HOUR, NOW, a_case, action, reply
from pack_samples import flag

from monitor.model import ResponseState
from monitor.rules.queue import in_order
from monitor.rules.state import response_state
from monitor.rules.weekly import EXCUSED, tally
from monitor.rules.weekly_count import counted
from monitor.words import state_words

CLAUSE = "Cyber bullying"
MADE = NOW - 3 * DAY


def state(case, now=NOW):
    return response_state(case.created_at, case.due_at, case.facts, case.rule, now)


def held(created_at=MADE, **facts):
    return a_case(created_at, hold=CLAUSE, **facts)


@pytest.mark.parametrize("age", [HOUR, DAY, 3 * DAY, 400 * DAY])
@pytest.mark.parametrize("last_read_at", [NOW, NOW - 500 * DAY, None])
def test_what_nobody_is_to_answer_is_held_and_never_due_or_overdue(age, last_read_at):
    found = state(held(NOW - age, last_read_at=last_read_at))
    assert found.state is ResponseState.HELD
    assert found.because == f'nobody is to answer it (clause "{CLAUSE}")'


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"replies": (reply(MADE + HOUR),)}, ResponseState.ANSWERED_IN_TIME),
        ({"replies": (reply(MADE + 2 * DAY),)}, ResponseState.ANSWERED_LATE),
        ({"actions": (action(NOW, "no_reply_needed"),)}, ResponseState.NO_REPLY_NEEDED),
        ({"actions": (action(NOW, "confirm_spam"),)}, ResponseState.SPAM),
        ({"actions": (action(MADE, "confirm_offensive"), action(MADE, "hide"))}, ResponseState.ACTIONED),
        ({"gone_at": MADE + HOUR, "last_seen_at": MADE}, ResponseState.WITHDRAWN),
        ({"gone_at": NOW, "last_seen_at": NOW - HOUR}, ResponseState.MISSED_WITHDRAWN),
    ],
)
def test_what_settles_a_comment_settles_a_held_one(facts, expected):
    assert state(held(**facts)).state is expected
    assert state(a_case(MADE, **facts)).state is expected


def test_an_answer_given_all_the_same_says_that_nobody_was_to_give_it():
    said = state(held(replies=(reply(MADE + HOUR),))).because
    assert (
        said == f'the first valid response came by the deadline, although nobody was to answer it (clause "{CLAUSE}")'
    )


def test_what_does_not_count_as_an_answer_does_not_end_the_hold():
    early = held(replies=(reply(MADE - HOUR),))
    assert state(early).state is ResponseState.HELD
    assert "does not count" in state(early).because


def test_a_held_comment_waits_for_its_flags_and_never_for_an_answer():
    assert in_order([held(number=1)], {}, NOW) == []
    (entry,) = in_order([held(number=1)], {1: (flag("bullying"),)}, NOW)
    assert (entry.is_held, entry.needs_reply, entry.is_overdue) == (True, False, False)


def test_the_week_counts_what_is_held_apart_from_what_was_missed():
    cases = [held(), a_case(MADE)]
    figures = tally([], cases, NOW)["facebook"]
    assert (figures.held, figures.unanswered, figures.due) == (1, 1, 1)
    assert [(one.figure, one.hold, one.took) for one in (counted(case, NOW) for case in cases)] == [
        ("held", CLAUSE, None),
        ("unanswered", "", None),
    ]
    assert "held" in EXCUSED


def test_a_held_comment_whose_deadline_is_still_to_come_is_not_counted_yet():
    ahead = held(NOW - HOUR)
    assert vars(tally([], [ahead], NOW)["facebook"]) == vars(tally([], [a_case(NOW - HOUR)], NOW)["facebook"])
    assert counted(ahead, NOW) is None


def test_every_state_has_words():
    assert state_words(ResponseState.HELD) == "held: not to be answered"
    assert all(state_words(each) for each in ResponseState)
