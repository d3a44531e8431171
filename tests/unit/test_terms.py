"""Which days a termly page is about."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.terms import latest_term, term_between, term_named

LONDON = "Europe/London"
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@given(DAYS)
def test_every_day_belongs_to_one_term_and_the_terms_leave_no_gap(day):
    mine = latest_term(noon(day), LONDON, running=True)
    before = latest_term(noon(day), LONDON, running=False)
    assert mine.first_day <= day <= mine.last_day
    assert before.last_day + timedelta(days=1) == mine.first_day
    assert before.until == mine.since <= noon(day) < mine.until
    assert term_named(mine.name, LONDON) == mine
    assert len({mine.name, before.name}) == 2


@pytest.mark.parametrize(
    ("name", "first", "last", "words"),
    [
        ("2026-autumn", date(2026, 9, 1), date(2026, 12, 31), "autumn term 2026"),
        ("2027-spring", date(2027, 1, 1), date(2027, 3, 31), "spring term 2027"),
        ("2027-summer", date(2027, 4, 1), date(2027, 8, 31), "summer term 2027"),
    ],
)
def test_the_three_terms(name, first, last, words):
    term = term_named(name, LONDON)
    assert (term.first_day, term.last_day, term.words) == (first, last, words)


def test_a_term_begins_at_midnight_where_the_school_is():
    term = term_named("2026-autumn", LONDON)
    assert term.since == datetime(2026, 8, 31, 23, tzinfo=UTC)
    assert term.until == datetime(2027, 1, 1, tzinfo=UTC)
    assert latest_term(datetime(2026, 8, 31, 23, tzinfo=UTC), LONDON, running=True).name == "2026-autumn"
    assert latest_term(datetime(2026, 8, 31, 22, 59, tzinfo=UTC), LONDON, running=True).name == "2026-summer"


@given(DAYS, st.integers(0, 800))
def test_days_of_ones_own_are_both_included(first, more):
    last = first + timedelta(days=more)
    term = term_between(first, last, LONDON)
    assert (term.first_day, term.last_day) == (first, last)
    assert abs((term.until - term.since) - timedelta(days=more + 1)) <= timedelta(hours=1)


def test_days_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="is before the first"):
        term_between(date(2026, 9, 2), date(2026, 9, 1), LONDON)


@pytest.mark.parametrize(
    "name", ["2026", "autumn", "2026-Autumn", "2026-winter", "autumn-2026", "", "２０２６-autumn"]
)
def test_a_misspelt_term_is_told_how_terms_are_written(name):
    with pytest.raises(ValueError, match="written like 2026-autumn"):
        term_named(name, LONDON)


@pytest.mark.parametrize("year", ["0000", "0001", "9999"])
def test_a_year_at_the_end_of_the_calendar_is_refused_in_words(year):
    with pytest.raises(ValueError, match="no whole year"):
        term_named(f"{year}-autumn", LONDON)
    with pytest.raises(ValueError, match="calendar ends"):
        term_between(date.max, date.max, LONDON)
