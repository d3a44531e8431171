"""Mails that wait, were sent or were closed are found without looking at all that ever were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_INDEXES = (
    ("delivery_waiting", "next_attempt_at", "sent_at IS NULL AND closed_at IS NULL"),
    ("delivery_by_sent", "sent_at", "sent_at IS NOT NULL"),
    ("delivery_by_closed", "closed_at", "closed_at IS NOT NULL"),
)


def upgrade() -> None:
    for name, column, rows in _INDEXES:
        where = sa.text(rows)
        op.create_index(name, "delivery", ["school_id", column], sqlite_where=where, postgresql_where=where)
