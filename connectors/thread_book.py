"""Which threads have to be read again: hot ones often, cold ones seldom, and any whose count of comments changed.

The network's cheap list of posts says how many comments each has. A count that moved gives a thread away at once; an
edit, or a comment that came while another went, does not, so threads are also read again by their age, ever more
seldom. What was read when is kept in the connector's cursor, so that a connector needs no memory of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

MOST_THREADS = 1000
"""Threads remembered in one cursor; of more, those read longest ago are forgotten and read anew when they are met."""

_INTERVALS = (
    (timedelta(hours=2), timedelta(minutes=5)),
    (timedelta(hours=24), timedelta(minutes=15)),
    (timedelta(days=7), timedelta(hours=1)),
    (timedelta(days=30), timedelta(days=1)),
)
"""Up to which age, since it was posted or last changed, a thread is read again after how long."""
COLD = timedelta(days=7)
"""After how long a thread older than all of these is read again although its count stayed the same."""
PATIENCE = timedelta(minutes=1)
"""A run that comes a little early reads what would be due before the next one."""


def read_again_after(age: timedelta) -> timedelta:
    """How long what was read of a thread holds. `age`: since it was posted, or since something in it changed."""
    return next((interval for up_to, interval in _INTERVALS if age < up_to), COLD)


@dataclass(frozen=True)
class ThreadRead:
    """What the last reading of a thread found. `count`: by the network; None: it gives none. Times are UTC."""

    count: int | None
    read_at: datetime
    changed_at: datetime


@dataclass
class ThreadBook:
    """When each thread was last read, by the id of its post."""

    threads: dict[str, ThreadRead] = field(default_factory=dict)

    def is_due(self, post_id: str, created_at: datetime | None, count: int | None, now: datetime) -> bool:
        """Whether a thread is to be read now. `count`: its comments by the cheap list, None where that says none."""
        last = self.threads.get(post_id)
        if last is None:
            return True
        if count != last.count:
            return True
        age = now - max(moment for moment in (created_at, last.changed_at) if moment is not None)
        return now - last.read_at >= read_again_after(age) - PATIENCE

    def note(self, post_id: str, count: int | None, now: datetime, created_at: datetime | None = None) -> None:
        """Remember that a thread was read to its end at `now`, when the network counted `count` in it."""
        last = self.threads.get(post_id)
        changed_at = created_at or now
        if last is not None:
            changed_at = last.changed_at if count == last.count else now
        self.threads[post_id] = ThreadRead(count, now, changed_at)

    def keep_only(self, post_ids: Collection[str]) -> None:
        """Forget threads that the list of posts no longer reaches."""
        self.threads = {post_id: read for post_id, read in self.threads.items() if post_id in post_ids}

    def to_json(self) -> dict[str, list[int | None]]:
        """For the cursor: whole seconds, newest reads only."""
        newest = sorted(self.threads.items(), key=lambda each: each[1].read_at, reverse=True)[:MOST_THREADS]
        return {
            post_id: [read.count, int(read.read_at.timestamp()), int(read.changed_at.timestamp())]
            for post_id, read in newest
        }


def read_thread_book(written: Any) -> ThreadBook:
    """The book out of a cursor. What is not as `to_json` writes it is left out, and so read anew."""
    book = ThreadBook()
    for post_id, entry in written.items() if isinstance(written, Mapping) else ():
        match entry:
            case [int() | None as count, int() as read_at, int() as changed_at]:
                try:
                    moments = datetime.fromtimestamp(read_at, UTC), datetime.fromtimestamp(changed_at, UTC)
                except (ValueError, OverflowError, OSError):
                    continue
                book.threads[post_id] = ThreadRead(count, *moments)
    return book
