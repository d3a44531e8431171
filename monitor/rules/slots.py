"""When the mails that follow the clock on the wall are due. Pure; days and times of day are the school's own.

A slot is named by the day or week it is for, so that the name, not the moment of sending, makes it unique.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.policy import ResponseRule
from monitor.rules.calendar import NoWorkingDay, is_working, local_to_utc, next_working_day

MOST_WEEKS = 60
"""Weekly reports that are looked for in the past."""
MOST_DAYS = 60


@dataclass(frozen=True)
class Slot:
    """What a mail is for, and the first moment (UTC) it may leave."""

    key: str
    opens_at: datetime


def next_digest(after: datetime, timezone: str, rule: ResponseRule, digest_at: time) -> Slot:
    """The first morning digest later than `after`.

    On a working day; where the policy leaves none in 400 days, on the next day: somebody must hear of it.
    """
    zone = ZoneInfo(timezone)
    day = after.astimezone(zone).date()
    if not is_working(day, rule) or local_to_utc(day, digest_at, zone) <= after:
        try:
            day = next_working_day(day, rule)
        except NoWorkingDay:
            day += timedelta(days=1)
    return Slot(day.isoformat(), local_to_utc(day, digest_at, zone))


def digest_today(now: datetime, timezone: str, rule: ResponseRule, digest_at: time) -> Slot | None:
    """This morning's digest once its time has come; None before, and on days nobody works."""
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date()
    opens_at = local_to_utc(day, digest_at, zone)
    return Slot(day.isoformat(), opens_at) if is_working(day, rule) and opens_at <= now else None


def latest_weekly_report(now: datetime, timezone: str, report_at: time) -> Slot:
    """The newest weekly report whose Monday has come. Named by the ISO week it reports on, the one before."""
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone).date()
    monday = local - timedelta(days=local.weekday())
    if local_to_utc(monday, report_at, zone) > now:
        monday -= timedelta(days=7)
    return Slot(week_name(monday - timedelta(days=7)), local_to_utc(monday, report_at, zone))


def week_name(day: date) -> str:
    """The ISO week a day belongs to: "2026-W47"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_bounds(name: str, timezone: str) -> tuple[datetime, datetime]:
    """[Monday 00:00, next Monday 00:00) of an ISO week, local to the school, in UTC. Raises ValueError."""
    found = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", name)
    if not found:
        raise ValueError(f'a week is written like 2026-W47 (found "{name[:40]}")')
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise ValueError(f"there is no week {name}; a year has 52 or 53, written like 2026-W47") from None
    zone = ZoneInfo(timezone)
    try:
        return local_to_utc(monday, time(0), zone), local_to_utc(monday + timedelta(days=7), time(0), zone)
    except OverflowError as beyond:
        raise ValueError(f"the calendar ends in the week {name}") from beyond


def mailing_time(after: datetime, timezone: str, rule: ResponseRule, begins: time, ends: time) -> datetime:
    """The first moment at or after `after` at which people may be mailed about what is not urgent, in UTC.

    From `begins` to before `ends` on a working day; where the policy leaves no working day in 400, on the next day.
    """
    zone = ZoneInfo(timezone)
    day = after.astimezone(zone).date()
    if is_working(day, rule) and after < local_to_utc(day, ends, zone):
        return max(after.astimezone(UTC), local_to_utc(day, begins, zone))
    try:
        day = next_working_day(day, rule)
    except NoWorkingDay:
        day += timedelta(days=1)
    return local_to_utc(day, begins, zone)


def weekly_reports_between(after: datetime, now: datetime, timezone: str, report_at: time) -> tuple[Slot, ...]:
    """The weekly reports whose time came later than `after` and not later than `now`, oldest first.

    However long ago `after` is, no more than those of the last `MOST_WEEKS`.
    """
    found: list[Slot] = []
    zone = ZoneInfo(timezone)
    newest = latest_weekly_report(now, timezone, report_at)
    while newest.opens_at > after and len(found) < MOST_WEEKS:
        found.append(newest)
        monday = newest.opens_at.astimezone(zone).date() - timedelta(days=7)
        newest = Slot(week_name(monday - timedelta(days=7)), local_to_utc(monday, report_at, zone))
    return tuple(reversed(found))


def working_time(
    since: datetime, until: datetime, timezone: str, rule: ResponseRule, begins: time, ends: time
) -> timedelta:
    """How much of [since, until) lies between two times of day on working days; at most about `MOST_DAYS` of it."""
    zone = ZoneInfo(timezone)
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    total, days = timedelta(0), 0
    while day <= last and days < MOST_DAYS:
        if is_working(day, rule):
            first, end = max(since, local_to_utc(day, begins, zone)), min(until, local_to_utc(day, ends, zone))
            total += max(timedelta(0), end - first)
        day, days = day + timedelta(days=1), days + 1
    return total
