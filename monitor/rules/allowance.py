"""How much may be asked of a network: by day, by month and by what the network itself allows.

A fifth of every allowance is held back, so that what we hold can still be checked, and a person can still have an
account read, when the ordinary reading has used up the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HELD_BACK = 0.2
"""Share of an allowance that ordinary reading leaves alone."""


@dataclass(frozen=True)
class MoneySoFar:
    """What reading an account has cost this month (UTC), and will have cost at its end if it goes on like this."""

    spent_usd: float
    forecast_usd: float
    cap_usd: float

    @property
    def is_short(self) -> bool:
        """Whether the money set aside is likely not to last for the month."""
        return self.forecast_usd > self.cap_usd * (1 - HELD_BACK)


def day_of(now: datetime) -> str:
    """The UTC day, as uses are booked: 2026-11-27."""
    return now.astimezone(UTC).strftime("%Y-%m-%d")


def month_of(now: datetime) -> str:
    """The UTC month: 2026-11."""
    return day_of(now)[:7]


def next_day(now: datetime) -> datetime:
    """When the UTC day ends."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def next_month(now: datetime) -> datetime:
    """When the UTC month ends."""
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def left_for(allowed: int, used: int, *, reading: bool) -> int:
    """How many of `allowed` may still be used; ordinary reading leaves a fifth alone."""
    return max(0, int(allowed * (1 - HELD_BACK if reading else 1)) - used)


def things_for(money_usd: float, price_usd: float) -> int | None:
    """How many things can be read for so much money; None when they cost nothing."""
    return int(money_usd / price_usd + 1e-9) if price_usd > 0 else None


def money_so_far(things: int, price_usd: float, cap_usd: float, since: datetime | None, now: datetime) -> MoneySoFar:
    """The month's cost and its forecast: what was spent since the first use in this month, drawn out to its end.

    `since`: that first use's day; at least a day is reckoned with, so that one busy hour forecasts no disaster.
    """
    spent = things * price_usd
    end = next_month(now)
    begun = max(since, (end - timedelta(days=1)).replace(day=1)) if since else now
    passed = max(now - begun, timedelta(days=1))
    return MoneySoFar(spent, spent * max((end - begun) / passed, 1.0), cap_usd)
