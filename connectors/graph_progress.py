"""What a Graph connector remembers between runs, as it stands in a cursor. No network here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.base import Cursor
from connectors.thread_book import ThreadBook, read_thread_book

VERSION = 1


@dataclass
class Progress:
    """How far a stream was read. Times are UTC.

    `since`: when the last run that read everything began. `swept`: when the list of posts was last read as far back
    as the look-back. `book`: when each thread was last read whole.
    """

    since: datetime | None = None
    swept: datetime | None = None
    book: ThreadBook = field(default_factory=ThreadBook)

    def to_json(self) -> Cursor:
        """For the cursor."""
        return {
            "v": VERSION,
            "since": self.since.isoformat() if self.since else None,
            "swept": self.swept.isoformat() if self.swept else None,
            "threads": self.book.to_json(),
        }


def read_progress(cursor: Cursor | None) -> Progress:
    """What a cursor says. What `to_json` would not have written counts as nothing, so everything is read anew."""
    if not cursor or cursor.get("v") != VERSION:
        return Progress()
    return Progress(
        _moment(cursor.get("since")), _moment(cursor.get("swept")), read_thread_book(cursor.get("threads"))
    )


def all_before(moments: Sequence[datetime | None], than: datetime) -> bool:
    """Whether there is a moment here and every one known is before `than`."""
    known = [moment for moment in moments if moment is not None]
    return bool(known) and max(known) < than


def _moment(written: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
