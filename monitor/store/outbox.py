"""Mails owed. The unique key makes a second daemon harmless; `sent_at` follows the server's acceptance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, case, or_, select, update
from sqlalchemy.exc import IntegrityError

from monitor.mail_kinds import AHEAD_OF_TIME, BUNDLED, DIGEST, NEW, SERIOUS, SHEET, URGENT
from monitor.rules.restraint import NO_RESTRAINT, Restraint
from monitor.rules.retry import LONGEST_WAIT
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Transaction
from monitor.store.had_lately import is_let_go
from monitor.store.school_tables import School

REFUSED = "refused: "
"""How the outcome of a mail begins that a server would not take."""
WITH = "told with "
"""How the outcome of a mail begins that went with another one of its kind; that one's key follows."""
LEASE = timedelta(minutes=15)
"""Longer than a mail server is given to answer. After it, a mail whose sender died is sent by someone else."""


def owe(tx: Transaction, school: School, kind: str, key: str, recipients: Iterable[str], not_before: datetime) -> int:
    """Owe this mail to each recipient, once for ever. Returns how many were new."""
    missing = not_owed_yet(tx, school, kind, key, recipients)
    return sum(_owe_one(tx, school, kind, key, recipient, not_before) for recipient in missing)


def not_owed_yet(tx: Transaction, school: School, kind: str, key: str, recipients: Iterable[str]) -> list[str]:
    """Those of the recipients to whom this mail was never owed."""
    this = (Delivery.school_id == school.id, Delivery.kind == kind, Delivery.key == key)
    owed = set(tx.scalars(select(Delivery.recipient).where(*this)))
    return [recipient for recipient in recipients if recipient not in owed]


def reached(tx: Transaction, school: School, kind: str, keys: Iterable[str], recipient: str) -> bool:
    """Whether one of these mails was sent to this person."""
    this = (Delivery.school_id == school.id, Delivery.kind == kind, Delivery.key.in_(list(keys)))
    sent = select(Delivery.id).where(*this, Delivery.recipient == recipient, Delivery.sent_at.is_not(None))
    return tx.scalar(sent.limit(1)) is not None


def in_trouble(
    tx: Transaction, school: School, since: datetime, overdue: datetime, restraint: Restraint = NO_RESTRAINT
) -> Sequence[Delivery]:
    """Mails that do not get through: tried in vain, given up since then, or due before `overdue` and never tried.

    `restraint`: what was held back at `overdue`, as by `claim_next`.
    """
    waiting = and_(Delivery.sent_at.is_(None), Delivery.closed_at.is_(None))
    return tx.scalars(
        select(Delivery)
        .where(
            Delivery.school_id == school.id,
            or_(
                and_(waiting, Delivery.attempts > 0),
                and_(waiting, Delivery.not_before < overdue, is_let_go(tx, school, overdue, restraint)),
                and_(Delivery.closed_at >= since, Delivery.outcome.startswith(REFUSED)),
            ),
        )
        .order_by(Delivery.id)
    ).all()


def _owe_one(tx: Transaction, school: School, kind: str, key: str, recipient: str, not_before: datetime) -> bool:
    row = Delivery(
        school_id=school.id,
        kind=kind,
        key=key,
        recipient=recipient,
        not_before=not_before,
        next_attempt_at=not_before,
    )
    try:
        with tx.begin_nested():  # PostgreSQL: somebody else may be owing the same mail at this moment
            tx.add(row)
    except IntegrityError:
        return False
    return True


_FIRST = {kind: place for place, kind in enumerate((URGENT, DIGEST, SHEET, NEW, SERIOUS))}


def claim_next(
    tx: Transaction, school: School, now: datetime, restraint: Restraint = NO_RESTRAINT
) -> Delivery | None:
    """Take the next mail whose time has come, so that nobody else sends it meanwhile. What is urgent comes first,
    then digests and sheets, so that nothing they say is said once more; then what is new, which has a deadline.

    Of the kinds that are bundled, whatever else is due to the same person and was never tried goes with it; what a
    mail has once taken along stays the same at every attempt.
    """
    alone(tx, school.id)
    free = and_(
        Delivery.sent_at.is_(None),
        Delivery.closed_at.is_(None),
        or_(Delivery.next_attempt_at <= now, _waits_too_long(now)),
        or_(Delivery.claimed_until.is_(None), Delivery.claimed_until <= now, Delivery.claimed_until > now + LEASE),
        is_let_go(tx, school, now, restraint),
    )
    first = case(_FIRST, value=Delivery.kind, else_=len(_FIRST))
    waiting = (
        select(Delivery.id)
        .where(Delivery.school_id == school.id, free)
        .order_by(first, Delivery.not_before, Delivery.id)
        .limit(1)
    )
    delivery_id = tx.scalar(waiting)
    if delivery_id is None:
        return None
    is_first = tx.scalar(select(Delivery.claimed_until.is_(None)).where(Delivery.id == delivery_id, _UNTRIED))
    # Asked once more while taking it: where databases let two look at once, the other may have sent it by now.
    claimed = tx.execute(update(Delivery).where(Delivery.id == delivery_id, free).values(claimed_until=now + LEASE))
    if cast(CursorResult[Any], claimed).rowcount != 1:
        return None
    delivery = tx.get_one(Delivery, delivery_id, populate_existing=True)
    delivery.dated_at = delivery.dated_at or now
    if is_first and delivery.kind in BUNDLED:
        _take_along(tx, delivery, now)
    return delivery


