"""The table of pile-ons: many comments under one post in a short time. It holds no words and no names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.store.base import Base, Id, RemoteId, Short
from monitor.store.school_tables import Account


class PileOn(Base):
    """One of them under one post of one account. After a day without a new comment the next is another row."""

    __tablename__ = "pile_on"
    __table_args__ = (Index("pile_on_by_post", "account_id", "post_remote_id", "last_at"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    post_remote_id: Mapped[RemoteId]
    opened_at: Mapped[datetime]
    """When we found that it is one."""
    began_at: Mapped[datetime]
    """The time of its first comment, by the network's own clock, as `last_at` that of its newest."""
    last_at: Mapped[datetime]
    counted: Mapped[int]
    """Comments under the post since it began, whatever became of them."""
    told_step: Mapped[int]
    """How much everybody was told who is told of it: a step of growth, -1 for nothing yet, and what is worst in it
    (`monitor/rules/pile_on.py`). What each was told stands in the keys of their mails."""
    told_level: Mapped[Short]

    account: Mapped[Account] = relationship()
