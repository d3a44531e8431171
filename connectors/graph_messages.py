"""Reads direct messages from the Graph API, on Messenger and on Instagram: one call where nothing was written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from connectors.base import Batch
from connectors.budget import Budget
from connectors.fetched import Exchange, FetchedItem, Quarantined, sorted_out
from connectors.graph import Graph
from connectors.graph_errors import ObjectMissing
from connectors.graph_listing import Place, all_before, always
from connectors.graph_messages_wire import Talk, is_before, read_messages, read_talks

OVERLAP = timedelta(hours=1)
"""How far before the last complete read messages are read again, for late arrivals."""
TALKS_AT_ONCE = 25
NEWEST = 20
"""Messages that come with a conversation; of older ones Instagram tells no more than the time."""
MESSAGES_AT_ONCE = 50
_FIELDS = "id,message,from,to,created_time,attachments,sticker,shares"


def fetch_messages(
    graph: Graph,
    path: str,
    platform: str,
    own_id: str,
    place: Place,
    lookback: timedelta,
    budget: Budget,
    started: datetime,
) -> Iterator[Batch]:
    """Every message since the last complete read. The conversation last written in comes first.

    `path`: the list of conversations. Raises a ConnectorError.
    """
    back_to = (place.since or started - lookback) - OVERLAP
    fields = _FIELDS + (",story" if platform == "instagram" else "")

    def talks_with(limit: int) -> dict[str, str]:
        newest = f"messages.limit({min(limit, NEWEST)}){{{fields}}}"
        return {"platform": platform, "fields": f"id,updated_time,{newest}"}

    for page, exchanges in graph.pages(path, talks_with, TALKS_AT_ONCE, budget):
        talks, odd = read_talks(page, graph.where, own_id)
        everything = tuple(message for talk in talks for message in talk.messages)
        yield _batch(everything, odd, exchanges)
        for talk in talks:
            if not talk.reaches(back_to) and not all_before([talk.updated_at], back_to):
                yield from _older(graph, talk, fields, own_id, back_to, budget)
        if all_before([talk.updated_at for talk in talks], back_to):
            break
    yield Batch((), Place(started).cursor(), complete=True)


def _older(graph: Graph, talk: Talk, fields: str, own_id: str, back_to: datetime, budget: Budget) -> Iterator[Batch]:
    """What was said in one conversation before the messages that came with it."""
    try:
        for page, exchanges in graph.pages(
            f"{talk.talk_id}/messages", always({"fields": fields}), MESSAGES_AT_ONCE, budget, talk.following
        ):
            messages = read_messages(page, talk.talk_id, own_id)
            yield _batch(messages, (), exchanges)
            if is_before(messages, back_to):
                return
    except ObjectMissing:
        return  # the conversation was deleted since it was listed


def _batch(
    messages: tuple[FetchedItem | Quarantined, ...], odd: tuple[Quarantined, ...], exchanges: tuple[Exchange, ...]
) -> Batch:
    """A page of messages. The cursor stays where it is until all was read."""
    items, bad = sorted_out(messages)
    return Batch(items, None, False, quarantined=(*odd, *bad), exchanges=exchanges)
