"""The listings of Reddit that are read by time: comments in the school's subreddit, and what reaches its user.

Every listing comes newest first and ends after about a thousand things. It is read back to somewhat before the newest
thing that the last whole read saw, and the comments once a day to the end of the look-back: so edits, removals and
deletions show without a word from Reddit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from connectors.base import Batch, Cursor
from connectors.budget import Budget
from connectors.errors import UnexpectedReply
from connectors.fetched import Exchange, FetchedItem, Quarantined
from connectors.listing_end import has_passed
from connectors.reddit_access import RedditAccess, Source
from connectors.reddit_threads import in_batch
from connectors.reddit_wire import Readable, Reader, listing_children

PAGE = 100  # things in one answer, the most Reddit gives
REACH = 1000  # things; no listing goes back further than about so many
OVERLAP = timedelta(hours=48)
INBOX_OVERLAP = timedelta(days=7)
SWEEP = timedelta(hours=24)
"""How often the comments are read back to the end of the look-back."""
INBOX_HOLDS = timedelta(hours=4)
"""How long the inbox is not read when the number of its unread entries stays the same."""
EARLY = timedelta(minutes=1)

_ME = Source("/api/v1/me", "unread entries in the inbox")
_INFO = Source("/api/info", "items seen earlier")
_MENTIONS = Source("/message/mentions", "mentions of the school's user")
_REPLIES = Source("/message/comments", "replies to the school's comments")
_POST_REPLIES = Source("/message/selfreply", "replies to the school's posts")


@dataclass(frozen=True)
class ListPage:
    """One parsed page. `last`: no further one is needed. `cut_off`: Reddit had no further one, but we needed it."""

    children: tuple[Any, ...]
    parsed: tuple[Readable, ...]
    exchanges: tuple[Exchange, ...]
    last: bool
    cut_off: bool


class Lists:
    """The listings of one school. The moment of reading is the reader's."""

    def __init__(
        self, access: RedditAccess, reader: Reader, username: str, subreddit: str | None, lookback: timedelta
    ) -> None:
        self.reader = reader
        self.wanted_from = reader.now - lookback
        self.subreddit = quote(subreddit or "", safe="")
        self.user = quote(username, safe="")
        self._access = access

    def comments(self, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Every comment in the subreddit: as far back as is new, once a day as far as the look-back."""
        now, since = self.reader.now, _moment(cursor, "since", self.reader.now)
        swept_at = _moment(cursor, "swept_at", now)
        sweeps = since is None or swept_at is None or now - swept_at >= SWEEP - EARLY
        floor = self.wanted_from if since is None else since - OVERLAP
        floor = min(floor, self.wanted_from) if sweeps else floor
        source = Source(f"/r/{self.subreddit}/comments", "comments in the subreddit", "subreddit")
        newest, oldest, threads = since or floor, now, set[str]()
        for page in self.pages(source, floor, budget):
            newest, oldest = max([newest, *_times(page.parsed)]), min([oldest, *_times(page.parsed)])
            threads |= {p.post_remote_id for p in page.parsed if isinstance(p, FetchedItem) and p.post_remote_id}
            left_at = _cursor(since=min(newest, now), swept_at=now if sweeps else swept_at)
            whole = tuple(sorted(threads)) if sweeps and page.last and not page.cut_off else ()
            # Where Reddit lists no more before what was read last time is reached, something may have been missed.
            missed = page.cut_off and (since is None or oldest > since)
            yield self._batch(page, floor, left_at if page.last else cursor, page.last and not missed, whole)

    def inbox(self, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """What was said to the school's user anywhere, and what the user said.

        Without a subreddit the inbox is all there is, so it is looked after at every run: by the number of unread
        entries, and read when that changes.
        """
        now, since = self.reader.now, _moment(cursor, "since", self.reader.now)
        read_at = _moment(cursor, "read_at", now)
        unread = None if self.subreddit else self._unread(budget)
        same = unread is not None and cursor is not None and unread == cursor.get("unread")
        if same and since and read_at and now - read_at < INBOX_HOLDS - EARLY:
            yield Batch((), cursor, complete=True)
            return
        floor = self.wanted_from if since is None else since - INBOX_OVERLAP
        own = Source(f"/user/{self.user}/comments", "the school's own comments", "username")
        sources = [_MENTIONS, _REPLIES, *([] if self.subreddit else [_POST_REPLIES]), own]
        said = {} if unread is None else {"unread": unread}
        newest, cut_off = since or floor, False
        for source in sources:
            for page in self.pages(source, floor, budget):
                newest = max([newest, *_times(page.parsed)])
                cut_off = cut_off or page.cut_off
                at_end = page.last and source is own
                left_at = _cursor(since=min(newest, now), read_at=now) | said
                yield self._batch(page, floor, left_at if at_end else cursor, at_end and not cut_off)

    def pages(self, source: Source, floor: datetime, budget: Budget) -> Iterator[ListPage]:
        """Page by page back to `floor`; the last one says so."""
        params: dict[str, Any] = {"limit": PAGE}
        seen: set[str] = set()
        count = 0
        while True:
            answer, exchanges = self._access.get(source, params, budget)
            children, after = listing_children(answer, source.what)
            found = (self.reader.parse(child, mention=source is _MENTIONS) for child in children)
            parsed = tuple(p for p in found if p is not None)
            count += len(children)
            reached = has_passed(_times(parsed), floor)
            if source.path.startswith("/message/"):
                parsed, more = self._in_full(parsed, floor, source is _MENTIONS, budget)
                exchanges += more
            cut_off = not reached and not after and count >= REACH * 0.95
            yield ListPage(tuple(children), parsed, exchanges, reached or not after, cut_off)
            if reached or not after:
                return
            if not isinstance(after, str) or after in seen:
                raise UnexpectedReply(f"Reddit, {source.what}: it leads back to a page that was already read")
            seen.add(after)
            params = {"limit": PAGE, "after": after}

    def _batch(
        self, page: ListPage, floor: datetime, cursor: Cursor | None, complete: bool, whole: tuple[str, ...] = ()
    ) -> Batch:
        """After an outage longer than the look-back what came meanwhile is wanted all the same."""
        items, posts, quarantined = in_batch(page.parsed, min(floor, self.wanted_from))
        return Batch(
            items,
            cursor,
            complete,
            posts=posts,
            quarantined=quarantined,
            exchanges=page.exchanges,
            whole_threads=whole,
        )

    def _unread(self, budget: Budget) -> int:
        """How many entries of the inbox are unread; -1 where Reddit does not say."""
        me, _ = self._access.get(_ME, None, budget)
        count = me.get("inbox_count") if isinstance(me, dict) else None
        return count if isinstance(count, int) and not isinstance(count, bool) else -1

    def _in_full(
        self, brief: Sequence[Readable], floor: datetime, mention: bool, budget: Budget
    ) -> tuple[tuple[Readable, ...], tuple[Exchange, ...]]:
        """Inbox entries with everything that they leave out: whether edited, whether removed, in which thread.

        Otherwise the same comment would be hidden in the subreddit and visible in the inbox, by turns. Where only
        a stub is left the inbox entry stands: it may still have the words. What is older than `floor` was read so
        before, and is left out.
        """
        kept = [p for p in brief if not isinstance(p, FetchedItem) or p.created_at >= floor]
        ids = [p.remote_id for p in kept if isinstance(p, FetchedItem)]
        if not ids:
            return tuple(kept), ()
        answer, exchanges = self._access.get(_INFO, {"id": ",".join(ids)}, budget)
        parsed = (self.reader.parse(child, mention=mention) for child in listing_children(answer, _INFO.what)[0])
        full = {p.remote_id: p for p in parsed if isinstance(p, FetchedItem) and not p.erased}
        return tuple(full.get(p.remote_id, p) if isinstance(p, FetchedItem) else p for p in kept), exchanges


def _cursor(**moments: datetime | None) -> Cursor:
    return {"v": 1} | {name: moment.isoformat() for name, moment in moments.items() if moment is not None}


def _moment(cursor: Cursor | None, name: str, now: datetime) -> datetime | None:
    """A moment of the cursor, not later than `now`; None when there is none or it is not one of ours."""
    if cursor is None or cursor.get("v") != 1:
        return None
    try:
        moment = datetime.fromisoformat(cursor[name])
    except (KeyError, TypeError, ValueError):
        return None
    return min(moment.astimezone(now.tzinfo), now) if moment.tzinfo else None


def _times(parsed: Sequence[Readable]) -> list[datetime]:
    return [p.created_at for p in parsed if not isinstance(p, Quarantined) and p.created_at is not None]
