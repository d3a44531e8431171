"""What a network counts beside what we hold, post by post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from monitor.store.engine import Transaction
from monitor.store.item_tables import Item, Post
from monitor.store.school_tables import Account


@dataclass(frozen=True)
class PostCount:
    """One post: how many comments the network counted under it when it last showed it to us, at `seen_at`, and how
    many written until then we hold and did not know to be gone by then.

    `made_at`: when it was published; None: the network does not say.
    """

    made_at: datetime | None
    seen_at: datetime
    permalink: str
    counted: int
    held: int

    @property
    def missing(self) -> int:
        """How many the network counts and we do not hold. Some count direct replies only: then we hold more."""
        return max(0, self.counted - self.held)


def post_counts(tx: Transaction, account: Account, since: datetime) -> list[PostCount]:
    """The posts a network showed us since then and counts comments under, oldest first."""
    held = (
        select(func.count())
        .where(
            Item.account_id == account.id,
            Item.post_remote_id == Post.remote_id,
            Item.created_at <= Post.last_seen_at,
            or_(Item.gone_at.is_(None), Item.gone_at > Post.last_seen_at),
        )
        .correlate(Post)
        .scalar_subquery()
    )
    rows = tx.execute(
        select(Post.created_at, Post.last_seen_at, Post.permalink, Post.comment_count, held)
        .where(Post.account_id == account.id, Post.last_seen_at >= since, Post.comment_count.is_not(None))
        .order_by(Post.id)
    )
    return [PostCount(made, seen, link, counted, ours) for made, seen, link, counted, ours in rows]


def newest_item_at(tx: Transaction, account: Account) -> datetime | None:
    """When the newest comment or reply we hold was written; None: there is none."""
    return tx.scalar(select(func.max(Item.created_at)).where(Item.account_id == account.id))
