"""Working days, bank holidays and local times: which days count, and which instant a clock means."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from config.policy import ResponseRule
from monitor.rules.calendar import (
    NaiveTime,
    NoWorkingDay,
    TimeOutOfRange,
    UnknownZone,
    is_working,
    local_to_utc,
    next_working_day,
    time_zone,
    whole_seconds,
    why_not_working,
)
from monitor.rules.wording import clock_in_words, day_in_words, hours_in_words, moment_in_words

LONDON = ZoneInfo("Europe/London")


def reason(day, **options):
    return why_not_working(date.fromisoformat(day), ResponseRule(**options))


def test_monday_to_friday_are_working_days():
    assert [is_working(date(2026, 6, day), ResponseRule()) for day in range(8, 15)] == [True] * 5 + [False] * 2


def test_a_day_says_why_it_is_not_a_working_day():
    assert reason("2026-06-13") == "Saturday"
    assert reason("2026-04-06") == "bank holiday: Easter Monday"
    assert reason("2026-06-10", inset=["2026-06-10"], inset_working=False) == "INSET day"
    assert (
        reason("2026-05-27", closures=[["2026-05-25", "2026-05-29"]], closures_working=False)
        == "closure 25 May to 29 May"
    )
    assert reason("2026-06-10", extra_holidays=["2026-06-10"]) == "holiday added by the school"
    assert reason("2026-06-10") is None


@pytest.mark.parametrize(
    ("day", "nations"),
    [
        ("2026-01-02", {"SCT"}),
        ("2026-03-17", {"NIR"}),
        ("2026-04-06", {"ENG", "WLS", "NIR"}),
        ("2026-06-15", {"SCT"}),  # proclaimed for one year only
        ("2026-07-13", {"NIR"}),  # 12 July 2026 is a Sunday
        ("2026-08-03", {"SCT"}),
        ("2026-08-31", {"ENG", "WLS", "NIR"}),
        ("2026-11-30", {"SCT"}),
        ("2026-12-28", {"ENG", "WLS", "SCT", "NIR"}),  # Boxing Day 2026 is a Saturday
        ("2027-01-04", {"SCT"}),  # 2 January 2027 is a Saturday
        ("2027-12-27", {"ENG", "WLS", "SCT", "NIR"}),  # Christmas 2027 is a Saturday, Boxing Day a Sunday
        ("2027-12-28", {"ENG", "WLS", "SCT", "NIR"}),
        ("2028-01-03", {"ENG", "WLS", "SCT", "NIR"}),  # New Year 2028 is a Saturday
        ("2028-01-04", {"SCT"}),  # and 2 January a Sunday
        ("2027-11-30", {"SCT"}),
    ],
)
def test_each_nation_has_its_own_bank_holidays(day, nations):
    off = {nation for nation in ("ENG", "WLS", "SCT", "NIR") if reason(day, region=nation)}
    assert off == nations


def test_a_school_without_a_region_has_no_bank_holidays():
    assert reason("2026-12-25", region=None) is None


def test_the_school_can_remove_a_bank_holiday_and_add_one_of_its_own():
    assert reason("2026-05-04", removed_holidays=["2026-05-04"]) is None
    assert reason("2026-05-04", removed_holidays=["2026-05-04"], extra_holidays=["2026-05-04"]) is not None


def test_school_holidays_and_training_days_are_working_days_unless_the_policy_says_otherwise():
    days_off = {"closures": [["2026-05-26", "2026-05-29"]], "inset": ["2026-06-01"]}
    assert reason("2026-05-27", **days_off) is None
    assert reason("2026-06-01", **days_off) is None


def test_a_training_day_inside_a_closure_follows_the_rule_for_training_days():
    closed = {"closures": [["2026-09-01", "2026-09-04"]], "closures_working": False, "inset": ["2026-09-01"]}
    assert reason("2026-09-01", **closed) is None
    assert reason("2026-09-02", **closed) == "closure 1 Sep to 4 Sep"
    both = {**closed, "closures_working": True, "inset_working": False}
    assert reason("2026-09-01", **both) == "INSET day"


def test_a_training_day_on_a_bank_holiday_is_still_a_holiday():
    assert reason("2026-05-04", inset=["2026-05-04"]) == "bank holiday: May Day"


def test_bank_holidays_past_the_known_list_are_an_error_and_never_a_guess():
    with pytest.raises(TimeOutOfRange, match="2101 are not known"):
        reason("2101-06-08")


def test_the_next_working_day_is_always_after_the_day_itself():
    assert next_working_day(date(2026, 6, 9), ResponseRule()) == date(2026, 6, 10)
    assert next_working_day(date(2026, 12, 24), ResponseRule()) == date(2026, 12, 29)


def test_a_working_day_400_days_away_is_found_and_one_401_days_away_is_not():
    start = date(2026, 6, 9)
    closed_until = {
        days: ResponseRule(
            region=None, weekend=(), closures=((start, start + timedelta(days=days - 1)),), closures_working=False
        )
        for days in (400, 401)
    }
    assert next_working_day(start, closed_until[400]) == start + timedelta(days=400)
    with pytest.raises(NoWorkingDay, match="no working day in the 400 days after 2026-06-09"):
        next_working_day(start, closed_until[401])


def test_the_end_of_the_calendar_is_a_clear_error():
    with pytest.raises(TimeOutOfRange):
        next_working_day(date(9999, 12, 31), ResponseRule(region=None))
    with pytest.raises(TimeOutOfRange):
        local_to_utc(date(9999, 12, 31), time(23), ZoneInfo("America/New_York"))
    with pytest.raises(TimeOutOfRange):
        whole_seconds(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "now")


def test_the_end_of_a_day_is_an_hour_earlier_in_utc_while_summer_time_lasts():
    assert local_to_utc(date(2026, 6, 15), time(23, 59, 59), LONDON) == datetime(2026, 6, 15, 22, 59, 59, tzinfo=UTC)
    assert local_to_utc(date(2026, 11, 16), time(23, 59, 59), LONDON) == datetime(
        2026, 11, 16, 23, 59, 59, tzinfo=UTC
    )


def test_a_time_that_the_spring_change_skips_moves_forward_by_the_gap():
    assert local_to_utc(date(2026, 3, 29), time(1, 30), LONDON) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    lord_howe = ZoneInfo("Australia/Lord_Howe")  # half an hour: 02:15 becomes 02:45 at +11:00
    assert local_to_utc(date(2026, 10, 4), time(2, 15), lord_howe) == datetime(2026, 10, 3, 15, 45, tzinfo=UTC)


def test_a_time_that_comes_twice_in_autumn_means_the_later_instant():
    assert local_to_utc(date(2026, 10, 25), time(1, 30), LONDON) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_day_that_samoa_never_had_ends_with_the_next_one():
    skipped = local_to_utc(date(2011, 12, 30), time(23, 59, 59), ZoneInfo("Pacific/Apia"))
    assert skipped == datetime(2011, 12, 31, 9, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Europe",
        "Europe/Londn",
        "europe/london ",
        "localtime",
        "posixrules",
        "right/Europe/London",
        "posix/UTC",
        "../etc/passwd",
        "/etc/localtime",
        "a" * 5000,
        "\0",
        "\ud800",
        "tzdata.zi",
    ],
)
def test_what_is_not_an_iana_zone_is_refused_by_name(name):
    with pytest.raises(UnknownZone, match=r"timezone is .*accepted: an IANA name such as Europe/London") as refused:
        time_zone(name)
    assert len(str(refused.value)) < 120


def test_a_naive_time_is_refused_and_named():
    with pytest.raises(NaiveTime, match="edited_at has no time zone"):
        whole_seconds(datetime.fromisoformat("2026-06-10T08:00"), "edited_at")


def test_fractions_of_a_second_are_cut_off_and_not_rounded():
    late = datetime(2026, 6, 10, 23, 59, 59, 999_999, tzinfo=UTC)
    assert whole_seconds(late, "now") == datetime(2026, 6, 10, 23, 59, 59, tzinfo=UTC)


def test_days_and_times_are_worded_alike_on_every_machine():
    assert day_in_words(date(2026, 11, 16)) == "Mon 16 Nov"
    assert day_in_words(date(2026, 11, 6), weekday=False) == "6 Nov"
    assert moment_in_words(datetime(2026, 11, 14, 12, 0, tzinfo=UTC)) == "Sat 14 Nov 2026 12:00"
    assert [clock_in_words(time(16)), clock_in_words(time(23, 59, 59))] == ["16:00", "23:59:59"]
    assert [hours_in_words(each) for each in (24, 1, 0.5)] == ["24 hours", "1 hour", "0.5 hours"]
