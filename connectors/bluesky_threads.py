"""The school's own posts on Bluesky, and everything said under them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from connectors import thread_pace
from connectors.base import Batch
from connectors.bluesky_server import BlueskyServer
from connectors.bluesky_state import Threads
from connectors.bluesky_wire import (
    WHERE,
    Seen,
    Thread,
    by,
    cursor_of,
    glance,
    read_item,
    read_post,
    read_thread,
    rows_of,
)
from connectors.budget import Budget
from connectors.errors import UnexpectedReply
from connectors.fetched import Quarantined, sorted_out
from connectors.json_api import Answer, NotThere
from connectors.listing_end import has_passed

WHAT = "own posts"
WIDELY_EVERY = timedelta(hours=22)
"""How often own posts are listed as far back as the look-back goes."""
OVERLAP = timedelta(hours=2)
ROWS_AT_ONCE = 100
DEPTH = 100
"""Replies to replies in one answer. A thousand would be allowed, and be nested too deeply to be read."""


def fetch_threads(server: BlueskyServer, state: Threads, lookback: timedelta, budget: Budget) -> Iterator[Batch]:
    """List what the school posted and read the threads whose turn it is. Raises a ConnectorError.

    What was read of each thread goes into the cursor together with its last items.
    """
    started, me = server.now(), server.me(budget).did
    if state.me != me:
        state = Threads(me=me)
    widely = state.widely_at is None or started - state.widely_at >= WIDELY_EVERY
    oldest = started - lookback
    if not widely and state.listed_at is not None:
        oldest = max(oldest, state.listed_at - OVERLAP)
    own: dict[str, Seen] = {}
    for answer, seen, odd in _own_posts(server, me, oldest, budget):
        posts = tuple(read_post(each, started) for each in seen if each.parent is None)
        replies = [read_item(each.raw, me, started) for each in seen if each.parent is not None]
        items, bad = sorted_out(replies)
        own |= {each.uri: each for each in seen}
        yield Batch(items, state.to_json(), False, posts, (*bad, *odd), (answer.exchange,))
    if widely:
        state.book.keep_only(own)
        state.gates = {uri: gate for uri, gate in state.gates.items() if uri in own}
    for post in own.values():
        if _is_due(state, post, me, started):
            yield from _read(server, state, post, started, budget)
    state.listed_at = started
    if widely:
        state.widely_at = started
    yield Batch((), state.to_json(), complete=True)


def whole_thread(server: BlueskyServer, uri: str, budget: Budget) -> Iterator[tuple[Answer, Thread, bool]]:
    """Every answer it takes to see all of a thread, and whether it is the last. Raises NotThere when it is gone."""
    waiting, asked = [uri], {uri}
    while waiting:
        query = {"uri": waiting[0], "depth": DEPTH, "parentHeight": 0}
        try:
            answer = server.get("app.bsky.feed.getPostThread", query, "thread", budget)
        except NotThere:
            if waiting.pop(0) == uri:
                raise
            continue
        thread = read_thread(answer.payload, waiting.pop(0))
        further = [each for each in thread.cut_off if each not in asked]
        waiting += further
        asked.update(further)
        yield answer, thread, not waiting


def _own_posts(
    server: BlueskyServer, me: str, oldest: datetime, budget: Budget
) -> Iterator[tuple[Answer, list[Seen], list[Quarantined]]]:
    """The school's own posts and replies, newest first, back to `oldest`; what it reposted is others' words."""
    query = {"actor": me, "limit": str(ROWS_AT_ONCE), "filter": "posts_with_replies"}
    cursors: set[str] = set()
    while True:
        answer = server.get("app.bsky.feed.getAuthorFeed", query, WHAT, budget)
        rows = rows_of(answer.payload, "feed", WHAT)
        # What is no row at all is looked at like a row without a post; what was reposted is passed over.
        posts = [_post_of(row) for row in rows if not (isinstance(row, dict) and isinstance(row.get("reason"), dict))]
        seen = [each for each in map(glance, posts) if each and each.author == me]
        odd = [Quarantined(post, "a post has no address") for post in posts if glance(post) is None]
        yield answer, seen, odd
        cursor = cursor_of(answer.payload)
        if cursor is None or has_passed([each.at for each in seen], oldest):
            return
        if cursor in cursors:
            raise UnexpectedReply(f"{WHERE}, {WHAT}: the list leads round in circles; the rest was not read")
        cursors.add(cursor)
        query["cursor"] = cursor


def _post_of(row: object) -> object:
    """The post in a row of the feed, or the row itself where it has none."""
    post = row.get("post") if isinstance(row, dict) else None
    return row if post is None else post


def _is_due(state: Threads, post: Seen, me: str, started: datetime) -> bool:
    """Own replies in own threads are read with their thread; elsewhere, what stands below them is."""
    if by(post.root, me):
        return False
    moved = thread_pace.is_due(state.book.threads.get(post.uri), post.replies, started)
    return moved or state.gates.get(post.uri, "") != post.gate


def _read(server: BlueskyServer, state: Threads, post: Seen, started: datetime, budget: Budget) -> Iterator[Batch]:
    hidden, moments = post.hidden, []
    is_own_thread = post.root is None
    counts = {post.uri: post.replies or 0}
    try:
        for answer, thread, last in whole_thread(server, post.uri, budget):
            hidden |= thread.hidden
            read = [read_item(each, state.me, started, hidden) for each in thread.posts if _is_below(each, post)]
            items, bad = sorted_out(read)
            moments += [item.created_at for item in items]
            counts |= {each.uri: each.replies or 0 for each in map(glance, thread.posts) if each}
            if last:
                thread_pace.note(state.book, post.uri, post.replies, started, moments)
                state.gates[post.uri] = post.gate
            whole = (post.uri,) if last and is_own_thread else ()
            posts = tuple(replace(read_post(post, started), comment_count=sum(counts.values())) for _ in whole)
            yield Batch(items, state.to_json(), False, posts, (*bad, *thread.odd), (answer.exchange,), whole)
    except NotThere:  # deleted since it was listed; what hung below it is asked for by id
        if is_own_thread:
            yield Batch((), state.to_json(), False, whole_threads=(post.uri,))


def _is_below(raw: object, post: Seen) -> bool:
    return not (isinstance(raw, dict) and raw.get("uri") == post.uri)
