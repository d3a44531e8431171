"""Reading and writing a school's evidence log: entries, their openings, checkpoints."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, cast, delete, func, select
from sqlalchemy.orm import aliased

from monitor.store.engine import Transaction
from monitor.store.evidence_tables import LogCheckpoint, LogEntry, LogOpening
from monitor.store.school_tables import School

MAY_DIFFER = timedelta(minutes=1)
"""A transaction that waited for another carries a moment a little older than the newest entry, on a sound clock."""
PORTION = 2000  # rows held in memory at a time


class ClockSetBack(Exception):
    """The clock is before the newest entry: what is added now would carry a false time. One sentence."""


@dataclass(frozen=True)
class Opened:
    """One entry with what it commits to; `salt` and `record` are None once an erasure has destroyed them."""

    position: int
    at: datetime
    commitment: str
    kind: str | None
    case: int | None
    salt: str | None
    record: str | None


def next_moment(tx: Transaction, school: School, now: datetime) -> datetime:
    """The moment an entry added now carries: never before the newest entry. Holds the log until the commit.

    Raises ClockSetBack when `now` is more than a minute before the newest entry.
    """
    # On PostgreSQL two programs would else take the same position; on SQLite nobody else is writing anyway.
    tx.execute(select(School.id).where(School.id == school.id).with_for_update())
    newest = last_moment(tx, school)
    if newest is None or now >= newest:
        return now
    if newest - now > MAY_DIFFER:
        raise ClockSetBack(
            f"this computer's clock ({now:%d %b %Y %H:%M:%S} UTC) is before the newest entry of the evidence log "
            f"({newest:%d %b %Y %H:%M:%S} UTC); set the clock right, nothing is kept as evidence until then"
        )
    return newest


def last_moment(tx: Transaction, school: School) -> datetime | None:
    """When the newest entry was made; None for an empty log."""
    mine = select(LogEntry.at).where(LogEntry.school_id == school.id)
    return tx.scalar(mine.order_by(LogEntry.position.desc()).limit(1))


def add_entry(
    tx: Transaction,
    school: School,
    *,
    kind: str,
    case: int | None,
    commitment: str,
    salt: str,
    record: str,
    at: datetime,
) -> int:
    """Add one entry and return its position. `at` comes from `next_moment` of the same transaction."""
    position = size(tx, school)
    tx.add(LogEntry(school_id=school.id, position=position, commitment=commitment, at=at))
    tx.add(LogOpening(school_id=school.id, position=position, kind=kind, case=case, salt=salt, record=record))
    tx.flush()
    return position


def size(tx: Transaction, school: School) -> int:
    """How many entries the log has."""
    newest = tx.scalar(select(func.max(LogEntry.position)).where(LogEntry.school_id == school.id))
    return 0 if newest is None else newest + 1


def by_month(tx: Transaction, school: School, before: int) -> list[tuple[str, int]]:
    """How many of the entries up to position `before`, itself left out, were made in each month (UTC): "2026-11"."""
    month = func.substr(cast(LogEntry.at, String), 1, 7)
    wanted = select(month, func.count()).where(LogEntry.school_id == school.id, LogEntry.position < before)
    return [(name, number) for name, number in tx.execute(wanted.group_by(month).order_by(month))]


def entries(tx: Transaction, school: School, since: int = 0) -> Iterator[Opened]:
    """Every entry from position `since` on, in order, with its opening where there still is one."""
    opening = aliased(LogOpening)
    same = (opening.school_id == LogEntry.school_id) & (opening.position == LogEntry.position)
    wanted = (
        select(
            LogEntry.position,
            LogEntry.at,
            LogEntry.commitment,
            opening.kind,
            opening.case,
            opening.salt,
            opening.record,
        )
        .outerjoin(opening, same)
        .where(LogEntry.school_id == school.id, LogEntry.position >= since)
        .order_by(LogEntry.position)
        .execution_options(yield_per=PORTION)
    )
    for row in tx.execute(wanted):
        yield Opened(*row)


def commitments(tx: Transaction, school: School) -> Iterator[str]:
    """The commitments of all entries, in order."""
    wanted = (
        select(LogEntry.commitment)
        .where(LogEntry.school_id == school.id)
        .order_by(LogEntry.position)
        .execution_options(yield_per=PORTION)
    )
    yield from tx.scalars(wanted)


def of_kinds(tx: Transaction, school: School, kinds: Collection[str], case: int | None = None) -> list[Opened]:
    """Entries of these kinds that can still be opened, in order; of one case only, where `case` is given."""
    wanted = (
        select(LogOpening, LogEntry)
        .join(LogEntry, (LogEntry.school_id == LogOpening.school_id) & (LogEntry.position == LogOpening.position))
        .where(LogOpening.school_id == school.id, LogOpening.kind.in_(list(kinds)))
        .order_by(LogOpening.position)
    )
    if case is not None:
        wanted = wanted.where(LogOpening.case == case)
    return [_opened(entry, opening) for opening, entry in tx.execute(wanted)]


def of_case(tx: Transaction, school: School, case: int) -> list[Opened]:
    """All entries about one case that can still be opened, in order: its custody."""
    wanted = (
        select(LogOpening, LogEntry)
        .join(LogEntry, (LogEntry.school_id == LogOpening.school_id) & (LogEntry.position == LogOpening.position))
        .where(LogOpening.school_id == school.id, LogOpening.case == case)
        .order_by(LogOpening.position)
    )
    return [_opened(entry, opening) for opening, entry in tx.execute(wanted)]


def destroy_openings(tx: Transaction, school: School, positions: Collection[int]) -> None:
    """Destroy salt and record of these entries. The database allows it only once their erasure is written down."""
    tx.execute(
        delete(LogOpening)
        .where(LogOpening.school_id == school.id, LogOpening.position.in_(list(positions)))
        .execution_options(synchronize_session=False)
    )


def add_checkpoint(
    tx: Transaction, school: School, *, size: int, root: str, at: datetime, key: str, signature: str
) -> LogCheckpoint:
    """Keep a signed head of the log."""
    row = LogCheckpoint(school_id=school.id, size=size, root=root, at=at, key=key, signature=signature)
    tx.add(row)
    tx.flush()
    return row


def checkpoints(tx: Transaction, school: School) -> list[LogCheckpoint]:
    """Every checkpoint, smallest first."""
    mine = select(LogCheckpoint).where(LogCheckpoint.school_id == school.id)
    return list(tx.scalars(mine.order_by(LogCheckpoint.size)))


def newest_checkpoint(tx: Transaction, school: School, until: datetime | None = None) -> LogCheckpoint | None:
    """The newest checkpoint, or the newest made at or before `until`."""
    mine = select(LogCheckpoint).where(LogCheckpoint.school_id == school.id)
    if until is not None:
        mine = mine.where(LogCheckpoint.at <= until)
    return tx.scalar(mine.order_by(LogCheckpoint.size.desc()).limit(1))


def _opened(entry: LogEntry, opening: LogOpening) -> Opened:
    return Opened(
        entry.position, entry.at, entry.commitment, opening.kind, opening.case, opening.salt, opening.record
    )
