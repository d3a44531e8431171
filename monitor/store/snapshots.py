"""Rows of snapshots and exhibits, of the cards they are owed, and of the second looks at what was captured."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from monitor.store.engine import Transaction
from monitor.store.evidence_tables import Recheck, Snapshot, SnapshotPart
from monitor.store.item_tables import Comment, Item, Version
from monitor.store.school_tables import Account, School

SNAPSHOT = "snapshot"
"""The kind of a row that captures a version; the other kinds are exhibits beside it."""


def snapshot_of(tx: Transaction, version: Version) -> Snapshot | None:
    """The snapshot of this very version."""
    return tx.scalar(select(Snapshot).where(Snapshot.version_id == version.id, Snapshot.kind == SNAPSHOT))


def has_evidence(tx: Transaction, comment: Comment) -> bool:
    """Whether anything of it was kept as evidence, of any version."""
    return tx.scalar(select(Snapshot.id).where(Snapshot.comment_id == comment.id).limit(1)) is not None


def of_comment(tx: Transaction, comment_id: int) -> list[Snapshot]:
    """All that was kept of one comment, oldest first."""
    return list(tx.scalars(select(Snapshot).where(Snapshot.comment_id == comment_id).order_by(Snapshot.id)))


def add(
    tx: Transaction,
    version: Version,
    *,
    kind: str,
    snapshot_id: str,
    path: str,
    digest: str,
    position: int,
    captured_at: datetime,
    card: str,
) -> Snapshot:
    """Note a snapshot or an exhibit that is safe on disk and in the evidence log. `card`: owed, or none."""
    row = Snapshot(
        snapshot_id=snapshot_id,
        kind=kind,
        comment_id=version.item_id,
        version_id=version.id,
        path=path,
        digest=digest,
        position=position,
        captured_at=captured_at,
        card=card,
    )
    tx.add(row)
    tx.flush()
    return row


def by_snapshot_id(tx: Transaction, snapshot_id: str) -> Snapshot | None:
    """The row of the folder with this name."""
    return tx.scalar(select(Snapshot).where(Snapshot.snapshot_id == snapshot_id))


def add_part(tx: Transaction, snapshot: Snapshot, name: str, item_id: int) -> None:
    """Note that a file of a snapshot holds words of another item."""
    tx.add(SnapshotPart(snapshot_row=snapshot.id, name=name, item_id=item_id))


def captured_since(tx: Transaction, school: School, since: datetime) -> Sequence[Snapshot]:
    """Snapshots of what is still there and shown to everybody, made since then, newest first."""
    wanted = _of_school(school).where(Snapshot.kind == SNAPSHOT, Snapshot.captured_at >= since)
    shown = wanted.where(Item.gone_at.is_(None), Item.shown == "visible", Item.erased_at.is_(None))
    return tx.scalars(shown.order_by(Snapshot.id.desc()).options(selectinload(Snapshot.comment))).all()


def with_words_of(tx: Transaction, item_id: int) -> Sequence[Snapshot]:
    """Snapshots of other comments that hold words of this item as context."""
    holds = Snapshot.id.in_(select(SnapshotPart.snapshot_row).where(SnapshotPart.item_id == item_id))
    return tx.scalars(select(Snapshot).where(holds).order_by(Snapshot.id)).all()


def files_with_words_of(tx: Transaction, snapshot: Snapshot, items: Collection[int]) -> frozenset[str]:
    """Files of a snapshot that hold words of these items."""
    mine = select(SnapshotPart).where(SnapshotPart.snapshot_row == snapshot.id)
    return frozenset(part.name for part in tx.scalars(mine) if part.item_id in items)


def outside_the_log(tx: Transaction, school: School) -> Sequence[Snapshot]:
    """Snapshots kept before there was an evidence log."""
    return tx.scalars(_of_school(school).where(Snapshot.position.is_(None)).order_by(Snapshot.id)).all()


def cards_owed(tx: Transaction, school: School, tried_before: datetime, at_most: int) -> Sequence[Snapshot]:
    """Snapshots without a card, or with one in words only, oldest first.

    One that failed is tried again when the last try was before `tried_before`: a disk that was full is emptied.
    """
    untried = or_(Snapshot.card_tried_at.is_(None), Snapshot.card_tried_at < tried_before)
    wanted = _of_school(school).where(Snapshot.card.in_(["owed", "text", "failed"]), untried)
    return tx.scalars(wanted.order_by(Snapshot.id).limit(at_most)).all()


def settle_card(tx: Transaction, snapshot_row: int, state: str, now: datetime) -> None:
    """Note that a card was made, made in words only, or failed. A snapshot erased meanwhile is passed over."""
    if snapshot := tx.get(Snapshot, snapshot_row):
        snapshot.card, snapshot.card_tried_at = state, now


def owe_card(tx: Transaction, comment_id: int) -> None:
    """Have the cards of one comment drawn anew."""
    for snapshot in of_comment(tx, comment_id):
        if snapshot.kind == SNAPSHOT:
            snapshot.card, snapshot.card_tried_at = "owed", None


def owe_recheck(tx: Transaction, snapshot: Snapshot, hours: int, due_at: datetime) -> None:
    """Owe a second look, so many hours after the capture."""
    tx.add(Recheck(snapshot_row=snapshot.id, hours=hours, due_at=due_at))


def owe_recheck_soon(tx: Transaction, snapshot: Snapshot, due_at: datetime) -> None:
    """Another second look at `due_at`, unless one is owed then; under the next free number of hours since capture."""
    owed = (Recheck.snapshot_row == snapshot.id, Recheck.done_at.is_(None), Recheck.due_at == due_at)
    if tx.scalar(select(Recheck.hours).where(*owed)) is not None:
        return
    hours = max(0, (due_at - snapshot.captured_at) // timedelta(hours=1))
    while tx.get(Recheck, (snapshot.id, hours)) is not None:
        hours += 1
    owe_recheck(tx, snapshot, hours, due_at)


def rechecks_due(tx: Transaction, account: Account, now: datetime) -> Sequence[Recheck]:
    """The second looks of an account whose time has come, in the order of their times."""
    return tx.scalars(
        select(Recheck)
        .join(Snapshot, Snapshot.id == Recheck.snapshot_row)
        .join(Item, Item.id == Snapshot.comment_id)
        .where(Recheck.done_at.is_(None), Recheck.due_at <= now, Item.account_id == account.id)
        .order_by(Recheck.due_at, Recheck.snapshot_row)
    ).all()


def _of_school(school: School) -> Select[Snapshot]:
    return (
        select(Snapshot)
        .join(Item, Item.id == Snapshot.comment_id)
        .join(Account, Account.id == Item.account_id)
        .where(Account.school_id == school.id)
    )
