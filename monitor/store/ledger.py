"""Schools, accounts, cursors and the ledger of reads."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from connectors.base import Cursor
from monitor.store.engine import Transaction
from monitor.store.reading_tables import Read, StreamCursor
from monitor.store.school_tables import Account, PolicyVersion, School


@dataclass(frozen=True)
class Enrolment:
    """What the configuration says of an account."""

    key: str
    network: str
    label: str
    identity: str
    """Which account on the network it is: page id, user id or user name."""


def enrol(
    tx: Transaction, key: str, name: str, timezone: str, accounts: Iterable[Enrolment], now: datetime
) -> School:
    """Make sure the school and its accounts are in the register, with their present names."""
    school = tx.scalar(select(School).where(School.key == key))
    if school is None:
        school = School(key=key, name=name, timezone=timezone, started_at=now)
        tx.add(school)
    if (school.name, school.timezone) != (name, timezone):
        school.name, school.timezone = name, timezone
    if school.tombstone_salt is None:
        school.tombstone_salt = secrets.token_hex(32)
    tx.flush()
    for wanted in accounts:
        account = tx.scalar(select(Account).where(Account.school_id == school.id, Account.key == wanted.key))
        if account is None:
            tx.add(
                Account(
                    school_id=school.id,
                    key=wanted.key,
                    network=wanted.network,
                    label=wanted.label,
                    identity=wanted.identity,
                    own_ids=[],
                    streams=[],
                    added_at=now,
                )
            )
            continue
        if account.label != wanted.label:
            account.label = wanted.label
        if account.identity != wanted.identity:
            # The network is asked anew who we are before anything is read, and nothing is ours by old ids.
            account.identity, account.own_ids, account.checked_at = wanted.identity, [], None
            account.about, account.links = None, None
            tx.execute(delete(StreamCursor).where(StreamCursor.account_id == account.id))
    tx.flush()
    return school


def school_by_key(tx: Transaction, key: str) -> School | None:
    """The school, or None when it was never enrolled."""
    return tx.scalar(select(School).where(School.key == key))


def enrolled_school(tx: Transaction, key: str) -> School:
    """The school. Raises LookupError when it was never enrolled."""
    school = school_by_key(tx, key)
    if school is None:
        raise LookupError(f"school {key} is not in the register; the program enrols it at start")
    return school


def accounts_of(tx: Transaction, school: School) -> Sequence[Account]:
    """All accounts ever enrolled for the school, in the order they were added."""
    return tx.scalars(select(Account).where(Account.school_id == school.id).order_by(Account.id)).all()


def account_by_key(tx: Transaction, school: School, key: str) -> Account | None:
    """One account of the school."""
    return tx.scalar(select(Account).where(Account.school_id == school.id, Account.key == key))


def enrolled_account(tx: Transaction, school_key: str, key: str) -> Account:
    """One account by the keys of its school and its own. Raises LookupError when it was never enrolled."""
    account = tx.scalar(select(Account).join(School).where(School.key == school_key, Account.key == key))
    if account is None:
        raise LookupError(f"account {key} of {school_key} is not in the register; the program enrols it at start")
    return account


def policy_in_force(
    tx: Transaction, school: School, pack: str, version: str, clause: str, rule: str, now: datetime
) -> PolicyVersion:
    """The record of this very policy, made on first use. `rule` is its canonical JSON."""
    digest = hashlib.sha256("\n".join((pack, version, clause, rule)).encode()).hexdigest()
    known = tx.scalar(
        select(PolicyVersion).where(PolicyVersion.school_id == school.id, PolicyVersion.digest == digest)
    )
    if known is None:
        known = PolicyVersion(
            school_id=school.id,
            digest=digest,
            pack=pack,
            version=version,
            clause=clause,
            rule=rule,
            first_used_at=now,
        )
        tx.add(known)
        tx.flush()
    return known


def cursor_of(tx: Transaction, account: Account, stream: str) -> Cursor | None:
    """How far the stream was read, None when never."""
    row = tx.get(StreamCursor, (account.id, stream))
    return row.cursor if row else None


def move_cursor(tx: Transaction, account: Account, stream: str, cursor: Cursor, now: datetime) -> None:
    """Remember how far the stream has been read. Belongs in the transaction that keeps what was read."""
    row = tx.get(StreamCursor, (account.id, stream))
    if row is None:
        tx.add(StreamCursor(account_id=account.id, stream=stream, cursor=cursor, updated_at=now))
    elif row.cursor != cursor:
        row.cursor, row.updated_at = cursor, now


def begin_read(tx: Transaction, account: Account, stream: str, now: datetime) -> int:
    """Open a line in the ledger and return its id. A crash leaves it unfinished, which is what happened."""
    read = Read(account_id=account.id, stream=stream, started_at=now)
    tx.add(read)
    tx.flush()
    return read.id


def read_line(tx: Transaction, read_id: int) -> Read:
    """A line of the ledger."""
    return tx.get_one(Read, read_id)


def failure_before(tx: Transaction, account: Account, stream: str, read_id: int) -> str | None:
    """How the read of this stream before the one with this id failed; None when it did not, or there was none."""
    return tx.scalar(
        select(Read.failure)
        .where(Read.account_id == account.id, Read.stream == stream, Read.id < read_id)
        .order_by(Read.id.desc())
        .limit(1)
    )


def last_reads(tx: Transaction, account: Account) -> dict[str, Read]:
    """The newest line of each stream of the account."""
    newest = (
        select(func.max(Read.id).label("id")).where(Read.account_id == account.id).group_by(Read.stream).subquery()
    )
    return {read.stream: read for read in tx.scalars(select(Read).join(newest, Read.id == newest.c.id))}


def last_complete_read(tx: Transaction, account: Account) -> datetime | None:
    """Up to when the whole account is known: its least advanced stream decides, None if one was never read."""
    moments = [_last_complete_read(tx, account, stream) for stream in account.streams]
    if not moments or any(moment is None for moment in moments):
        return None
    return min(moment for moment in moments if moment is not None)


def _last_complete_read(tx: Transaction, account: Account, stream: str) -> datetime | None:
    # The newest ones are looked at first: going through all reads of two years took a seventh of a second.
    newest = select(Read.started_at).where(Read.account_id == account.id, Read.stream == stream, Read.complete)
    return tx.scalar(newest.order_by(Read.started_at.desc()).limit(1))


def reads_between(tx: Transaction, account: Account, since: datetime, until: datetime) -> Sequence[Read]:
    """Lines begun in [since, until), oldest first."""
    return tx.scalars(
        select(Read)
        .where(Read.account_id == account.id, Read.started_at >= since, Read.started_at < until)
        .order_by(Read.started_at)
    ).all()


@dataclass(frozen=True, slots=True)
class ReadMark:
    """Of a line of the ledger what coverage is worked out from."""

    stream: str
    started_at: datetime
    complete: bool


def read_marks(tx: Transaction, account: Account, since: datetime, until: datetime) -> list[ReadMark]:
    """The lines begun in [since, until), oldest first, in short: there are hundreds a week."""
    rows = tx.execute(
        select(Read.stream, Read.started_at, Read.complete)
        .where(Read.account_id == account.id, Read.started_at >= since, Read.started_at < until)
        .order_by(Read.started_at)
    )
    return [ReadMark(stream, at, bool(complete)) for stream, at, complete in rows]


def was_read(tx: Transaction, account: Account, since: datetime, until: datetime) -> bool:
    """Whether a complete read of any stream of the account began in [since, until)."""
    within = (Read.account_id == account.id, Read.started_at >= since, Read.started_at < until, Read.complete)
    return tx.scalar(select(Read.id).where(*within).limit(1)) is not None


def last_complete_before(tx: Transaction, account: Account, stream: str, moment: datetime) -> datetime | None:
    """Start of the last complete read of a stream that began before `moment`."""
    return tx.scalar(
        select(func.max(Read.started_at)).where(
            Read.account_id == account.id, Read.stream == stream, Read.complete, Read.started_at < moment
        )
    )
