"""The week in a sentence or three, for the top of the head's report. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SMALL = 1.0
"""Hours without sight that are not worth a sentence."""

Blindness = Mapping[str, Mapping[date, float]]
"""By account, as people call it: hours in which it could not be read, by local day."""


def verdict(
    met: int, owed: int, acted_on: int, overdue_since: Sequence[datetime], blind: Blindness, now: datetime
) -> str:
    """The answer first. `overdue_since`: deadlines of all that is unanswered and past due now."""
    said = (
        f"{met} of {owed} {_comments(owed)} that fell due {'was' if owed == 1 else 'were'} answered in time."
        if owed
        else "No comment fell due this week."
    )
    if acted_on:
        said += f" {acted_on} offensive {_comments(acted_on)} {'was' if acted_on == 1 else 'were'} acted on instead."
    if overdue_since:
        days = oldest_days(overdue_since, now)
        age = f"the oldest for {days} {'day' if days == 1 else 'days'}" if days else "for less than a day"
        said += (
            f" {len(overdue_since)} {'is' if len(overdue_since) == 1 else 'are'} overdue and unanswered now, {age}."
        )
    return " ".join(filter(None, [said, not_seen(blind)]))


def oldest_days(overdue_since: Sequence[datetime], now: datetime) -> int:
    """Whole days since the earliest of these deadlines; 0 where there is none."""
    return (now - min(overdue_since)) // timedelta(days=1) if overdue_since else 0


def not_seen(blind: Blindness) -> str:
    """Which account could not be read for longest, and when; empty: every account was read nearly all the time."""
    hours = {account: sum(days.values()) for account, days in blind.items()}
    worst_first = sorted((name for name, lost in hours.items() if lost >= _SMALL), key=lambda name: -hours[name])
    if not worst_first:
        return ""
    worst, *others = worst_first
    said = f"{worst} could not be read for {int(hours[worst])} {_hours(hours[worst])}{_when(blind[worst])}"
    if others:
        lost = sum(hours[name] for name in others)
        more = f"{len(others)} other {'account' if len(others) == 1 else 'accounts'}"
        said += f", and {more} for {int(lost)} {_hours(lost)}"
    return f"{said}."


def _when(days: Mapping[date, float]) -> str:
    lost = {day: hours for day, hours in days.items() if hours > 0}
    if len(lost) == 1:
        return f" on {_DAYS[next(iter(lost)).weekday()]}"
    most = max(lost, key=lambda day: lost[day])
    return f", most of them on {_DAYS[most.weekday()]}" if lost[most] > sum(lost.values()) / 2 else ""


def _hours(number: float) -> str:
    return "hour" if int(number) == 1 else "hours"


def _comments(count: int) -> str:
    return "comment" if count == 1 else "comments"
