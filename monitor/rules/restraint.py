"""How much mail that is not urgent one person is sent: when, after what pause, and how many on one day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.mail_kinds import DUE_SOON, NEW, OVERDUE, PILE_ON, SERIOUS, SHEET

PAUSED = frozenset({SERIOUS, NEW, DUE_SOON, OVERDUE, PILE_ON})
"""Between two mails of such a kind to the same person lies a pause."""
LEAVES_FREE = {NEW: 3, DUE_SOON: 1, SERIOUS: 0, SHEET: 0, OVERDUE: 0, PILE_ON: 0}
"""The kinds that are held back once somebody has had many mails on one day, and how many of that day's mails each of
them leaves to the others. Digests, reports and what is wrong with accounts are counted, and never held back."""


@dataclass(frozen=True)
class Restraint:
    """What keeps mails that are not urgent back at one moment.

    `kinds`: those that wait for another time of day. `pause`: between two mails of a kind in `PAUSED` to one person.
    `a_day`: mails to one person on one day; None: any number. `day_began_at`: the local day the moment lies in.
    `kept`: so many of the day's mails are kept for later on that day. `is_last_call`: all of them may be used.
    """

    kinds: Collection[str] = ()
    pause: timedelta = timedelta(0)
    a_day: int | None = None
    day_began_at: datetime | None = None
    kept: int = 0
    is_last_call: bool = False

    def most(self, kind: str) -> int | None:
        """How many mails of a day somebody may have had before one of this kind; None: any number."""
        if self.a_day is None or kind not in LEAVES_FREE:
            return None
        if self.is_last_call or kind == SHEET:
            return self.a_day
        return max(1, self.a_day - max(LEAVES_FREE[kind], self.kept))


NO_RESTRAINT = Restraint()
