"""Reading cheaply and knowing it: what credentials allow and were used for, and the network's counts beside ours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("account", sa.Column("stream_minutes", sa.JSON(), nullable=True))
    op.add_column("account", sa.Column("expires_at", UtcDateTime(), nullable=True))
    op.add_column("account", sa.Column("scopes", sa.JSON(), nullable=True))
    op.add_column("account", sa.Column("api_version", sa.String(length=300), nullable=True))
    op.add_column("account", sa.Column("credential", sa.String(length=300), nullable=True))
    op.add_column("read", sa.Column("posts", sa.Integer(), nullable=True))
    op.add_column("read", sa.Column("network_count", sa.Integer(), nullable=True))
    op.add_column("read", sa.Column("stored_count", sa.Integer(), nullable=True))
    op.create_index("item_by_post", "item", ["account_id", "post_remote_id", "gone_at"])
    op.create_table(
        "credential_use",
        sa.Column("credential", sa.String(length=300), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("things", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("credential", "day", name=op.f("pk_credential_use")),
    )
    op.create_table(
        "network_allowance",
        sa.Column("credential", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("resets_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("credential", "name", name=op.f("pk_network_allowance")),
    )
