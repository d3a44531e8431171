"""The 24-hour rule as its clause says it, in known mornings."""

import csv
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.policy import ResponseRule
from monitor.model import Facts, ThreadAuthor, ThreadFact
from monitor.rules.response import due_at

ROUND_THE_CLOCK = {"weekend": [], "region": None}
SHARED = os.environ.get("SCHOOL_MONITOR_SHARED", "")


def at(text):
    return datetime.fromisoformat(text)


def deadline(received, *, zone="Europe/London", facts=None, **options):
    return due_at(at(received), zone, ResponseRule(**options), facts)


def due(received, **rest):
    found = deadline(received, **rest).due_at
    assert found is not None
    assert found.utcoffset() == UTC.utcoffset(None)
    return found


def test_a_comment_on_a_weekday_is_due_24_hours_later():
    assert due("2026-06-10T08:15:00+01:00") == at("2026-06-11T08:15:00+01:00")


def test_friday_16_00_is_due_saturday_16_00():
    assert due("2026-11-13T16:00:00Z") == at("2026-11-14T16:00:00Z")


def test_a_weekend_comment_is_due_in_the_last_second_of_monday():
    for received in ("2026-11-14T00:00:00Z", "2026-11-14T12:00:00Z", "2026-11-15T23:59:59Z"):
        assert due(received) == at("2026-11-16T23:59:59Z")


def test_monday_00_00_is_no_longer_the_weekend_and_friday_23_59_59_not_yet():
    assert due("2026-11-16T00:00:00Z") == at("2026-11-17T00:00:00Z")
    assert due("2026-11-13T23:59:59Z") == at("2026-11-14T23:59:59Z")


def test_the_weekend_begins_at_midnight_where_the_school_is():
    assert due("2026-06-12T23:10:00Z") == at("2026-06-15T23:59:59+01:00")
    assert due("2026-06-14T23:10:00Z") == at("2026-06-15T23:10:00Z")
    assert due("2026-11-13T23:10:00Z", zone="Pacific/Auckland") == at("2026-11-16T23:59:59+13:00")


def test_received_late_in_the_second_counts_as_the_second():
    assert due("2026-06-10T07:15:00.999999Z") == at("2026-06-11T07:15:00Z")
    assert due("2026-11-13T23:59:59.999999Z") == at("2026-11-14T23:59:59Z")


def test_a_bank_holiday_is_not_a_weekend():
    assert due("2026-04-03T09:00:00Z") == at("2026-04-04T09:00:00Z")
    assert due("2026-12-25T12:00:00Z") == at("2026-12-26T12:00:00Z")


def test_school_holidays_and_training_days_do_not_stop_the_clock():
    assert due("2026-08-12T10:00:00+01:00", closures=[["2026-07-20", "2026-08-31"]]) == at("2026-08-13T09:00:00Z")
    assert due("2026-05-30T10:00:00+01:00", inset=["2026-06-01"]) == at("2026-06-01T23:59:59+01:00")


@pytest.mark.parametrize(
    ("nation", "next_day"), [("ENG", "07"), ("WLS", "07"), ("NIR", "07"), ("SCT", "06"), (None, "06")]
)
def test_easter_saturday_is_due_after_easter_monday_except_in_scotland(nation, next_day):
    assert due("2026-04-04T09:00:00Z", region=nation) == at(f"2026-04-{next_day}T23:59:59+01:00")


@pytest.mark.parametrize(
    ("received", "nation", "answer_by"),
    [
        ("2026-12-26T12:00:00Z", "ENG", "2026-12-29T23:59:59Z"),  # Boxing Day moves to Monday
        ("2027-12-25T12:00:00Z", "ENG", "2027-12-29T23:59:59Z"),  # Christmas to Monday, Boxing Day to Tuesday
        ("2028-01-01T12:00:00Z", "ENG", "2028-01-04T23:59:59Z"),
        ("2028-01-01T12:00:00Z", "SCT", "2028-01-05T23:59:59Z"),  # and 2 January to Tuesday
        ("2027-01-02T12:00:00Z", "SCT", "2027-01-05T23:59:59Z"),
        ("2027-01-02T12:00:00Z", "ENG", "2027-01-04T23:59:59Z"),
        ("2026-11-28T12:00:00Z", "SCT", "2026-12-01T23:59:59Z"),  # St Andrew's Day is the Monday
        ("2026-07-11T12:00:00Z", "NIR", "2026-07-14T23:59:59+01:00"),  # 12 July is that Sunday, 13 the substitute
        ("2026-07-11T12:00:00Z", "ENG", "2026-07-13T23:59:59+01:00"),
        ("2026-06-13T12:00:00Z", "SCT", "2026-06-16T23:59:59+01:00"),  # proclaimed for 15 June 2026
        ("2026-06-13T12:00:00Z", "ENG", "2026-06-15T23:59:59+01:00"),
    ],
)
def test_a_weekend_before_bank_holidays_is_due_after_them(received, nation, answer_by):
    assert due(received, region=nation) == at(answer_by)


