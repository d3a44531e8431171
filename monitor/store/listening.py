"""Which addresses take no mail, whether mail leaves at all, and when this program last lived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from monitor.rules.listening import (
    HOUR,
    Answer,
    MailLine,
    Unreachable,
    is_new_stretch,
    line_is_to_blame,
    unreachable,
    was_refused_for_good,
)
from monitor.rules.restraint import Restraint
from monitor.store import outbox
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Transaction
from monitor.store.listening_tables import Downtime, SignOfLife
from monitor.store.school_tables import School

_KNOWN = "unreachable"


def unreachable_people(tx: Transaction, school: School) -> Mapping[str, Unreachable]:
    """Addresses, in small letters, that no mail reaches.

    Found once in a transaction: whoever asks about every case of a digest asks many times.
    """
    known: dict[int, Mapping[str, Unreachable]] = tx.info.setdefault(_KNOWN, {})
    if school.id not in known:
        known[school.id] = _unreachable_people(tx, school)
    return known[school.id]


def _unreachable_people(tx: Transaction, school: School) -> Mapping[str, Unreachable]:
    refused: dict[str, list[tuple[int, Answer]]] = {}
    for row in _refused_for_good(tx, school):
        answer = Answer(row.closed_at or row.not_before, accepted=False, words=row.outcome or "")
        refused.setdefault(row.recipient.lower(), []).append((row.id, answer))
    found = {}
    for address, answers in refused.items():
        if len(answers) > 1:
            answers += _newest_accepted(tx, school, address)
            since = unreachable(answer for _, answer in sorted(answers, key=lambda each: each[0]))
            found.update({address: since} if since else {})
    return found


def _refused_for_good(tx: Transaction, school: School, since: datetime | None = None) -> list[Delivery]:
    """Mails that a server refused for good; with `since`, from then on."""
    closed = (Delivery.school_id == school.id, Delivery.sent_at.is_(None), Delivery.closed_at.is_not(None))
    wanted = select(Delivery).where(*closed, Delivery.outcome.startswith(outbox.REFUSED)).order_by(Delivery.id)
    rows = tx.scalars(wanted.where(Delivery.closed_at >= since) if since else wanted)
    return [row for row in rows if row.closed_at and was_refused_for_good(row.attempts, row.closed_at)]


def _newest_accepted(tx: Transaction, school: School, address: str) -> list[tuple[int, Answer]]:
    mine = (Delivery.school_id == school.id, func.lower(Delivery.recipient) == address)
    sent = select(Delivery.id, Delivery.sent_at).where(*mine, Delivery.sent_at.is_not(None))
    rows = tx.execute(sent.order_by(Delivery.sent_at.desc(), Delivery.id.desc()).limit(1))
    return [(number, Answer(at, accepted=True)) for number, at in rows if at]


def sign_of_life(tx: Transaction, school_id: int) -> SignOfLife:
    """The school's row, made where it is missing."""
    row = tx.get(SignOfLife, school_id)
    if row is None:
        try:
            with tx.begin_nested():  # PostgreSQL: somebody else may be making it at this moment
                tx.add(SignOfLife(school_id=school_id, nudged_urgent=False, pinged_well=True))
        except IntegrityError:
            pass
        row = tx.get_one(SignOfLife, school_id)
    return row


def accepted(tx: Transaction, school_id: int, now: datetime) -> None:
    """A mail server accepted a mail: mail leaves."""
    row = sign_of_life(tx, school_id)
    row.accepted_at, row.failing_since, row.failed_at, row.fails_since = now, None, None, None


def failed(tx: Transaction, school_id: int, now: datetime) -> None:
    """An attempt to hand a mail over failed, for now or for good."""
    row = sign_of_life(tx, school_id)
    if is_new_stretch(row.failing_since, row.failed_at, now):
        row.failing_since = now
    row.failed_at = now


