"""Who gets no digest because they asked for none; and what date a mail bears, the same at every attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "digest_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_digest_stop_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_stop")),
        sa.UniqueConstraint("school_id", "address", name=op.f("uq_digest_stop_school_id_address")),
    )
    op.add_column("delivery", sa.Column("dated_at", UtcDateTime(), nullable=True))
