"""The book of incidents: what is open, what was told under which key, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from monitor.rules.watching import LATELY, Finding, Trouble
from monitor.store.engine import Transaction
from monitor.store.school_tables import Account, School
from monitor.store.watch_tables import Incident

NOBODY = ""
"""Stands in `recovered_as` for the end of something nobody has to be told of."""


def take_turns(tx: Transaction, school: School) -> None:
    """Let no other program write into the school's book before this transaction ends.

    On SQLite nobody else is writing anyway; on PostgreSQL two would else tell of the same end twice.
    """
    tx.execute(select(School.id).where(School.id == school.id).with_for_update())


def open_ones(tx: Transaction, account: Account) -> Sequence[Incident]:
    """What is wrong with the account as far as the book knows, oldest first."""
    mine = select(Incident).where(Incident.account_id == account.id, Incident.closed_at.is_(None))
    return tx.scalars(mine.order_by(Incident.id)).all()


def open_in_school(tx: Transaction, school: School) -> Sequence[Incident]:
    """Everything that is open at the school, oldest first."""
    mine = select(Incident).join(Account).where(Account.school_id == school.id, Incident.closed_at.is_(None))
    return tx.scalars(mine.order_by(Incident.id)).all()


def between(tx: Transaction, account: Account, since: datetime, until: datetime) -> Sequence[Incident]:
    """What was open at some moment from `since` to `until`, oldest first."""
    mine = select(Incident).where(
        Incident.account_id == account.id,
        Incident.opened_at <= until,
        (Incident.closed_at.is_(None)) | (Incident.closed_at >= since),
    )
    return tx.scalars(mine.order_by(Incident.id)).all()


def begin(tx: Transaction, account: Account, finding: Finding, told_as: str, now: datetime) -> bool:
    """Open an incident. False: somebody else opened it at this moment."""
    row = Incident(
        account_id=account.id,
        trouble=finding.trouble,
        stream=finding.stream,
        began_at=finding.since,
        opened_at=now,
        why=finding.why,
        told_as=told_as,
    )
    try:
        with tx.begin_nested():
            tx.add(row)
    except IntegrityError:
        return False
    return True


def end(incident: Incident, now: datetime, *, is_told: bool) -> None:
    """Close an incident; its end is told later unless nobody has to be."""
    incident.closed_at = now
    if not is_told:
        incident.recovered_as = NOBODY


def told_as(tx: Transaction, school: School, key: str) -> Sequence[Incident]:
    """What the alarm with this key tells of."""
    return _with_key(tx, school, Incident.told_as == key)


def recovered_as(tx: Transaction, school: School, key: str) -> Sequence[Incident]:
    """What the mail about a recovery with this key tells of."""
    return _with_key(tx, school, Incident.recovered_as == key)


def _with_key(tx: Transaction, school: School, condition: object) -> Sequence[Incident]:
    mine = select(Incident).join(Account).where(Account.school_id == school.id)
    return tx.scalars(mine.where(condition).order_by(Incident.id)).all()  # type: ignore[arg-type]


def ended_untold(tx: Transaction, account: Account) -> Sequence[Incident]:
    """What is over and nobody was told so yet, oldest first."""
    mine = select(Incident).where(
        Incident.account_id == account.id, Incident.closed_at.is_not(None), Incident.recovered_as.is_(None)
    )
    return tx.scalars(mine.order_by(Incident.id)).all()


def alarms_before(tx: Transaction, incident: Incident) -> int:
    """How often the same was found in the day before."""
    same = select(func.count()).where(
        Incident.account_id == incident.account_id,
        Incident.trouble == incident.trouble,
        Incident.stream == incident.stream,
        Incident.opened_at > incident.opened_at - LATELY,
        Incident.opened_at < incident.opened_at,
    )
    return tx.scalar(same) or 0


def trouble_of(incident: Incident) -> Trouble:
    """What is or was wrong."""
    return Trouble(incident.trouble)
