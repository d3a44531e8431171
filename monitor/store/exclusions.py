"""Who is kept out of which case."""

from __future__ import annotations

from sqlalchemy import select

from monitor.store.engine import Transaction
from monitor.store.handling_tables import Exclusion
from monitor.store.tables import Account, Comment, School


def kept_out(tx: Transaction, comment: Comment) -> frozenset[str]:
    """E-mail addresses, in small letters, of those who must not see this case."""
    mine = select(Exclusion.person).where(Exclusion.comment_id == comment.id, Exclusion.lifted_at.is_(None))
    return frozenset(tx.scalars(mine))


def hidden_from(tx: Transaction, school: School, person: str) -> frozenset[int]:
    """Numbers of the cases that the person with this e-mail address must not see."""
    wanted = (
        select(Exclusion.comment_id)
        .join(Comment, Comment.id == Exclusion.comment_id)
        .join(Account, Account.id == Comment.account_id)
        .where(Account.school_id == school.id, Exclusion.person == person.lower(), Exclusion.lifted_at.is_(None))
    )
    return frozenset(tx.scalars(wanted))
