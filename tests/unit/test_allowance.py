"""How much may be asked of a network."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.budget import USED_UP, Budget, Usage
from connectors.errors import AllowanceLow, RunLimitReached
from monitor.rules.allowance import (
    HELD_BACK,
    day_of,
    left_for,
    money_so_far,
    month_of,
    next_day,
    next_month,
    things_for,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOMENTS = st.integers(1_577_836_800, 2_208_988_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS)
def test_the_next_day_and_month_begin_after_now_and_are_others(now):
    assert now < next_day(now) <= now + timedelta(days=1)
    assert day_of(next_day(now)) != day_of(now)
    assert now < next_month(now) <= now + timedelta(days=31)
    assert month_of(next_month(now)) != month_of(now)
    assert month_of(next_month(now) - timedelta(microseconds=1)) == month_of(now)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_what_is_held_back_is_left_when_reading_has_nothing_left(allowed, used):
    reading, checking = left_for(allowed, used, reading=True), left_for(allowed, used, reading=False)
    assert 0 <= reading <= checking <= allowed
    if used <= allowed * (1 - HELD_BACK):
        assert checking - reading >= int(allowed * HELD_BACK) - 1


def test_money_buys_so_many_things_and_what_is_free_has_no_end():
    assert things_for(10.0, 0.005) == 2000
    assert things_for(0.3, 0.1) == 3
    assert things_for(10.0, 0.0) is None


def test_a_forecast_draws_out_what_was_spent_since_the_first_use():
    since = datetime(2026, 11, 17, tzinfo=UTC)
    money = money_so_far(100, 0.01, 5.0, since, NOW)
    assert money.spent_usd == pytest.approx(1.0)
    assert money.forecast_usd == pytest.approx(14 / 10.5)
    assert not money.is_short


def test_a_busy_first_hour_forecasts_no_disaster_but_a_busy_day_does():
    now = datetime(2026, 11, 1, 1, tzinfo=UTC)
    assert money_so_far(10, 0.01, 5.0, datetime(2026, 11, 1, tzinfo=UTC), now).forecast_usd == pytest.approx(3.0)
    assert money_so_far(20, 0.01, 5.0, datetime(2026, 11, 1, tzinfo=UTC), now).is_short


@given(st.integers(0, 10**6), MOMENTS)
def test_a_forecast_is_never_less_than_what_is_spent(things, now):
    money = money_so_far(things, 0.005, 10.0, None, now)
    assert money.forecast_usd >= money.spent_usd >= 0


def test_a_budget_ends_with_the_run_the_day_the_money_or_the_networks_patience():
    run = Budget(1, NOW + HOUR)
    run.spend()
    with pytest.raises(RunLimitReached):
        run.spend()
    day = Budget(9, NOW + HOUR, day_calls_left=0, day_ends=NOW + 12 * HOUR)
    with pytest.raises(AllowanceLow, match="calls_per_day") as of_the_day:
        day.spend()
    assert of_the_day.value.until == NOW + 12 * HOUR
    money = Budget(9, NOW + HOUR, things_left=5, things_until=NOW + 90 * HOUR)
    money.pay(7)
    with pytest.raises(AllowanceLow, match="monthly_cap_usd") as of_the_month:
        money.spend()
    assert of_the_month.value.until == NOW + 90 * HOUR
    told = Budget(9, NOW + HOUR)
    told.note(Usage("app", 0.76, NOW + 2 * HOUR))
    with pytest.raises(AllowanceLow, match="76%") as of_the_network:
        told.spend()
    assert of_the_network.value.until == NOW + 2 * HOUR


def test_checking_goes_on_where_reading_stops():
    checking = Budget(9, NOW + HOUR, nearly_used=USED_UP)
    checking.note(Usage("app", 0.9, NOW + 2 * HOUR))
    checking.spend()
    assert checking.calls == 1
