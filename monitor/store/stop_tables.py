"""The table of those who get no digest because they asked for none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base, Id, Short


class DigestStop(Base):
    """One person who stopped their digest. The row goes when they want it again, or leave the school."""

    __tablename__ = "digest_stop"
    __table_args__ = (UniqueConstraint("school_id", "address"),)

    id: Mapped[Id]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    address: Mapped[Short]
    """E-mail address, in small letters."""
    since: Mapped[datetime]
    by: Mapped[Short]
    """Who did it, by name; or that it was the link in the mail."""
