"""When a mail that was not accepted is tried again. A table, and the end of it."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = (1, 5, 15, 60)
"""Minutes after the first, second, third and fourth failure; from then on hourly."""
GIVE_UP_AFTER = timedelta(hours=24)
"""Of waiting between attempts. While the machine is switched off nothing is attempted, and nothing given up."""


def next_attempt(failures: int, now: datetime) -> datetime | None:
    """When to try again after this many failures (1 or more); None: give up and show it to a person."""
    waits = [timedelta(minutes=WAITS[min(number, len(WAITS) - 1)]) for number in range(failures)]
    return now + waits[-1] if sum(waits, timedelta(0)) <= GIVE_UP_AFTER else None
