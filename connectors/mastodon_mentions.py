"""The statuses that mention the school on Mastodon, as its notifications tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.base import Batch
from connectors.budget import Budget
from connectors.errors import UnexpectedReply
from connectors.fetched import Exchange, FetchedItem, Quarantined, sorted_out
from connectors.json_api import Answer, NotThere
from connectors.listing_end import has_passed
from connectors.mastodon_server import IDS_AT_ONCE, MastodonServer
from connectors.mastodon_state import Mentions
from connectors.mastodon_wire import STATUS_ID, WHERE, Status, glance, moment, read_context, read_item, rows_of

WHAT = "mentions"
SETTLING = timedelta(minutes=10)
"""How long a notification is read again: two made at once may become visible in the other order."""
FOLLOWED_FOR = timedelta(days=7)
FOLLOWED_EVERY = timedelta(hours=22)
ROWS_AT_ONCE = 80
FEWEST_AT_ONCE = 15
"""No server pages by fewer, so a page with fewer rows is the last."""

_Items = tuple[tuple[FetchedItem, ...], tuple[Quarantined, ...]]


def fetch_mentions(server: MastodonServer, state: Mentions, lookback: timedelta, budget: Budget) -> Iterator[Batch]:
    """Read on from where `state` stands; at first backward from the newest through the look-back.

    Backward the cursor moves only when all was read. Raises a ConnectorError.
    """
    started = server.now()
    if not server.know_me(state.me, budget):
        state = Mentions(me=server.me)
    onward, settled = state.min_id is not None, state.min_id
    for answer, rows, odd in _pages(server, state.min_id, started - lookback, budget):
        (items, bad), more = _read(server, rows, state, budget)
        for row in rows:
            made_at = moment(row.get("created_at"))
            if made_at and made_at <= started - SETTLING:
                settled = max(settled or "", str(row["id"]), key=in_order)
        if onward:
            state.min_id = settled
        left_at = state.to_json() if onward else None
        yield Batch(items, left_at, False, (), (*bad, *odd), (answer.exchange, *more))
    state.min_id = settled
    yield from _read_followed(server, state, started, budget)
    yield Batch((), state.to_json(), complete=True)


def in_order(row_id: str) -> tuple[int, str]:
    """Ids are numbers of growing length, or words of one length: so they sort either way."""
    return len(row_id), row_id


def _pages(
    server: MastodonServer, min_id: str | None, oldest: datetime, budget: Budget
) -> Iterator[tuple[Answer, list[dict[str, Any]], list[Quarantined]]]:
    """Notifications of mentions: onward from `min_id`, or backward from the newest to `oldest`.

    With each answer come the mentions in it, and what in it is no notification.
    """
    way, position = ("max_id", None) if min_id is None else ("min_id", min_id)
    met: set[str] = set()
    while True:
        query: dict[str, Any] = {"types[]": ["mention"], "limit": ROWS_AT_ONCE}
        query |= {way: position} if position else {}
        answer = server.get("/api/v1/notifications", query, WHAT, budget)
        listed = rows_of(answer.payload, WHAT)
        rows = [row for row in listed if _is_notification(row)]
        odd = [Quarantined(row, "a notification is none") for row in listed if not _is_notification(row)]
        ids = [row["id"] for row in rows]
        if ids and met.issuperset(ids):
            raise UnexpectedReply(f"{WHERE}, {WHAT}: the list leads round in circles; the rest was not read")
        met.update(ids)
        yield answer, [row for row in rows if row["type"] == "mention"], odd
        moments = [moment(row.get("created_at")) for row in rows]
        if len(listed) < FEWEST_AT_ONCE or not ids or (min_id is None and has_passed(moments, oldest)):
            return
        position = (min if min_id is None else max)(ids, key=in_order)


def _is_notification(row: Any) -> bool:
    has_both = isinstance(row, dict) and all(isinstance(row.get(name), str) for name in ("id", "type"))
    return has_both and STATUS_ID.fullmatch(row["id"]) is not None


def _read(
    server: MastodonServer, rows: Sequence[Mapping[str, Any]], state: Mentions, budget: Budget
) -> tuple[_Items, tuple[Exchange, ...]]:
    """The statuses of these notifications as items, and what was asked to place them.

    A status under one of the school's own says whose it replies to, not whether that is a post or itself a reply.
    """
    raws = [row.get("status") for row in sorted(rows, key=lambda row: in_order(row["id"]))]
    exchanges = _place_parents(server, [each for each in map(glance, raws) if each], state, budget)
    items: list[FetchedItem | Quarantined] = []
    for raw in raws:
        status = glance(raw)
        if status is None:
            items.append(Quarantined(raw, "a mention came without a status that has an id"))
        elif not status.is_message:
            root = state.roots.get(status.parent_id or "") or state.roots.get(status.id)
            state.roots[status.id] = root or ""
            items.append(read_item(raw, root or None))
            if not root:
                _follow(status, state)
    return sorted_out(items), exchanges


def _place_parents(
    server: MastodonServer, statuses: Sequence[Status], state: Mentions, budget: Budget
) -> tuple[Exchange, ...]:
    """Find out, for own statuses that were replied to, whether they are posts; what was asked for that."""
    asked = {each.parent_id for each in statuses if each.parent_id and each.parent_author_id == state.me}
    unknown = sorted(asked - state.roots.keys())
    exchanges: tuple[Exchange, ...] = ()
    for start in range(0, len(unknown), IDS_AT_ONCE):
        ids = unknown[start : start + IDS_AT_ONCE]
        found, received = server.by_ids(ids, budget)
        exchanges += received
        for each in ids:
            parent = glance(found.get(each))
            above = parent.parent_id if parent else ""
            state.roots[each] = each if above is None else state.roots.get(above, "")
    return exchanges


def _follow(status: Status, state: Mentions) -> None:
    """Read it again by its id for a few days: it stands in no thread of the school's that we know of."""
    if status.created_at and status.author_id != state.me:
        replies = state.followed.get(status.id, (0, 0))[1]
        state.followed[status.id] = (int(status.created_at.timestamp()), replies)


