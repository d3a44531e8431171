"""The tables of reading: how far it came, what each read found and used, and what could not be read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base, Id, Json, Short, Words


class StreamCursor(Base):
    """How far one stream of one account has been read: opaque to all but its connector."""

    __tablename__ = "stream_cursor"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    stream: Mapped[str] = mapped_column(String(60), primary_key=True)
    cursor: Mapped[Json]
    updated_at: Mapped[datetime]


class Read(Base):
    """One attempt to read one stream of one account. All Reads together are the coverage ledger."""

    __tablename__ = "read"
    __table_args__ = (
        Index("read_by_account_and_time", "account_id", "stream", "started_at"),
        Index("read_by_time", "account_id", "started_at"),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    stream: Mapped[Short]
    started_at: Mapped[datetime]
    """A complete Read has seen everything up to here."""
    finished_at: Mapped[datetime | None]
    complete: Mapped[bool] = mapped_column(default=False)
    calls: Mapped[int] = mapped_column(default=0)
    items: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    edited: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    posts: Mapped[int | None]
    """Posts of the school met in it."""
    network_count: Mapped[int | None]
    """How many comments the network counts under the posts met in this read; None: it gives no counts."""
    stored_count: Mapped[int | None]
    """How many of these we hold and have not seen to be gone."""
    failure: Mapped[Short | None]
    """The kind of error that ended it, and below what a person can do about it."""
    failure_words: Mapped[Words | None]


class CredentialUse(Base):
    """What one set of credentials was used for on one day (UTC), by all accounts that share it."""

    __tablename__ = "credential_use"

    credential: Mapped[str] = mapped_column(String(300), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    """2026-11-27."""
    calls: Mapped[int] = mapped_column(default=0)
    things: Mapped[int] = mapped_column(default=0)
    """What the network charges for singly."""


class NetworkAllowance(Base):
    """What the network itself last said of one of its allowances: the share used, and when it begins anew."""

    __tablename__ = "network_allowance"

    credential: Mapped[str] = mapped_column(String(300), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    share: Mapped[float]
    resets_at: Mapped[datetime]


class Quarantine(Base):
    """An item we could not read, as it came. Kept once, however often it is met."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("account_id", "digest"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    stream: Mapped[Short]
    digest: Mapped[Short]
    raw: Mapped[Words]
    reason: Mapped[Words]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
