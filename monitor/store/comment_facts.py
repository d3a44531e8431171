"""Single facts about given comments, asked for many at once: deadlines, replies, times, never words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select

from monitor.store.engine import Transaction
from monitor.store.item_tables import Answer, Comment, Reply
from monitor.store.portions import portions


def due_at(tx: Transaction, accounts: Collection[int], ids: Iterable[int]) -> dict[int, datetime]:
    """Deadlines of those of these comments that have one."""
    found: dict[int, datetime] = {}
    for some in portions(sorted(set(ids))):
        rows = tx.execute(
            select(Comment.id, Comment.due_at).where(
                Comment.id.in_(some), Comment.account_id.in_(sorted(accounts)), Comment.due_at.is_not(None)
            )
        )
        found.update({number: due for number, due in rows if due is not None})
    return found


def replies_to(tx: Transaction, ids: Iterable[int]) -> dict[int, list[tuple[datetime, str]]]:
    """By comment: when the school replied, and where the reply stands: its address, or else its number."""
    found: dict[int, list[tuple[datetime, str]]] = {}
    for some in portions(sorted(set(ids))):
        rows = tx.execute(
            select(Answer.comment_id, Reply.created_at, Reply.permalink, Reply.id)
            .join(Reply, Reply.id == Answer.reply_id)
            .where(Answer.comment_id.in_(some))
            .order_by(Reply.created_at, Reply.id)
        )
        for comment, at, link, number in rows:
            found.setdefault(comment, []).append((at, link or f"reply {number}"))
    return found


def derivations(tx: Transaction, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """By comment: how its deadline was worked out, in words."""
    found: dict[int, tuple[str, ...]] = {}
    for some in portions(sorted(set(ids))):
        rows = tx.execute(select(Comment.id, Comment.derivation).where(Comment.id.in_(some)))
        found.update({number: tuple(steps or ()) for number, steps in rows})
    return found


def in_public(tx: Transaction, ids: Iterable[int]) -> list[tuple[int, str, datetime]]:
    """Account id, kind and own time of each of these comments, oldest first."""
    found: list[tuple[int, str, datetime]] = []
    for some in portions(sorted(set(ids))):
        rows = tx.execute(select(Comment.account_id, Comment.kind, Comment.created_at).where(Comment.id.in_(some)))
        found += [(account, kind, at) for account, kind, at in rows]
    return sorted(found, key=lambda each: each[2])


def known_by(tx: Transaction, ids: Iterable[int], moment: datetime) -> set[int]:
    """Those of these comments that we had met by then."""
    found: set[int] = set()
    for some in portions(sorted(set(ids))):
        found.update(tx.scalars(select(Comment.id).where(Comment.id.in_(some), Comment.first_seen_at <= moment)))
    return found
