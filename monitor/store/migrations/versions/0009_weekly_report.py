"""Weekly reports as they were sent, and indexes by which the next one is counted quickly.

`item.has_reply` is kept by the database itself: a comment under which a reply of the school stands that is still
there and was not said before it. Unanswered comments are found among the few others.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0009"
down_revision = "0008"

# ruff: noqa: S608  every part of these statements stands in this file
_LASTS = (
    "EXISTS (SELECT 1 FROM answer JOIN item reply ON reply.id = answer.reply_id WHERE answer.comment_id = item.id "
    "AND reply.gone_at IS NULL AND reply.created_at >= item.created_at)"
)


def upgrade() -> None:
    op.create_table(
        "weekly_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=300), nullable=False),
        sa.Column("audience", sa.String(length=300), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_weekly_report_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_report")),
    )
    op.create_index("one_report_a_week_and_audience", "weekly_report", ["school_id", "week", "audience"], unique=True)
    op.add_column("item", sa.Column("has_reply", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE item SET has_reply = {_LASTS} WHERE type = 'comment' AND due_at IS NOT NULL")
    op.create_index(
        "item_without_reply",
        "item",
        ["account_id", "due_at", "has_reply"],
        sqlite_where=sa.text("due_at IS NOT NULL AND has_reply = 0"),
        postgresql_where=sa.text("due_at IS NOT NULL AND NOT has_reply"),
    )
    there, edited = sa.text("gone_at IS NOT NULL"), sa.text("number > 1")
    op.create_index("item_by_gone", "item", ["gone_at"], sqlite_where=there, postgresql_where=there)
    op.create_index(
        "version_of_edit", "version", ["seen_at", "item_id"], sqlite_where=edited, postgresql_where=edited
    )
    op.create_index("decision_by_time", "decision", ["at"])
    op.create_index("read_by_time", "read", ["account_id", "started_at"])
    _keep_has_reply_true()


def _keep_has_reply_true() -> None:
    changes = {
        "answer_is_noted": ("INSERT", "answer", "", "item.id = NEW.comment_id"),
        "answer_is_forgotten": ("DELETE", "answer", "", "item.id = OLD.comment_id"),
        "reply_is_seen_or_gone": (
            "UPDATE OF gone_at",
            "item",
            "NEW.type = 'reply'",
            "item.id IN (SELECT comment_id FROM answer WHERE reply_id = NEW.id)",
        ),
    }
    for name, (what, table, when, which) in changes.items():
        change = f"UPDATE item SET has_reply = {_LASTS} WHERE {which}"
        condition = f"WHEN {when} " if when else ""
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"CREATE TRIGGER {name} AFTER {what} ON {table} FOR EACH ROW {condition}BEGIN {change}; END")
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {change}; RETURN NULL; END $$"
        )
        condition = f"WHEN ({when}) " if when else ""
        op.execute(f"CREATE TRIGGER {name} AFTER {what} ON {table} FOR EACH ROW {condition}EXECUTE FUNCTION {name}()")
