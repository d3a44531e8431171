"""When a mail that was not accepted is tried again. A table, and the end of it."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = (1, 5, 15, 60)
"""Minutes after the first, second, third and fourth failure; from then on hourly."""
LONGEST_WAIT = timedelta(minutes=WAITS[-1])
"""Whatever a server asks for: what one answer says must not park a mail, which may be urgent, for a day."""
GIVE_UP_AFTER = timedelta(hours=24)
"""Of waiting between attempts. While the machine is switched off nothing is attempted, and nothing given up."""


def next_attempt(failures: int, now: datetime, again_after: timedelta | None = None) -> datetime | None:
    """When to try again after this many failures (1 or more); None: give up and show it to a person.

    `again_after`: how long the server asked to be left alone. It can put an attempt off, never bring one forward, and
    does not change how many there are. How long a mail has waited is told by the number of its failures and by no
    clock, so that neither a clock set anew nor a machine that was off makes it be given up early.
    """
    waits = [timedelta(minutes=WAITS[min(number, len(WAITS) - 1)]) for number in range(failures)]
    if sum(waits, timedelta(0)) > GIVE_UP_AFTER:
        return None
    return now + max(waits[-1], min(again_after or timedelta(0), LONGEST_WAIT))
