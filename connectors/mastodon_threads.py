"""The school's own statuses on Mastodon, and everything said under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connectors import thread_pace
from connectors.base import Batch
from connectors.budget import Budget
from connectors.errors import UnexpectedReply
from connectors.fetched import Exchange, Quarantined, sorted_out
from connectors.json_api import Answer, NotThere
from connectors.listing_end import has_passed
from connectors.mastodon_server import IDS_AT_ONCE, MastodonServer
from connectors.mastodon_state import Threads
from connectors.mastodon_wire import WHERE, Status, glance, read_context, read_item, read_post, rows_of

WHAT = "own statuses"
WIDELY_EVERY = timedelta(hours=22)
"""How often own statuses are listed as far back as the look-back goes."""
OVERLAP = timedelta(hours=2)
ROWS_AT_ONCE = 40
FEWEST_AT_ONCE = 15
"""No server pages by fewer, so a page with fewer rows is the last."""
WHOLE_CONTEXT = 4096
"""As many descendants as Mastodon gives to somebody signed in; a thread that long may be longer."""


def fetch_threads(server: MastodonServer, state: Threads, lookback: timedelta, budget: Budget) -> Iterator[Batch]:
    """List what the school published and read the threads whose turn it is. Raises a ConnectorError.

    What was read of each thread goes into the cursor together with its items.
    """
    started = server.now()
    if not server.know_me(state.me, budget):
        state = Threads(me=server.me)
    widely = state.widely_at is None or started - state.widely_at >= WIDELY_EVERY
    oldest = started - lookback
    if not widely and state.listed_at is not None:
        oldest = max(oldest, state.listed_at - OVERLAP)
    own: dict[str, Status] = {}
    listed_in: dict[str, Exchange] = {}
    for answer, statuses, odd in _own_statuses(server, oldest, budget):
        posts = [each for each in statuses if each.parent_id is None]
        _place_under_what_is_known(state, statuses)
        placed = [each for each in statuses if each.parent_id is not None and each.id in state.roots]
        items, bad = sorted_out([read_item(each.raw, state.roots[each.id] or None) for each in placed])
        own |= {each.id: each for each in statuses}
        listed_in |= {each.id: answer.exchange for each in statuses if each.parent_id is not None}
        yield Batch(items, state.to_json(), False, tuple(map(read_post, posts)), (*bad, *odd), (answer.exchange,))
    if widely:
        state.book.keep_only(own)
        state.roots = {key: root for key, root in state.roots.items() if key in own}
        state.met = {key: ids for key, ids in state.met.items() if key in own}
    for status in own.values():
        last = state.book.threads.get(status.id)
        if status.parent_id is None and thread_pace.is_due(last, status.replies, started):
            yield from _read_post(server, state, status, started, budget)
    for status in own.values():
        if _is_reply_due(state, status, started):
            yield from _read_reply(server, state, status, listed_in[status.id], started, budget)
    yield from _read_strays(server, state, started, lookback, budget)
    state.listed_at = started
    if widely:
        state.widely_at = started
    yield Batch((), state.to_json(), complete=True)


def _place_under_what_is_known(state: Threads, statuses: Sequence[Status]) -> None:
    """Find under which post own replies stand, where what they reply to was met there."""
    where = {each: post_id for post_id, ids in state.met.items() for each in (post_id, *ids)}
    for status in reversed(statuses):  # the oldest first: the school replies to itself as well
        root = where.get(status.parent_id or "") or state.roots.get(status.parent_id or "")
        if status.parent_id is not None and root and status.id not in state.roots:
            state.roots[status.id] = root


def _own_statuses(
    server: MastodonServer, oldest: datetime, budget: Budget
) -> Iterator[tuple[Answer, list[Status], list[Quarantined]]]:
    """The school's own statuses, newest first, back to `oldest`, without boosts: those are other people's words."""
    met: set[str] = set()
    query = {"limit": str(ROWS_AT_ONCE), "exclude_reblogs": "true"}
    while True:
        answer = server.get(f"/api/v1/accounts/{server.me}/statuses", query, WHAT, budget)
        rows = rows_of(answer.payload, WHAT)
        seen = [each for each in map(glance, rows) if each]
        if seen and met.issuperset(each.id for each in seen):
            raise UnexpectedReply(f"{WHERE}, {WHAT}: the list leads round in circles; the rest was not read")
        met.update(each.id for each in seen)
        odd = [Quarantined(row, "a status has no id") for row in rows if glance(row) is None]
        own = [each for each in seen if each.author_id == server.me and not each.is_boost and not each.is_message]
        yield answer, own, odd
        if len(rows) < FEWEST_AT_ONCE or not seen or has_passed([each.created_at for each in seen], oldest):
            return
        query["max_id"] = seen[-1].id


def _is_reply_due(state: Threads, reply: Status, started: datetime) -> bool:
    """Whether to read below an own reply on its own: we know not yet where it stands, or it is somebody else's
    thread."""
    if reply.parent_id is None:
        return False
    root = state.roots.get(reply.id)
    return root is None or (not root and thread_pace.is_due(state.book.threads.get(reply.id), reply.replies, started))


def _read_post(
    server: MastodonServer, state: Threads, post: Status, started: datetime, budget: Budget
) -> Iterator[Batch]:
    """Everything below one post of the school."""
    try:
        answer = server.get(f"/api/v1/statuses/{post.id}/context", {}, "thread", budget)
    except NotThere:  # deleted since it was listed; what hung below it is asked for by id
        yield Batch((), state.to_json(), False, whole_threads=(post.id,))
        return
    _, below = read_context(answer.payload, "thread")
    items, bad = sorted_out([read_item(row, post.id) for row in _public(below)])
    ids = {item.remote_id: item for item in items}
    gone = [each for each in state.met.get(post.id, ()) if each not in ids]
    mine = [each for each, item in ids.items() if item.author_id == server.me]
    state.roots |= dict.fromkeys(mine, post.id)
    state.strays = {each: root for each, root in state.strays.items() if each not in ids}
    state.strays |= dict.fromkeys(gone, post.id)
    state.met[post.id] = list(ids)
    moments = [at for item in items for at in (item.created_at, item.edited_at) if at]
    # The count is the list's, though this answer is newer: what came in between moves it again.
    thread_pace.note(state.book, post.id, post.replies, started, [started] if gone else moments)
    counted = sum(each.replies or 0 for each in (post, *map(glance, below)) if each)
    posts = (replace(read_post(post), comment_count=counted),)
    whole = (post.id,) if len(below) < WHOLE_CONTEXT else ()
    yield Batch(items, state.to_json(), False, posts, bad, (answer.exchange,), whole)


def _read_reply(
    server: MastodonServer, state: Threads, reply: Status, listed_in: Exchange, started: datetime, budget: Budget
) -> Iterator[Batch]:
    """An own reply, and what stands below it. What stands above it tells whose thread it is in."""
    try:
        answer = server.get(f"/api/v1/statuses/{reply.id}/context", {}, "thread", budget)
    except NotThere:  # deleted since it was listed
        return
    above, below = read_context(answer.payload, "thread")
    top = glance(above[0]) if above else None
    root = top.id if top and top.author_id == server.me and top.parent_id is None else ""
    items, bad = sorted_out([read_item(row, root or None) for row in (reply.raw, *_public(below))])
    state.roots |= {item.remote_id: root for item in items if item.author_id == server.me}
    moments = [at for item in items for at in (item.created_at, item.edited_at) if at]
    thread_pace.note(state.book, reply.id, reply.replies, started, moments)
    yield Batch(items, state.to_json(), False, (), bad, (listed_in, answer.exchange))


def _read_strays(
    server: MastodonServer, state: Threads, started: datetime, lookback: timedelta, budget: Budget
) -> Iterator[Batch]:
    """Once a day, by id: what lost its place when something above it was deleted can still be edited."""
    if not state.strays or (state.strays_at and started - state.strays_at < WIDELY_EVERY):
        return
    strays = list(state.strays)
    for start in range(0, len(strays), IDS_AT_ONCE):
        ids = strays[start : start + IDS_AT_ONCE]
        found, exchanges = server.by_ids(ids, budget)
        items, bad = sorted_out([read_item(found[each], state.strays[each]) for each in ids if each in found])
        lasting = {item.remote_id for item in items if item.created_at >= started - lookback}
        state.strays = {each: root for each, root in state.strays.items() if each not in ids or each in lasting}
        yield Batch(items, state.to_json(), False, (), bad, exchanges)
    state.strays_at = started


def _public(rows: Sequence[Any]) -> list[Any]:
    """Without direct messages, which may stand in a thread as well."""
    return [row for row in rows if not ((status := glance(row)) and status.is_message)]
