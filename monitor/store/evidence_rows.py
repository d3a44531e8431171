"""Reading what the database says of the evidence: for lists, for a look at one piece, and for checking it all."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select

from monitor.store import evidence_log
from monitor.store.engine import Transaction
from monitor.store.evidence_tables import LogCheckpoint, Recheck, Snapshot, SnapshotPart, TimestampToken
from monitor.store.item_tables import Item, Version
from monitor.store.school_tables import Account, School


class Kept(NamedTuple):
    """One snapshot or exhibit. `position`: its entry in the log; None for one kept before there was a log.

    `path` is relative to the evidence folder, `digest` that of its manifest, `version` the number of the Version.
    """

    row: int
    snapshot_id: str
    kind: str
    case: int
    version: int
    account: str
    path: str
    digest: str
    position: int | None
    captured_at: datetime
    card: str


class SecondLook(NamedTuple):
    """A look at a captured comment so many hours later; `found` is None while it is owed."""

    hours: int
    found: str | None


class TimeStamp(NamedTuple):
    """A time stamp that came for a checkpoint, as it came; `authority` is the address it was asked at."""

    checkpoint: LogCheckpoint
    authority: str
    token: bytes


def kept(
    tx: Transaction,
    school: School,
    *,
    case: int | None = None,
    kind: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Kept]:
    """Evidence of a school in the order of the log, of one case or kind, captured from `since` and before `until`."""
    wanted = _kept(school)
    if case is not None:
        wanted = wanted.where(Snapshot.comment_id == case)
    if kind is not None:
        wanted = wanted.where(Snapshot.kind == kind)
    if since is not None:
        wanted = wanted.where(Snapshot.captured_at >= since)
    if until is not None:
        wanted = wanted.where(Snapshot.captured_at < until)
    return [Kept(*row) for row in tx.execute(wanted.order_by(Snapshot.position.nulls_first(), Snapshot.id))]


def at_position(tx: Transaction, school: School, position: int) -> Kept | None:
    """The evidence that this entry of the log is about."""
    row = tx.execute(_kept(school).where(Snapshot.position == position)).first()
    return Kept(*row) if row else None


def held_cases(tx: Transaction, school: School) -> set[int]:
    """Cases under a hold: nothing of them is erased until it is released."""
    held: set[int] = set()
    for entry in evidence_log.of_kinds(tx, school, {"hold", "release"}):
        if entry.case is not None and entry.kind == "hold":
            held.add(entry.case)
        elif entry.case is not None:
            held.discard(entry.case)
    return held


def known_paths(tx: Transaction) -> set[str]:
    """Where evidence lies, of every school in this database: several can share one folder."""
    return set(tx.scalars(select(Snapshot.path)))


def erased_parts(tx: Transaction, school: School) -> dict[int, frozenset[str]]:
    """Files that were erased out of snapshots, by the row of the snapshot."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    wanted = (
        select(SnapshotPart.snapshot_row, SnapshotPart.name)
        .join(Snapshot, Snapshot.id == SnapshotPart.snapshot_row)
        .where(SnapshotPart.erased_at.is_not(None), _is_of(school))
    )
    for row, name in tx.execute(wanted):
        found[row].add(name)
    return {row: frozenset(names) for row, names in found.items()}


def second_looks(tx: Transaction, school: School) -> dict[int, list[SecondLook]]:
    """Second looks, by the row of the snapshot, soonest first."""
    found: defaultdict[int, list[SecondLook]] = defaultdict(list)
    wanted = (
        select(Recheck.snapshot_row, Recheck.hours, Recheck.found)
        .join(Snapshot, Snapshot.id == Recheck.snapshot_row)
        .where(_is_of(school))
        .order_by(Recheck.hours)
    )
    for row, hours, said in tx.execute(wanted):
        found[row].append(SecondLook(hours, said))
    return dict(found)


def time_stamps(tx: Transaction, school: School) -> list[TimeStamp]:
    """The time stamps that came, in the order of their checkpoints."""
    wanted = (
        select(LogCheckpoint, TimestampToken.authority, TimestampToken.token)
        .join(TimestampToken, TimestampToken.checkpoint_id == LogCheckpoint.id)
        .where(LogCheckpoint.school_id == school.id, TimestampToken.token.is_not(None))
        .order_by(LogCheckpoint.size, TimestampToken.id)
    )
    return [TimeStamp(checkpoint, authority, token or b"") for checkpoint, authority, token in tx.execute(wanted)]


def _is_of(school: School) -> ColumnElement[bool]:
    """Whether a Snapshot is of a comment to this school."""
    own = select(Item.id).join(Account, Account.id == Item.account_id).where(Account.school_id == school.id)
    return Snapshot.comment_id.in_(own)


def _kept(school: School) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Snapshot.id,
            Snapshot.snapshot_id,
            Snapshot.kind,
            Snapshot.comment_id,
            Version.number,
            Account.label,
            Snapshot.path,
            Snapshot.digest,
            Snapshot.position,
            Snapshot.captured_at,
            Snapshot.card,
        )
        .join(Version, Version.id == Snapshot.version_id)
        .join(Item, Item.id == Snapshot.comment_id)
        .join(Account, Account.id == Item.account_id)
        .where(Account.school_id == school.id)
    )
