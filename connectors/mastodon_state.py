"""What the Mastodon connector remembers between runs, as it stands in its two cursors.

All of it is bounded: what is older than it matters is forgotten, and at most so many ids are kept. Whatever a cursor
lacks, or holds in another shape, is learnt anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.base import Cursor
from connectors.mastodon_wire import STATUS_ID, moment
from connectors.thread_book import ThreadBook, read_thread_book

VERSION = 1
MOST_MET = 1500
"""Ids of replies remembered, over all threads that are still fresh."""
MOST_FOLLOWED = 200
MOST_ROOTS = 500


@dataclass
class Threads:
    """Cursor of the school's own statuses and the threads under them.

    `listed_at`: when the own statuses were last listed to the end, `widely_at`: as far as the look-back goes.
    `roots`: under which post of the school each own reply stands; "" for somebody else's. `met`: what stood under a
    post when it was last read. `strays`: what has dropped out of its thread since, with its post; read by id.
    """

    me: str = ""
    listed_at: datetime | None = None
    widely_at: datetime | None = None
    strays_at: datetime | None = None
    book: ThreadBook = field(default_factory=ThreadBook)
    roots: dict[str, str] = field(default_factory=dict)
    met: dict[str, list[str]] = field(default_factory=dict)
    strays: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> Cursor:
        """For the database."""
        return {
            "v": VERSION,
            "me": self.me,
            "listed_at": _written(self.listed_at),
            "widely_at": _written(self.widely_at),
            "strays_at": _written(self.strays_at),
            "book": self.book.to_json(),
            "roots": dict(self.roots),
            "met": _newest_met(self),
            "strays": _last(self.strays, MOST_FOLLOWED),
        }


@dataclass
class Mentions:
    """Cursor of what mentions the school.

    `min_id`: the notification up to which everything was read and has settled. `roots`: of what was met lately, and
    of what it replies to, under which post of the school it stands; a post under itself; "" for somebody else's or
    not known. `followed`: statuses that stand in no thread of the school's that we know of, with the time they were
    written and how many replies they had; read again by id for a few days.
    """

    me: str = ""
    min_id: str | None = None
    followed_at: datetime | None = None
    roots: dict[str, str] = field(default_factory=dict)
    followed: dict[str, tuple[int, int]] = field(default_factory=dict)

    def to_json(self) -> Cursor:
        """For the database."""
        return {
            "v": VERSION,
            "me": self.me,
            "min_id": self.min_id,
            "followed_at": _written(self.followed_at),
            "roots": _last(self.roots, MOST_ROOTS),
            "followed": {key: list(value) for key, value in _last(self.followed, MOST_FOLLOWED).items()},
        }


def read_threads(cursor: Cursor | None) -> Threads:
    """The cursor as it was written; a fresh one where there is none of ours."""
    if not cursor or cursor.get("v") != VERSION:
        return Threads()
    return Threads(
        me=_id(cursor.get("me")) or "",
        listed_at=moment(cursor.get("listed_at")),
        widely_at=moment(cursor.get("widely_at")),
        strays_at=moment(cursor.get("strays_at")),
        book=read_thread_book(cursor.get("book")),
        roots=_words(cursor.get("roots")),
        met={key: _ids(value) for key, value in _mapping(cursor.get("met")).items() if isinstance(value, list)},
        strays=_words(cursor.get("strays")),
    )


def read_mentions(cursor: Cursor | None) -> Mentions:
    """The cursor as it was written; a fresh one where there is none of ours."""
    if not cursor or cursor.get("v") != VERSION:
        return Mentions()
    followed = {}
    for key, value in _mapping(cursor.get("followed")).items():
        match value:
            case [int() as written, int() as replies]:
                followed[key] = (written, replies)
    return Mentions(
        me=_id(cursor.get("me")) or "",
        min_id=_id(cursor.get("min_id")),
        followed_at=moment(cursor.get("followed_at")),
        roots=_words(cursor.get("roots")),
        followed=followed,
    )


def _newest_met(threads: Threads) -> dict[str, list[str]]:
    """What stood under those posts that changed last, as far as the bound goes."""
    left, kept = MOST_MET, {}
    changed = {key: read.changed_at for key, read in threads.book.threads.items() if key in threads.met}
    for key in sorted(changed, key=lambda each: changed[each], reverse=True):
        left -= len(threads.met[key])
        if left < 0:
            break
        kept[key] = threads.met[key]
    return kept


def _written(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _last(values: Mapping[str, Any], at_most: int) -> dict[str, Any]:
    return dict(list(values.items())[-at_most:])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _words(value: Any) -> dict[str, str]:
    return {key: word for key, word in _mapping(value).items() if isinstance(word, str)}


def _ids(values: Iterable[Any]) -> list[str]:
    return [value for value in values if _id(value)]


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and STATUS_ID.fullmatch(value) else None
