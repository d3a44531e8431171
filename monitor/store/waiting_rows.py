"""What waits for somebody, from any week, found by indexes: numbers of comments.

`accounts`: ids of accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import and_, exists, not_, or_, select

from config.policy import PolicyPack
from monitor.model import Action, Category
from monitor.store import cases, decided
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Decision, Version
from monitor.store.item_tables import Flag as FlagRow
from monitor.store.portions import portions
from monitor.store.weekly_rows import EDITED


def owed(tx: Transaction, accounts: Collection[int]) -> list[int]:
    """Numbers of the comments that may be owed a reply, from any week.

    What a moderator settled stays without a reply for good, and over years that is nearly all there is. It is taken
    out first, all at once, where nothing that was said later can have opened it again.
    """
    # Asked of the table: the index alone answers then, and what has a deadline is a comment anyhow.
    item = Comment.__table__.c
    waits = and_(item.due_at.is_not(None), not_(item.has_reply))
    found = set(tx.scalars(select(item.id).where(item.account_id.in_(sorted(accounts)), waits)))
    closed = set(tx.scalars(select(Decision.comment_id).where(cases.closing())))
    opened = set(tx.scalars(select(Decision.comment_id).where(Decision.action == Action.UNDO.value)))
    edited = set(tx.scalars(select(Version.item_id).where(Version.number > EDITED)))
    left = found - (closed - opened - edited)
    ids: list[int] = []
    for some in portions(sorted(left)):
        ids += tx.scalars(select(Comment.id).where(Comment.id.in_(some), cases.owed(accounts)))
    return ids


def held_and_waiting(tx: Transaction, accounts: Collection[int], pack: PolicyPack) -> list[int]:
    """Numbers of the comments the policy may have nobody answer, or removed only after advice, while something waits
    about them."""
    kinds = sorted(
        n for n, rule in pack.categories.items() if rule.hold.answer == "hold" or rule.hold.removal == "after_advice"
    )
    if not kinds:
        return []
    of_kind = exists().where(FlagRow.comment_id == Comment.id, FlagRow.category.in_(kinds))
    undecided = exists().where(FlagRow.comment_id == Comment.id, ~decided.decided())
    there = and_(Comment.account_id.in_(sorted(accounts)), Comment.erased_at.is_(None))
    flagged_so = select(FlagRow.comment_id).where(FlagRow.category.in_(kinds))
    wanted = select(Comment.id).where(there, Comment.id.in_(flagged_so), of_kind)
    return list(tx.scalars(wanted.where(or_(undecided, decided.may_wait_for_more(pack)))))


def undecided_alarms(tx: Transaction, accounts: Collection[int], categories: Iterable[Category]) -> list[int]:
    """Numbers of the comments with a flag of these categories that nobody decided on."""
    kinds = sorted(category.value for category in categories)
    return list(
        tx.scalars(
            select(FlagRow.comment_id)
            .join(Comment, Comment.id == FlagRow.comment_id)
            .where(
                Comment.account_id.in_(sorted(accounts)),
                Comment.erased_at.is_(None),
                FlagRow.category.in_(kinds),
                ~decided.decided(),
            )
            .distinct()
        )
    )
