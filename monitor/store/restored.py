"""What a database that comes out of a backup has to be told of the time since: mails, and comments by their ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from monitor.mail_kinds import DIGEST, WEEKLY
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Transaction
from monitor.store.identity import MARK, digest
from monitor.store.item_tables import Item
from monitor.store.school_tables import Account, School

MAY_HAVE_BEEN_SENT = "may have been sent before the restore"


class Mail(NamedTuple):
    """A mail as the replaced database has it: owed, sent, refused for good, or found not to be needed."""

    kind: str
    key: str
    recipient: str
    not_before: datetime
    next_attempt_at: datetime
    attempts: int
    sent_at: datetime | None
    closed_at: datetime | None
    outcome: str | None


class Identity(NamedTuple):
    """Which comment a case is, whatever its number: key of the account, and the network's id."""

    account: str
    remote_id: str


def every_school(tx: Transaction) -> Sequence[School]:
    """All schools of this database, by key."""
    return tx.scalars(select(School).order_by(School.key)).all()


def all_mails(tx: Transaction, school: School) -> list[Mail]:
    """Every mail of a school, whatever became of it."""
    wanted = select(Delivery).where(Delivery.school_id == school.id).order_by(Delivery.id)
    return [Mail(*(getattr(row, name) for name in Mail._fields)) for row in tx.scalars(wanted)]


def take_over_mails(tx: Transaction, school: School, mails: Collection[Mail]) -> int:
    """Have every mail stand as the replaced database says, so that none is sent again and none forgotten.

    Returns how many were dealt with since the backup.
    """
    rows = {(row.kind, row.key, row.recipient): row for row in _deliveries(tx, school)}
    changed = 0
    for mail in mails:
        row = rows.get((mail.kind, mail.key, mail.recipient))
        if row is None:
            row = Delivery(school_id=school.id)
            tx.add(row)
        elif row.sent_at or row.closed_at:
            continue
        changed += bool(mail.sent_at or mail.closed_at)
        row.claimed_until = None
        for name in Mail._fields:
            setattr(row, name, getattr(mail, name))
    return changed


def settle_unknown_mails(tx: Transaction, school: School, now: datetime) -> int:
    """Decide about mails that may have been sent since the backup, where nobody can tell any more.

    Of those whose time came before `now`, the newest of each kind to each person stays owed. It may be sent for the
    second time, and then under the same Message-ID, by which the two can be recognised: a mail too many is better
    than silence. The older ones are closed; the newest says what still matters of them. Returns how
    many were closed.
    """
    waiting = [row for row in _deliveries(tx, school) if not (row.sent_at or row.closed_at) and row.not_before <= now]
    newest = {_about(row): row for row in waiting}
    older = [row for row in waiting if newest[_about(row)] is not row]
    for row in older:
        row.closed_at, row.claimed_until, row.outcome = now, None, MAY_HAVE_BEEN_SENT
    return len(older)


def _about(row: Delivery) -> tuple[str, ...]:
    """What two mails share of which the newer says all. Digests and reports do; alarms speak for themselves."""
    speaks_for_all = row.kind in {DIGEST, WEEKLY}
    return (row.kind, row.recipient) if speaks_for_all else (row.kind, row.key, row.recipient)


def identities(tx: Transaction, cases: Collection[int]) -> Mapping[int, Identity]:
    """Which comments these cases are; those that are not there are left out."""
    wanted = select(Item.id, Account.key, Item.remote_id).join(Account, Account.id == Item.account_id)
    return {
        case: Identity(account, remote_id)
        for case, account, remote_id in tx.execute(wanted.where(Item.id.in_(list(cases))))
    }


def case_of(tx: Transaction, school: School, comment: Identity) -> int | None:
    """The number that a comment has in this database, where it may not be erased yet."""
    mine = (
        select(Item.id, Item.remote_id)
        .join(Account, Account.id == Item.account_id)
        .where(Account.school_id == school.id, Account.key == comment.account)
    )
    if not comment.remote_id.startswith(MARK):
        found: int | None = tx.scalar(mine.where(Item.remote_id == comment.remote_id))
        return found
    salt = school.tombstone_salt or ""
    return next((case for case, name in tx.execute(mine) if digest(salt, name) == comment.remote_id), None)


def _deliveries(tx: Transaction, school: School) -> Sequence[Delivery]:
    mine = select(Delivery).where(Delivery.school_id == school.id)
    return tx.scalars(mine.order_by(Delivery.not_before, Delivery.id)).all()
