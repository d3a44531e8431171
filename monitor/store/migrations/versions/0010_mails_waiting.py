"""Mails that wait, were sent or were closed are found without looking at all that ever were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_WAITING = sa.text("sent_at IS NULL AND closed_at IS NULL")


def upgrade() -> None:
    op.create_index("delivery_by_sent", "delivery", ["school_id", "sent_at"])
    op.create_index("delivery_by_closed", "delivery", ["school_id", "closed_at"])
    op.create_index(
        "delivery_waiting",
        "delivery",
        ["school_id", "next_attempt_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
