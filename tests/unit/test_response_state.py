"""Where a comment stands. It was posted on Wednesday at 08:15 local time and is due on Thursday at 08:15."""

from datetime import UTC, datetime, timedelta

import pytest

from config.policy import ResponseRule
from monitor.model import NEVER, Action, ActionFact, Facts, ReplyBy, ReplyFact, ReplyKind, ResponseState
from monitor.rules.calendar import NaiveTime
from monitor.rules.response import MissingFact
from monitor.rules.state import response_state, valid_responses

POSTED = datetime(2026, 6, 10, 7, 15, tzinfo=UTC)
DUE = POSTED + timedelta(hours=24)
LONG_AFTER = DUE + timedelta(days=7)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def answer(*, now=LONG_AFTER, due=DUE, replies=(), actions=(), rule=None, **facts):
    facts.setdefault("last_read_at", LONG_AFTER)
    known = Facts(replies=tuple(replies), actions=tuple(actions), **facts)
    return response_state(POSTED, due, known, rule or ResponseRule(), now)


def state(**given):
    return answer(**given).state.value


def reply(at, by=ReplyBy.SCHOOL, kind=ReplyKind.REPLY, gone_at=None):
    return ReplyFact(at, by, kind, gone_at)


def act(action, at=POSTED + HOUR, note=""):
    return ActionFact(at, Action(action), note)


def test_a_reply_by_the_school_is_in_time():
    found = answer(replies=[reply(POSTED + HOUR)])
    assert found.state is ResponseState.ANSWERED_IN_TIME
    assert found.responded_at == POSTED + HOUR


def test_a_reply_in_the_last_second_is_in_time_and_one_second_later_is_late():
    assert state(replies=[reply(DUE)]) == "answered_in_time"
    assert state(replies=[reply(DUE + timedelta(microseconds=999_999))]) == "answered_in_time"
    assert state(replies=[reply(DUE + SECOND)]) == "answered_late"


def test_a_direct_message_to_the_author_answers_too():
    assert state(replies=[reply(POSTED + HOUR, kind=ReplyKind.MESSAGE)]) == "answered_in_time"


def test_the_first_valid_response_counts_whatever_the_order_of_the_list():
    found = answer(replies=[reply(DUE + HOUR), reply(DUE - HOUR), reply(DUE - 2 * HOUR, by=ReplyBy.MEMBER)])
    assert (found.state, found.responded_at) == (ResponseState.ANSWERED_IN_TIME, DUE - HOUR)


@pytest.mark.parametrize("by", [ReplyBy.MEMBER, ReplyBy.STAFF_PERSONAL])
def test_nobody_else_answers_for_the_school(by):
    found = answer(replies=[reply(POSTED + HOUR, by=by)])
    assert found.state is ResponseState.OVERDUE
    assert "does not count: a reply" in found.because


def test_a_like_and_an_automatic_reply_answer_only_where_the_policy_says_so():
    like, automatic = (reply(POSTED + HOUR, kind=kind) for kind in (ReplyKind.LIKE, ReplyKind.AUTO))
    assert state(replies=[like, automatic]) == "overdue"
    assert state(replies=[like], rule=ResponseRule(like_counts=True)) == "answered_in_time"
    assert state(replies=[automatic], rule=ResponseRule(auto_reply_counts=True)) == "answered_in_time"
    assert state(replies=[automatic], rule=ResponseRule(like_counts=True)) == "overdue"


def test_a_reply_from_before_the_comment_answers_something_else():
    assert state(replies=[reply(POSTED - SECOND)]) == "overdue"
    assert state(replies=[reply(POSTED)]) == "answered_in_time"


def test_a_reply_removed_before_the_deadline_answers_nothing():
    removed = reply(POSTED + HOUR, gone_at=DUE - SECOND)
    assert state(replies=[removed]) == "overdue"
    assert state(replies=[removed], now=DUE) == "open"
    assert state(replies=[removed, reply(DUE + HOUR)]) == "answered_late"


def test_a_reply_that_stood_at_the_deadline_counts_although_it_was_removed_later():
    assert state(replies=[reply(POSTED + HOUR, gone_at=DUE)]) == "answered_in_time"
    assert state(replies=[reply(DUE + HOUR, gone_at=DUE + 2 * HOUR)]) == "answered_late"


def test_a_moderator_can_say_that_it_was_answered_elsewhere():
    assert state(actions=[act("answered_elsewhere")]) == "answered_in_time"
    assert state(actions=[act("answered_elsewhere", DUE + SECOND)]) == "answered_late"
    assert state(actions=[act("answered_elsewhere", POSTED - SECOND)]) == "overdue"


def test_a_reply_counts_from_first_sight_when_the_network_clock_runs_ahead():
    seen = POSTED - timedelta(minutes=30)
    assert state(replies=[reply(seen + SECOND)], first_seen_at=seen) == "answered_in_time"


def test_no_deadline_means_no_reply_needed():
    assert state(due=None, replies=[reply(POSTED + HOUR)]) == "no_reply_needed"


def test_a_moderator_can_decide_that_no_reply_is_needed_with_a_reason():
    decided = [act("no_reply_needed", note="greeting")]
    assert state(actions=decided) == "no_reply_needed"
    assert state(actions=decided, replies=[reply(POSTED + HOUR)]) == "no_reply_needed"


