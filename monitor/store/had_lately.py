"""What people were sent lately, and whether another mail may leave to them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from monitor.mail_kinds import URGENT
from monitor.rules.restraint import LEAVES_FREE, PAUSED, Restraint
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Transaction
from monitor.store.school_tables import School


def is_let_go(tx: Transaction, school: School, at: datetime, restraint: Restraint) -> ColumnElement[bool]:
    """Whether a mail of this kind may leave to this person at a moment, whatever else keeps it.

    Asked under `outbox.alone`, what was counted stays true until the mail is taken.
    """
    held = [
        and_(Delivery.kind == kind, Delivery.recipient.in_(sorted(people)))
        for kind, people in sorted(_held_back(tx, school, at, restraint).items())
    ]
    return and_(Delivery.kind.not_in(sorted(restraint.kinds)), ~or_(false(), *held))


def _held_back(tx: Transaction, school: School, at: datetime, restraint: Restraint) -> dict[str, set[str]]:
    """By kind: who must not have another mail of it now, since they had one lately or had enough today."""
    since = min(filter(None, (at - restraint.pause, restraint.day_began_at)))
    had = _had_since(tx, school, since, at)
    found: dict[str, set[str]] = defaultdict(set)
    for mail in had:
        if mail.kind in PAUSED and mail.at > at - restraint.pause:
            found[mail.kind].add(mail.recipient)
    for recipient, number in _on_the_day(had, restraint).items():
        for kind in LEAVES_FREE:
            most = restraint.most(kind)
            if most is not None and number >= most:
                found[kind].add(recipient)
    return found


class _Had(NamedTuple):
    """A mail that is not urgent and left, or is being sent."""

    recipient: str
    kind: str
    at: datetime


def _had_since(tx: Transaction, school: School, since: datetime, now: datetime) -> list[_Had]:
    mine = (Delivery.school_id == school.id, Delivery.kind != URGENT)
    sent = select(Delivery.recipient, Delivery.kind, Delivery.sent_at).where(*mine, Delivery.sent_at > since)
    under_way = select(Delivery.recipient, Delivery.kind).where(
        *mine, Delivery.sent_at.is_(None), Delivery.closed_at.is_(None), Delivery.claimed_until > now
    )
    found = [_Had(recipient, kind, at) for recipient, kind, at in tx.execute(sent) if at]
    return found + [_Had(recipient, kind, now) for recipient, kind in tx.execute(under_way)]


def _on_the_day(had: Iterable[_Had], restraint: Restraint) -> Counter[str]:
    began = restraint.day_began_at
    return Counter(mail.recipient for mail in had if began is not None and mail.at >= began)


def is_last_today(tx: Transaction, delivery: Delivery, now: datetime, restraint: Restraint) -> bool:
    """Whether with this mail, which is being sent, its recipient has had all that one person is sent on a day."""
    if restraint.a_day is None or restraint.day_began_at is None or delivery.kind not in LEAVES_FREE:
        return False
    had = _had_since(tx, tx.get_one(School, delivery.school_id), restraint.day_began_at, now)
    return _on_the_day(had, restraint)[delivery.recipient] >= restraint.a_day


def newest_sent(tx: Transaction, school: School, kind: str, recipient: str) -> datetime | None:
    """When somebody was last sent a mail of this kind; None: never."""
    mine = (Delivery.school_id == school.id, Delivery.kind == kind, Delivery.recipient == recipient)
    return tx.scalar(select(func.max(Delivery.sent_at)).where(*mine))
