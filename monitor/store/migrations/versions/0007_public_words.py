"""What an account says of itself in public, and the addresses it gives there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("account", sa.Column("about", sa.Text(), nullable=True))
    op.add_column("account", sa.Column("links", sa.JSON(), nullable=True))
