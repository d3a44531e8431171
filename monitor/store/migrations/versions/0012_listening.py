"""Nobody listening is an alarm: signs of life, mail that does not leave, and when nothing ran."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "sign_of_life",
        sa.Column("school_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("alive_at", UtcDateTime(), nullable=True),
        sa.Column("reports_until", UtcDateTime(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("failed_at", UtcDateTime(), nullable=True),
        sa.Column("fails_since", UtcDateTime(), nullable=True),
        sa.Column("nudged_at", UtcDateTime(), nullable=True),
        sa.Column("nudged_urgent", sa.Boolean(), nullable=False),
        sa.Column("nudging_until", UtcDateTime(), nullable=True),
        sa.Column("chat_failed_at", UtcDateTime(), nullable=True),
        sa.Column("chat_failure", sa.Text(), nullable=True),
        sa.Column("pinged_at", UtcDateTime(), nullable=True),
        sa.Column("pinged_well", sa.Boolean(), nullable=False),
        sa.Column("ping_failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_sign_of_life_school_id_school")),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_sign_of_life")),
    )
    op.create_table(
        "downtime",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_downtime_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downtime")),
        sa.UniqueConstraint("school_id", "since", name=op.f("uq_downtime_school_id_since")),
    )
