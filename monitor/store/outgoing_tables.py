"""What was found in the school's own posts and replies. No word of them, and no name from any list, stands here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.store.base import Base, Id, Json, Short, Words
from monitor.store.item_tables import Item, Post
from monitor.store.school_tables import Account


class OutgoingFound(Base):
    """One thing found in a post or reply of the school, or reported by a person.

    It is bound to the text it was found in: once the words are others, it is settled or found again.
    """

    __tablename__ = "outgoing_found"
    __table_args__ = (
        Index("outgoing_by_account", "account_id", "settled_at"),
        Index("outgoing_by_post", "post_id"),
        Index("outgoing_by_item", "item_id"),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    """Both None: somebody reported it by its address."""
    kind: Mapped[Short]
    start: Mapped[int]
    end: Mapped[int]
    reason: Mapped[Words]
    clause: Mapped[Short]
    digest: Mapped[Short]
    """Of the text it was found in; empty: there was none."""
    link: Mapped[Words]
    """Where it was published, as reported; empty: where the post or item says."""
    found_at: Mapped[datetime]
    is_history: Mapped[bool]
    """It was there before the account was watched: it is listed, and nobody is told."""
    reported_by: Mapped[Short | None]
    told_as: Mapped[Short | None]
    """Key of the mail that tells of it; None: none is owed yet."""
    told_to: Mapped[Json | None]
    """E-mail addresses that mail is owed to. When each was sent, its Delivery says."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[Short | None]
    """Who says that nothing is left to do; "monitor" where the words were changed."""
    settled_why: Mapped[Words | None]

    account: Mapped[Account] = relationship()
    post: Mapped[Post | None] = relationship()
    item: Mapped[Item | None] = relationship()
