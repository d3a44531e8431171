"""When the school last said something on an account, and which people's mail does not arrive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from monitor.store.engine import Transaction
from monitor.store.outbox import REFUSED
from monitor.store.tables import Account, Comment, Delivery, Post, Reply, School


def last_own_words_at(tx: Transaction, account: Account) -> datetime | None:
    """When the school's newest post or reply was published, of those we met; None: we met none.

    On networks where others can begin a thread in the school's place, what they began is no post of the school.
    """
    begun_by_others = select(Comment.remote_id).where(
        Comment.account_id == account.id, Comment.remote_id == Post.remote_id
    )
    posted = tx.scalar(
        select(func.max(Post.created_at)).where(Post.account_id == account.id, ~begun_by_others.exists())
    )
    answered = tx.scalar(
        select(Reply.created_at).where(Reply.account_id == account.id).order_by(Reply.created_at.desc()).limit(1)
    )
    return max(filter(None, (posted, answered)), default=None)


def refused_since(tx: Transaction, school: School, since: datetime) -> frozenset[str]:
    """Addresses, in small letters, whose newest mail settled since then was refused for good."""
    settled = tx.execute(
        select(Delivery.recipient, Delivery.sent_at, Delivery.closed_at, Delivery.outcome).where(
            Delivery.school_id == school.id, (Delivery.sent_at >= since) | (Delivery.closed_at >= since)
        )
    )
    newest: dict[str, tuple[datetime, bool]] = {}
    for recipient, sent_at, closed_at, outcome in settled:
        is_refused = sent_at is None and (outcome or "").startswith(REFUSED)
        at = closed_at if is_refused else sent_at
        if at is None:  # found not to be needed: nobody tried
            continue
        if recipient.lower() not in newest or newest[recipient.lower()][0] <= at:
            newest[recipient.lower()] = (at, is_refused)
    return frozenset(recipient for recipient, (_, is_refused) in newest.items() if is_refused)
