"""The tables, one class for each word of the trade.

A Comment and a Reply are both items of a thread and share identity, versions and presence, so they share one
table (`item`); a Comment is by someone else and has a deadline, a Reply is the school's own words.
Response states are not here: they are derived from these facts and a moment (`monitor/rules/state.py`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, and_, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.store.base import Base, Id, Json, RemoteId, Short, Words

_IS_GONE, _IS_EDIT = text("gone_at IS NOT NULL"), text("number > 1")


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


class Exchange(Base):
    """One answer of a network, without its body: what a snapshot says of how an item reached us.

    `headers` are the reply's, credentials left out; their Date is a clock that is not ours.
    """

    __tablename__ = "exchange"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    method: Mapped[Short]
    url: Mapped[Words]
    status: Mapped[int]
    headers: Mapped[Json]
    received_at: Mapped[datetime]
    body_digest: Mapped[Short]
    body_length: Mapped[int]


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


class Receipt(Base):
    """How a Version reached us.

    `offset`: where its bytes began in the answer; None: they could not be cut out. `left_out`: members of it that
    held what other people said, and were cut out of the bytes.
    """

    __tablename__ = "receipt"

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True)
    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"))
    offset: Mapped[int | None]
    left_out: Mapped[Json]

    exchange: Mapped[Exchange] = relationship()


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


class Delivery(Base):
    """One mail owed to one recipient. `key` is the local day of a digest or the ISO week of a report."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("school_id", "kind", "key", "recipient"),)

    id: Mapped[Id]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    kind: Mapped[Short]
    key: Mapped[Short]
    recipient: Mapped[Short]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    """Someone is sending it; if they die, it is free again after this moment."""
    dated_at: Mapped[datetime | None]
    """What date it bears, the same at every attempt: when it was first taken to be sent."""
    sent_at: Mapped[datetime | None]
    """After the server accepted it, never before."""
    closed_at: Mapped[datetime | None]
    """Refused for good, or found not to be needed when its time came; `outcome` says which and why."""
    outcome: Mapped[Words | None]


# Each holds the rows it is asked about and no others: those that wait are few, however many ever were.
for _name, _column, _rows in (
    ("delivery_waiting", Delivery.next_attempt_at, and_(Delivery.sent_at.is_(None), Delivery.closed_at.is_(None))),
    ("delivery_by_sent", Delivery.sent_at, Delivery.sent_at.is_not(None)),
    ("delivery_by_closed", Delivery.closed_at, Delivery.closed_at.is_not(None)),
):
    Index(_name, Delivery.school_id, _column, sqlite_where=_rows, postgresql_where=_rows)
