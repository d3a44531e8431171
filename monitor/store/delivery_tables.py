"""The table of mails owed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base, Id, Short, Words


class Delivery(Base):
    """One mail owed to one recipient. `key` is the local day of a digest or the ISO week of a report."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("school_id", "kind", "key", "recipient"),)

    id: Mapped[Id]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    kind: Mapped[Short]
    key: Mapped[Short]
    recipient: Mapped[Short]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    """Someone is sending it; if they die, it is free again after this moment."""
    dated_at: Mapped[datetime | None]
    """What date it bears, the same at every attempt: when it was first taken to be sent."""
    sent_at: Mapped[datetime | None]
    """After the server accepted it, never before."""
    closed_at: Mapped[datetime | None]
    """Refused for good, or found not to be needed when its time came; `outcome` says which and why."""
    outcome: Mapped[Words | None]


# Each holds the rows it is asked about and no others: those that wait are few, however many ever were.
for _name, _column, _rows in (
    ("delivery_waiting", Delivery.next_attempt_at, and_(Delivery.sent_at.is_(None), Delivery.closed_at.is_(None))),
    ("delivery_by_sent", Delivery.sent_at, Delivery.sent_at.is_not(None)),
    ("delivery_by_closed", Delivery.closed_at, Delivery.closed_at.is_not(None)),
):
    Index(_name, Delivery.school_id, _column, sqlite_where=_rows, postgresql_where=_rows)
