"""Weekly reports as they were sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import defer

from monitor.store.engine import Transaction
from monitor.store.school_tables import School
from monitor.store.weekly_tables import SentReport


class ChangedAfterwards(Exception):
    """What is kept of a report is not what was written down. One sentence, and what to do."""


def of_week(tx: Transaction, school: School, week: str) -> Sequence[SentReport]:
    """Those of one ISO week, for each of its audiences, oldest first."""
    mine = select(SentReport).where(SentReport.school_id == school.id, SentReport.week == week)
    return tx.scalars(mine.order_by(SentReport.id)).all()


def before(tx: Transaction, school: School, week: str, oldest: str) -> Sequence[SentReport]:
    """Those of the weeks from `oldest` to before `week`, in the order of the weeks; their content unread."""
    mine = select(SentReport).where(
        SentReport.school_id == school.id, SentReport.week >= oldest, SentReport.week < week
    )
    unread = mine.options(defer(SentReport.content))
    return tx.scalars(unread.order_by(SentReport.week, SentReport.id)).all()


def keep(
    tx: Transaction, school: School, week: str, audience: str, made_at: datetime, content: str, counted: str
) -> SentReport:
    """Write a report down for good."""
    row = SentReport(
        school_id=school.id,
        week=week,
        audience=audience,
        made_at=made_at,
        content=content,
        counted=counted,
        digest=digest_of(content, counted),
    )
    tx.add(row)
    tx.flush()
    return row


def as_written(row: SentReport) -> SentReport:
    """The same row, found to be as it was written down. Raises ChangedAfterwards."""
    if digest_of(row.content, row.counted) != row.digest:
        raise ChangedAfterwards(
            f"the report of {row.week} in the database is not the one that was sent: somebody changed it there. "
            "Compare it with the mail; --as-of-now counts the week anew"
        )
    return row


def digest_of(content: str, counted: str) -> str:
    """By which a change is noticed."""
    return "sha256:" + hashlib.sha256(f"{content}\n{counted}".encode()).hexdigest()
