"""The tables of threads: posts, what people and the school wrote under them, and what was found and decided about it.

A Comment and a Reply are both items of a thread and share identity, versions and presence, so they share one
table (`item`); a Comment is by someone else and has a deadline, a Reply is the school's own words.
Response states are not here: they are derived from these facts and a moment (`monitor/rules/state.py`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.store.base import Base, Id, Json, RemoteId, Short, Words
from monitor.store.receipt_tables import Receipt
from monitor.store.school_tables import Account, PolicyVersion

_IS_GONE, _IS_EDIT = text("gone_at IS NOT NULL"), text("number > 1")


class Post(Base):
    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("account_id", "remote_id"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    remote_id: Mapped[RemoteId]
    text: Mapped[Words]
    created_at: Mapped[datetime | None]
    permalink: Mapped[Words]
    comment_count: Mapped[int | None]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Item(Base):
    """One message in a thread, by anyone; identity is (account, remote_id)."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("account_id", "remote_id"),
        Index("item_by_thread", "account_id", "thread_key"),
        Index("item_by_parent", "account_id", "parent_remote_id"),
        Index("item_by_first_seen", "account_id", "first_seen_at"),
        Index("item_by_created", "account_id", "created_at"),
        Index("item_by_post", "account_id", "post_remote_id", "gone_at"),
        Index("item_by_gone", "gone_at", sqlite_where=_IS_GONE, postgresql_where=_IS_GONE),
    )
    __mapper_args__ = {"polymorphic_on": "type"}

    id: Mapped[Id]
    type: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    remote_id: Mapped[RemoteId]
    kind: Mapped[Short]
    post_remote_id: Mapped[RemoteId | None]
    parent_remote_id: Mapped[RemoteId | None]
    thread_key: Mapped[RemoteId]
    """The remote id of the topmost item we know above this one: all items with the same key are one thread."""
    author_id: Mapped[RemoteId | None]
    author_name: Mapped[Short]
    addressed_to: Mapped[Json]
    """Author ids this item names as the people it speaks to."""
    created_at: Mapped[datetime]
    """The network's own time."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    missing_since: Mapped[datetime | None]
    """The first read in which it was not there. Said to be gone only when a later read confirms it."""
    gone_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    """When it was last asked for by its id."""
    shown: Mapped[str] = mapped_column(String(10))
    permalink: Mapped[Words]
    attachments: Mapped[Json]
    erased_at: Mapped[datetime | None]
    """Since then it is a tombstone: number, times and counts remain; words, names and the network's id are gone."""

    account: Mapped[Account] = relationship()
    versions: Mapped[list[Version]] = relationship(order_by="Version.number", back_populates="item")


class Comment(Item):
    """By someone else: has its own state and clock. `due_at` is computed once and kept with its derivation."""

    __mapper_args__ = {"polymorphic_identity": "comment"}

    due_at: Mapped[datetime | None]
    derivation: Mapped[Json | None]
    tags: Mapped[Json | None]
    policy_version_id: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"))
    has_reply: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Kept by the database itself (`migrations/versions/0008_weekly_report.py`): a reply of the school that is still
    there was said after it."""

    policy_version: Mapped[PolicyVersion | None] = relationship()
    flags: Mapped[list[Flag]] = relationship(order_by="Flag.id")
    decisions: Mapped[list[Decision]] = relationship(order_by="Decision.id")


Index("item_by_due_at", Comment.__table__.c.account_id, Comment.__table__.c.due_at)
# SQLite uses such an index only for a condition in the very same words.
_WAITS = text("due_at IS NOT NULL AND has_reply = 0"), text("due_at IS NOT NULL AND NOT has_reply")
Index(
    "item_without_reply",
    Comment.__table__.c.account_id,
    Comment.__table__.c.due_at,
    Comment.__table__.c.has_reply,
    sqlite_where=_WAITS[0],
    postgresql_where=_WAITS[1],
)


class Reply(Item):
    """Words by the school's own account, known by author id."""

    __mapper_args__ = {"polymorphic_identity": "reply"}


class Alias(Base):
    """Another id the network uses for an item (on X every edit has a new one)."""

    __tablename__ = "alias"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    remote_id: Mapped[str] = mapped_column(String(300), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))


class Answer(Base):
    """A fact: this Reply was said under that Comment or to its author in the same thread.

    Whether it counts, and whether it was in time, is for `monitor/rules/state.py` to say.
    """

    __tablename__ = "answer"
    __table_args__ = (Index("answer_by_comment", "comment_id"),)

    reply_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)


class Version(Base):
    """One text an item has had, with the payload it came in. Number 1 is the first we saw.

    `raw`: the item's exact bytes in the network's answer, as text, where its Receipt says where they stood; else
    the payload as decoded, written down again.
    """

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        Index("version_of_edit", "seen_at", "item_id", sqlite_where=_IS_EDIT, postgresql_where=_IS_EDIT),
    )

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    number: Mapped[int]
    text: Mapped[Words]
    seen_at: Mapped[datetime]
    raw: Mapped[Words]

    item: Mapped[Item] = relationship(back_populates="versions")
    receipt: Mapped[Receipt | None] = relationship()


class Flag(Base):
    __tablename__ = "flag"
    __table_args__ = (Index("flag_by_comment", "comment_id"), Index("flag_by_time", "raised_at"))

    id: Mapped[Id]
    comment_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    category: Mapped[Short]
    severity: Mapped[Short]
    score: Mapped[float]
    detector: Mapped[Short]
    start: Mapped[int]
    end: Mapped[int]
    reason: Mapped[Words]
    clause: Mapped[Short]
    raised_at: Mapped[datetime]

    version: Mapped[Version] = relationship()


class Decision(Base):
    """What a moderator did, bound to the Version they saw. Rows are added, never changed."""

    __tablename__ = "decision"
    __table_args__ = (Index("decision_by_comment", "comment_id"), Index("decision_by_time", "at"))

    id: Mapped[Id]
    comment_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    action: Mapped[Short]
    by: Mapped[Short]
    why: Mapped[Words]
    at: Mapped[datetime]
    details: Mapped[Json | None]
    """What some actions have besides: `house_rule`, `audience` (what readers were told), `stage`, `on`, `school`."""
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    """The decision that an undoing takes back."""

    version: Mapped[Version] = relationship()
