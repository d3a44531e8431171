"""How each list of X is read onward, page by page, and where it is left for the next run.

Lists come newest first, so a cursor moves only once a run has read back to where the last one ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.base import MESSAGES, Batch, Cursor
from connectors.budget import Budget
from connectors.errors import UnexpectedReply
from connectors.x_access import Listed, XAccess
from connectors.x_messages import FEW, MANY, reaches, read_messages
from connectors.x_messages import FIELDS as MESSAGE_FIELDS
from connectors.x_talks import CALM, EARLY, INDEX_MARGIN, SETTLING, Search, Talks, read_moment, read_talks
from connectors.x_talks import REACH as SEARCH_REACH
from connectors.x_wire import Page, id_time, is_id, read_posts, things_charged

REPLIES, MENTIONS, TIMELINE = "replies", "mentions", "timeline"
REACH = {MENTIONS: 800, TIMELINE: 3200}  # posts; X lists no more than its newest so many
FIELDS: dict[str, Any] = {
    "max_results": 100,
    "tweet_fields": [
        "attachments",
        "author_id",
        "conversation_id",
        "created_at",
        "edit_history_tweet_ids",
        "in_reply_to_user_id",
        "note_tweet",
        "public_metrics",
        "referenced_tweets",
    ],
    "expansions": ["attachments.media_keys", "author_id"],
    "user_fields": ["name", "username"],
    "media_fields": ["preview_image_url", "type", "url"],
}
FEWEST = {"max_results": 5}


@dataclass(frozen=True)
class Place:
    """Where a list was left. `read_at`: when it was last read; `met_at`: when what it holds was last met at all."""

    since: str | None = None
    read_at: datetime | None = None
    met_at: datetime | None = None

    def to_json(self) -> Cursor:
        """The cursor."""
        stamps = {"read_at": self.read_at, "met_at": self.met_at}
        return {"v": 1, "since_id": self.since} | {k: int(v.timestamp()) for k, v in stamps.items() if v}


class XStreams:
    """The lists of one account. `lookback`: how far back a first read goes."""

    def __init__(self, access: XAccess, now: Callable[[], datetime], user_id: str, lookback: timedelta) -> None:
        self._access = access
        self._client = access.client
        self._now = now
        self._user_id = user_id
        self._lookback = lookback
        self._searched_at: datetime | None = None

    def mentions(self, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """What mentions the school; nothing is asked when this very run has searched for it and read it lately."""
        started, place = self._now(), _place(cursor)
        if self._search_stands_in(place, started):
            yield Batch((), replace(place, met_at=started).to_json(), complete=True)
            return
        yield from self._list(MENTIONS, place.since, place, cursor, budget)

    def timeline(self, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """The school's own posts and replies, with the newest that we know: an answer without it cannot be right."""
        place = _place(cursor)
        below = str(int(place.since) - 1) if place.since else None
        yield from self._list(TIMELINE, below, place, cursor, budget)

    def replies(
        self, cursor: Cursor | None, budget: Budget, learn_name: Callable[[Talks, datetime, Budget], None]
    ) -> Iterator[Batch]:
        """Searches for what is said to, of and by the school, and in its warm conversations."""
        started, talks = self._now(), read_talks(cursor)
        met_at = talks.read_at
        if not talks.is_due(started):
            yield Batch((), cursor, complete=True)
            return
        learn_name(talks, started, budget)
        oldest = started - SEARCH_REACH + INDEX_MARGIN
        hole = talks.since is not None and id_time(talks.since) < oldest
        done: frozenset[str] = frozenset()
        searches = talks.searches(self._user_id, started, done, general=True)
        while searches:
            search = searches.pop(0)
            before = talks.to_json()
            for listed in self._search(search, oldest, budget):
                hole = hole or (listed.anew and search.general)
                talks.learn(listed.page.posts, self._user_id, started)
                budget.pay(things_charged(listed.page, met_at, started))
                if listed.page.next_token is not None:
                    yield self._batch(listed, before, complete=False)
                    continue
                talks.note_read(search, started)
                talks.forget_cold(started)
                done |= {*search.talks}
                if search.general and talks.handle:
                    self._searched_at = started
                searches = searches or talks.searches(self._user_id, started, done, general=False)
                yield self._batch(listed, talks.to_json(), complete=not searches and not hole)

    def messages(self, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Direct messages: a few of the newest, and all of them when those few are new."""
        started, place = self._now(), _place(cursor)
        token: str | None = None
        tokens: set[str] = set()
        settled, size = place.since, FEW if place.since else MANY
        while True:
            fields = MESSAGE_FIELDS | {"max_results": size, "pagination_token": token, "user_auth": True}
            listed = self._access.page(MESSAGES, budget, self._client.get_direct_message_events, **fields)
            found = read_messages(listed.page)
            budget.pay(things_charged(listed.page, place.met_at, started))
            settled = _settled(found.ids, started - SETTLING, settled)
            last = listed.page.next_token is None or reaches(found.ids, place.since)
            yield Batch(
                items=tuple(item for item in found.items if item.created_at >= started - self._lookback),
                next_cursor=Place(settled, started, started).to_json() if last else cursor,
                complete=last,
                quarantined=found.quarantined,
                exchanges=listed.exchanges,
            )
            if last:
                return
            token, size = (listed.page.next_token, MANY) if size == MANY else (None, MANY)
            if token is not None and token in tokens:
                raise UnexpectedReply(f"X, {MESSAGES}: X leads back to a page that was already read")
            tokens |= {token} if token else set()

    def _list(
        self, stream: str, since: str | None, place: Place, cursor: Cursor | None, budget: Budget
    ) -> Iterator[Batch]:
        started = self._now()
        call = {MENTIONS: self._client.get_users_mentions, TIMELINE: self._client.get_users_tweets}[stream]
        about = {"id": self._user_id, **FIELDS}
        # X refuses start_time and since_id together.
        from_the_start = {**about, "start_time": started - self._lookback}
        onward = {**about, "since_id": since} if since else from_the_start
        settled, read = place.since, 0
        for each in self._access.pages(stream, budget, call, onward, from_the_start, "pagination_token"):
            listed, known = each, None if each.anew else settled
            read += len(listed.page.posts)
            last = listed.page.next_token is None
            if last and not read and stream == TIMELINE and since:
                # What we knew as the newest is gone; what is the newest now?
                listed, known = self._access.page(stream, budget, call, **(about | FEWEST)), None
            settled = _settled(_ids(listed.page), started - SETTLING, known)
            budget.pay(things_charged(listed.page, place.met_at, started))
            left_at = Place(settled, started, started).to_json() if last else cursor
            # Where the list ends because X lists no more, something older may have been missed.
            yield self._batch(listed, left_at, complete=last and read < REACH[stream], own=stream == TIMELINE)

    def _search(self, search: Search, oldest: datetime, budget: Budget) -> Iterator[Listed]:
        """X searches back seven days, and refuses an id that is older."""
        about = {"query": search.query, **FIELDS}
        from_the_start = {**about, "start_time": oldest}
        reaches_back = search.since is None or id_time(search.since) < oldest
        onward = from_the_start if reaches_back else {**about, "since_id": search.since}
        call = self._client.search_recent_tweets
        return self._access.pages("search", budget, call, onward, from_the_start, "next_token")

    def _search_stands_in(self, place: Place, started: datetime) -> bool:
        """Whether this very run has searched for mentions already, and the list of them was read lately."""
        searched = self._searched_at is not None and timedelta(0) <= started - self._searched_at < 5 * EARLY
        return searched and place.read_at is not None and started - place.read_at < CALM - EARLY

    def _batch(self, listed: Listed, cursor: Cursor | None, *, complete: bool, own: bool = False) -> Batch:
        items, posts, quarantined = read_posts(listed.page, self._user_id, self._user_id if own else None)
        return Batch(items, cursor, complete, posts=posts, quarantined=quarantined, exchanges=listed.exchanges)


def _place(cursor: Cursor | None) -> Place:
    if not cursor or cursor.get("v") != 1:
        return Place()
    since_id = cursor.get("since_id")
    read_at, met_at = (read_moment(cursor.get(name)) for name in ("read_at", "met_at"))
    return Place(since_id if is_id(since_id) else None, read_at, met_at)


def _ids(page: Page) -> tuple[str, ...]:
    return tuple(raw["id"] for raw in page.posts if isinstance(raw, dict) and is_id(raw.get("id")))


def _settled(ids: tuple[str, ...], before: datetime, settled: str | None) -> str | None:
    """The newest id met so far that was made `before` then: from there the next run reads onward."""
    old = [post_id for post_id in ids if id_time(post_id) <= before]
    return max([*old, *([settled] if settled else [])], key=int, default=None)