def test_no_reply_needed_without_a_reason_is_ignored_and_the_answer_says_so():
    for note in ("", " \n"):
        found = answer(actions=[act("no_reply_needed", note=note)])
        assert found.state is ResponseState.OVERDUE
        assert '"no reply needed" without a reason' in found.because


def test_confirmed_spam_is_spam_even_when_it_was_answered():
    assert state(actions=[act("confirm_spam")], replies=[reply(POSTED + HOUR)]) == "spam"


def test_a_guess_that_it_is_spam_never_stops_the_clock():
    assert state(tags=frozenset({"spam_auto"})) == "overdue"


@pytest.mark.parametrize("removal", ["hide", "delete", "report", "block"])
def test_an_offensive_comment_is_closed_by_confirming_and_acting(removal):
    assert state(actions=[act("confirm_offensive"), act(removal)]) == "actioned"
    assert state(actions=[act(removal), act("confirm_offensive", DUE)]) == "actioned"


def test_the_later_of_confirming_and_acting_decides_whether_it_was_in_time():
    assert state(actions=[act("confirm_offensive"), act("hide", DUE + SECOND)]) == "actioned_late"
    assert state(actions=[act("hide"), act("confirm_offensive", DUE + SECOND)]) == "actioned_late"


def test_acting_again_after_the_deadline_takes_nothing_back():
    twice = [act("confirm_offensive"), act("hide"), act("confirm_offensive", DUE + HOUR), act("block", DUE + HOUR)]
    assert state(actions=twice) == "actioned"


def test_hiding_alone_or_confirming_alone_answers_nothing():
    assert state(actions=[act("hide")]) == "overdue"
    assert state(actions=[act("confirm_offensive")]) == "overdue"


def test_an_answer_comes_before_an_action():
    actions = [act("confirm_offensive"), act("hide")]
    assert state(actions=actions, replies=[reply(DUE + HOUR)]) == "answered_late"


def test_a_comment_its_author_took_away_in_time_is_withdrawn():
    assert state(gone_at=DUE, last_seen_at=DUE - HOUR) == "withdrawn"
    assert state(gone_at=DUE - HOUR) == "withdrawn"


def test_a_comment_still_seen_after_the_deadline_was_missed_before_it_was_withdrawn():
    assert state(gone_at=DUE + 2 * HOUR, last_seen_at=DUE + SECOND) == "missed_withdrawn"
    assert state(gone_at=DUE + 2 * HOUR, last_seen_at=DUE) == "withdrawn"


def test_whether_a_withdrawal_was_missed_is_never_guessed():
    with pytest.raises(MissingFact, match="last_seen_at is missing"):
        state(gone_at=DUE + HOUR)


def test_a_comment_the_school_deleted_was_not_withdrawn():
    assert state(gone_at=DUE - HOUR, actions=[act("delete", DUE - HOUR)]) == "overdue"
    assert state(gone_at=DUE - HOUR, actions=[act("delete", DUE - HOUR)], now=DUE) == "open"
    assert state(gone_at=DUE - HOUR, actions=[act("delete", DUE)]) == "withdrawn"
    assert state(gone_at=DUE - HOUR, actions=[act("hide", POSTED)]) == "withdrawn"


def test_a_comment_that_came_back_is_the_same_comment_with_the_same_deadline():
    assert state(gone_at=DUE - HOUR, last_seen_at=DUE - SECOND) == "overdue"


def test_an_answered_comment_stays_answered_when_its_author_takes_it_away():
    assert state(gone_at=DUE - HOUR, replies=[reply(POSTED + HOUR)]) == "answered_in_time"


def test_a_comment_is_open_until_its_last_second_is_over():
    assert state(now=DUE) == "open"
    assert state(now=DUE + timedelta(microseconds=999_999)) == "open"
    assert state(now=DUE + SECOND) == "overdue"


def test_overdue_is_said_only_after_a_complete_read_later_than_the_deadline():
    assert state(last_read_at=DUE + SECOND) == "overdue"
    assert state(last_read_at=DUE) == "overdue_unconfirmed"
    assert state(last_read_at=DUE + timedelta(microseconds=5)) == "overdue_unconfirmed"
    assert state(last_read_at=NEVER) == "overdue_unconfirmed"


def test_the_last_read_is_needed_only_when_it_decides():
    with pytest.raises(MissingFact, match="last_read_at is missing"):
        state(last_read_at=None)
    assert state(last_read_at=None, now=DUE) == "open"
    assert state(last_read_at=None, replies=[reply(POSTED + HOUR)]) == "answered_in_time"


def test_an_outage_and_a_message_by_someone_else_change_nothing():
    assert state(outages=((POSTED, LONG_AFTER),)) == "overdue"


def test_a_naive_time_among_the_facts_is_refused_and_named():
    with pytest.raises(NaiveTime, match="a reply's at has no time zone"):
        state(replies=[reply(POSTED.replace(tzinfo=None))])
    with pytest.raises(NaiveTime, match="now has no time zone"):
        state(now=DUE.replace(tzinfo=None))


def test_every_valid_response_is_listed_earliest_first():
    facts = Facts(
        replies=(reply(DUE + HOUR), reply(POSTED + HOUR, by=ReplyBy.MEMBER), reply(POSTED + 2 * HOUR)),
        actions=(act("answered_elsewhere", POSTED + 3 * HOUR),),
    )
    found = valid_responses(POSTED, DUE, facts, ResponseRule())
    assert found == (POSTED + 2 * HOUR, POSTED + 3 * HOUR, DUE + HOUR)
