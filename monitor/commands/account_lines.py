"""What several commands say of an account's credentials and allowances, in the same words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alerts.filters import in_days
from monitor.commands.base import local

if TYPE_CHECKING:
    from monitor.allowances import Used
    from monitor.rules.allowance import MoneySoFar


def money_line(money: MoneySoFar) -> str:
    """What the month cost so far, in US dollars, without an end."""
    short = "; it is likely to run out" if money.is_short else ""
    return (
        f"${money.spent_usd:.2f} of ${money.cap_usd:.2f} spent this month, "
        f"${money.forecast_usd:.2f} by its end at this rate{short}"
    )


def used_line(used: Used) -> str:
    """What was used of the day's calls, and of the month's money where there is any to spend."""
    said = f"{used.calls} of {used.calls_per_day} calls used today"
    return f"{said}; {money_line(used.money)}" if used.money else said


def expiry_line(expires_at: datetime | None, now: datetime, timezone: str) -> str:
    """When credentials end."""
    if expires_at is None:
        return "no end of the credentials is known"
    if expires_at <= now:
        return f"the credentials ended {local(expires_at, timezone)}"
    return f"the credentials end {in_days((expires_at - now) / timedelta(days=1))}, on {local(expires_at, timezone)}"
