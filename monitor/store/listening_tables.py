"""The tables of listening: that this program lives, that mail leaves, and when not. No person stands in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base, Id, Words


class SignOfLife(Base):
    """One row for each school."""

    __tablename__ = "sign_of_life"

    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True, autoincrement=False)
    alive_at: Mapped[datetime | None]
    """When this program last said that it runs."""
    reports_until: Mapped[datetime | None]
    """Up to when the weekly reports are owed, those of weeks in which nothing ran included."""
    accepted_at: Mapped[datetime | None]
    """When a mail server last accepted a mail."""
    failing_since: Mapped[datetime | None]
    """The first attempt since then that failed."""
    failed_at: Mapped[datetime | None]
    """The newest one."""
    fails_since: Mapped[datetime | None]
    """No mail leaves since then: an hour had passed, and nothing was accepted since."""
    nudged_at: Mapped[datetime | None]
    """When a chat was last told that no mail leaves; None: it knows of nothing."""
    nudged_urgent: Mapped[bool] = mapped_column(default=False)
    """Something urgent waited then."""
    nudging_until: Mapped[datetime | None]
    """Somebody is telling it; if they die, it is free again after this moment."""
    chat_failed_at: Mapped[datetime | None]
    chat_failure: Mapped[Words | None]
    """Why no chat could be told, without its address; None: the last one was."""
    pinged_at: Mapped[datetime | None]
    """When the outside watcher was last told anything."""
    pinged_well: Mapped[bool] = mapped_column(default=True)
    """It was told that all is well."""
    ping_failure: Mapped[Words | None]
    """Why it could not be told, without its address; None: the last time it could."""


class Downtime(Base):
    """A stretch in which this program did not run, although it should have."""

    __tablename__ = "downtime"
    __table_args__ = (UniqueConstraint("school_id", "since"),)

    id: Mapped[Id]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    since: Mapped[datetime]
    """Its last sign of life before."""
    until: Mapped[datetime]
    """When it was started again, or woke up."""
