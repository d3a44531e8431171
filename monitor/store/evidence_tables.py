"""The tables of evidence: snapshots, the evidence log with its checkpoints, and erasures.

Entries, checkpoints and openings are never changed, and leave only as the rules of erasure say: the database itself
refuses anything else (triggers in `migrations/versions/0002_evidence_log.py`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.store.base import Base, Id, Short, Words
from monitor.store.item_tables import Item, Version


class Snapshot(Base):
    """A write-once capture on disk under `path` (relative to the evidence folder): of a Version, or an exhibit to it.

    `kind`: snapshot, screen_print, live_page or media. `position`: its entry in the evidence log; None for what was
    kept before there was a log, until it is taken up.
    """

    __tablename__ = "snapshot"
    __table_args__ = (Index("snapshot_by_comment", "comment_id"), Index("snapshot_by_version", "version_id"))

    id: Mapped[Id]
    snapshot_id: Mapped[Short] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    comment_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    path: Mapped[Words]
    digest: Mapped[Short]
    position: Mapped[int | None]
    captured_at: Mapped[datetime]
    card: Mapped[str] = mapped_column(String(10), default="owed", index=True)
    """owed, made, text, failed or none: the picture is a view and never decides whether there is a snapshot."""
    card_tried_at: Mapped[datetime | None]

    comment: Mapped[Item] = relationship()
    version: Mapped[Version] = relationship()


class SnapshotPart(Base):
    """A file of a snapshot that holds words of another item: erased alone when that item is erased."""

    __tablename__ = "snapshot_part"

    snapshot_row: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    erased_at: Mapped[datetime | None]

    item: Mapped[Item] = relationship()


class Recheck(Base):
    """A second look owed to a captured comment, so many hours after the capture: is it still there, and unchanged?"""

    __tablename__ = "recheck"
    __table_args__ = (Index("recheck_by_time", "done_at", "due_at"),)

    snapshot_row: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    hours: Mapped[int] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    found: Mapped[Short | None]

    snapshot: Mapped[Snapshot] = relationship()


class LogEntry(Base):
    """One leaf of a school's evidence log: a commitment, and nothing about anybody."""

    __tablename__ = "log_entry"

    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    commitment: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class LogOpening(Base):
    """What a commitment commits to: the record, and the salt without which nobody can guess it.

    An erasure destroys it; the entry stays. `case`: number of the comment it is about.
    """

    __tablename__ = "log_opening"
    __table_args__ = (
        Index("log_opening_by_case", "school_id", "case"),
        Index("log_opening_by_kind", "school_id", "kind"),
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    case: Mapped[int | None]
    salt: Mapped[str] = mapped_column(String(64))
    record: Mapped[Words]


class LogCheckpoint(Base):
    """The signed head of a log: its first `size` entries have this root."""

    __tablename__ = "log_checkpoint"
    __table_args__ = (UniqueConstraint("school_id", "size"),)

    id: Mapped[Id]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    key: Mapped[Short]
    """Fingerprint of the key that signed it."""
    signature: Mapped[str] = mapped_column(String(200))


class TimestampToken(Base):
    """A time stamp (RFC 3161) asked for a checkpoint from one authority. `token` is kept as it came."""

    __tablename__ = "timestamp_token"
    __table_args__ = (UniqueConstraint("checkpoint_id", "authority"),)

    id: Mapped[Id]
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("log_checkpoint.id"))
    authority: Mapped[Short]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    """None: nothing more is tried."""
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    got_at: Mapped[datetime | None]
    problem: Mapped[Words | None]

    checkpoint: Mapped[LogCheckpoint] = relationship()


class Erasure(Base):
    """Somebody asked that a comment be erased. Where evidence of it was kept, a second person has to agree.

    `basis`: request, retention or subject. `position`: its entry in the evidence log, once it is done.
    """

    __tablename__ = "erasure"
    __table_args__ = (Index("erasure_by_comment", "comment_id"),)

    id: Mapped[Id]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    basis: Mapped[str] = mapped_column(String(20))
    asked_by: Mapped[Short]
    why: Mapped[Words]
    asked_at: Mapped[datetime]
    needs_second: Mapped[bool]
    second_by: Mapped[Short | None]
    second_at: Mapped[datetime | None]
    cancelled_by: Mapped[Short | None]
    cancelled_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    position: Mapped[int | None]
