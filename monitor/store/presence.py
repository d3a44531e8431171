"""Whether an item is still there, by what reads met and by what the network says when asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update

from connectors.base import Verdict
from monitor.model import Presence
from monitor.store.engine import Transaction
from monitor.store.item_tables import Item
from monitor.store.portions import portions

CONFIRM_GONE_AFTER = timedelta(minutes=10)
"""Two reads this far apart must both miss an item before it is said to be gone."""


def meet(tx: Transaction, items: Sequence[Item], now: datetime) -> None:
    """Note that these were there at `now`, in a few statements for all of them."""
    for ids in portions([item.id for item in items]):
        met = update(Item).where(Item.id.in_(ids), Item.last_seen_at < now).values(last_seen_at=now)
        tx.execute(met.execution_options(synchronize_session=False))


def note_verdict(item: Item, verdict: Verdict, now: datetime) -> bool:
    """Take over what the network said when asked for this item by its id. True when it is now known to be gone."""
    item.asked_at = now
    if verdict is Verdict.PRESENT:
        mark_present(item, now)
    elif verdict is Verdict.UNKNOWN and item.gone_at is None:
        item.missing_since = None  # a suspicion the network will not confirm is none, and must not crowd out others
    return verdict is Verdict.GONE and mark_missing(item, now)


def mark_missing(item: Item, now: datetime) -> bool:
    """The network no longer has this item. True when that is now confirmed by a second read."""
    if item.missing_since is None:
        item.missing_since = now
    if item.gone_at is None and now - item.missing_since >= CONFIRM_GONE_AFTER:
        item.gone_at = item.missing_since
        return True
    return False


def mark_present(item: Item, now: datetime) -> None:
    """The network still has this item."""
    item.last_seen_at = max(item.last_seen_at, now)
    item.missing_since = item.gone_at = None


def presence(item: Item) -> Presence:
    """What the network shows of an item, by our last look."""
    return Presence.GONE if item.gone_at else Presence(item.shown)
