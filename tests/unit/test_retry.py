"""When a mail that was not accepted is tried again."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.retry import GIVE_UP_AFTER, LONGEST_WAIT, next_attempt

NOW = datetime(2026, 11, 10, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (12, 60)])
def test_the_waits_are_1_5_15_and_60_minutes_and_then_an_hour_each(failures, minutes):
    assert next_attempt(failures, NOW) == NOW + timedelta(minutes=minutes)


def test_after_a_day_of_waiting_it_is_given_up():
    attempts, now, failures = [], NOW, 0
    while now is not None:
        attempts.append(now)
        failures += 1
        now = next_attempt(failures, now)
    assert attempts[-1] - NOW <= GIVE_UP_AFTER < attempts[-1] - NOW + timedelta(hours=1)
    assert next_attempt(failures + 1, NOW) is None


@given(st.integers(1, 60), st.integers(0, 10_000))
def test_how_long_it_waits_depends_on_the_failures_alone(failures, days):
    later = NOW + timedelta(days=days)
    first, second = next_attempt(failures, NOW), next_attempt(failures, later)
    assert (first is None) == (second is None)
    assert first is None or first - NOW == second - later


def test_a_wait_is_never_shorter_than_the_one_before():
    waits = [next_attempt(failures, NOW) for failures in range(1, 26)]
    assert all(earlier <= later for earlier, later in pairwise(waits))


@pytest.mark.parametrize(
    ("failures", "asked", "minutes"), [(1, 10, 10), (3, 10, 15), (5, 10, 60), (1, 0, 1), (1, 3000, 60), (1, -5, 1)]
)
def test_what_a_server_asks_for_puts_an_attempt_off_but_not_for_more_than_an_hour(failures, asked, minutes):
    assert next_attempt(failures, NOW, timedelta(minutes=asked)) == NOW + timedelta(minutes=minutes)


@given(st.integers(1, 60), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_what_a_server_asks_for_changes_neither_the_number_of_attempts_nor_brings_one_forward(failures, asked):
    usual, then = next_attempt(failures, NOW), next_attempt(failures, NOW, asked)
    assert (usual is None) == (then is None)
    assert usual is None or usual <= then <= NOW + LONGEST_WAIT


def test_the_last_attempt_is_the_twenty_seventh():
    assert next_attempt(26, NOW) is not None
    assert next_attempt(27, NOW) is None
