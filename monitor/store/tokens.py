"""Rows of time-stamp tokens: owed, got, failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from monitor.store.engine import Transaction
from monitor.store.evidence_tables import LogCheckpoint, TimestampToken
from monitor.store.school_tables import School


def owe(tx: Transaction, checkpoint: LogCheckpoint, authority: str, now: datetime) -> None:
    """Owe a token on a checkpoint, once for each authority."""
    known = select(TimestampToken.id).where(
        TimestampToken.checkpoint_id == checkpoint.id, TimestampToken.authority == authority
    )
    if tx.scalar(known) is None:
        tx.add(TimestampToken(checkpoint_id=checkpoint.id, authority=authority, next_try_at=now))
        tx.flush()


def asked_on(tx: Transaction, school: School, day: date) -> bool:
    """Whether a token on a checkpoint made on this day (UTC) is there or still awaited."""
    begin = datetime.combine(day, time(0), UTC)
    wanted = (
        select(TimestampToken.id)
        .join(LogCheckpoint, LogCheckpoint.id == TimestampToken.checkpoint_id)
        .where(
            LogCheckpoint.school_id == school.id,
            LogCheckpoint.at >= begin,
            LogCheckpoint.at < begin + timedelta(days=1),
        )
    )
    return tx.scalar(wanted.limit(1)) is not None


def due(tx: Transaction, school: School, now: datetime) -> Sequence[TimestampToken]:
    """Tokens to ask for now, longest owed first, each with its checkpoint."""
    return tx.scalars(
        select(TimestampToken)
        .join(LogCheckpoint, LogCheckpoint.id == TimestampToken.checkpoint_id)
        .where(
            LogCheckpoint.school_id == school.id,
            TimestampToken.token.is_(None),
            TimestampToken.next_try_at <= now,
        )
        .order_by(TimestampToken.next_try_at)
        .options(selectinload(TimestampToken.checkpoint))
    ).all()


def of_checkpoint(tx: Transaction, checkpoint: LogCheckpoint) -> Sequence[TimestampToken]:
    """The tokens there are on one checkpoint."""
    return tx.scalars(
        select(TimestampToken)
        .where(TimestampToken.checkpoint_id == checkpoint.id, TimestampToken.token.is_not(None))
        .order_by(TimestampToken.id)
    ).all()


def got(tx: Transaction, token: int, reply: bytes, now: datetime) -> None:
    """Keep a reply as it came."""
    row = tx.get_one(TimestampToken, token)
    row.token, row.got_at, row.problem, row.next_try_at, row.tries = reply, now, None, None, row.tries + 1


def failed(tx: Transaction, token: int, problem: str, again_at: datetime | None) -> None:
    """Note why there is none, and when it is asked for again; None: not before a setting is changed."""
    row = tx.get_one(TimestampToken, token)
    row.problem, row.next_try_at, row.tries = problem, again_at, row.tries + 1


def missing_since(tx: Transaction, school: School, long_ago: datetime) -> list[str]:
    """Per authority that has certified nothing since `long_ago` although it was asked before: its last problem."""
    newest = dict(
        tx.execute(
            select(TimestampToken.authority, func.max(TimestampToken.got_at))
            .join(LogCheckpoint, LogCheckpoint.id == TimestampToken.checkpoint_id)
            .where(LogCheckpoint.school_id == school.id)
            .group_by(TimestampToken.authority)
        ).all()
    )
    waiting = tx.execute(
        select(TimestampToken.authority, TimestampToken.problem)
        .join(LogCheckpoint, LogCheckpoint.id == TimestampToken.checkpoint_id)
        .where(LogCheckpoint.school_id == school.id, TimestampToken.token.is_(None), LogCheckpoint.at < long_ago)
        .order_by(TimestampToken.id)
    ).all()
    late = {
        authority: problem or "it was not asked yet"
        for authority, problem in waiting
        if (seen := newest.get(authority)) is None or seen < long_ago
    }
    return list(late.values())
