"""Decisions with what belongs to them, people kept out of a case, and urgent alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0005"
down_revision = "0004"

_IN_FORCE = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("decision") as decision:
        decision.add_column(sa.Column("details", sa.JSON(), nullable=True))
        decision.add_column(sa.Column("undoes_id", sa.Integer(), nullable=True))
        decision.create_foreign_key(op.f("fk_decision_undoes_id_decision"), "decision", ["undoes_id"], ["id"])
    op.create_table(
        "exclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=300), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=300), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["item.id"], name=op.f("fk_exclusion_comment_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    op.create_index(
        "one_exclusion_in_force",
        "exclusion",
        ["comment_id", "person"],
        unique=True,
        sqlite_where=_IN_FORCE,
        postgresql_where=_IN_FORCE,
    )
    op.create_index("exclusion_by_person", "exclusion", ["person"])
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("next_step_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=300), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["item.id"], name=op.f("fk_alert_comment_id_item")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_alert_school_id_school")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_alert_version_id_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("comment_id", "version_id", name=op.f("uq_alert_comment_id_version_id")),
    )
    op.create_index("alert_by_time", "alert", ["school_id", "acknowledged_at", "next_step_at"])
