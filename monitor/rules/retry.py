"""When a mail that was not accepted is tried again. A table, and the end of it."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = (1, 5, 15, 60)
"""Minutes after the first, second, third and fourth failure; from then on hourly."""
GIVE_UP_AFTER = timedelta(hours=24)
"""Counted from the moment the mail was first allowed to leave."""


def next_attempt(failures: int, owed_since: datetime, now: datetime) -> datetime | None:
    """When to try again after this many failures; None: give up and show it to a person."""
    again = now + timedelta(minutes=WAITS[min(failures, len(WAITS)) - 1])
    return again if again - owed_since <= GIVE_UP_AFTER else None
