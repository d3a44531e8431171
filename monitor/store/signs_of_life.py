"""When the school last said something on an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Post, Reply
from monitor.store.school_tables import Account


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
