"""How far the comments of a WordPress site were read, as it stands in the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.base import Cursor
from connectors.wordpress_wire import moment_of

SWEEP_EVERY = timedelta(hours=6)
"""How often all comments of the look-back are listed."""


def is_due(swept: datetime | None, now: datetime) -> bool:
    """Whether all of the look-back is to be listed again."""
    return swept is None or now - swept >= SWEEP_EVERY - timedelta(minutes=1)


@dataclass(frozen=True)
class Place:
    """How far the comments were read. `newest`: highest number met; `total`: how many there were; `swept`: when all
    of the look-back were last listed (UTC); `as_public`: signed in, but as a user who may not see what is held."""

    newest: int | None = None
    total: int = 0
    swept: datetime | None = None
    as_public: bool = False

    def fits(self, ids: Sequence[int], total: int, is_all: bool) -> bool:
        """Whether the newest page explains how many comments there are now, going by how many there were."""
        if self.newest is None or not (is_all or any(number <= self.newest for number in ids)):
            return False
        return total == self.total + sum(number > self.newest for number in ids)

    def cursor(self) -> Cursor:
        """For the database."""
        swept = self.swept.isoformat() if self.swept else None
        return {"v": 1, "newest": self.newest, "total": self.total, "swept": swept, "as_public": self.as_public}


def read_place(cursor: Cursor | None) -> Place:
    """The place out of a cursor; what is not ours means reading anew."""
    if not cursor or cursor.get("v") != 1:
        return Place()
    newest, total = cursor.get("newest"), cursor.get("total")
    if not isinstance(newest, int) or not isinstance(total, int):
        return Place()
    return Place(newest, total, moment_of(cursor.get("swept")), cursor.get("as_public") is True)
