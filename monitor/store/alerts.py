"""Urgent alerts and the mails they were told with.

An alert and its mails name each other by the key of the mails: when it was opened, which version of which case, and
how many mailings came before. The moment is part of it because numbers can come again once a backup was brought back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.exc import IntegrityError

from monitor import mail_kinds
from monitor.store import outbox
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Transaction
from monitor.store.handling_tables import Alert
from monitor.store.item_tables import Comment, Decision, Version
from monitor.store.school_tables import School

_KEY = re.compile(r"[0-9]{8}T[0-9]{6}Z-([0-9]{1,18})-([0-9]{1,9})(?:-[0-9]{1,9})?")


@dataclass(frozen=True)
class Telling:
    """One mail of an alert to one person. `number`: which mailing of it, from 0."""

    person: str
    number: int
    owed_at: datetime
    accepted_at: datetime | None
    """When a mail server took it; None: not yet, or never."""
    is_given_up: bool
    """It will not be sent: refused for good, or not needed any more."""


def case_key(version: Version, now: datetime) -> str:
    """What the mails that tell of one version of a case are named by."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{version.item_id}-{version.number}"


def case_of_key(key: str) -> tuple[int, int] | None:
    """Number of the case and of the version that the mail with this key tells of."""
    found = _KEY.fullmatch(key)
    return (int(found[1]), int(found[2])) if found else None


def open_one(
    tx: Transaction, school: School, version: Version, next_step_at: datetime | None, now: datetime
) -> Alert | None:
    """Open the alert about this version. None: there is one."""
    alert = Alert(
        school_id=school.id,
        comment_id=version.item_id,
        version_id=version.id,
        opened_at=now,
        step=0,
        next_step_at=next_step_at,
    )
    try:
        with tx.begin_nested():
            tx.add(alert)
    except IntegrityError:
        return None
    return alert


def owe(tx: Transaction, school: School, alert: Alert, people: Sequence[str], now: datetime) -> int:
    """Owe the mail of the alert's present step to these people. Returns how many were new."""
    key = f"{case_key(alert.version, alert.opened_at)}-{alert.step}"
    return outbox.owe(tx, school, mail_kinds.URGENT, key, people, now)


def unsettled(tx: Transaction, school: School) -> Sequence[Alert]:
    """Alerts that nobody has acknowledged and nothing has settled, oldest first."""
    return tx.scalars(
        select(Alert)
        .where(Alert.school_id == school.id, Alert.acknowledged_at.is_(None), Alert.closed_at.is_(None))
        .order_by(Alert.opened_at, Alert.id)
    ).all()


def to_look_at(tx: Transaction, school: School, now: datetime) -> Sequence[int]:
    """Numbers of those unsettled alerts for which something may be due at `now`, oldest first.

    Their time has come; or somebody decided about the case since, or it was erased. Where nobody is left, somebody
    may have been put on the route: that is looked at once an hour. So a storm of alerts costs little every minute.
    """
    decided = exists().where(Decision.comment_id == Alert.comment_id, Decision.at >= Alert.opened_at)
    erased = exists().where(Comment.id == Alert.comment_id, Comment.erased_at.is_not(None))
    due = Alert.next_step_at <= now
    if now.minute == 0:
        due = or_(Alert.next_step_at.is_(None), due)
    unsettled = (Alert.school_id == school.id, Alert.acknowledged_at.is_(None), Alert.closed_at.is_(None))
    wanted = select(Alert.id).where(*unsettled, or_(due, decided, erased))
    return tx.scalars(wanted.order_by(Alert.opened_at, Alert.id)).all()


def bring_forward(tx: Transaction, school: School, keys: Iterable[str], now: datetime) -> None:
    """Have the alerts that these mails tell of looked at now: such a mail was closed and has told nobody."""
    for alert in filter(None, (of_key(tx, school, key) for key in keys)):
        if not (alert.acknowledged_at or alert.closed_at):
            alert.next_step_at = now


def opened_between(tx: Transaction, school: School, since: datetime, until: datetime) -> Sequence[Alert]:
    """Alerts opened in [since, until), oldest first."""
    return tx.scalars(
        select(Alert)
        .where(Alert.school_id == school.id, Alert.opened_at >= since, Alert.opened_at < until)
        .order_by(Alert.opened_at, Alert.id)
    ).all()


def of_comment(tx: Transaction, comment: Comment) -> Sequence[Alert]:
    """Every alert about a comment, oldest first."""
    return tx.scalars(select(Alert).where(Alert.comment_id == comment.id).order_by(Alert.id)).all()


def of_key(tx: Transaction, school: School, key: str) -> Alert | None:
    """The alert that the mail with this key tells of; None: it is not there (any more)."""
    named = case_of_key(key)
    if named is None:
        return None
    found = tx.scalar(
        select(Alert)
        .join(Version, Version.id == Alert.version_id)
        .where(Alert.school_id == school.id, Alert.comment_id == named[0], Version.number == named[1])
    )
    return found if found and key.startswith(f"{case_key(found.version, found.opened_at)}-") else None


def tellings(tx: Transaction, alert: Alert) -> list[Telling]:
    """Every mail of an alert, in the order they were owed. One that went with another stands as that one does."""
    name = case_key(alert.version, alert.opened_at)
    keys = [f"{name}-{step}" for step in range(alert.step + 1)]
    mine = (Delivery.school_id == alert.school_id, Delivery.kind == mail_kinds.URGENT, Delivery.key.in_(keys))
    rows = tx.scalars(select(Delivery).where(*mine).order_by(Delivery.id)).all()
    return [_telling(row, outbox.carrier_of(tx, row)) for row in rows]


def mailed_of(tx: Transaction, school: School, comment: Comment) -> frozenset[str]:
    """Everybody to whom a mail about this case was sent, however long ago."""
    mine = (Delivery.school_id == school.id, Delivery.kind.in_([mail_kinds.URGENT, mail_kinds.SERIOUS]))
    rows = tx.scalars(select(Delivery).where(*mine, Delivery.key.like(f"%Z-{comment.id}-%"))).all()
    return frozenset(row.recipient for row in rows if outbox.carrier_of(tx, row).sent_at)


def decisions_since(tx: Transaction, alert: Alert) -> Sequence[Decision]:
    """What people decided about the case since the alert was opened, oldest first."""
    since = (Decision.comment_id == alert.comment_id, Decision.at >= alert.opened_at)
    return tx.scalars(select(Decision).where(*since).order_by(Decision.id)).all()


def _telling(row: Delivery, carrier: Delivery) -> Telling:
    return Telling(
        person=row.recipient,
        number=int(row.key.rpartition("-")[2]),
        owed_at=row.not_before,
        accepted_at=carrier.sent_at,
        is_given_up=carrier.closed_at is not None,
    )