def alone(tx: Transaction, school_id: int) -> None:
    """Nobody else takes a mail of the school, or moves an alert of it on, until the commit.

    On SQLite nobody else is writing anyway; on PostgreSQL two who take along what the other takes would wait for each
    other for ever.
    """
    tx.execute(select(School.id).where(School.id == school_id).with_for_update())


def _waits_too_long(now: datetime) -> ColumnElement[bool]:
    """Whether another attempt is set for later than any wait there is: the clock was wrong then, or is now."""
    return and_(Delivery.attempts > 0, Delivery.next_attempt_at > now + LONGEST_WAIT)


_UNTRIED = and_(Delivery.attempts == 0, Delivery.claimed_until.is_(None))


def _take_along(tx: Transaction, delivery: Delivery, now: datetime) -> None:
    others = (
        Delivery.school_id == delivery.school_id,
        Delivery.kind == delivery.kind,
        Delivery.recipient == delivery.recipient,
        Delivery.id != delivery.id,
        *(() if delivery.kind in AHEAD_OF_TIME else (Delivery.not_before <= now,)),
        Delivery.sent_at.is_(None),
        Delivery.closed_at.is_(None),
        _UNTRIED,
    )
    tx.execute(update(Delivery).where(*others).values(closed_at=now, outcome=f"{WITH}{delivery.key}"))


def keys_told(tx: Transaction, delivery: Delivery) -> list[str]:
    """The keys of all that this mail tells: its own, and those of the mails that go with it."""
    along = select(Delivery.key).where(
        Delivery.school_id == delivery.school_id,
        Delivery.kind == delivery.kind,
        Delivery.recipient == delivery.recipient,
        Delivery.closed_at >= delivery.not_before,  # by index: what went along was closed when this one was taken
        Delivery.outcome == f"{WITH}{delivery.key}",
    )
    return [delivery.key, *tx.scalars(along.order_by(Delivery.id))]


def carrier_of(tx: Transaction, delivery: Delivery) -> Delivery:
    """The mail that tells what this one was owed for: itself, or the one it went with."""
    if not (delivery.outcome or "").startswith(WITH):
        return delivery
    carrier = tx.scalar(
        select(Delivery).where(
            Delivery.school_id == delivery.school_id,
            Delivery.kind == delivery.kind,
            Delivery.recipient == delivery.recipient,
            Delivery.key == (delivery.outcome or "").removeprefix(WITH),
        )
    )
    return carrier or delivery


def mark_sent(tx: Transaction, delivery_id: int, now: datetime) -> None:
    """The server has accepted it."""
    delivery = tx.get_one(Delivery, delivery_id)
    delivery.attempts += 1
    delivery.sent_at, delivery.claimed_until, delivery.outcome = now, None, None


def mark_failed(tx: Transaction, delivery_id: int, words: str, again_at: datetime) -> None:
    """Not accepted this time; another attempt follows."""
    delivery = tx.get_one(Delivery, delivery_id)
    delivery.attempts += 1
    delivery.next_attempt_at, delivery.claimed_until, delivery.outcome = again_at, None, words


def close(tx: Transaction, delivery_id: int, words: str, now: datetime) -> None:
    """Nothing more will be tried: refused for good, or not needed when its time came."""
    delivery = tx.get_one(Delivery, delivery_id)
    delivery.closed_at, delivery.claimed_until, delivery.outcome = now, None, words


def newer_is_due(tx: Transaction, delivery: Delivery, now: datetime) -> bool:
    """Whether a later mail of this kind to this person is due as well, so that this one would be old news."""
    return (
        tx.scalar(
            select(Delivery.id)
            .where(
                Delivery.school_id == delivery.school_id,
                Delivery.kind == delivery.kind,
                Delivery.recipient == delivery.recipient,
                Delivery.not_before > delivery.not_before,
                Delivery.not_before <= now,
            )
            .limit(1)
        )
        is not None
    )
