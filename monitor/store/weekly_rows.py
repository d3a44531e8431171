"""What a week is counted from, found by indexes: numbers and times, never words.

`accounts`: ids of accounts. Ranges are half open. The long way through `monitor/store/wordless.py` is taken only for
comments about which somebody decided something, or which have no reply that lasts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    and_,
    cast,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from monitor.model import Action
from monitor.store import cases, decided
from monitor.store.engine import Transaction
from monitor.store.item_tables import Answer, Comment, Decision, Item, Reply, Version
from monitor.store.item_tables import Flag as FlagRow

EDITED: ColumnElement[int] = literal_column("1")
"""Versions above it are edits. Not a parameter: SQLite would not see that the index of edits is meant."""
SURE_TO_BE_GONE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Came:
    """A comment that was received: its number, its account's id, and whether a deadline was worked out for it."""

    id: int
    account_id: int
    is_owed: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """One reply that stands under a comment about which nobody decided anything."""

    id: int
    account_id: int
    created_at: datetime
    due_at: datetime
    replied_at: datetime
    reply_gone_at: datetime | None
    first_seen_at: datetime


def came(tx: Transaction, accounts: Collection[int], since: datetime, until: datetime) -> list[Came]:
    """Comments whose own time lies in the range, oldest first."""
    within = _within(accounts, Comment.created_at, since, until)
    rows = tx.execute(
        select(Comment.id, Comment.account_id, Comment.due_at.is_not(None))
        .where(within)
        .order_by(Comment.created_at, Comment.id)
    )
    return [Came(number, account, bool(is_owed)) for number, account, is_owed in rows]


def count_came(tx: Transaction, accounts: Collection[int], since: datetime, until: datetime) -> int:
    """How many there are of these."""
    return tx.scalar(select(func.count(Comment.id)).where(_within(accounts, Comment.created_at, since, until))) or 0


def seen_first(tx: Transaction, account: int, since: datetime, until: datetime) -> list[int]:
    """Numbers of the comments of an account that were first seen in the range."""
    return list(tx.scalars(select(Comment.id).where(_within([account], Comment.first_seen_at, since, until))))


def answered(tx: Transaction, accounts: Collection[int], since: datetime, until: datetime) -> list[Answered]:
    """Of the comments due in the range, those whose answer nobody has to look into: with every reply to them."""
    reply = aliased(Reply)
    rows = tx.execute(
        select(
            Comment.id,
            Comment.account_id,
            Comment.created_at,
            Comment.due_at,
            reply.created_at,
            reply.gone_at,
            Comment.first_seen_at,
        )
        .join(Answer, Answer.comment_id == Comment.id)
        .join(reply, reply.id == Answer.reply_id)
        .where(_within(accounts, Comment.due_at, since, until), _plainly_answered())
        .order_by(Comment.id, reply.created_at)
    )
    return [
        Answered(number, account, at, due, replied, gone, seen)
        for number, account, at, due, replied, gone, seen in rows
        if due is not None
    ]


def to_look_into(tx: Transaction, accounts: Collection[int], since: datetime, until: datetime) -> list[int]:
    """Numbers of all others that are due in the range."""
    wanted = select(Comment.id).where(_within(accounts, Comment.due_at, since, until), not_(_plainly_answered()))
    return list(tx.scalars(wanted))


def flagged(tx: Transaction, since: datetime, until: datetime) -> list[int]:
    """Numbers of the comments with a flag raised in the range, of any school that shares the books."""
    return list(
        tx.scalars(select(FlagRow.comment_id).where(FlagRow.raised_at >= since, FlagRow.raised_at < until).distinct())
    )


def taken(tx: Transaction, accounts: Collection[int], since: datetime) -> list[int]:
    """Numbers of the comments that somebody took in hand since then."""
    return list(
        tx.scalars(
            select(Decision.comment_id)
            .join(Comment, Comment.id == Decision.comment_id)
            .where(
                Comment.account_id.in_(sorted(accounts)), Decision.at >= since, Decision.action == Action.TAKE.value
            )
            .distinct()
        )
    )


