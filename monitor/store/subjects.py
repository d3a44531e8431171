"""Finding people in what is stored: who wrote what, who else is in a thread, where somebody is mentioned.

The network's id says who somebody is; a name shown is only a name, which several may bear and one may change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from monitor.store.engine import Transaction
from monitor.store.item_tables import Answer, Comment, Decision, Item, Post, Reply
from monitor.store.reading_tables import Quarantine
from monitor.store.school_tables import Account, School

PORTION = 500  # rows held in memory at a time
WORDS = ("audience", "school")
"""What stands among a decision's details in words of a person."""


@dataclass(frozen=True, order=True)
class Author:
    """Somebody on a network, by the id there. None: the network withholds it, and only a name is left."""

    network: str
    author_id: str | None
    name: str = ""


class Wrote(NamedTuple):
    """That somebody wrote a comment, and the name that stood above it."""

    network: str
    author_id: str | None
    name: str
    case: int


def who_wrote(tx: Transaction, school: School) -> list[Wrote]:
    """Who wrote each comment to the school, in the order of their numbers."""
    wanted = (
        select(Account.network, Comment.author_id, Comment.author_name, Comment.id)
        .join(Account, Account.id == Comment.account_id)
        .where(Account.school_id == school.id, Comment.erased_at.is_(None))
        .order_by(Comment.id)
    )
    return [Wrote(*row) for row in tx.execute(wanted)]


def thread(tx: Transaction, comment: Comment) -> Sequence[Item]:
    """Everything said in the thread of a comment, the comment itself included, with its versions."""
    return tx.scalars(
        select(Item)
        .where(
            Item.account_id == comment.account_id,
            Item.thread_key == comment.thread_key,
            Item.erased_at.is_(None),
        )
        .order_by(Item.id)
        .options(selectinload(Item.versions))
    ).all()


def own_names(tx: Transaction, account: Account) -> set[str]:
    """Names under which the school itself has spoken on an account."""
    wanted = select(Reply.author_name).where(Reply.account_id == account.id).distinct()
    return {account.label, account.identity, *tx.scalars(wanted)}


def items(tx: Transaction, school: School) -> Iterator[Item]:
    """Every comment and own reply that was not erased, with its versions, in the order of their numbers."""
    wanted = (
        select(Item)
        .join(Account, Account.id == Item.account_id)
        .where(Account.school_id == school.id, Item.erased_at.is_(None))
        .order_by(Item.id)
        .options(selectinload(Item.versions), selectinload(Item.account))
        .execution_options(yield_per=PORTION)
    )
    yield from tx.scalars(wanted)


def posts(tx: Transaction, school: School) -> Iterator[Post]:
    """Every post of the school."""
    wanted = (
        select(Post)
        .join(Account, Account.id == Post.account_id)
        .where(Account.school_id == school.id)
        .order_by(Post.id)
        .execution_options(yield_per=PORTION)
    )
    yield from tx.scalars(wanted)


def replies_to(tx: Transaction, case: int) -> Sequence[Reply]:
    """The school's replies that answer a comment, oldest first, with their versions."""
    return tx.scalars(
        select(Reply)
        .join(Answer, Answer.reply_id == Reply.id)
        .where(Answer.comment_id == case, Reply.erased_at.is_(None))
        .order_by(Reply.created_at, Reply.id)
        .options(selectinload(Reply.versions))
    ).all()


def decisions(tx: Transaction, school: School) -> Sequence[Decision]:
    """Every decision of the school's moderators, in the order they were made."""
    return tx.scalars(
        select(Decision)
        .join(Comment, Comment.id == Decision.comment_id)
        .join(Account, Account.id == Comment.account_id)
        .where(Account.school_id == school.id)
        .order_by(Decision.id)
    ).all()


def said_by(decision: Decision) -> str:
    """All the words a person wrote down with a decision."""
    details = decision.details if isinstance(decision.details, dict) else {}
    return " ".join([decision.why, *(str(details[key]) for key in WORDS if details.get(key))])


def unreadable(tx: Transaction, school: School) -> Iterator[str]:
    """Every item that could not be read, as it came."""
    wanted = (
        select(Quarantine.raw)
        .join(Account, Account.id == Quarantine.account_id)
        .where(Account.school_id == school.id)
        .execution_options(yield_per=PORTION)
    )
    yield from tx.scalars(wanted)
