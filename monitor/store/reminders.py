"""What people may have to be reminded of: comments nobody has answered, by their deadlines, and who was told.

These are asked every minute, however much is stored: deadlines in a short stretch of time, by index.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select

from monitor.model import Action
from monitor.store import cases, decided
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Decision
from monitor.store.portions import portions
from monitor.store.school_tables import Account, School


class Unanswered(NamedTuple):
    """A comment that is owed an answer and has none, as far as the database can tell."""

    case: int
    account: str
    """Its key."""
    due_at: datetime
    first_seen_at: datetime

    @property
    def key(self) -> str:
        """What mails about this deadline are named by. Another deadline is another matter, and so is a case that has
        this number once a backup was brought back."""
        return f"{self.due_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{self.case}-1"


class Reminded(NamedTuple):
    """A mail about one deadline that is owed to somebody, or was."""

    key: str
    recipient: str
    not_before: datetime


def unanswered(tx: Transaction, school: School, since: datetime, until: datetime) -> list[Unanswered]:
    """What fell or falls due in [since, until) and is not answered, gone or settled, earliest deadline first.

    Not what fell due before its account was watched.
    """
    # Account by account, because the index on deadlines begins with the account.
    accounts = tx.execute(select(Account.id, Account.key, Account.added_at).where(Account.school_id == school.id))
    found: list[Unanswered] = []
    for number, key, added_at in accounts.all():
        wanted = select(Comment.id, Comment.due_at, Comment.first_seen_at).where(
            Comment.account_id == number,
            Comment.due_at >= max(since, added_at),
            Comment.due_at < until,
            Comment.gone_at.is_(None),
            cases.is_unsettled(),
        )
        found += (Unanswered(case, key, due, seen) for case, due, seen in tx.execute(wanted) if due)
    return sorted(found, key=lambda each: (each.due_at, each.case))


def takers(tx: Transaction, numbers: Sequence[int]) -> dict[int, str]:
    """By case: who said last that they look after it, by the name they gave."""
    found: dict[int, str] = {}
    for some in portions(numbers):
        taken = select(Decision.comment_id, Decision.by).where(
            Decision.comment_id.in_(some), Decision.action == Action.TAKE.value, decided.counts()
        )
        found.update((case, by) for case, by in tx.execute(taken.order_by(Decision.id)))
    return found


def reminded(tx: Transaction, school: School, kind: str, keys: Collection[str]) -> list[Reminded]:
    """The mails of one kind about these deadlines."""
    found: list[Reminded] = []
    for some in portions(sorted(keys)):
        mails = select(Delivery.key, Delivery.recipient, Delivery.not_before).where(
            Delivery.school_id == school.id, Delivery.kind == kind, Delivery.key.in_(some)
        )
        found += (Reminded(*row) for row in tx.execute(mails))
    return found
