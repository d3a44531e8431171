"""How often a thread is read where a network allows few calls: soon when its count moved, else once in a while.

`thread_book.ThreadBook` remembers what was read when; its own intervals suit networks that allow hundreds of calls a
day. Here news is told by a stream of notifications, and what reading a thread again brings beyond that is an edit, a
deletion, or a reply that nobody was told of.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from connectors.thread_book import ThreadBook, ThreadRead

FRESH = timedelta(days=5)
"""How long after its last change a thread counts as one in which something may still happen."""
MOVED_EVERY = timedelta(hours=4)
"""How soon a thread is read again although its count moves all the time."""
FRESH_EVERY = timedelta(hours=22)
COLD_EVERY = timedelta(days=7)


def is_due(last: ThreadRead | None, count: int | None, now: datetime) -> bool:
    """Whether a thread is to be read now. `count`: its replies by the cheap list; where that says none, any."""
    if last is None:
        return count != 0
    if count != last.count:
        return now - last.read_at >= MOVED_EVERY
    if count == 0:
        return False
    return now - last.read_at >= (FRESH_EVERY if now - last.changed_at < FRESH else COLD_EVERY)


def note(book: ThreadBook, thread_id: str, count: int | None, now: datetime, moments: Iterable[datetime]) -> None:
    """Remember that a thread was read to its end at `now`. `moments`: when what is in it was said or edited."""
    last = book.threads.get(thread_id)
    newest = max((moment for moment in moments if moment <= now), default=now)
    if last is not None and last.count == count:
        newest = max(newest, last.changed_at)
    book.threads[thread_id] = ThreadRead(count, now, newest)
