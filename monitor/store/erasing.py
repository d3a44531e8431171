"""Taking the words, names and ids of one comment out of the database, and leaving what figures need.

A tombstone keeps its number, its times, its kinds of flag and its decisions without their reasons. Its id becomes a
digest (`monitor/store/identity.py`); what hangs below it hangs below that. Everything here can be done twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update

from monitor.store import exclusions, identity, scrubbing
from monitor.store.engine import Transaction
from monitor.store.evidence_tables import Erasure, LogOpening, Recheck, Snapshot, SnapshotPart
from monitor.store.item_tables import Alias, Comment, Decision, Flag, Item, Version
from monitor.store.receipt_tables import Receipt
from monitor.store.school_tables import Account, School
from monitor.store.scrubbing import UNSEEN

REASON_ERASED = "erased"
"""Stands where a decision gave its reason: that there was one still counts (`monitor/rules/state.py`)."""
SAFE_DETAILS = frozenset({"house_rule", "stage", "on"})
"""What stays of a decision's details: numbers and days, and no words."""
TELLING = ("snapshot", "card", "screen_print", "live_page", "media", "decision", "recheck")
"""Kinds of entries whose records go with the comment. The others say who did what, and stay."""


STILL_RUNNING = timedelta(days=2)
"""No program takes longer than this from reading a row to writing about it."""


@dataclass(frozen=True)
class Traces:
    """Where a comment is to be found besides its own rows. `item`, `other_ids`: what stands for its ids once erased.

    `named_in`: cases whose own evidence goes on naming the network's id of it: they answer it, or a request of ours
    that brought them named it.
    """

    item: str
    other_ids: tuple[str, ...]
    paths: tuple[str, ...]
    positions: tuple[int, ...]
    named_in: tuple[int, ...]


def traces(tx: Transaction, school: School, comment: Comment) -> Traces:
    """Where a comment is to be found."""
    salt = identity.salt_of(tx, school)
    others = tx.scalars(select(Alias.remote_id).where(Alias.item_id == comment.id).order_by(Alias.remote_id))
    of_case = (LogOpening.school_id == school.id, LogOpening.case == comment.id, LogOpening.kind.in_(TELLING))
    positions = select(LogOpening.position).where(*of_case).order_by(LogOpening.position)
    return Traces(
        item=_digest(salt, comment.remote_id),
        other_ids=tuple(_digest(salt, remote_id) for remote_id in others),
        paths=tuple(tx.scalars(select(Snapshot.path).where(_own(comment)).order_by(Snapshot.id))),
        positions=tuple(tx.scalars(positions)),
        named_in=_named_in_evidence(tx, comment),
    )


def words_elsewhere(tx: Transaction, comment: Comment) -> Sequence[SnapshotPart]:
    """Files in the evidence of other comments that hold its words and were not taken out yet."""
    return tx.scalars(
        select(SnapshotPart)
        .join(Snapshot, Snapshot.id == SnapshotPart.snapshot_row)
        .where(SnapshotPart.item_id == comment.id, SnapshotPart.erased_at.is_(None), ~_own(comment))
        .order_by(SnapshotPart.snapshot_row, SnapshotPart.name)
    ).all()


def snapshot_of_part(tx: Transaction, part: SnapshotPart) -> Snapshot:
    """The evidence that a file belongs to."""
    return tx.get_one(Snapshot, part.snapshot_row)


def take_out(tx: Transaction, parts: Collection[SnapshotPart], now: datetime) -> None:
    """Note that these files leave the evidence they are in, whose card has to be drawn anew without them."""
    for part in parts:
        part.erased_at = now
        snapshot = snapshot_of_part(tx, part)
        if snapshot.card != "none":
            snapshot.card, snapshot.card_tried_at = "owed", None
    tx.flush()


def forget_evidence(tx: Transaction, comment: Comment) -> None:
    """Remove the rows of its evidence. The database allows it only once its erasure is written down as done."""
    mine = select(Snapshot.id).where(_own(comment))
    tx.execute(delete(Recheck).where(Recheck.snapshot_row.in_(mine)).execution_options(**UNSEEN))
    tx.execute(delete(SnapshotPart).where(SnapshotPart.snapshot_row.in_(mine)).execution_options(**UNSEEN))
    tx.execute(delete(Snapshot).where(_own(comment)).execution_options(**UNSEEN))


