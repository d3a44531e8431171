"""Everything stored, item by item: for the export and for comparing two databases."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased, selectinload

from monitor.store import exclusions
from monitor.store.cases import answers_for_good
from monitor.store.engine import Transaction
from monitor.store.item_tables import Answer, Comment, Item, Post, Reply
from monitor.store.presence import presence
from monitor.store.reading_tables import Quarantine
from monitor.store.school_tables import Account, School

PORTION = 500  # rows held in memory at a time


@dataclass(frozen=True)
class LeftOut:
    """What an export leaves out: items by number, and the network's ids by which what stays would point at them."""

    items: Collection[int] = ()
    ids: Collection[tuple[int, str]] = ()
    """Account and remote id of comments nobody is to learn of."""

    @classmethod
    def of(cls, tx: Transaction, withheld: Collection[int], hidden: Collection[int]) -> LeftOut:
        """Leave out these cases; of those that are `hidden` from whoever exports, also the school's answers."""
        if not hidden:
            return cls(frozenset(withheld))
        ids = tx.execute(select(Item.account_id, Item.remote_id).where(Item.id.in_(sorted(hidden)))).all()
        above = {(account, remote) for account, remote in ids}
        under = exclusions.with_what_hangs_under(tx, hidden)
        replies = tx.scalars(select(Reply.id).where(Reply.id.in_(sorted(under))))
        return cls(frozenset({*withheld, *hidden, *replies}), frozenset(above))


NOTHING = LeftOut()


def everything(
    tx: Transaction,
    school: School,
    account_key: str | None,
    since: datetime | None,
    left_out: LeftOut = NOTHING,
    held_under: Mapping[int, str] | None = None,
) -> Iterator[dict[str, Any]]:
    """One mapping for each comment and own reply, in the order of their accounts and ids. Times are ISO, UTC.

    What was erased is left out as well. `held_under`: by case, the clause of the policy under which nobody answers
    it; None: nothing is said of that.
    """
    wanted = (
        select(Item, Account)
        .join(Account, Item.account_id == Account.id)
        .where(Account.school_id == school.id, Item.erased_at.is_(None))
        .order_by(Account.id, Item.created_at, Item.remote_id)
        .options(selectinload(Item.versions))
        .execution_options(yield_per=PORTION)
    )
    if account_key is not None:
        wanted = wanted.where(Account.key == account_key)
    if since is not None:
        wanted = wanted.where(Item.created_at >= since)
    for item, account in tx.execute(wanted):
        if item.id in left_out.items:
            continue
        points_at = (account.id, item.parent_remote_id) in left_out.ids
        yield {
            "network": account.network,
            "account": account.key,
            "remote_id": item.remote_id,
            "author_id": item.author_id,
            "is_own": isinstance(item, Reply),
            "text": item.versions[-1].text,
            "created_at": _utc(item.created_at),
            "parent_id": None if points_at else item.parent_remote_id,
            "state": presence(item).value,
            "answered_at": _answered_at(tx, item),
            **({} if held_under is None else {"held_under": held_under.get(item.id)}),
            "versions": [version.text for version in item.versions],
        }


def post_ids(tx: Transaction, account: Account) -> set[str]:
    """The network's ids of every post stored for an account."""
    return set(tx.scalars(select(Post.remote_id).where(Post.account_id == account.id)))


def quarantine_reasons(tx: Transaction, account: Account) -> list[str]:
    """Why each unreadable item of an account could not be read, in the order they came."""
    return list(
        tx.scalars(select(Quarantine.reason).where(Quarantine.account_id == account.id).order_by(Quarantine.id))
    )


def _answered_at(tx: Transaction, item: Item) -> str | None:
    """When the first reply that lasts was made: one removed before the deadline answers nothing."""
    if not isinstance(item, Comment):
        return None
    reply = aliased(Reply)
    first = tx.scalar(
        select(reply.created_at)
        .join(Answer, Answer.reply_id == reply.id)
        .join(Comment, Comment.id == Answer.comment_id)
        .where(Comment.id == item.id, answers_for_good(reply))
        .order_by(reply.created_at)
        .limit(1)
    )
    return _utc(first) if first else None


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
