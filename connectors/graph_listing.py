"""What reading Facebook pages and Instagram accounts shares: the cursor, and when a thread is read whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import Cursor
from connectors.fetched import FetchedPost
from connectors.thread_book import ThreadBook, read_again_after, read_thread_book

SWEEP_EVERY = timedelta(hours=1)
"""How often the list of posts is read beyond its first page."""
A_LITTLE_EARLY = timedelta(minutes=1)


@dataclass
class Place:
    """How far an account was read. `since`: everything up to then; `swept`: when all posts of the look-back were
    listed; None: never. `book`: its threads."""

    since: datetime | None = None
    swept: datetime | None = None
    book: ThreadBook = field(default_factory=ThreadBook)

    def sweep_is_due(self, now: datetime) -> bool:
        """Whether older posts are to be listed as well."""
        return self.swept is None or now - self.swept >= SWEEP_EVERY - A_LITTLE_EARLY

    def cursor(self) -> Cursor:
        """For the database."""
        moments = {"since": _iso(self.since), "swept": _iso(self.swept)}
        return {"v": 2, **moments, "threads": self.book.to_json()}


def read_place(cursor: Cursor | None) -> Place:
    """The place out of a cursor; one that is not ours, or from before threads were kept, knows less."""
    if not cursor or cursor.get("v") not in {1, 2}:
        return Place()
    return Place(_moment(cursor.get("since")), _moment(cursor.get("swept")), read_thread_book(cursor.get("threads")))


UNCHANGED_EVERY = timedelta(hours=1)
"""How often at most a thread that does not come whole is read again although its count is the same."""


def whole_is_due(book: ThreadBook, post: FetchedPost, page_size: int, each_page: timedelta, now: datetime) -> bool:
    """Whether a thread that does not come whole with its post is read from end to end.

    One whose count changed: after `each_page` for each page of `page_size` it has. Another: by its age, but not more
    than once an hour.
    """
    last = book.threads.get(post.remote_id)
    if last is None:
        return True
    if post.comment_count != last.count:
        wait = max(1, math.ceil((post.comment_count or 0) / page_size)) * each_page
    else:
        age = now - max(post.created_at or last.changed_at, last.changed_at)
        wait = max(read_again_after(age), UNCHANGED_EVERY)
    return now - last.read_at >= wait - A_LITTLE_EARLY


def always(how: Mapping[str, str]) -> Callable[[int], Mapping[str, str]]:
    """The same question however many rows are asked for."""
    return lambda _: how


def all_before(moments: Sequence[datetime | None], than: datetime) -> bool:
    """Whether there is a moment here and every one known is before `than`."""
    known = [moment for moment in moments if moment is not None]
    return bool(known) and max(known) < than


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