def mail_line(tx: Transaction, school: School, now: datetime, held_back: Restraint) -> MailLine:
    """What the books say of mail leaving. `held_back`: what kept mails back an hour ago."""
    row = tx.get(SignOfLife, school.id)
    if row is None:
        return MailLine()
    is_the_line = False
    if row.failing_since:
        waiting = (Delivery.school_id == school.id, Delivery.sent_at.is_(None), Delivery.attempts > 0)
        still = select(func.count()).where(*waiting, Delivery.closed_at.is_(None))
        given_up = [
            each
            for each in tx.scalars(select(Delivery).where(*waiting, Delivery.closed_at >= row.failing_since))
            if (each.outcome or "").startswith(outbox.REFUSED) and not was_refused_for_good(each.attempts, now)
        ]
        known = {
            address for address, each in unreachable_people(tx, school).items() if each.since < row.failing_since
        }
        refused = [each.recipient for each in _refused_for_good(tx, school, row.failing_since)]
        is_the_line = line_is_to_blame((tx.scalar(still) or 0) + len(given_up), refused, known)
    due = _due(tx, school, now, held_back)
    return MailLine(row.accepted_at, row.failing_since, is_the_line, due, row.fails_since)


def _due(tx: Transaction, school: School, now: datetime, held_back: Restraint) -> datetime | None:
    """Since when the oldest mail is due that nobody tried, and that somebody running would have."""
    stuck = outbox.in_trouble(tx, school, now, now - HOUR, held_back)
    never_tried = [each.not_before for each in stuck if not (each.attempts or each.closed_at or each.claimed_until)]
    if not never_tried:
        return None
    began = max([school.started_at, *(each.until for each in downtimes(tx, school, school.started_at)[-1:])])
    return max(min(never_tried), began)


def downtimes(tx: Transaction, school: School, since: datetime) -> Sequence[Downtime]:
    """Stretches that ended later than `since` in which nothing ran, oldest first."""
    mine = select(Downtime).where(Downtime.school_id == school.id, Downtime.until > since)
    return tx.scalars(mine.order_by(Downtime.since)).all()


def downtime_of(tx: Transaction, school: School, since: datetime) -> Downtime | None:
    """The stretch that began at this moment."""
    return tx.scalar(select(Downtime).where(Downtime.school_id == school.id, Downtime.since == since))


def note_downtime(tx: Transaction, school: School, since: datetime, until: datetime) -> bool:
    """Write a stretch down. False: it stands there already."""
    if downtime_of(tx, school, since) is not None:
        return False
    tx.add(Downtime(school_id=school.id, since=since, until=until))
    tx.flush()
    return True


def keys_owed(tx: Transaction, school: School, kind: str) -> frozenset[str]:
    """Keys of all mails of a kind that were ever owed to anybody."""
    mine = select(Delivery.key).where(Delivery.school_id == school.id, Delivery.kind == kind)
    return frozenset(tx.scalars(mine.distinct()))


def first_accepted(tx: Transaction, school: School, address: str, after: datetime) -> datetime | None:
    """When a mail to this address, in small letters, was first accepted later than a moment."""
    mine = (Delivery.school_id == school.id, func.lower(Delivery.recipient) == address)
    return tx.scalar(select(func.min(Delivery.sent_at)).where(*mine, Delivery.sent_at > after))


def forget_downtimes_after(tx: Transaction, school: School, now: datetime) -> None:
    """Take away stretches that end in the future: the clock was ahead when they were written down."""
    tx.execute(delete(Downtime).where(Downtime.school_id == school.id, Downtime.until > now))


def begin_anew(tx: Transaction, school: School) -> None:
    """Forget when this program last lived: the books come out of a backup, and it did since."""
    tx.execute(delete(SignOfLife).where(SignOfLife.school_id == school.id))


def sign_of_life_if_any(tx: Transaction, school: School) -> SignOfLife | None:
    """The school's row; None before anything ran."""
    return tx.get(SignOfLife, school.id)
