"""What is found in the school's own posts and replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "outgoing_found",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=300), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("clause", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=300), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("is_history", sa.Boolean(), nullable=False),
        sa.Column("reported_by", sa.String(length=300), nullable=True),
        sa.Column("told_as", sa.String(length=300), nullable=True),
        sa.Column("told_to", sa.JSON(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=300), nullable=True),
        sa.Column("settled_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outgoing_found_account_id_account")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_outgoing_found_post_id_post")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_outgoing_found_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_found")),
    )
    op.create_index("outgoing_by_account", "outgoing_found", ["account_id", "settled_at"])
    op.create_index("outgoing_by_post", "outgoing_found", ["post_id"])
    op.create_index("outgoing_by_item", "outgoing_found", ["item_id"])
