"""When silence is an alarm: what is found wrong, what is news, and what has to last before it is told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.watching import (
    LASTS,
    OFTEN,
    WARN_AT_DAYS,
    Refusal,
    Stream,
    Trouble,
    allowed_silence,
    expiry_key,
    expiry_of,
    findings,
    gravest,
    is_renewed,
    may_tell_recovery,
    told_from,
    warning_due,
)

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALLOWED = allowed_silence(15)
TOKEN_DEAD = Refusal(Trouble.DEAD, NOW - MINUTE, "the token is dead")


def stream(name="comments", read=NOW - 10 * MINUTE, **more):
    wanted = {"allowed": ALLOWED, "read_until": read, "unread_since": read or NOW - 30 * DAY, "why": "timed out"}
    return Stream(name=name, **(wanted | more))


def found(*streams, signing_in=None, expires_at=None, **more):
    return findings(streams, signing_in, expires_at, NOW, **more)


def told(*streams, **more):
    return [finding.about for finding in found(*streams, **more) if finding.is_news]


def test_a_stream_may_be_silent_for_two_intervals_and_five_minutes():
    assert allowed_silence(15) == 35 * MINUTE
    assert allowed_silence(15, 60) == 125 * MINUTE
    assert allowed_silence(60, 15) == 125 * MINUTE


@given(st.integers(0, 7 * 24 * 60), st.integers(1, 1440))
def test_a_stream_is_stale_exactly_when_its_silence_is_longer_than_allowed(silent, interval):
    one = stream(read=NOW - silent * MINUTE, allowed=allowed_silence(interval))
    assert (told(one) == [(Trouble.STALE, "comments")]) == (silent > 2 * interval + 5)


def test_an_account_where_all_is_read_gives_no_cause_for_anything():
    assert found(stream(), stream("ratings")) == ()


def test_a_stream_that_was_never_read_is_stale_once_its_time_has_passed():
    (finding,) = found(stream(read=None, unread_since=NOW - HOUR))
    assert (finding.trouble, finding.since, finding.why) == (Trouble.STALE, None, "timed out")
    assert found(stream(read=None, unread_since=NOW - 30 * MINUTE)) == ()


def test_dead_credentials_do_not_wait_for_the_silence():
    (finding,) = found(stream(refusal=TOKEN_DEAD))
    assert (finding.trouble, finding.stream, finding.why) == (Trouble.DEAD, "", "the token is dead")
    assert finding.since == NOW - 10 * MINUTE


def test_dead_credentials_are_one_alarm_and_keep_the_streams_from_being_others():
    silent = NOW - 3 * HOUR
    streams = [stream(name, read=silent, refusal=TOKEN_DEAD) for name in ("comments", "ratings", "tagged")]
    assert told(*streams) == [(Trouble.DEAD, "")]
    assert len(found(*streams)) == 4, "an alarm about silence that is up stays up"


def test_a_network_that_does_not_say_who_we_are_is_the_whole_accounts_trouble():
    assert told(stream(), signing_in=TOKEN_DEAD) == [(Trouble.DEAD, "")]
    assert told(stream(), signing_in=Refusal(Trouble.FORBIDDEN, NOW, "suspended")) == [(Trouble.FORBIDDEN, "")]


@pytest.mark.parametrize("trouble", [Trouble.FORBIDDEN, Trouble.EMPTY])
def test_what_is_refused_for_one_stream_is_told_of_that_stream_alone(trouble):
    refused = stream("ratings", read=None, refusal=Refusal(trouble, NOW, "not allowed"))
    assert told(stream(), refused) == [(trouble, "ratings")]


def test_what_the_program_had_no_chance_to_read_yet_is_no_news_and_what_it_tried_is():
    night = NOW - 14 * HOUR
    assert told(stream(read=night), had_its_chance=False) == []
    assert told(stream(read=night, tried=True), had_its_chance=False) == [(Trouble.STALE, "comments")]
    assert told(stream(read=night), had_its_chance=True) == [(Trouble.STALE, "comments")]


def test_since_when_an_account_is_not_read_does_not_look_at_streams_that_may_wait():
    slow = stream("ratings", read=NOW - 20 * HOUR, allowed=allowed_silence(15, 1440))
    (finding,) = found(stream(), slow, signing_in=TOKEN_DEAD)
    assert finding.since == NOW - 10 * MINUTE


@pytest.mark.parametrize(
    ("left", "days"),
    [
        (15 * DAY, None),
        (14 * DAY + MINUTE, None),
        (14 * DAY, 14),
        (8 * DAY, 14),
        (7 * DAY, 7),
        (25 * HOUR, 7),
        (DAY, 1),
        (MINUTE, 1),
        (-3 * DAY, 1),
    ],
)
def test_the_end_of_credentials_is_warned_of_at_fourteen_seven_and_one_days(left, days):
    assert warning_due(NOW + left, NOW) == days
    assert bool(found(stream(), expires_at=NOW + left)) == (days is not None)


def test_credentials_without_an_end_are_not_warned_of():
    assert warning_due(None, NOW) is None


@given(st.lists(st.integers(-48, 24 * 40), min_size=1, max_size=30))
def test_however_often_it_is_looked_each_warning_is_due_in_its_turn_and_none_twice(hours_left):
    due = [warning_due(NOW + hours * HOUR, NOW) for hours in sorted(hours_left, reverse=True)]
    seen = list(dict.fromkeys(days for days in due if days is not None))
    assert seen == [days for days in WARN_AT_DAYS if days in seen]


def test_a_network_whose_clock_wavers_has_not_renewed_anything():
    ends = NOW + 5 * DAY
    assert not is_renewed(ends, ends + 3 * HOUR)
    assert is_renewed(ends, ends + 60 * DAY)
    assert is_renewed(ends, None)


def test_the_key_of_a_warning_tells_account_and_days():
    assert expiry_of(expiry_key("facebook", NOW, 7)) == ("facebook", 7)
    assert expiry_key("facebook", NOW, 7) != expiry_key("facebook", NOW + DAY, 7)


def test_what_comes_and_goes_is_told_only_when_it_lasts():
    assert told_from(NOW, OFTEN - 1) == NOW
    assert told_from(NOW, OFTEN) == NOW + LASTS


def test_that_streams_are_read_again_is_told_together_or_after_an_hour():
    assert may_tell_recovery([NOW], 0, NOW)
    assert not may_tell_recovery([NOW - 59 * MINUTE], 1, NOW)
    assert may_tell_recovery([NOW - HOUR], 1, NOW)
    assert not may_tell_recovery([], 0, NOW)


def test_the_gravest_trouble_makes_the_headline():
    assert gravest([Trouble.STALE, Trouble.FORBIDDEN, Trouble.EMPTY, Trouble.DEAD]) == Trouble.DEAD
    assert gravest([Trouble.STALE, Trouble.FORBIDDEN]) == Trouble.FORBIDDEN
