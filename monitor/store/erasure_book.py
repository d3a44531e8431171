"""The book of erasures: who asked, who agreed, what was done. Rows are added and filled in, never removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select

from monitor.store.engine import Transaction
from monitor.store.evidence_tables import Erasure
from monitor.store.item_tables import Comment, Item, Version
from monitor.store.reading_tables import Quarantine
from monitor.store.school_tables import Account, School


def add(
    tx: Transaction,
    school: School,
    comment: Comment,
    *,
    basis: str,
    asked_by: str,
    why: str,
    needs_second: bool,
    now: datetime,
) -> Erasure:
    """Write down that somebody asks for the erasure of a comment."""
    row = Erasure(
        school_id=school.id,
        comment_id=comment.id,
        basis=basis,
        asked_by=asked_by,
        why=why,
        asked_at=now,
        needs_second=needs_second,
    )
    tx.add(row)
    tx.flush()
    return row


def by_number(tx: Transaction, school: School, number: int) -> Erasure | None:
    """The erasure of this school with this number."""
    return tx.scalar(_of(school).where(Erasure.id == number))


def waiting(tx: Transaction, school: School) -> Sequence[Erasure]:
    """Those a second person has to agree to, oldest first."""
    return tx.scalars(_of(school).where(_open(), Erasure.needs_second, Erasure.second_at.is_(None))).all()


def agreed(tx: Transaction, school: School) -> Sequence[Erasure]:
    """Those that everybody needed has agreed to and that were not carried out, oldest first."""
    return tx.scalars(_of(school).where(_open(), or_(~Erasure.needs_second, Erasure.second_at.is_not(None)))).all()


def open_for(tx: Transaction, comment: Comment) -> Erasure | None:
    """What was asked for of this comment and neither done nor cancelled."""
    return tx.scalar(select(Erasure).where(Erasure.comment_id == comment.id, _open()).limit(1))


def numbers_for(tx: Transaction, cases: Collection[int]) -> frozenset[int]:
    """Numbers of everything that was ever asked for of these comments."""
    return frozenset(tx.scalars(select(Erasure.id).where(Erasure.comment_id.in_(sorted(cases)))) if cases else ())


def done_for(tx: Transaction, comment: Comment) -> Erasure | None:
    """The erasure that made this comment a tombstone."""
    done = (Erasure.comment_id == comment.id, Erasure.done_at.is_not(None))
    return tx.scalar(select(Erasure).where(*done).order_by(Erasure.id).limit(1))


def known_as_erased(tx: Transaction, school_key: str, names: Sequence[str]) -> set[tuple[str, str]]:
    """Key of the account and digest of every erased comment of a school that goes by one of these digests."""
    found: set[tuple[str, str]] = set()
    mine = select(Account.key, Item.remote_id).join(Account, Account.id == Item.account_id)
    mine = mine.join(School, School.id == Account.school_id).where(School.key == school_key)
    for start in range(0, len(names), 500):  # databases bound the number of values in one statement
        these = (Item.remote_id.in_(names[start : start + 500]), Item.erased_at.is_not(None))
        found |= {(account, name) for account, name in tx.execute(mine.where(*these))}
    return found


def newest_done(tx: Transaction, school: School) -> int | None:
    """Number of the newest erasure that was carried out."""
    done = (Erasure.school_id == school.id, Erasure.done_at.is_not(None))
    return tx.scalar(select(Erasure.id).where(*done).order_by(Erasure.id.desc()).limit(1))


def when_and_why(tx: Transaction, comment: Comment) -> tuple[datetime, str | None] | None:
    """When a comment was erased and on what basis, as far as the book knows; None: it was not erased."""
    if comment.erased_at is None:
        return None
    row = done_for(tx, comment)
    return comment.erased_at, row.basis if row else None


def living(tx: Transaction, account: Account) -> list[tuple[int, str]]:
    """Number and id of every comment of an account that is not erased."""
    wanted = select(Comment.id, Comment.remote_id).where(
        Comment.account_id == account.id, Comment.erased_at.is_(None)
    )
    return [(case, remote_id) for case, remote_id in tx.execute(wanted.order_by(Comment.id))]


def add_tombstone(
    tx: Transaction, account: Account, *, name: str, kind: str, created_at: datetime, first_seen_at: datetime
) -> Comment:
    """Put up a tombstone for a comment this database never held, so that it is not taken in when it is met."""
    comment = Comment(
        account_id=account.id,
        remote_id=name,
        kind=kind,
        thread_key=name,
        author_name="",
        addressed_to=[],
        created_at=created_at,
        first_seen_at=first_seen_at,
        last_seen_at=first_seen_at,
        shown="visible",
        permalink="",
        attachments=[],
    )
    tx.add(comment)
    tx.flush()
    tx.add(Version(item_id=comment.id, number=1, text="", raw="", seen_at=first_seen_at))
    tx.flush()
    return comment


def quarantined(tx: Transaction, school: School) -> list[tuple[int, datetime]]:
    """Number of every item nobody could read, and when it was last met."""
    wanted = select(Quarantine.id, Quarantine.last_seen_at).join(Account, Account.id == Quarantine.account_id)
    return [
        (row, met) for row, met in tx.execute(wanted.where(Account.school_id == school.id).order_by(Quarantine.id))
    ]


def forget_quarantined(tx: Transaction, school: School, rows: Collection[int]) -> int:
    """Remove items nobody could read. Returns how many."""
    mine = select(Account.id).where(Account.school_id == school.id)
    gone = tx.scalars(select(Quarantine).where(Quarantine.id.in_(list(rows)), Quarantine.account_id.in_(mine))).all()
    for row in gone:
        tx.delete(row)
    tx.flush()
    return len(gone)


def _of(school: School) -> Select[Erasure]:
    return select(Erasure).where(Erasure.school_id == school.id).order_by(Erasure.id)


def _open() -> ColumnElement[bool]:
    return Erasure.done_at.is_(None) & Erasure.cancelled_at.is_(None)
