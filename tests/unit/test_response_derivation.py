"""Why a deadline is what it is, in words, and what cannot be answered."""

from datetime import UTC, datetime

import pytest

from config.policy import ResponseRule
from monitor.rules.calendar import NaiveTime, NoWorkingDay, TimeOutOfRange, UnknownZone
from monitor.rules.response import MissingFact, due_at

ROUND_THE_CLOCK = {"weekend": [], "region": None}


def at(text):
    return datetime.fromisoformat(text)


def deadline(received, *, zone="Europe/London", facts=None, **options):
    return due_at(at(received), zone, ResponseRule(**options), facts)


def due(received, **rest):
    found = deadline(received, **rest).due_at
    assert found is not None
    assert found.utcoffset() == UTC.utcoffset(None)
    return found


def test_a_weekend_deadline_is_derived_in_words():
    assert deadline("2026-11-14T12:00:00Z").steps == (
        "received Sat 14 Nov 2026 12:00 Europe/London: at a weekend",
        "Sun 15 Nov is not a working day (Sunday)",
        "Mon 16 Nov is a working day",
        "due by 23:59:59 that day",
        "due Mon 16 Nov 2026 23:59:59 Europe/London (2026-11-16T23:59:59Z)",
    )


def test_a_rolled_deadline_is_derived_in_words():
    assert deadline("2026-04-02T16:00:00+01:00", due_on_nonworking="roll_end").steps == (
        "received Thu 2 Apr 2026 16:00 Europe/London: a working day",
        "24 hours later, counted in UTC: Fri 3 Apr 2026 16:00",
        "Fri 3 Apr is not a working day (bank holiday: Good Friday): the deadline moves to the next one",
        "Sat 4 Apr is not a working day (Saturday)",
        "Sun 5 Apr is not a working day (Sunday)",
        "Mon 6 Apr is not a working day (bank holiday: Easter Monday)",
        "Tue 7 Apr is a working day",
        "due by 23:59:59 that day",
        "due Tue 7 Apr 2026 23:59:59 Europe/London (2026-04-07T22:59:59Z)",
    )


def test_a_closed_summer_is_one_sentence():
    steps = deadline("2026-07-18T12:00:00Z", closures=[["2026-07-18", "2026-09-01"]], closures_working=False).steps
    assert "Sun 19 Jul to Tue 1 Sep are not working days (closure 18 Jul to 1 Sep)" in steps
    assert len(steps) == 5


def test_the_derivation_says_what_a_clock_change_did():
    skipped = deadline("2026-03-28T01:30:00Z", clock="wall", **ROUND_THE_CLOCK).steps
    assert "the clocks skip 01:30 that day and go forward: Sun 29 Mar 2026 02:30 is taken" in skipped
    twice = deadline("2026-10-24T01:30:00+01:00", clock="wall", **ROUND_THE_CLOCK).steps
    assert "the clocks go back and show 01:30 twice that day: the later one is taken" in twice


def test_a_naive_time_is_refused():
    with pytest.raises(NaiveTime, match="received_at has no time zone"):
        due_at(at("2026-06-10T07:15:00"), "Europe/London", ResponseRule())


def test_an_unknown_zone_is_refused():
    with pytest.raises(UnknownZone, match="Europe/Londn"):
        deadline("2026-06-10T07:15:00Z", zone="Europe/Londn")


def test_a_fact_that_starts_the_clock_and_is_missing_is_an_error():
    with pytest.raises(MissingFact, match="first_seen_at is missing"):
        deadline("2026-06-10T07:15:00Z", clock_start="first_seen")


def test_a_policy_without_working_days_is_an_error_only_when_one_is_needed():
    never = {"closures": [["2026-01-01", "2028-12-31"]], "closures_working": False}
    assert due("2026-06-10T07:15:00Z", **never) == at("2026-06-11T07:15:00Z")
    with pytest.raises(NoWorkingDay, match="no working day in the 400 days"):
        deadline("2026-06-13T07:15:00Z", **never)


@pytest.mark.parametrize("received", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_at_the_end_of_the_calendar_is_an_error(received):
    with pytest.raises(TimeOutOfRange):
        deadline(received, region=None)
