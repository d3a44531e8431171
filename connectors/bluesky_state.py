"""What the Bluesky connector remembers between runs, as it stands in its two cursors. All of it is bounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.base import Cursor
from connectors.bluesky_wire import moment
from connectors.thread_book import ThreadBook, read_thread_book

VERSION = 1
MOST_FOLLOWED = 200


@dataclass
class Threads:
    """Cursor of the school's own posts and the threads under them.

    `listed_at`: when own posts were last listed to the end, `widely_at`: as far as the look-back goes. `gates`: of
    posts with rules for their thread, which version of them the thread was last read under.
    """

    me: str = ""
    listed_at: datetime | None = None
    widely_at: datetime | None = None
    book: ThreadBook = field(default_factory=ThreadBook)
    gates: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> Cursor:
        """For the database."""
        return {
            "v": VERSION,
            "me": self.me,
            "listed_at": written(self.listed_at),
            "widely_at": written(self.widely_at),
            "book": self.book.to_json(),
            "gates": dict(self.gates),
        }


@dataclass
class Notifications:
    """Cursor of the notifications.

    `since`: when they were last read to the end. `followed`: posts in other people's threads that mention or quote
    the school, with the time they were written; `book`: when what stands below them was last read.
    """

    me: str = ""
    since: datetime | None = None
    followed_at: datetime | None = None
    followed: dict[str, int] = field(default_factory=dict)
    book: ThreadBook = field(default_factory=ThreadBook)

    def to_json(self) -> Cursor:
        """For the database."""
        newest = sorted(self.followed.items(), key=lambda each: each[1])[-MOST_FOLLOWED:]
        return {
            "v": VERSION,
            "me": self.me,
            "since": written(self.since),
            "followed_at": written(self.followed_at),
            "followed": dict(newest),
            "book": self.book.to_json(),
        }


def read_threads(cursor: Cursor | None) -> Threads:
    """The cursor as it was written; a fresh one where there is none of ours."""
    if not cursor or cursor.get("v") != VERSION:
        return Threads()
    gates = cursor.get("gates")
    return Threads(
        me=_word(cursor.get("me")),
        listed_at=moment(cursor.get("listed_at")),
        widely_at=moment(cursor.get("widely_at")),
        book=read_thread_book(cursor.get("book")),
        gates={uri: _word(gate) for uri, gate in gates.items()} if isinstance(gates, Mapping) else {},
    )


def read_notifications(cursor: Cursor | None) -> Notifications:
    """The cursor as it was written; a fresh one where there is none of ours."""
    if not cursor or cursor.get("v") != VERSION:
        return Notifications()
    followed = cursor.get("followed")
    pairs = followed.items() if isinstance(followed, Mapping) else ()
    return Notifications(
        me=_word(cursor.get("me")),
        since=moment(cursor.get("since")),
        followed_at=moment(cursor.get("followed_at")),
        followed={uri: at for uri, at in pairs if isinstance(at, int)},
        book=read_thread_book(cursor.get("book")),
    )


def written(value: datetime | None) -> str | None:
    """A moment as it stands in a cursor."""
    return value.isoformat() if value else None


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
