"""Many comments under one post in a short time, as one matter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "pile_on",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("post_remote_id", sa.String(length=300), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("told_step", sa.Integer(), nullable=False),
        sa.Column("told_level", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_pile_on_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pile_on")),
    )
    op.create_index("pile_on_by_post", "pile_on", ["account_id", "post_remote_id", "last_at"])
