"""Recognising words as the school's own after they were kept as somebody else's.

That happens when an item first came without its author, or when a mistyped page id was put right in the
configuration. What was kept as a Comment becomes the Reply it always was, and its thread is put together again.
"""

from __future__ import annotations

from sqlalchemy import select, update

from monitor.store import threads
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Item
from monitor.store.school_tables import Account


def own_words(tx: Transaction, account: Account) -> None:
    """Turn every Comment whose author is the school itself into a Reply. Objects loaded before are stale after."""
    tx.flush()
    mine = select(Comment.id, Comment.thread_key).where(
        Comment.account_id == account.id, Comment.author_id.in_(account.own_ids)
    )
    found = tx.execute(mine).all()
    if not found:
        return
    tx.execute(
        update(Item)
        .where(Item.id.in_([row.id for row in found]))
        .values(type="reply", due_at=None)
        .execution_options(synchronize_session=False)
    )
    tx.expunge_all()  # a loaded object cannot change its class
    threads.link_answers(tx, account, {row.thread_key for row in found})
