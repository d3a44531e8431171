"""What is held, counted: to set beside what a network counts, and to know that an empty answer cannot be true."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select

from monitor.store.engine import Transaction
from monitor.store.item_tables import Item, Post
from monitor.store.portions import portions
from monitor.store.reading_tables import Read
from monitor.store.school_tables import Account

A_FEW = 20


def held_under(tx: Transaction, account: Account, post_ids: Iterable[str]) -> int:
    """How many comments and replies we hold under these posts that we have not seen to be gone."""
    held = 0
    for some in portions(sorted(post_ids)):
        counted = select(func.count()).where(
            Item.account_id == account.id, Item.post_remote_id.in_(some), Item.gone_at.is_(None)
        )
        held += tx.scalar(counted) or 0
    return held


def showed_anything_since(tx: Transaction, account: Account, stream: str, since: datetime) -> bool:
    """Whether a read of this very stream since then met a post or an item."""
    read = select(Read.id).where(
        Read.account_id == account.id,
        Read.stream == stream,
        Read.started_at >= since,
        or_(Read.items > 0, Read.posts > 0),
    )
    return tx.scalar(read.limit(1)) is not None


def posts_seen_since(tx: Transaction, account: Account, since: datetime) -> list[str]:
    """Ids of a few posts that an answer showed since then."""
    seen = select(Post.remote_id).where(Post.account_id == account.id, Post.last_seen_at >= since)
    return list(tx.scalars(seen.order_by(Post.last_seen_at.desc()).limit(A_FEW)))


def items_seen_since(tx: Transaction, account: Account, since: datetime) -> list[str]:
    """Ids of a few items that an answer showed since then and that are not known to be gone, newest first."""
    there = select(Item.remote_id).where(
        Item.account_id == account.id,
        Item.created_at >= since,
        Item.last_seen_at >= since,
        Item.gone_at.is_(None),
        Item.erased_at.is_(None),
    )
    return list(tx.scalars(there.order_by(Item.created_at.desc()).limit(A_FEW)))
