"""Twelve weeks side by side: how many comments came, and how many were answered in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.weekly_report import TrendWeek
from monitor.rules.slots import week_bounds, week_name
from monitor.store import ledger, weekly_rows
from monitor.store.school_tables import Account
from monitor.weekly.answers import Books, answered_in_time

WEEKS = 12
NOT_WATCHED = "not watched yet"
NOT_READ = "not read"


def weeks_until(first_day: date) -> list[date]:
    """Mondays of the twelve weeks that end with the one beginning on `first_day`."""
    return [first_day - timedelta(days=7 * back) for back in range(WEEKS - 1, -1, -1)]


def trend(
    books: Books, first_day: date, zone: ZoneInfo, watched: Sequence[Account], known: Mapping[str, TrendWeek]
) -> tuple[TrendWeek, ...]:
    """`known`: weeks that were counted already, by name; the others are counted by the database."""
    return tuple(known.get(week_name(day)) or _counted(books, day, zone, watched) for day in weeks_until(first_day))


def _counted(books: Books, day: date, zone: ZoneInfo, watched: Sequence[Account]) -> TrendWeek:
    week = week_name(day)
    since, until = week_bounds(week, zone.key)
    begun = [account for account in watched if account.added_at < until]
    if not begun:
        return TrendWeek(week, day, None, None, NOT_WATCHED)
    received = weekly_rows.count_came(books.tx, books.account_ids, since, until)
    in_time = answered_in_time(books, since, until)
    if not received and not in_time and not _was_read(books, begun, since, until):
        return TrendWeek(week, day, None, None, NOT_READ)
    return TrendWeek(week, day, received, in_time)


def _was_read(books: Books, accounts: Sequence[Account], since: datetime, until: datetime) -> bool:
    return any(ledger.was_read(books.tx, account, since, until) for account in accounts)
