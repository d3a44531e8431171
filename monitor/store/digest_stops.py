"""Who stopped their digest: every read and write of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from monitor.store.engine import Transaction
from monitor.store.school_tables import School
from monitor.store.stop_tables import DigestStop


def stops_of(tx: Transaction, school: School) -> Sequence[DigestStop]:
    """Every stop of the school, oldest first."""
    mine = select(DigestStop).where(DigestStop.school_id == school.id)
    return tx.scalars(mine.order_by(DigestStop.since, DigestStop.id)).all()


def stop(tx: Transaction, school: School, address: str, by: str, now: datetime) -> None:
    """No digest to this address from now on."""
    tx.add(DigestStop(school_id=school.id, address=address.lower(), since=now, by=by))
    tx.flush()


def start(tx: Transaction, school: School, address: str) -> None:
    """The digest again. Nothing where it was not stopped."""
    mine = DigestStop.school_id == school.id
    tx.execute(delete(DigestStop).where(mine, DigestStop.address == address.lower()))


def forget_others(tx: Transaction, school: School, addresses: Collection[str]) -> None:
    """Forget the stops of everybody but these, who are at the school no longer."""
    known = sorted(address.lower() for address in addresses)
    gone = (DigestStop.school_id == school.id, DigestStop.address.not_in(known))
    tx.execute(delete(DigestStop).where(*gone))
