"""Times of the demo's story are told relative to its anchor, and hold whatever day that is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from monitor.demo.story import Days

LONDON = ZoneInfo("Europe/London")


@given(
    day=st.dates(datetime(2024, 1, 1).date(), datetime(2030, 12, 31).date()),  # noqa: DTZ001 - only the days are used
    before=st.integers(0, 20),
)
def test_a_clock_time_of_the_story_is_the_local_time_that_day(day, before):
    days = Days(datetime.combine(day, datetime.min.time(), LONDON).replace(hour=8), "Europe/London")
    moment = days.at(before, "15:58")
    assert moment.utcoffset() == timedelta(0)
    assert moment.astimezone(LONDON).replace(tzinfo=None) == datetime.combine(
        day - timedelta(days=before), datetime.min.time()
    ) + timedelta(hours=15, minutes=58)


@given(day=st.dates(datetime(2024, 1, 1).date(), datetime(2030, 12, 31).date()), count=st.integers(1, 10))  # noqa: DTZ001
def test_school_days_are_counted_back_over_weekends(day, count):
    days = Days(datetime(day.year, day.month, day.day, 8, 5, tzinfo=LONDON), "Europe/London")
    found = days.school_day(count, "12:00").astimezone(LONDON).date()
    between = [found + timedelta(days=step) for step in range((day - found).days)]
    assert found.weekday() < 5
    assert sum(d.weekday() < 5 for d in between) == count


@given(day=st.dates(datetime(2024, 1, 1).date(), datetime(2030, 12, 31).date()))  # noqa: DTZ001
def test_the_weekend_is_the_last_one_before_the_anchors_week_and_its_friday_precedes_it(day):
    anchor = datetime(day.year, day.month, day.day, 8, 5, tzinfo=UTC)
    days = Days(anchor, "Europe/London")
    saturday, sunday = (days.weekend(name, "12:00").astimezone(LONDON).date() for name in ("Sat", "Sun"))
    monday = days.monday_after("12:00").astimezone(LONDON).date()
    friday = days.weekday_before("Fri", "12:00").astimezone(LONDON).date()
    assert (saturday.weekday(), sunday.weekday(), friday.weekday()) == (5, 6, 4)
    assert sunday - saturday == monday - sunday == timedelta(days=1)
    assert 0 <= (day - monday).days < 7
    assert 1 <= (day - friday).days <= 7
