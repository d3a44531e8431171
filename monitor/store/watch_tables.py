"""The table of incidents: what was wrong with reading an account, from when to when, and which mails tell of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.store.base import Base, Id, Short, Words
from monitor.store.school_tables import Account

_OPEN = text("closed_at IS NULL")


class Incident(Base):
    """One thing that was wrong with one stream (`stream` empty: with the account), however many mails tell of it."""

    __tablename__ = "incident"
    __table_args__ = (
        # Two programs that find the same at the same moment find it once.
        Index(
            "one_open_incident",
            "account_id",
            "trouble",
            "stream",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("incident_by_account_and_time", "account_id", "opened_at"),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    trouble: Mapped[str] = mapped_column(String(20))
    """As `monitor/rules/watching.py` names it."""
    stream: Mapped[str] = mapped_column(String(60))
    began_at: Mapped[datetime | None]
    """The last complete read before it, None: there was none; for credentials that will end, when they do."""
    opened_at: Mapped[datetime]
    """When it was found."""
    closed_at: Mapped[datetime | None]
    why: Mapped[Words]
    told_as: Mapped[Short]
    """Key of the mail that tells of it; one mail tells of all that was found with an account at one time."""
    recovered_as: Mapped[Short | None]
    """Key of the mail that tells of its end; empty: nobody need be told."""

    account: Mapped[Account] = relationship()
