"""When the mails that follow the clock on the wall are due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.policy import ResponseRule
from monitor.rules.calendar import is_working
from monitor.rules.slots import (
    MOST_WEEKS,
    Slot,
    digest_today,
    latest_weekly_report,
    mailing_time,
    next_digest,
    week_bounds,
    week_name,
    weekly_reports_between,
    working_time,
)

LONDON = "Europe/London"
RULE = ResponseRule()
EIGHT, HALF_PAST_SEVEN = time(8), time(7, 30)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


def utc(*when):
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "key", "opens_at"),
    [
        (utc(2026, 11, 10, 7, 59), "2026-11-10", utc(2026, 11, 10, 8)),
        (utc(2026, 11, 10, 8), "2026-11-11", utc(2026, 11, 11, 8)),
        (utc(2026, 11, 13, 9), "2026-11-16", utc(2026, 11, 16, 8)),  # over a weekend
        (utc(2026, 7, 1, 6, 59), "2026-07-01", utc(2026, 7, 1, 7)),  # summer time
        (utc(2026, 12, 24, 12), "2026-12-29", utc(2026, 12, 29, 8)),  # Christmas, with the 28th as substitute
    ],
)
def test_the_next_digest_is_on_the_next_working_morning(after, key, opens_at):
    assert next_digest(after, LONDON, RULE, EIGHT) == Slot(key, opens_at)


@given(MOMENTS, st.times())
def test_the_next_digest_is_always_later_than_now_and_on_a_working_day(now, at):
    slot = next_digest(now, LONDON, RULE, at.replace(microsecond=0))
    assert slot.opens_at > now
    assert is_working(date.fromisoformat(slot.key), RULE)
    assert slot.opens_at.astimezone(ZoneInfo(LONDON)).date().isoformat() == slot.key


@given(MOMENTS)
def test_the_digest_that_was_next_is_todays_once_its_time_has_come(now):
    slot = next_digest(now, LONDON, RULE, EIGHT)
    assert digest_today(slot.opens_at, LONDON, RULE, EIGHT) == slot
    assert digest_today(slot.opens_at - timedelta(seconds=1), LONDON, RULE, EIGHT) is None


def test_there_is_no_digest_on_a_day_nobody_works():
    assert digest_today(utc(2026, 11, 14, 12), LONDON, RULE, EIGHT) is None
    assert digest_today(utc(2026, 12, 25, 12), LONDON, RULE, EIGHT) is None


def test_where_nobody_ever_works_somebody_hears_of_it_the_next_day():
    never = ResponseRule(weekend=(1, 2, 3, 4, 5, 6, 7))
    assert next_digest(utc(2026, 11, 10, 9), LONDON, never, EIGHT).key == "2026-11-11"


def test_the_weekly_report_comes_on_monday_and_is_named_by_the_week_that_ended():
    monday = utc(2026, 11, 16, 7, 30)
    assert latest_weekly_report(monday, LONDON, HALF_PAST_SEVEN) == Slot("2026-W46", monday)
    just_before = monday - timedelta(seconds=1)
    assert latest_weekly_report(just_before, LONDON, HALF_PAST_SEVEN).key == "2026-W45"
    assert latest_weekly_report(utc(2026, 11, 22, 23), LONDON, HALF_PAST_SEVEN).key == "2026-W46"


def test_the_weekly_report_comes_at_the_local_hour_in_summer():
    assert latest_weekly_report(utc(2026, 7, 6, 7), LONDON, HALF_PAST_SEVEN).opens_at == utc(2026, 7, 6, 6, 30)


def test_the_report_of_a_years_last_week_is_named_by_the_iso_year():
    assert latest_weekly_report(utc(2027, 1, 4, 8), LONDON, HALF_PAST_SEVEN).key == "2026-W53"


@given(MOMENTS)
def test_a_weekly_report_is_about_the_week_that_ended_when_it_opens_and_is_never_in_the_future(now):
    slot = latest_weekly_report(now, LONDON, HALF_PAST_SEVEN)
    since, until = week_bounds(slot.key, LONDON)
    assert slot.opens_at - timedelta(hours=7, minutes=30) == until
    assert until - since in {timedelta(hours=hours) for hours in (167, 168, 169)}
    assert slot.opens_at <= now < slot.opens_at + timedelta(days=7, hours=1)


@pytest.mark.parametrize(("week", "hours"), [("2026-W12", 168), ("2026-W13", 167), ("2026-W43", 169)])
def test_a_week_has_the_hours_its_clocks_give_it(week, hours):
    since, until = week_bounds(week, LONDON)
    assert until - since == timedelta(hours=hours)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_day_lies_inside_the_week_it_is_named_by(day):
    since, until = week_bounds(week_name(day), "UTC")
    assert since <= datetime.combine(day, time(12), UTC) < until


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2026-W1",
        "2026W47",
        "2026-W54",
        "2025-W53",
        "2026-W00",
        "0000-W01",
        "9999-W52",
        "２０２６-W４７",
        "2026-W47\n",
    ],
)
def test_what_is_no_week_is_refused(name):
    with pytest.raises(ValueError, match="."):
        week_bounds(name, LONDON)


def test_a_refusal_does_not_repeat_endless_input():
    with pytest.raises(ValueError, match="written like 2026-W47") as refused:
        week_bounds("x" * 10_000, LONDON)
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        (datetime(2026, 11, 10, 9, 15, tzinfo=UTC), datetime(2026, 11, 10, 9, 15, tzinfo=UTC)),
        (datetime(2026, 11, 10, 8, 0, tzinfo=UTC), datetime(2026, 11, 10, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 10, 7, 59, tzinfo=UTC), datetime(2026, 11, 10, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 10, 18, 0, tzinfo=UTC), datetime(2026, 11, 11, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 13, 23, 0, tzinfo=UTC), datetime(2026, 11, 16, 8, 0, tzinfo=UTC)),
        (datetime(2026, 12, 28, 11, 0, tzinfo=UTC), datetime(2026, 12, 29, 8, 0, tzinfo=UTC)),
        (datetime(2026, 7, 7, 6, 30, tzinfo=UTC), datetime(2026, 7, 7, 7, 0, tzinfo=UTC)),  # summer time
    ],
)
def test_people_are_mailed_about_what_is_serious_in_working_hours(after, opens):
    assert mailing_time(after, "Europe/London", ResponseRule(), time(8), time(18)) == opens


def test_a_school_that_never_works_is_mailed_on_the_next_day():
    never = ResponseRule(weekend=(1, 2, 3, 4, 5, 6, 7))
    after = datetime(2026, 11, 10, 9, 15, tzinfo=UTC)
    assert mailing_time(after, "Europe/London", never, time(8), time(18)) == datetime(2026, 11, 11, 8, 0, tzinfo=UTC)


@given(MOMENTS, st.lists(st.integers(1, 30 * 24 * 60), min_size=1, max_size=12))
def test_whenever_one_looks_each_weekly_report_is_found_once_and_none_is_left_out(begin, minutes):
    found, at = [], begin
    for each in minutes:
        found += weekly_reports_between(at, at + timedelta(minutes=each), LONDON, HALF_PAST_SEVEN)
        at += timedelta(minutes=each)
    assert tuple(found) == weekly_reports_between(begin, at, LONDON, HALF_PAST_SEVEN)
    for before, slot in zip([latest_weekly_report(begin, LONDON, HALF_PAST_SEVEN), *found], found, strict=False):
        assert week_bounds(before.key, LONDON)[1] == week_bounds(slot.key, LONDON)[0]
        assert slot == latest_weekly_report(slot.opens_at, LONDON, HALF_PAST_SEVEN)
        assert begin < slot.opens_at <= at
    assert (found or [latest_weekly_report(begin, LONDON, HALF_PAST_SEVEN)])[-1] == latest_weekly_report(
        at, LONDON, HALF_PAST_SEVEN
    )


def test_a_time_that_lies_years_back_gives_the_last_weeks_only():
    found = weekly_reports_between(utc(2001, 1, 1), utc(2026, 11, 27), LONDON, HALF_PAST_SEVEN)
    assert len(found) == MOST_WEEKS
    assert found[-1].key == "2026-W47"


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        (utc(2026, 11, 13, 16), utc(2026, 11, 16, 7, 55), 2),
        (utc(2026, 11, 13, 18), utc(2026, 11, 16, 8), 0),
        (utc(2026, 11, 13, 16), utc(2026, 11, 16, 9), 3),
        (utc(2026, 11, 10, 12), utc(2026, 11, 10, 12), 0),
        (utc(2026, 11, 10, 12), utc(2026, 11, 9, 12), 0),
    ],
)
def test_only_hours_in_which_people_work_count_as_working_time(since, until, hours):
    assert working_time(since, until, LONDON, RULE, EIGHT, time(18)) == timedelta(hours=hours)
