"""When many comments under one post are one matter, told again, and over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.pile_on import GROWTH, LEVELS, NOT_YET, Told, first_of_many, is_over, level_of, step_of

BEGIN = datetime(2026, 11, 10, 20, tzinfo=UTC)
TEN = timedelta(minutes=10)
MINUTES = st.lists(st.integers(0, 120), max_size=30)
TOLD = st.builds(Told, st.integers(NOT_YET, 2), st.sampled_from(LEVELS))


def at(*minutes):
    return [BEGIN + timedelta(minutes=minute) for minute in minutes]


def test_five_within_ten_minutes_are_one_matter_and_both_ends_count():
    assert first_of_many(at(0, 2, 4, 6, 10), 5, TEN) == BEGIN
    assert first_of_many(at(0, 2, 4, 6, 11), 5, TEN) is None
    assert first_of_many(at(0, 2, 4, 6), 5, TEN) is None
    assert first_of_many(at(0, 30, 31, 32, 33, 34, 60), 5, TEN) == at(30)[0]


@given(MINUTES, st.integers(2, 8), st.randoms(use_true_random=False))
def test_it_does_not_matter_in_which_order_they_are_read(minutes, many, dice):
    shuffled = list(minutes)
    dice.shuffle(shuffled)
    assert first_of_many(at(*shuffled), many, TEN) == first_of_many(at(*sorted(minutes)), many, TEN)


@given(MINUTES, st.integers(2, 8))
def test_it_begins_with_the_first_after_which_so_many_came_in_time(minutes, many):
    begins = [m for m in minutes if sum(m <= other <= m + 10 for other in minutes) >= many]
    assert first_of_many(at(*minutes), many, TEN) == (at(min(begins))[0] if begins else None)


@given(st.integers(0, 10_000), st.integers(2, 50))
def test_people_hear_of_it_at_one_ten_and_a_hundred_times_the_number(comments, many):
    step = step_of(comments, many)
    assert step == NOT_YET if comments < many else comments >= many * GROWTH[step]
    assert step == len(GROWTH) - 1 or comments < many * GROWTH[step + 1]


@pytest.mark.parametrize(
    ("severities", "level"),
    [([], "calm"), (["note", "concern"], "calm"), (["concern", "serious"], "serious"), (["urgent", ""], "urgent")],
)
def test_what_waits_for_the_digest_anyway_makes_it_no_worse(severities, level):
    assert level_of(severities) == level


def test_a_day_without_a_new_comment_ends_it():
    assert not is_over(BEGIN, BEGIN + timedelta(hours=23, minutes=59))
    assert is_over(BEGIN, BEGIN + timedelta(hours=24))


@given(TOLD, TOLD)
def test_nothing_is_told_twice_and_what_is_told_is_never_less_than_before(before, now):
    assert not before.is_news_after(before)
    both = before.together_with(now)
    assert not before.is_news_after(both)
    assert now.step == NOT_YET or now.is_news_after(before) == (both != before)
    assert not before.in_common_with(now).is_news_after(before)


@given(st.lists(TOLD, max_size=60))
def test_nobody_gets_more_than_five_mails_about_one_post_whatever_happens(sights):
    told, mails = Told(), 0
    for sight in sights:
        if sight.is_news_after(told):
            told, mails = told.together_with(sight), mails + 1
    assert mails <= len(GROWTH) + len(LEVELS) - 1
