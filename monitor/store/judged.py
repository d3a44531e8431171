"""Writing what we concluded about a comment: deadline, flags, evidence, decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, case, func, literal, or_, select, tuple_

from monitor.model import Action, Deadline, Flag
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Decision, Item, Post, Version
from monitor.store.item_tables import Flag as FlagRow
from monitor.store.reading_tables import Quarantine
from monitor.store.school_tables import Account, PolicyVersion, School
from monitor.store.types import UtcDateTime


class Stale(Exception):
    """The comment was edited after the moderator looked at it."""


class ThreadMessage(NamedTuple):
    """One message of a thread, for context."""

    item_id: int
    author_id: str | None
    at: datetime
    text: str
    is_own: bool


def set_deadline(comment: Comment, deadline: Deadline, tags: Sequence[str], policy: PolicyVersion) -> None:
    """Store a deadline with its derivation and the policy it came from."""
    comment.due_at = deadline.due_at
    comment.derivation = list(deadline.steps)
    comment.tags = sorted(tags)
    comment.policy_version_id = policy.id


def raise_flags(tx: Transaction, version: Version, flags: Sequence[Flag], now: datetime) -> None:
    """Put these flags on one Version."""
    for flag in flags:
        tx.add(
            FlagRow(
                comment_id=version.item_id,
                version_id=version.id,
                category=flag.category.value,
                severity=flag.severity,
                score=flag.score,
                detector=flag.detector,
                start=flag.start,
                end=flag.end,
                reason=flag.reason,
                clause=flag.clause,
                raised_at=now,
            )
        )


def record_decision(
    tx: Transaction,
    comment: Comment,
    seen_version: int,
    action: Action,
    by: str,
    why: str,
    now: datetime,
    details: Mapping[str, str] | None = None,
    undoes: int | None = None,
) -> Decision:
    """Add a decision, bound to the version its author saw. Raises Stale when there is a newer one.

    `details` and `undoes`: as in `monitor.model.RecordedDecision`.
    """
    refuse_if_stale(comment, seen_version)
    version = comment.versions[-1]
    decision = Decision(
        comment_id=comment.id,
        version_id=version.id,
        action=action.value,
        by=by,
        why=why,
        at=now,
        details=dict(details) if details else None,
        undoes_id=undoes,
    )
    tx.add(decision)
    tx.flush()
    return decision


def refuse_if_stale(comment: Comment, seen_version: int) -> None:
    """Raises Stale when a comment has a newer version than the one somebody saw."""
    latest = comment.versions[-1].number
    if latest != seen_version:
        raise Stale(
            f"case {comment.id} was edited: you saw version {seen_version}, it now stands at {latest}; "
            "look at it again before you decide"
        )


def comment_of(tx: Transaction, school: School, comment_id: int) -> Comment | None:
    """The comment with this number, if it belongs to the school."""
    comment = tx.get(Comment, comment_id)
    return comment if comment and comment.account.school_id == school.id else None


def post_of(tx: Transaction, item: Item) -> Post | None:
    """The post an item hangs under, when we have it."""
    if item.post_remote_id is None:
        return None
    return tx.scalar(select(Post).where(Post.account_id == item.account_id, Post.remote_id == item.post_remote_id))


def parent_of(tx: Transaction, item: Item) -> Item | None:
    """The comment or reply that an item answers, when we have it."""
    if item.parent_remote_id is None:
        return None
    here = (Item.account_id == item.account_id, Item.remote_id == item.parent_remote_id, Item.erased_at.is_(None))
    return tx.scalar(select(Item).where(*here))


def names_around(tx: Transaction, item: Item, at_most: int) -> list[str]:
    """Names of those who wrote in the thread or under the same post, each once; of many, those who wrote last."""
    beside = [Item.thread_key == item.thread_key]
    if item.post_remote_id is not None:
        beside.append(Item.post_remote_id == item.post_remote_id)
    rows = tx.scalars(
        select(Item.author_name)
        .where(Item.account_id == item.account_id, or_(*beside), Item.erased_at.is_(None))
        .group_by(Item.author_name)
        .order_by(func.max(Item.id).desc())
        .limit(at_most)
    )
    return [name for name in rows if name]


def thread_of(tx: Transaction, item: Item, at_most: int, without: Collection[int] = ()) -> list[ThreadMessage]:
    """What else was said in the thread, oldest first, the newest `at_most` messages; nothing `without` names."""
    rows = tx.scalars(
        select(Item)
        .where(
            Item.account_id == item.account_id,
            Item.thread_key == item.thread_key,
            Item.id.not_in([item.id, *without]),
            Item.erased_at.is_(None),
        )
        .order_by(Item.created_at.desc(), Item.id.desc())
        .limit(at_most)
    ).all()
    return [_message(row) for row in reversed(rows)]


def thread_around(
    tx: Transaction, item: Item, on_each_side: int, without: Collection[int] = ()
) -> list[ThreadMessage]:
    """What was said just before and just after an item in its thread, oldest first, and what it answers.

    `without`: numbers of items to leave out; what was erased is left out as well.
    """
    others = and_(
        Item.account_id == item.account_id,
        Item.thread_key == item.thread_key,
        Item.id.not_in([item.id, *without]),
        Item.erased_at.is_(None),
    )
    here = tuple_(Item.created_at, Item.id)
    me = tuple_(literal(item.created_at, UtcDateTime()), literal(item.id))
    newest_first, oldest_first = (Item.created_at.desc(), Item.id.desc()), (Item.created_at, Item.id)
    before = tx.scalars(select(Item).where(others, here < me).order_by(*newest_first).limit(on_each_side)).all()
    after = tx.scalars(select(Item).where(others, here > me).order_by(*oldest_first).limit(on_each_side)).all()
    parent = tx.scalars(select(Item).where(others, Item.remote_id == item.parent_remote_id)).all()
    found = {row.id: row for row in (*parent, *before, *after)}
    return [_message(row) for row in sorted(found.values(), key=lambda row: (row.created_at, row.id))]


def _message(row: Item) -> ThreadMessage:
    return ThreadMessage(row.id, row.author_id, row.created_at, row.versions[-1].text, row.type == "reply")


@dataclass(frozen=True)
class Unmet:
    """Which items that no read meets any more are asked for.

    Those last met before `since`, or, where they were made before `old_before`, before `old_since`; never those made
    before `oldest`.
    """

    since: datetime
    old_before: datetime
    old_since: datetime
    oldest: datetime

    def sooner(self, by: timedelta) -> Unmet:
        """The same, with those as well whose time comes within `by`."""
        return replace(self, since=self.since + by, old_since=self.old_since + by)


def to_verify(tx: Transaction, account: Account, missed_by: datetime, unmet: Unmet, at_most: int) -> list[Item]:
    """Items that should be there, but that the run begun at `missed_by` did not meet.

    Those found missing once come first: a second look confirms it. Others come longest unmet first.
    """
    suspected = Item.missing_since.is_not(None)
    since = case((Item.created_at < unmet.old_before, unmet.old_since), else_=unmet.since)
    unasked = or_(Item.asked_at.is_(None), Item.asked_at < since)
    return list(
        tx.scalars(
            select(Item)
            .where(
                Item.account_id == account.id,
                Item.created_at >= unmet.oldest,
                Item.last_seen_at < missed_by,
                or_(suspected, and_(Item.last_seen_at < since, unasked)),
                Item.gone_at.is_(None),
            )
            .order_by(~suspected, Item.last_seen_at, Item.id)
            .limit(at_most)
        )
    )


def unmet_under(
    tx: Transaction, account: Account, post_ids: Collection[str], missed_by: datetime, at_most: int
) -> list[Item]:
    """Items under these posts that the run begun at `missed_by` did not meet and that are not known to be gone."""
    if not post_ids:
        return []
    unmet = (
        select(Item)
        .where(
            Item.account_id == account.id,
            Item.post_remote_id.in_(sorted(post_ids)),
            Item.gone_at.is_(None),
            Item.erased_at.is_(None),
            Item.last_seen_at < missed_by,
        )
        .order_by(Item.last_seen_at.desc(), Item.id)
        .limit(at_most)
    )
    return list(tx.scalars(unmet))


def counts(tx: Transaction, account: Account) -> dict[str, int]:
    """How much is stored for an account: comments, replies, flagged, quarantined, with a deadline."""
    comments = select(func.count()).select_from(Comment).where(Comment.account_id == account.id)
    return {
        "comments": tx.scalar(comments) or 0,
        "replies": tx.scalar(
            select(func.count()).select_from(Item).where(Item.account_id == account.id, Item.type == "reply")
        )
        or 0,
        "flagged": tx.scalar(
            select(func.count(func.distinct(FlagRow.comment_id)))
            .join(Comment, Comment.id == FlagRow.comment_id)
            .where(Comment.account_id == account.id)
        )
        or 0,
        "quarantined": tx.scalar(
            select(func.count()).select_from(Quarantine).where(Quarantine.account_id == account.id)
        )
        or 0,
        "due": tx.scalar(comments.where(Comment.due_at.is_not(None))) or 0,
    }
