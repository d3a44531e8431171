"""The table of weekly reports as they were first sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base, Id, Short, Words


class SentReport(Base):
    """A weekly report as it was when its mail was first made: figures, times and numbers of cases, no names.

    `audience`: a digest of which cases known by then were kept from its readers. Rows are added, never changed.
    """

    __tablename__ = "weekly_report"
    __table_args__ = (Index("one_report_a_week_and_audience", "school_id", "week", "audience", unique=True),)

    id: Mapped[Id]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    week: Mapped[Short]
    audience: Mapped[Short]
    made_at: Mapped[datetime]
    content: Mapped[Words]
    """The message and what is behind its figures, as JSON."""
    counted: Mapped[Words]
    """What the reports of later weeks need of it, as JSON: its place in the trend, how each comment was counted, what
    it told of earlier weeks."""
    digest: Mapped[Short]
    """SHA-256 of both."""