def count_in_time(
    tx: Transaction, accounts: Collection[int], since: datetime, until: datetime, without: Collection[int]
) -> int:
    """How many comments due in the range were answered by their deadline; `without`: numbers not to be counted.

    Left out as well are those posted, by the network's clock, after we saw them: `ahead_of_us` finds these few. For
    all others it is what `monitor/rules/state.py` says of each; a test holds the two together.
    """
    due = and_(_within(accounts, Comment.due_at, since, until), Comment.id.not_in(sorted(without)))
    plain = Comment.created_at <= Comment.first_seen_at
    wanted = select(func.count()).select_from(Comment).where(due, plain, ~cases.settled(), _responded_in_time())
    return tx.scalar(wanted) or 0


def ahead_of_us(tx: Transaction, accounts: Collection[int], since: datetime, until: datetime) -> list[int]:
    """Numbers of the comments due in the range that the network says were posted after we saw them."""
    due = _within(accounts, Comment.due_at, since, until)
    return list(tx.scalars(select(Comment.id).where(due, Comment.created_at > Comment.first_seen_at)))


def touched(
    tx: Transaction, accounts: Collection[int], after: datetime, until: datetime, due: tuple[datetime, datetime]
) -> set[int]:
    """Numbers of the comments with a deadline in the range `due` about which the books may have learnt something
    in (after, until]: a wide net.

    Something is new in their thread, they or a reply were edited, taken away or flagged, or somebody decided on them.
    """
    mine = Item.account_id.in_(sorted(accounts))
    new = select(Item.id, Item.account_id, Item.thread_key).where(
        mine, Item.first_seen_at > after, Item.first_seen_at <= until
    )
    # When something was gone is written down as the first time it was missed, which was some reads before.
    gone = select(Item.id, Item.account_id, Item.thread_key).where(mine, Item.gone_at > after - SURE_TO_BE_GONE)
    edited = (
        select(Item.id, Item.account_id, Item.thread_key)
        .join(Version, Version.item_id == Item.id)
        .where(mine, Version.number > EDITED, Version.seen_at > after)
    )
    changed = union(new, gone, edited).subquery()
    within = _within(accounts, Comment.due_at, *due)
    in_thread = select(Comment.id).join(
        changed, and_(changed.c.account_id == Comment.account_id, changed.c.thread_key == Comment.thread_key)
    )
    decided_on = select(Comment.id).join(Decision, Decision.comment_id == Comment.id).where(Decision.at > after)
    flagged_now = select(Comment.id).join(FlagRow, FlagRow.comment_id == Comment.id).where(FlagRow.raised_at > after)
    found: set[int] = set()
    for each in (in_thread, decided_on, flagged_now):
        found.update(tx.scalars(each.where(within)))
    return found


def _within(
    accounts: Collection[int], column: SQLColumnExpression[Any], since: datetime, until: datetime
) -> ColumnElement[bool]:
    # The accounts are named, because the indexes begin with them.
    return and_(Comment.account_id.in_(sorted(accounts)), column >= since, column < until)


def _plainly_answered() -> ColumnElement[bool]:
    decision = exists().where(Decision.comment_id == Comment.id)
    return and_(Comment.has_reply, ~decision, Comment.created_at <= Comment.first_seen_at)


def _responded_in_time() -> ColumnElement[bool]:
    reply = aliased(Reply)
    lasting = or_(reply.gone_at.is_(None), _second(reply.gone_at) >= _second(Comment.due_at))
    said = exists().where(
        Answer.comment_id == Comment.id,
        Answer.reply_id == reply.id,
        lasting,
        _second(reply.created_at) >= _second(Comment.created_at),
        _second(reply.created_at) <= _second(Comment.due_at),
    )
    elsewhere = exists().where(
        Decision.comment_id == Comment.id,
        Decision.action == Action.ANSWERED_ELSEWHERE.value,
        decided.counts(),
        _second(Decision.at) >= _second(Comment.created_at),
        _second(Decision.at) <= _second(Comment.due_at),
    )
    return or_(said, elsewhere)


def _second(moment: SQLColumnExpression[Any]) -> ColumnElement[str]:
    """A moment without its fraction of a second, for comparing: both databases write it year first."""
    return func.substr(cast(moment, String), 1, 19)
