"""Nothing we keep was written in the future: a network's clock may be wrong, and some let authors write their times.

A comment from the year 2099 would never be overdue, and would stand before all others until then. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from connectors.base import Batch
from connectors.fetched import FetchedItem

CLOCKS_DIFFER = timedelta(hours=2)
"""So far ahead of our own clock a time may lie: ours may be wrong too, by an hour in the wrong zone."""


def in_time(batch: Batch, now: datetime) -> Batch:
    """A page in which nothing is of later than `now` (aware): what was, counts as written when we met it.

    The payload keeps the time as the network gave it. A post of the school's own simply has no time then.
    """
    latest = now + CLOCKS_DIFFER
    return replace(
        batch,
        items=tuple(_bounded(item, now, latest) for item in batch.items),
        posts=tuple(
            replace(post, created_at=None) if post.created_at and post.created_at > latest else post
            for post in batch.posts
        ),
    )


def _bounded(item: FetchedItem, now: datetime, latest: datetime) -> FetchedItem:
    if item.created_at > latest:
        item = replace(item, created_at=now)
    if item.edited_at is not None and item.edited_at > latest:
        item = replace(item, edited_at=now)
    return item
