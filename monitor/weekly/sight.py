"""How much of a week could be seen of each account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.weekly_report import BlindDay, Coverage
from config.settings import Settings
from monitor.coverage import week_of
from monitor.rules.calendar import local_to_utc
from monitor.store import weekly_rows
from monitor.store.coverage import post_counts
from monitor.store.school_tables import Account
from monitor.weekly.answers import Books
from monitor.weekly.behind import Behind

HOUR = timedelta(hours=1)


def coverage_of(
    books: Books, watched: Sequence[Account], settings: Settings, since: datetime, until: datetime, behind: Behind
) -> tuple[Coverage, ...]:
    """How each of these accounts was read in [since, until), and how much its network counts that we do not hold."""
    rows = []
    for account in watched:
        minutes = next(a.poll_minutes for a in settings.accounts if a.key == account.key)
        posts = post_counts(books.tx, account, since)
        row = week_of(books.tx, account, minutes, since, until, posts)
        behind.posts[account.key] = tuple(
            (each.made_at.isoformat() if each.made_at else "", each.counted, each.held) for each in posts
        )
        begin = max(since, account.added_at)
        seen = weekly_rows.seen_first(books.tx, account.id, begin, until) if begin < until else []
        behind.count(f"coverage/{account.key}/stored", seen)
        rows.append(row)
    return tuple(rows)


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
