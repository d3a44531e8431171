"""What the ledger says of each stream of an account, for `monitor/rules/watching.py` to judge.

A read from the future was made while the clock was wrong: nothing here believes it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from monitor.rules.watching import (
    CHECK,
    MARGIN,
    NEEDS_A_PERSON,
    Finding,
    Refusal,
    Stream,
    allowed_silence,
    findings,
    minutes_of,
)
from monitor.store.engine import Transaction
from monitor.store.reading_tables import Read
from monitor.store.school_tables import Account

NEVER_READ = ""
"""Stands for the streams of an account that was never read."""
NOT_READ = "it has not been read"
NOT_READ_SINCE = "no attempt to read it was made since"
NOT_ENDED = "the last reading did not come to its end"


def standing(
    tx: Transaction, account: Account, poll_minutes: int, now: datetime, *, had_its_chance: bool = True
) -> tuple[Finding, ...]:
    """Everything that is wrong with reading this account at `now`."""
    known = streams_of(tx, account, poll_minutes, now)
    return findings(
        known, _refused_to_sign_in(tx, account, known, now), account.expires_at, now, had_its_chance=had_its_chance
    )


def streams_of(tx: Transaction, account: Account, poll_minutes: int, now: datetime) -> tuple[Stream, ...]:
    """How each stream of the account stands at `now`; one that stands for all where none was ever read."""
    names: list[str] = account.streams or [NEVER_READ]
    return tuple(_stream(tx, account, name, poll_minutes, now) for name in names)


def interval(account: Account, stream: str, poll_minutes: int) -> int:
    """Minutes between two reads of a stream when all is well."""
    return minutes_of(stream, poll_minutes, account.stream_minutes)


def newest_failure(tx: Transaction, account: Account, stream: str, now: datetime) -> str | None:
    """How the newest attempt at this stream that came to an end failed; None: it did not."""
    ended = _newest(tx, account, stream, now, Read.finished_at.is_not(None))
    return ended.failure if ended else None


def _stream(tx: Transaction, account: Account, name: str, poll_minutes: int, now: datetime) -> Stream:
    newest = _newest(tx, account, name, now)
    complete = decisive = ended = newest
    if newest and not (newest.complete and newest.finished_at):  # mostly it is, and says everything
        complete = _newest(tx, account, name, now, Read.complete)
        decisive = _newest(tx, account, name, now, or_(Read.complete, Read.failure.in_(NEEDS_A_PERSON)))
        ended = _newest(tx, account, name, now, Read.finished_at.is_not(None))
    return Stream(
        name=name,
        allowed=allowed_silence(poll_minutes, interval(account, name, poll_minutes)),
        read_until=complete.started_at if complete else None,
        unread_since=complete.started_at if complete else account.added_at,
        why=_why(complete, ended, newest),
        tried=ended is not None and (complete is None or ended.id > complete.id),
        refusal=_refusal(decisive),
    )


def _newest(
    tx: Transaction, account: Account, stream: str, now: datetime, *such: ColumnElement[bool] | object
) -> Read | None:
    lines = select(Read).where(Read.account_id == account.id, Read.stream == stream, Read.started_at <= now + MARGIN)
    for condition in such:
        lines = lines.where(condition)  # type: ignore[arg-type]
    return tx.scalar(lines.order_by(Read.started_at.desc(), Read.id.desc()).limit(1))


def _why(complete: Read | None, ended: Read | None, newest: Read | None) -> str:
    """Why it was not read since `complete`: what the newest attempt that ended said, else what is known."""
    after = complete.id if complete else 0
    if ended and ended.id > after and ended.failure_words:
        return ended.failure_words
    if newest and newest.id > after:
        return NOT_ENDED
    return NOT_READ_SINCE if complete else NOT_READ


def _refusal(line: Read | None) -> Refusal | None:
    if line is None or line.complete or line.failure is None:
        return None
    return Refusal(NEEDS_A_PERSON[line.failure], line.started_at, line.failure_words or line.failure)


def _refused_to_sign_in(
    tx: Transaction, account: Account, streams: tuple[Stream, ...], now: datetime
) -> Refusal | None:
    """Why the network would not say who we are, unless it did since, or a stream was read since."""
    refusal = _refusal(_newest(tx, account, CHECK, now, or_(Read.complete, Read.failure.in_(NEEDS_A_PERSON))))
    if refusal and any(stream.read_until and stream.read_until > refusal.at for stream in streams):
        return None
    return refusal
