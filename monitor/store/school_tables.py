"""The tables of what is watched: schools, the policy packs they had, and their accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.store.base import Base, Id, Json, Short, Words


class School(Base):
    __tablename__ = "school"

    id: Mapped[Id]
    key: Mapped[Short] = mapped_column(unique=True)
    name: Mapped[Short]
    timezone: Mapped[Short]
    started_at: Mapped[datetime]
    """When this program first watched for the school: nothing is owed for the time before."""
    tombstone_salt: Mapped[str | None] = mapped_column(String(64))
    """Random; ids of erased items are kept only as a digest with it, so that they are not taken in again."""


class PolicyVersion(Base):
    """A policy pack as it was when deadlines were computed with it: rule and name, never changed."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("school_id", "digest"),)

    id: Mapped[Id]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    digest: Mapped[Short]
    pack: Mapped[Short]
    version: Mapped[Short]
    clause: Mapped[Short]
    rule: Mapped[Words]
    first_used_at: Mapped[datetime]


class Account(Base):
    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("school_id", "key"),)

    id: Mapped[Id]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    key: Mapped[Short]
    network: Mapped[Short]
    label: Mapped[Short]
    own_ids: Mapped[Json]
    """Author ids that are the school itself, as the network told us."""
    streams: Mapped[Json]
    """What has to be read for the account to count as read, as its connector says; empty before the first run."""
    identity: Mapped[Short]
    """Which account on the network the configuration points at; another one has other own ids."""
    checked_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
    parked_until: Mapped[datetime | None]
    """The network asked us not to call before this moment."""
    stream_minutes: Mapped[Json | None]
    """Streams that need not be read at every run, and how many minutes they may wait, as their connector says."""
    expires_at: Mapped[datetime | None]
    """When the credentials end, as the network told us; None: never, or it does not say."""
    scopes: Mapped[Json | None]
    """What the credentials allow, in the network's words."""
    api_version: Mapped[Short | None]
    credential: Mapped[Short | None]
    """A digest of the credentials in use: accounts that share them share their allowance."""
    about: Mapped[Words | None]
    """What the account says of itself in public; None: its network does not tell, or was not asked yet."""
    links: Mapped[Json | None]
    """The addresses it gives there."""

    school: Mapped[School] = relationship()
