"""The threads of one school on Reddit: which there are, which are read again, and reading one to its last comment.

Threads in the school's own subreddit are read comment by comment elsewhere; here they are read whole at first, and
now and again when their count moved, so that nothing stays unmet. Threads elsewhere are read by their temperature.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Batch, Cursor
from connectors.budget import Budget
from connectors.errors import Forbidden
from connectors.fetched import FetchedItem, FetchedPost, Quarantined
from connectors.reddit_access import NothingThere, RedditAccess, Source
from connectors.reddit_tree import Tree, read_more, read_tree
from connectors.reddit_wire import Readable, Reader
from connectors.thread_book import PATIENCE, ThreadBook, read_thread_book

TREE = 500  # comments in one answer, the most Reddit gives
AT_HOME = timedelta(hours=24)
"""How soon a thread in the school's own subreddit may be read whole again."""
ELSEWHERE = timedelta(hours=6)
"""How soon one elsewhere is, when its count stayed the same."""
ELSEWHERE_AT_MOST = 100  # threads of the school elsewhere remembered in the cursor: as many as one question takes


@dataclass(frozen=True)
class Thread:
    """One thread as a list shows it. `count`: comments by Reddit; `by`: who began it, as the wire has it."""

    fullname: str
    created_at: datetime | None
    count: int | None
    by: Any
    at_home: bool


@dataclass
class ThreadsCursor:
    """Where the reading of threads was left. Moments are UTC; `elsewhere`: the school's submissions out of home."""

    book: ThreadBook = field(default_factory=ThreadBook)
    elsewhere: dict[str, datetime] = field(default_factory=dict)
    stamps: dict[str, datetime] = field(default_factory=dict)

    def is_due(self, what: str, every: timedelta, now: datetime) -> bool:
        """Whether something that need not be done at every run is to be done now."""
        last = self.stamps.get(what)
        return last is None or now - last >= every - PATIENCE

    def remember(self, thread: Thread) -> None:
        """A submission of the school somewhere else, to be asked for again."""
        if thread.created_at is not None:
            self.elsewhere[thread.fullname] = thread.created_at

    def to_json(self) -> Cursor:
        """The cursor."""
        newest = sorted(self.elsewhere.items(), key=lambda each: each[1], reverse=True)[:ELSEWHERE_AT_MOST]
        return {
            "v": 1,
            "threads": self.book.to_json(),
            "elsewhere": {name: int(at.timestamp()) for name, at in newest},
            "stamps": {what: int(at.timestamp()) for what, at in self.stamps.items()},
        }


def read_threads_cursor(cursor: Cursor | None) -> ThreadsCursor:
    """The state out of a cursor. What is not as `to_json` writes it is left out, and so read anew."""
    if not isinstance(cursor, dict) or cursor.get("v") != 1:
        return ThreadsCursor()
    elsewhere, stamps = (_moments(cursor.get(name)) for name in ("elsewhere", "stamps"))
    return ThreadsCursor(read_thread_book(cursor.get("threads")), elsewhere, stamps)


def threads_in(children: Iterable[Any], reader: Reader) -> list[Thread]:
    """The threads in the children of a listing; what is none is left to the reader to complain about."""
    found = []
    for child in children:
        data = child.get("data") if isinstance(child, dict) and child.get("kind") == "t3" else None
        read = reader.parse(child) if isinstance(data, dict) else None
        if isinstance(read, FetchedItem | FetchedPost):
            count = data.get("num_comments") if isinstance(data, dict) else None
            count = count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None
            author, home = (data.get("author"), reader.is_at_home(data)) if isinstance(data, dict) else (None, False)
            found.append(Thread(read.remote_id, read.created_at, count, author, home))
    return found


def is_due(thread: Thread, book: ThreadBook, now: datetime) -> bool:
    """Whether a thread is read now."""
    last = book.threads.get(thread.fullname)
    if last is None:
        return thread.count != 0
    waited = now - last.read_at
    if thread.count != last.count:
        return not thread.at_home or waited >= AT_HOME - PATIENCE
    if thread.at_home:
        return False
    return waited >= ELSEWHERE - PATIENCE and book.is_due(thread.fullname, thread.created_at, thread.count, now)


class ThreadReader:
    """Reads whole threads."""

    def __init__(self, access: RedditAccess, reader: Reader, wanted_from: datetime) -> None:
        self._access = access
        self._reader = reader
        self._wanted_from = wanted_from

    def read(self, thread: Thread, cursor: Cursor, budget: Budget) -> Iterator[Batch]:
        """One thread to its last comment, answer by answer, with `cursor` on every batch.

        Of a thread that is gone or closed to us nothing comes.
        """
        number = thread.fullname.removeprefix("t3_")
        what = "comments in a thread"
        tree = Tree()
        source = Source(f"/comments/{number}", what, may_be_gone=True)
        params: dict[str, Any] = {"limit": TREE, "sort": "new"}
        try:
            answer, exchanges = self._access.get(source, params, budget)
        except (NothingThere, Forbidden):
            return
        children = read_tree(answer, what)[1]
        while True:
            parsed = [self._reader.parse(each, thread_by=thread.by) for each in tree.take(children)]
            last = not tree.left and not tree.below
            items = (each for each in parsed if isinstance(each, FetchedItem))
            yield Batch(
                items=tuple(each for each in items if each.created_at >= self._wanted_from),
                next_cursor=cursor,
                complete=False,
                quarantined=tuple(each for each in parsed if isinstance(each, Quarantined)),
                exchanges=exchanges,
                whole_threads=(thread.fullname,) if last else (),
            )
            if last:
                return
            if numbers := tree.next_left():
                source = Source("/api/morechildren", what)
                asked = {"api_type": "json", "link_id": thread.fullname, "children": ",".join(numbers), "sort": "new"}
                answer, exchanges = self._access.get(source, asked, budget)
                children = read_more(answer, what)
            else:
                below = Source(f"/comments/{number}/_/{tree.below.pop()}", what, may_be_gone=True)
                try:
                    answer, exchanges = self._access.get(below, params, budget)
                    children = read_tree(answer, what)[1]
                except NothingThere:
                    children, exchanges = [], ()


def in_batch(
    parsed: Iterable[Readable | None], wanted_from: datetime
) -> tuple[tuple[FetchedItem, ...], tuple[FetchedPost, ...], tuple[Quarantined, ...]]:
    """What was parsed, sorted by what it is; items older than the look-back are left out."""
    things = [thing for thing in parsed if thing is not None]
    items = (thing for thing in things if isinstance(thing, FetchedItem) and thing.created_at >= wanted_from)
    posts = (thing for thing in things if isinstance(thing, FetchedPost))
    return tuple(items), tuple(posts), tuple(thing for thing in things if isinstance(thing, Quarantined))


def _moments(written: Any) -> dict[str, datetime]:
    found = {}
    for name, seconds in written.items() if isinstance(written, Mapping) else ():
        if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 <= seconds < 1 << 33:
            found[str(name)] = datetime.fromtimestamp(seconds, UTC)
    return found