def test_a_day_proclaimed_tomorrow_counts_as_soon_as_the_school_adds_it():
    assert due("2026-11-14T12:00:00Z", extra_holidays=["2026-11-16"]) == at("2026-11-17T23:59:59Z")


def test_a_bank_holiday_on_which_the_school_is_open_can_be_removed():
    assert due("2026-04-04T09:00:00Z", removed_holidays=["2026-04-06"]) == at("2026-04-06T23:59:59+01:00")


def test_a_saturday_before_the_spring_change_is_due_at_the_end_of_a_summer_monday():
    assert due("2026-03-28T12:00:00Z") == at("2026-03-30T22:59:59Z")


def test_a_saturday_before_the_autumn_change_is_due_at_the_end_of_a_winter_monday():
    assert due("2026-10-24T12:00:00+01:00") == at("2026-10-26T23:59:59Z")


def test_24_hours_really_pass_when_the_clocks_change_in_between():
    assert due("2026-03-28T16:00:00Z", **ROUND_THE_CLOCK) == at("2026-03-29T17:00:00+01:00")
    assert due("2026-10-24T16:00:00+01:00", **ROUND_THE_CLOCK) == at("2026-10-25T15:00:00Z")


def test_the_wall_clock_shows_the_same_time_when_the_clocks_change_in_between():
    assert due("2026-03-28T16:00:00Z", clock="wall", **ROUND_THE_CLOCK) == at("2026-03-29T16:00:00+01:00")
    assert due("2026-10-24T16:00:00+01:00", clock="wall", **ROUND_THE_CLOCK) == at("2026-10-25T16:00:00Z")


def test_a_wall_time_that_is_skipped_moves_forward_and_one_that_comes_twice_is_the_later():
    assert due("2026-03-28T01:30:00Z", clock="wall", **ROUND_THE_CLOCK) == at("2026-03-29T02:30:00+01:00")
    assert due("2026-10-24T01:30:00+01:00", clock="wall", **ROUND_THE_CLOCK) == at("2026-10-25T01:30:00Z")


def test_three_days_on_the_wall_clock_keep_the_time_of_day():
    assert due("2026-10-22T16:00:00+01:00", clock="wall", hours=72) == at("2026-10-25T16:00:00Z")
    assert due("2026-10-22T16:00:00+01:00", hours=72) == at("2026-10-25T15:00:00Z")


def test_a_deadline_that_ends_at_a_skipped_midnight_moves_forward_by_the_gap():
    # Lebanon's clocks skip 00:00 to 01:00 on Sunday 29 March 2026.
    found = due("2026-03-28T10:00:00Z", zone="Asia/Beirut", weekend=[6], region=None, next_day_due="00:00")
    assert found == at("2026-03-29T01:00:00+03:00")


def test_the_friday_that_samoa_never_had_ends_with_the_saturday():
    found = due("2011-12-29T18:00:00-10:00", zone="Pacific/Apia", weekend=[4], region=None)
    assert found == at("2011-12-31T23:59:59+14:00")


def test_found_late_an_outage_and_a_reminder_by_the_author_move_nothing():
    facts = Facts(
        first_seen_at=at("2026-06-12T06:00:00Z"),
        outages=((at("2026-06-10T06:00:00Z"), at("2026-06-12T05:00:00Z")),),
        thread=(ThreadFact(at("2026-06-11T06:00:00Z"), ThreadAuthor.PARENT),),
    )
    found = deadline("2026-06-10T07:15:00Z", facts=facts)
    assert found.due_at == at("2026-06-11T07:15:00Z")
    said = " ".join(found.steps)
    assert "a later message does not move the deadline" in said
    assert "an outage does not move the deadline" in said
    assert "found late" in said


def test_a_network_clock_more_than_5_minutes_ahead_is_not_believed():
    seen = Facts(first_seen_at=at("2026-06-10T07:15:00Z"))
    assert due("2026-06-10T07:20:00Z", facts=seen) == at("2026-06-11T07:20:00Z")
    ahead = deadline("2026-06-10T07:20:01Z", facts=seen)
    assert ahead.due_at == at("2026-06-11T07:15:00Z")
    assert "its clock runs ahead" in ahead.steps[0]


@pytest.mark.skipif(not SHARED, reason="SCHOOL_MONITOR_SHARED does not point at the shared worked examples")
def test_every_worked_example_comes_out_as_written():
    with (Path(SHARED) / "deadlines-examples.csv").open(encoding="utf-8", newline="") as examples:
        rows = list(csv.DictReader(examples))
    found = {}
    for row in rows:
        policy = json.loads(row["policy_json"])
        times = {k: at(v) for k, v in policy.pop("facts", {}).items() if k != "now"}
        answer = deadline(row["received_at_utc"], zone=row["timezone"], facts=Facts(**times), **policy)
        found[row["case"]] = answer.due_at
    assert len(rows) >= 12
    assert found == {row["case"]: at(row["due_at_utc"]) for row in rows}
