"""Evidence that stands up: the log and its checkpoints, exhibits, second looks, erasures, tombstones.

The triggers keep what must never change from changing, whoever asks the database.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0002"
down_revision = "0001"

_ERASED = "EXISTS (SELECT 1 FROM erasure WHERE erasure.comment_id = OLD.{case} AND erasure.done_at IS NOT NULL)"
_GUARDS = (
    ("log_entry", "UPDATE", None, "an entry of the evidence log is never changed"),
    ("log_entry", "DELETE", None, "an entry of the evidence log is never removed"),
    ("log_checkpoint", "UPDATE", None, "a checkpoint of the evidence log is never changed"),
    ("log_checkpoint", "DELETE", None, "a checkpoint of the evidence log is never removed"),
    ("log_opening", "UPDATE", None, "a record of the evidence log is never changed"),
    ("log_opening", "DELETE", _ERASED.format(case='"case"'), "a record leaves the evidence log by an erasure only"),
    ("snapshot", "DELETE", _ERASED.format(case="comment_id"), "a snapshot is removed by an erasure only"),
    ("erasure", "DELETE", None, "the journal of erasures is never shortened"),
)
"""Table, what is refused, unless this holds, and the words of the refusal."""


def upgrade() -> None:
    _widen_snapshot()
    op.create_table(
        "exchange",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=300), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("body_digest", sa.String(length=300), nullable=False),
        sa.Column("body_length", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_exchange_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
    )
    op.create_table(
        "receipt",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.Integer(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=True),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_receipt_exchange_id_exchange")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_receipt_version_id_version")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_receipt")),
    )
    op.add_column("item", sa.Column("erased_at", UtcDateTime(), nullable=True))
    op.add_column("school", sa.Column("tombstone_salt", sa.String(length=64), nullable=True))
    _create_log()
    _create_what_is_owed()
    for guard in _GUARDS:
        _refuse(*guard)


def _widen_snapshot() -> None:
    with op.batch_alter_table("snapshot") as table:
        table.add_column(sa.Column("kind", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("position", sa.Integer(), nullable=True))
        table.drop_constraint("uq_snapshot_version_id", type_="unique")
    op.execute("UPDATE snapshot SET kind = 'snapshot'")
    with op.batch_alter_table("snapshot") as table:
        table.alter_column("kind", existing_type=sa.String(length=20), nullable=False)
    op.create_index("snapshot_by_comment", "snapshot", ["comment_id"])
    op.create_index("snapshot_by_version", "snapshot", ["version_id"])


def _create_log() -> None:
    op.create_table(
        "log_checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("signature", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_log_checkpoint_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_checkpoint")),
        sa.UniqueConstraint("school_id", "size", name=op.f("uq_log_checkpoint_school_id_size")),
    )
    op.create_table(
        "log_entry",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_log_entry_school_id_school")),
        sa.PrimaryKeyConstraint("school_id", "position", name=op.f("pk_log_entry")),
    )
    op.create_table(
        "log_opening",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("case", sa.Integer(), nullable=True),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_log_opening_school_id_school")),
        sa.PrimaryKeyConstraint("school_id", "position", name=op.f("pk_log_opening")),
    )
    op.create_index("log_opening_by_case", "log_opening", ["school_id", "case"], unique=False)
    op.create_index("log_opening_by_kind", "log_opening", ["school_id", "kind"], unique=False)


def _create_what_is_owed() -> None:
    """Time stamps, erasures, second looks, and the parts of snapshots that may be erased alone."""
    op.create_table(
        "timestamp_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=300), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("got_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["log_checkpoint.id"], name=op.f("fk_timestamp_token_checkpoint_id_log_checkpoint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timestamp_token")),
        sa.UniqueConstraint("checkpoint_id", "authority", name=op.f("uq_timestamp_token_checkpoint_id_authority")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.String(length=300), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("second_by", sa.String(length=300), nullable=True),
        sa.Column("second_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_by", sa.String(length=300), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["item.id"], name=op.f("fk_erasure_comment_id_item")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_erasure_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index("erasure_by_comment", "erasure", ["comment_id"], unique=False)
    op.create_table(
        "recheck",
        sa.Column("snapshot_row", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("found", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["snapshot_row"], ["snapshot.id"], name=op.f("fk_recheck_snapshot_row_snapshot")),
        sa.PrimaryKeyConstraint("snapshot_row", "hours", name=op.f("pk_recheck")),
    )
    op.create_index("recheck_by_time", "recheck", ["done_at", "due_at"], unique=False)
    op.create_table(
        "snapshot_part",
        sa.Column("snapshot_row", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_snapshot_part_item_id_item")),
        sa.ForeignKeyConstraint(
            ["snapshot_row"], ["snapshot.id"], name=op.f("fk_snapshot_part_snapshot_row_snapshot")
        ),
        sa.PrimaryKeyConstraint("snapshot_row", "name", name=op.f("pk_snapshot_part")),
    )
    op.create_index("ix_snapshot_part_item_id", "snapshot_part", ["item_id"], unique=False)


def _refuse(table: str, what: str, unless: str | None, words: str) -> None:
    """Make the database refuse to UPDATE or DELETE rows of a table; on PostgreSQL to TRUNCATE it as well."""
    name = f"{table}_refuses_{what.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        when = f"WHEN NOT {unless} " if unless else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
        return
    through = "OLD" if what == "DELETE" else "NEW"
    allowed = f"IF {unless} THEN RETURN {through}; END IF; " if unless else ""
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {allowed}RAISE EXCEPTION '{words}'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    if what == "DELETE":
        op.execute(
            f"CREATE FUNCTION {table}_refuses_truncate() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuses_truncate()"
        )
