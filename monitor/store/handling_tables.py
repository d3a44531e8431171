"""The tables of what happens with a case: who is kept out of it, and whom an urgent alert has reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.store.base import Base, Id, Short, Words
from monitor.store.item_tables import Comment, Version

_IN_FORCE = text("lifted_at IS NULL")


class Exclusion(Base):
    """One person who must not see one case, because it is about them. Rows are lifted, never removed."""

    __tablename__ = "exclusion"
    __table_args__ = (
        Index(
            "one_exclusion_in_force",
            "comment_id",
            "person",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        Index("exclusion_by_person", "person"),
    )

    id: Mapped[Id]
    comment_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    person: Mapped[Short]
    """E-mail address, in small letters."""
    why: Mapped[Words]
    by: Mapped[Short]
    """Who said so; "monitor" where the words or the register did."""
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[Short | None]
    lifted_why: Mapped[Words | None]

    comment: Mapped[Comment] = relationship()


class Alert(Base):
    """An urgent alert about one version of a comment, which goes from person to person until one acknowledges it."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("comment_id", "version_id"),
        Index("alert_by_time", "school_id", "acknowledged_at", "next_step_at"),
    )

    id: Mapped[Id]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    opened_at: Mapped[datetime]
    step: Mapped[int]
    """How many mailings of it came before the present one: 0 for those who are told first."""
    next_step_at: Mapped[datetime | None]
    """When the next in the chain is told, as far as can be said; None: nobody is left, or it is settled."""
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[Short | None]
    closed_at: Mapped[datetime | None]
    """Settled otherwise: its flags were rejected, or the case erased. An edit settles nothing."""

    comment: Mapped[Comment] = relationship()
    version: Mapped[Version] = relationship()