def _read_followed(server: MastodonServer, state: Mentions, started: datetime, budget: Budget) -> Iterator[Batch]:
    """Once a day: edits of what stands in no thread of ours, and what was said below it since."""
    if state.followed_at is None:
        state.followed_at = started
    if started - state.followed_at < FOLLOWED_EVERY:
        return
    oldest = int((started - FOLLOWED_FOR).timestamp())
    state.followed = {key: value for key, value in state.followed.items() if value[0] >= oldest}
    followed = list(state.followed)
    for start in range(0, len(followed), IDS_AT_ONCE):
        ids = followed[start : start + IDS_AT_ONCE]
        found, exchanges = server.by_ids(ids, budget)
        state.followed = {key: value for key, value in state.followed.items() if key not in ids or key in found}
        items, bad = sorted_out([read_item(found[each], None) for each in ids if each in found])
        yield Batch(items, state.to_json(), False, (), bad, exchanges)
        for status in [glance(found[each]) for each in ids if each in found]:
            if status and status.replies is not None and status.replies > state.followed[status.id][1]:
                yield from _read_below(server, status, state, budget)
    state.followed_at = started


def _read_below(server: MastodonServer, status: Status, state: Mentions, budget: Budget) -> Iterator[Batch]:
    try:
        answer = server.get(f"/api/v1/statuses/{status.id}/context", {}, "thread", budget)
    except NotThere:
        return
    _, below = read_context(answer.payload, "thread")
    statuses = [each for each in map(glance, below) if each and not each.is_message]
    for each in statuses:
        _follow(each, state)
    state.followed[status.id] = (state.followed[status.id][0], status.replies or 0)
    items, bad = sorted_out([read_item(each.raw, None) for each in statuses])
    yield Batch(items, state.to_json(), False, (), bad, (answer.exchange,))