def forget_words(tx: Transaction, school: School, comment: Comment, now: datetime) -> None:
    """Blank the comment's rows and make it a tombstone; its thread names that from here on.

    Objects loaded before are stale after.
    """
    salt = identity.salt_of(tx, school)
    account, remote_id, author_id = comment.account, comment.remote_id, comment.author_id
    tombstone, around = _digest(salt, remote_id), scrubbing.near(tx, comment)
    scrubbing.forget_receipts(tx, [version.id for version in comment.versions])
    for version in comment.versions:
        version.text = version.raw = ""
    others = tx.scalars(select(Alias.remote_id).where(Alias.item_id == comment.id)).all()
    for other in others:
        this = (Alias.account_id == account.id, Alias.remote_id == other)
        tx.execute(update(Alias).where(*this).values(remote_id=_digest(salt, other)).execution_options(**UNSEEN))
    flags, reasons = Flag.comment_id == comment.id, (Decision.comment_id == comment.id, func.trim(Decision.why) != "")
    tx.execute(update(Flag).where(flags).values(start=0, end=0).execution_options(**UNSEEN))
    tx.execute(update(Decision).where(*reasons).values(why=REASON_ERASED).execution_options(**UNSEEN))
    exclusions.forget_words_of(tx, comment, REASON_ERASED)
    for decision in comment.decisions:
        if decision.details:
            decision.details = {key: said for key, said in decision.details.items() if key in SAFE_DETAILS}
    comment.author_id, comment.author_name, comment.permalink = None, "", ""
    comment.addressed_to, comment.attachments = [], []
    comment.remote_id, comment.erased_at = tombstone, comment.erased_at or now
    tx.flush()
    if remote_id != tombstone:
        scrubbing.rename(tx, account, remote_id, tombstone)
        gone = {remote_id, *others} | scrubbing.left_alone(tx, author_id, around)
        scrubbing.scrub(tx, account, around, gone, tombstone)
    tx.expire_all()


def came_back(tx: Transaction, school: School, now: datetime) -> Sequence[Comment]:
    """Comments erased lately of which something was kept since, by another program that had read them before.

    That takes PostgreSQL: on SQLite nobody reads what they write about before it is their turn to write.
    """
    words = exists().where(Version.item_id == Comment.id, or_(Version.text != "", Version.raw != ""))
    evidence = exists().where(Snapshot.comment_id == Comment.id)
    lately = (Erasure.school_id == school.id, Erasure.done_at >= now - STILL_RUNNING)
    mine = (
        select(Comment).join(Erasure, Erasure.comment_id == Comment.id).where(*lately, Comment.erased_at.is_not(None))
    )
    return tx.scalars(mine.where(or_(words, evidence)).order_by(Comment.id)).all()


def words_held(tx: Transaction, school: School) -> Sequence[SnapshotPart]:
    """Files with words of erased comments that are still there: a hold was on the evidence they are in."""
    return tx.scalars(
        select(SnapshotPart)
        .join(Item, Item.id == SnapshotPart.item_id)
        .join(Account, Account.id == Item.account_id)
        .where(Account.school_id == school.id, Item.erased_at.is_not(None), SnapshotPart.erased_at.is_(None))
        .order_by(SnapshotPart.item_id, SnapshotPart.snapshot_row, SnapshotPart.name)
    ).all()


def _digest(salt: str, remote_id: str) -> str:
    return remote_id if remote_id.startswith(identity.MARK) else identity.digest(salt, remote_id)


def _own(comment: Comment) -> ColumnElement[bool]:
    return Snapshot.comment_id == comment.id


def _named_in_evidence(tx: Transaction, comment: Comment) -> tuple[int, ...]:
    names = {comment.remote_id, *tx.scalars(select(Alias.remote_id).where(Alias.item_id == comment.id))}
    requests = [exchange.id for exchange in scrubbing.requests_naming(tx, comment.account, names)]
    brought = select(Receipt.version_id).where(Receipt.exchange_id.in_(requests))
    below = or_(Item.parent_remote_id == comment.remote_id, Item.post_remote_id == comment.remote_id)
    answers = select(Item.id).where(Item.account_id == comment.account_id, below)
    naming = or_(Snapshot.version_id.in_(brought), Snapshot.comment_id.in_(answers))
    wanted = select(Snapshot.comment_id).where(naming, ~_own(comment)).distinct()
    return tuple(tx.scalars(wanted.order_by(Snapshot.comment_id)))
