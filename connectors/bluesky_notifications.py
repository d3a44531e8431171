"""What Bluesky notifies the school of: replies, mentions and quotes.

Not everything: a reply sent within milliseconds of its parent, or more than five levels below the school's words, is
told to nobody, and one that is dated back is listed in the past. Threads, read by their address, are the whole truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors import thread_pace
from connectors.base import Batch
from connectors.bluesky_server import BlueskyServer, in_pieces
from connectors.bluesky_state import Notifications
from connectors.bluesky_threads import whole_thread
from connectors.bluesky_wire import WHERE, cursor_of, glance, moment, read_item, rows_of
from connectors.budget import Budget
from connectors.errors import UnexpectedReply
from connectors.fetched import Quarantined, sorted_out
from connectors.json_api import Answer, NotThere
from connectors.listing_end import has_passed

WHAT = "notifications"
REASONS = ("reply", "mention", "quote")
OVERLAP = timedelta(minutes=30)
ROWS_AT_ONCE = 100
URIS_AT_ONCE = 25
FOLLOWED_FOR = timedelta(days=7)
FOLLOWED_EVERY = timedelta(hours=12)


def fetch_notifications(
    server: BlueskyServer, state: Notifications, lookback: timedelta, budget: Budget
) -> Iterator[Batch]:
    """Read from the newest back to where the last run began. Raises a ConnectorError.

    The newest come first, so the cursor moves only when all was read.
    """
    started, me = server.now(), server.me(budget).did
    before = state.to_json() if state.me == me else None
    if state.me != me:
        state = Notifications(me=me)
    oldest = started - lookback if state.since is None else state.since - OVERLAP
    for answer, rows, odd in _pages(server, oldest, budget):
        items, bad = sorted_out([read_item(row, me, started) for row in rows])
        elsewhere = {item.remote_id: item for item in items if item.post_remote_id is None and item.author_id != me}
        for row in rows:
            item = elsewhere.get(str(row.get("uri")))
            if item and row.get("reason") != "reply":
                state.followed[item.remote_id] = int(item.created_at.timestamp())
        yield Batch(items, before, False, (), (*bad, *odd), (answer.exchange,))
    state.since = started
    yield from _read_followed(server, state, started, budget)
    yield Batch((), state.to_json(), complete=True)


def _pages(
    server: BlueskyServer, oldest: datetime, budget: Budget
) -> Iterator[tuple[Answer, list[Mapping[str, Any]], list[Quarantined]]]:
    """Page by page back to `oldest`: the answer, what it tells of, and what in it is no notification."""
    query: dict[str, Any] = {"limit": str(ROWS_AT_ONCE), "reasons": list(REASONS)}
    cursors: set[str] = set()
    while True:
        answer = server.get("app.bsky.notification.listNotifications", query, WHAT, budget)
        listed = rows_of(answer.payload, "notifications", WHAT)
        rows = [row for row in listed if _is_notification(row)]
        odd = [Quarantined(row, "a notification is none") for row in listed if not _is_notification(row)]
        yield answer, [row for row in rows if row["reason"] in REASONS and _is_of(row, oldest)], odd
        # A page may be short, or empty, and not the last; only a missing cursor ends the list.
        cursor = cursor_of(answer.payload)
        if cursor is None or has_passed([moment(row.get("indexedAt")) for row in rows], oldest):
            return
        if cursor in cursors:
            raise UnexpectedReply(f"{WHERE}, {WHAT}: the list leads round in circles; the rest was not read")
        cursors.add(cursor)
        query["cursor"] = cursor


def _is_notification(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("reason"), str)


def _is_of(row: Mapping[str, Any], oldest: datetime) -> bool:
    """Whether a row is not older than what is read; one whose age cannot be told is not."""
    at = moment(row.get("indexedAt"))
    return at is None or at >= oldest


def _read_followed(server: BlueskyServer, state: Notifications, started: datetime, budget: Budget) -> Iterator[Batch]:
    """Now and then, what was said under a mention or a quote: nobody tells the school of that."""
    if state.followed_at is None:
        state.followed_at = started
    if started - state.followed_at < FOLLOWED_EVERY:
        return
    oldest = int((started - FOLLOWED_FOR).timestamp())
    state.followed = {uri: at for uri, at in state.followed.items() if at >= oldest}
    state.book.keep_only(state.followed)
    for uris in in_pieces(list(state.followed), URIS_AT_ONCE):
        answer = server.get("app.bsky.feed.getPosts", {"uris": list(uris)}, "posts by address", budget)
        posts = rows_of(answer.payload, "posts", "posts by address")
        items, bad = sorted_out([read_item(post, state.me, started) for post in posts])
        yield Batch(items, state.to_json(), False, (), bad, (answer.exchange,))
        for seen in filter(None, map(glance, posts)):
            if thread_pace.is_due(state.book.threads.get(seen.uri), seen.replies, started):
                yield from _read_below(server, state, seen.uri, seen.replies, started, budget)
    state.followed_at = started


def _read_below(
    server: BlueskyServer, state: Notifications, uri: str, count: int | None, started: datetime, budget: Budget
) -> Iterator[Batch]:
    moments: list[datetime] = []
    try:
        for answer, thread, last in whole_thread(server, uri, budget):
            items, bad = sorted_out([read_item(post, state.me, started) for post in thread.posts])
            moments += [item.created_at for item in items]
            if last:
                thread_pace.note(state.book, uri, count, started, moments)
            yield Batch(items, state.to_json(), False, (), (*bad, *thread.odd), (answer.exchange,))
    except NotThere:
        return
