"""What moderators decided, as the database finds it: which decisions count, and what else a case may wait for.

A wide net in SQL; what exactly a case waits for, `monitor/rules/outstanding.py` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from config.policy import PolicyPack
from monitor.model import Action, ActionFact, Presence, RecordedDecision
from monitor.rules.marks import LEAVES_FLAGS_OPEN
from monitor.rules.removals import CLAIMS, READS_TO_BE_SURE, TAKES_IT_AWAY
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Decision, Version
from monitor.store.item_tables import Flag as FlagRow
from monitor.store.reading_tables import Read
from monitor.store.school_tables import Account


def counts() -> ColumnElement[bool]:
    """Whether a Decision is in force: nobody took it back, and it is no taking back itself."""
    undo = aliased(Decision)
    taken_back = exists().where(undo.comment_id == Decision.comment_id, undo.undoes_id == Decision.id)
    return and_(Decision.action != Action.UNDO.value, ~taken_back)


def decided() -> ColumnElement[bool]:
    """Whether a Flag's words were decided on after it was raised."""
    settles = Decision.action.not_in(_values(LEAVES_FLAGS_OPEN))
    seen = and_(Decision.version_id >= FlagRow.version_id, Decision.at >= FlagRow.raised_at)
    return exists().where(Decision.comment_id == FlagRow.comment_id, seen, settles, counts())


def may_wait_for_more(pack: PolicyPack) -> ColumnElement[bool]:
    """Whether a Comment may wait for something besides an answer and undecided flags."""
    visible = and_(Comment.shown == Presence.VISIBLE.value, Comment.gone_at.is_(None))
    seen_after = and_(_decided_so(TAKES_IT_AWAY), Decision.at < Comment.last_seen_at)
    said_away = exists().where(Decision.comment_id == Comment.id, seen_after)
    begun = exists().where(
        Decision.comment_id == Comment.id, _decided_so({Action.CONFIRM_ILLEGAL, Action.ADVICE_RECEIVED})
    )
    edited = select(func.count(Version.id)).where(Version.item_id == Comment.id).scalar_subquery() > 1
    return or_(
        and_(visible, said_away),
        begun,
        _flagged(name for name, rule in pack.categories.items() if rule.hold.removal == "after_advice"),
        and_(visible, _flagged(name for name, rule in pack.categories.items() if rule.hold.removal == "at_once")),
        and_(edited, _flagged(name for name, rule in pack.categories.items() if rule.hold.answer == "hold")),
    )


def recorded(rows: Iterable[Decision]) -> tuple[RecordedDecision, ...]:
    """Stored decisions as the rules see them, in the order they were made."""
    return tuple(
        RecordedDecision(
            fact=ActionFact(row.at, Action(row.action), row.why),
            by=row.by,
            version=row.version.number,
            number=row.id,
            details=texts(row.details),
            undoes=row.undoes_id,
        )
        for row in rows
    )


def reads_since_removal(
    tx: Transaction, account: Account, last_seen_at: datetime, decisions: Sequence[RecordedDecision]
) -> tuple[datetime, ...]:
    """When the first complete reads began after it was last said that a comment was taken down, oldest first.

    Asked only where it was met after that: else nothing has to be looked into. `last_seen_at`: when it was last met;
    `decisions`: those in force.
    """
    said = max((each.fact.at for each in decisions if each.fact.action in CLAIMS), default=None)
    if said is None or last_seen_at <= said:
        return ()
    rows = (
        select(Read.started_at)
        .where(
            Read.account_id == account.id,
            Read.stream.in_(account.streams),
            Read.complete,
            Read.started_at > said,
        )
        .distinct()
        .order_by(Read.started_at)
        .limit(READS_TO_BE_SURE)
    )
    return tuple(tx.scalars(rows))


def _flagged(categories: Iterable[str]) -> ColumnElement[bool]:
    named = sorted(categories)
    if not named:
        return false()
    return exists().where(FlagRow.comment_id == Comment.id, FlagRow.category.in_(named))


def _decided_so(actions: Iterable[Action]) -> ColumnElement[bool]:
    return and_(Decision.action.in_(_values(actions)), counts())


def _values(actions: Iterable[Action]) -> list[str]:
    return sorted(action.value for action in actions)


def texts(details: Any) -> Mapping[str, str]:
    """What a decision has besides, as it was stored."""
    return {str(key): str(value) for key, value in details.items()} if isinstance(details, dict) else {}
