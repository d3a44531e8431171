"""Every option of the response window, off by default, and what it does when a school turns it on."""

from datetime import UTC, datetime

from config.policy import ResponseRule
from monitor.model import Facts
from monitor.rules.response import due_at

TERM_TIME_OFF = {"closures": [["2026-05-25", "2026-05-29"]], "closures_working": False}
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


def test_the_window_can_have_another_length():
    assert due("2026-06-10T08:15:00Z", hours=48) == at("2026-06-12T08:15:00Z")
    assert due("2026-06-10T08:15:00Z", hours=0.5) == at("2026-06-10T08:45:00Z")
    assert due("2026-06-10T08:15:00Z", hours=0.0001) == at("2026-06-10T08:15:00Z")


def test_another_weekend_can_be_named():
    assert due("2026-06-12T10:00:00Z", weekend=[5, 6]) == at("2026-06-14T23:59:59+01:00")
    assert due("2026-06-14T10:00:00Z", weekend=[5, 6]) == at("2026-06-15T10:00:00Z")


def test_a_school_that_answers_round_the_clock_has_no_weekend():
    assert due("2026-06-13T10:00:00Z", **ROUND_THE_CLOCK) == at("2026-06-14T10:00:00Z")


def test_a_bank_holiday_can_count_as_a_weekend():
    assert due("2026-04-03T09:00:00Z", nonworking_receipt="any_nonworking") == at("2026-04-07T23:59:59+01:00")


def test_half_term_can_be_closed():
    assert due("2026-05-23T09:00:00Z", **TERM_TIME_OFF) == at("2026-06-01T23:59:59+01:00")
    assert due("2026-05-27T09:00:00Z", **TERM_TIME_OFF) == at("2026-05-28T09:00:00Z")
    closed = due("2026-05-27T09:00:00Z", nonworking_receipt="any_nonworking", **TERM_TIME_OFF)
    assert closed == at("2026-06-01T23:59:59+01:00")


def test_a_training_day_in_the_closed_half_term_is_a_working_day():
    assert due("2026-05-23T09:00:00Z", inset=["2026-05-28"], **TERM_TIME_OFF) == at("2026-05-28T23:59:59+01:00")
    both_off = due("2026-05-23T09:00:00Z", inset=["2026-05-28"], inset_working=False, **TERM_TIME_OFF)
    assert both_off == at("2026-06-01T23:59:59+01:00")


def test_the_next_working_day_can_end_when_the_office_closes():
    assert due("2026-06-13T09:00:00Z", next_day_due="16:00:00") == at("2026-06-15T16:00:00+01:00")


def test_a_friday_deadline_can_roll_to_the_end_of_monday():
    assert due("2026-06-12T14:30:00Z", due_on_nonworking="roll_end") == at("2026-06-15T23:59:59+01:00")
    early = due("2026-06-12T14:30:00Z", due_on_nonworking="roll_end", next_day_due="12:00")
    assert early == at("2026-06-15T12:00:00+01:00")


def test_a_friday_deadline_can_roll_to_the_same_time_on_monday():
    assert due("2026-06-12T14:30:00Z", due_on_nonworking="roll_same_time") == at("2026-06-15T15:30:00+01:00")


def test_rolling_to_the_same_time_keeps_the_time_of_day_over_a_clock_change():
    assert due("2026-03-27T16:00:00Z", due_on_nonworking="roll_same_time") == at("2026-03-30T16:00:00+01:00")


def test_a_deadline_on_a_bank_holiday_rolls_as_well():
    assert due("2026-05-03T22:00:00Z", weekend=[6], due_on_nonworking="roll_same_time") == at("2026-05-05T22:00:00Z")
    assert due("2026-12-24T16:00:00Z", due_on_nonworking="roll_end") == at("2026-12-29T23:59:59Z")


def test_a_weekend_receipt_never_rolls_twice():
    assert due("2026-06-13T09:00:00Z", due_on_nonworking="roll_same_time") == at("2026-06-15T23:59:59+01:00")


def test_the_clock_can_start_when_we_first_saw_the_comment():
    seen = Facts(first_seen_at=at("2026-06-13T06:00:00.5+00:00"))
    assert due("2026-06-10T07:15:00Z", clock_start="first_seen", facts=seen) == at("2026-06-15T23:59:59+01:00")


def test_an_edit_restarts_the_clock_only_where_the_policy_says_so():
    edited = Facts(edited_at=at("2026-06-10T19:00:00.7+00:00"))
    assert due("2026-06-10T07:15:00Z", facts=edited) == at("2026-06-11T07:15:00Z")
    assert due("2026-06-10T07:15:00Z", facts=edited, edit_restarts=True) == at("2026-06-11T19:00:00Z")
    assert due("2026-06-10T07:15:00Z", edit_restarts=True) == at("2026-06-11T07:15:00Z")
    before = Facts(edited_at=at("2026-06-09T19:00:00Z"))
    assert due("2026-06-10T07:15:00Z", facts=before, edit_restarts=True) == at("2026-06-11T07:15:00Z")


def test_a_weekday_comment_edited_on_saturday_can_become_a_weekend_comment():
    edited = Facts(edited_at=at("2026-06-13T10:00:00Z"))
    assert due("2026-06-12T10:00:00Z", facts=edited, edit_restarts=True) == at("2026-06-15T23:59:59+01:00")


def test_after_an_outage_there_can_be_some_hours_of_grace():
    late = Facts(first_seen_at=at("2026-06-11T06:00:00Z"))
    assert due("2026-06-10T07:15:00Z", outage_grace_hours=4, facts=late) == at("2026-06-11T10:00:00Z")
    assert due("2026-06-10T07:15:00Z", outage_grace_hours=1, facts=late) == at("2026-06-11T07:15:00Z")
    assert due("2026-06-10T07:15:00Z", outage_grace_hours=4) == at("2026-06-11T07:15:00Z")


def test_grace_is_not_rolled_away_from_a_weekend():
    late = Facts(first_seen_at=at("2026-06-13T06:00:00Z"))
    found = due("2026-06-10T07:15:00Z", outage_grace_hours=4, due_on_nonworking="roll_end", facts=late)
    assert found == at("2026-06-13T10:00:00Z")


def test_no_reply_is_owed_to_kinds_the_policy_exempts():
    thanks = Facts(tags=frozenset({"thanks", "question"}))
    exempt = deadline("2026-06-10T07:15:00Z", facts=thanks, no_reply_needed=["emoji_only", "thanks"])
    assert exempt.due_at is None
    assert exempt.steps[-1] == "no reply is owed"
    assert due("2026-06-10T07:15:00Z", facts=thanks) == at("2026-06-11T07:15:00Z")


def test_an_exempt_comment_needs_no_other_fact():
    spam = Facts(tags=frozenset({"spam_auto"}))
    found = deadline("2026-06-10T07:15:00Z", facts=spam, no_reply_needed=["spam_auto"], clock_start="first_seen")
    assert found.due_at is None
