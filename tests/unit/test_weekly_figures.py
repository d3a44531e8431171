"""Counting a week: who answered in time, how long it took, and when nobody looked."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from case_samples import DAY, HOUR, NOW, a_case, action, reply
from hypothesis import given
from hypothesis import strategies as st

from config.policy import ResponseRule
from monitor.rules.weekly import Hole, Tally, holes, merged, of_hours, tally
from monitor.rules.weekly_count import counted as counted_singly
from monitor.rules.weekly_count import counted_by_replies
from monitor.rules.weekly_words import not_seen, verdict

MONDAY = NOW - 7 * DAY
ALLOWED = timedelta(minutes=35)
MINUTE = timedelta(minutes=1)


def response_times(cases, now):
    found = [counted_singly(case, now) for case in cases]
    return of_hours(one.took / HOUR for one in found if one and one.took is not None)


def answered(hours, **more):
    created_at = NOW - 5 * DAY
    return a_case(created_at, replies=(reply(created_at + hours * HOUR),), **more)


def counted(case):
    """The figures other than zero when this comment fell due in the week."""
    figures = tally((), [case], NOW)[case.account]
    return {name: value for name, value in vars(figures).items() if value}


def test_an_answer_by_the_deadline_is_in_time_and_a_second_later_is_late():
    assert counted(answered(24)) == {"due": 1, "answered_in_time": 1}
    assert counted(answered(24 + 1 / 3600)) == {"due": 1, "answered_late": 1}


def test_found_late_is_told_apart_from_late():
    found_late = answered(30, first_seen_at=NOW - 5 * DAY + 25 * HOUR)
    assert counted(found_late) == {"due": 1, "found_late": 1}
    assert counted(answered(30, first_seen_at=NOW - 5 * DAY + 24 * HOUR)) == {"due": 1, "answered_late": 1}


def test_what_was_found_late_and_is_still_open_is_unanswered():
    assert counted(a_case(NOW - 5 * DAY, first_seen_at=NOW - DAY)) == {"due": 1, "unanswered": 1}


@pytest.mark.parametrize(("first_seen", "figure"), [(0, "answered_late"), (25, "found_late")])
def test_an_insult_hidden_late_is_late_or_found_late(first_seen, figure):
    begin = NOW - 5 * DAY
    actions = (action(begin + 30 * HOUR, "confirm_offensive"), action(begin + 30 * HOUR, "hide"))
    case = a_case(begin, actions=actions, first_seen_at=begin + first_seen * HOUR)
    assert counted(case) == {"due": 1, figure: 1}


@pytest.mark.parametrize(
    ("figure", "facts"),
    [
        ("no_reply_needed", {"actions": (action(NOW - 4 * DAY, "no_reply_needed"),)}),
        ("spam", {"actions": (action(NOW - 4 * DAY, "confirm_spam"),)}),
        ("withdrawn", {"gone_at": NOW - 4 * DAY - HOUR, "last_seen_at": NOW - 5 * DAY}),
    ],
)
def test_what_nobody_had_to_answer_after_all_is_not_due(figure, facts):
    assert counted(a_case(NOW - 5 * DAY, **facts)) == {figure: 1}


def test_received_and_due_are_counted_apart():
    came, fell_due = a_case(NOW - DAY), answered(2)
    figures = tally([came], [fell_due], NOW)["facebook"]
    assert (figures.received, figures.due, figures.answered_in_time) == (1, 1, 1)


def test_what_needs_no_reply_at_all_is_counted_in_the_week_it_came():
    thanks = a_case(NOW - DAY, None, tags=frozenset({"thanks"}), rule=ResponseRule(no_reply_needed=("thanks",)))
    figures = tally([thanks], [], NOW)["facebook"]
    assert (figures.received, figures.no_reply_needed, figures.due) == (1, 1, 0)


def test_what_no_deadline_could_be_worked_out_for_is_not_said_to_need_no_reply():
    figures = tally([a_case(NOW - DAY, None)], [], NOW)["facebook"]
    assert (figures.received, figures.no_reply_needed) == (1, 0)


def test_a_deadline_that_is_still_ahead_is_not_counted_yet():
    assert tally([], [a_case(NOW - HOUR)], NOW)["facebook"] == Tally()


def test_a_parent_who_gave_up_after_the_deadline_was_not_answered():
    gone = a_case(NOW - 3 * DAY, gone_at=NOW - DAY, last_seen_at=NOW - DAY - HOUR)
    figures = tally([], [gone], NOW)["facebook"]
    assert (figures.due, figures.unanswered, figures.withdrawn) == (1, 1, 0)


def test_each_account_has_figures_of_its_own():
    figures = tally([], [answered(1), answered(1, account="x"), answered(30, account="x")], NOW)
    assert (figures["facebook"].due, figures["x"].due, figures["x"].answered_late) == (1, 2, 1)


def test_the_median_is_not_moved_by_one_very_late_answer():
    times = response_times([answered(1), answered(2), answered(119)], NOW)
    assert (times.median, times.slowest, times.slowest_is_percentile) == (2, 119, False)


@pytest.mark.parametrize(("count", "slowest", "is_percentile"), [(19, 19, False), (20, 19, True), (100, 95, True)])
def test_a_percentile_is_named_only_from_twenty_answers(count, slowest, is_percentile):
    times = response_times([answered(hours) for hours in range(1, count + 1)], NOW)
    assert (times.slowest, times.slowest_is_percentile) == (slowest, is_percentile)


def test_without_an_answer_there_is_no_time_to_answer():
    times = response_times([a_case()], NOW)
    assert (times.median, times.slowest) == (None, None)


def test_a_network_whose_clock_runs_ahead_makes_no_answer_come_before_the_question():
    seen = NOW - 5 * DAY
    case = a_case(seen + 10 * HOUR, first_seen_at=seen, replies=(reply(seen + HOUR),))
    assert response_times([case], NOW).median == 1


def test_a_hole_is_a_stretch_longer_than_allowed_between_two_complete_reads():
    reads = [MONDAY + minutes * MINUTE for minutes in (0, 35, 71, 100)]
    until = MONDAY + 120 * MINUTE
    assert holes(reads, MONDAY, until, ALLOWED) == (Hole(MONDAY + 35 * MINUTE, MONDAY + 71 * MINUTE),)


def test_a_week_without_any_read_is_one_hole():
    assert holes([], MONDAY, NOW, ALLOWED) == (Hole(MONDAY, NOW),)


def test_a_hole_that_began_before_the_week_is_told_from_its_start_on():
    earlier = MONDAY - 30 * MINUTE
    reads = [earlier, MONDAY + 6 * MINUTE]
    assert holes(reads, MONDAY, MONDAY + 10 * MINUTE, ALLOWED) == (Hole(MONDAY, MONDAY + 6 * MINUTE),)
    assert holes([earlier, MONDAY + 5 * MINUTE], MONDAY, MONDAY + 10 * MINUTE, ALLOWED) == ()


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 100)), max_size=12))
def test_merging_tells_the_same_minutes_once_and_in_order(stretches):
    result = merged(Hole(MONDAY + a * MINUTE, MONDAY + (a + b) * MINUTE) for a, b in stretches)
    told = [minute for hole in result for minute in range((hole.until - hole.since) // MINUTE)]
    covered = {minute for a, b in stretches for minute in range(a, a + b)}
    assert len(told) == len(covered)
    assert all(first.until < second.since for first, second in pairwise(result))


def test_the_verdict_of_a_quiet_week_says_so():
    assert verdict(0, 0, 0, [], {}, NOW) == "No comment fell due this week."


def test_the_verdict_counts_answers_in_time_and_names_what_is_open_and_who_was_not_read():
    tuesday, friday = date(2026, 11, 10), date(2026, 11, 13)
    blind = {"Instagram": {tuesday: 9.25}, "X": {friday: 1.5, tuesday: 0.5}, "Reddit": {friday: 0.2}}
    assert verdict(46, 48, 2, [NOW - 3 * DAY, NOW - HOUR], blind, NOW) == (
        "46 of 48 comments that fell due were answered in time. 2 offensive comments were acted on instead. "
        "2 are overdue and unanswered now, the oldest for 3 days. "
        "Instagram could not be read for 9 hours on Tuesday, and 1 other account for 2 hours."
    )


def test_the_verdict_speaks_of_one_as_one():
    said = verdict(1, 1, 0, [NOW - HOUR], {}, NOW)
    assert (
        said
        == "1 of 1 comment that fell due was answered in time. 1 is overdue and unanswered now, for less than a day."
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({10: 30.0, 11: 2.0}, "X could not be read for 32 hours, most of them on Tuesday."),
        ({10: 12.0, 11: 12.0}, "X could not be read for 24 hours."),
        ({10: 1.0}, "X could not be read for 1 hour on Tuesday."),
        ({10: 0.9}, ""),
    ],
)
def test_what_was_not_seen_is_said_with_its_day_where_one_stands_out(days, said):
    assert not_seen({"X": {date(2026, 11, day): hours for day, hours in days.items()}}) == said


moments = st.integers(-600, 3 * 24 * 3600).map(lambda tenths: NOW - 5 * DAY + timedelta(seconds=tenths / 10))


@given(st.lists(st.tuples(moments, st.none() | moments), min_size=1, max_size=3), st.integers(0, 2 * 24 * 60))
def test_the_short_way_counts_what_the_long_way_counts(replies, seen_after):
    """A comment nobody decided anything about is counted from its replies alone: the same as by all its facts."""
    came = NOW - 5 * DAY
    seen = came + seen_after * MINUTE
    said = tuple(reply(at, gone_at=gone) for at, gone in replies)
    case = a_case(came, replies=said, first_seen_at=seen)
    short = counted_by_replies(case.id, case.account, came, case.due_at, seen, replies)
    long = counted_singly(case, NOW)
    assert short == long or (short is None and long.figure == "unanswered")
