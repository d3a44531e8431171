"""How much of a week could be seen of each account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.weekly_report import BlindDay, Coverage
from monitor.rules.calendar import local_to_utc

HOUR = timedelta(hours=1)


def blind_days(coverage: Iterable[Coverage], zone: ZoneInfo) -> tuple[BlindDay, ...]:
    """What was not read, dealt out over the days it fell on; days read well enough are left out."""
    return tuple(
        BlindDay(account=each.account, day=day, hours=hours, key=each.key)
        for each in coverage
        for day, hours in sorted(_by_day(each.holes, zone).items())
    )


def by_account(days: Iterable[BlindDay]) -> Mapping[str, Mapping[date, float]]:
    """The same, as the verdict takes it."""
    found: dict[str, dict[date, float]] = {}
    for each in days:
        found.setdefault(each.account, {})[each.day] = each.hours
    return found


def _by_day(holes: Iterable[tuple[datetime, datetime]], zone: ZoneInfo) -> dict[date, float]:
    found: dict[date, float] = {}
    for since, until in holes:
        begin = since
        while begin < until:
            day = begin.astimezone(zone).date()
            end = min(until, local_to_utc(day + timedelta(days=1), time(0), zone))
            found[day] = found.get(day, 0.0) + (end - begin) / HOUR
            begin = end
    return found
