"""Who is kept out of a case, because it is about them."""

from __future__ import annotations

from sqlalchemy import select

from monitor.store.engine import Transaction
from monitor.store.handling_tables import Exclusion
from monitor.store.tables import Comment


def kept_out(tx: Transaction, comment: Comment) -> frozenset[str]:
    """E-mail addresses, in small letters, of those who must not see a case."""
    in_force = (Exclusion.comment_id == comment.id, Exclusion.lifted_at.is_(None))
    return frozenset(tx.scalars(select(Exclusion.person).where(*in_force)))
