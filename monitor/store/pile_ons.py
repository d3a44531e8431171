"""Pile-ons: their rows, what is in them, and how much of them each person was told.

A mail about one is named by the moment it was found, its number, and how much it tells. The moment is part of it
because numbers can come again once a backup was brought back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from monitor import mail_kinds
from monitor.rules.pile_on import GROWTH, LEVELS, Told
from monitor.store import decided, outbox
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Transaction
from monitor.store.exclusions import THE_OTHERS
from monitor.store.handling_tables import Exclusion
from monitor.store.item_tables import Comment, Flag, Post
from monitor.store.pile_on_tables import PileOn
from monitor.store.portions import portions
from monitor.store.school_tables import Account, School

KINDS = (mail_kinds.PILE_ON, mail_kinds.PILE_ON_URGENT)
_KEY = re.compile(rf"([0-9]{{8}}T[0-9]{{6}}Z-([0-9]{{1,18}})):([0-9]):({'|'.join(LEVELS)})")


def newest_before(tx: Transaction, comment: Comment) -> PileOn | None:
    """The newest under the comment's post, whether the comment is part of it or not."""
    here = (PileOn.account_id == comment.account_id, PileOn.post_remote_id == comment.post_remote_id)
    return tx.scalar(select(PileOn).where(*here).order_by(PileOn.last_at.desc(), PileOn.id.desc()).limit(1))


def holding(tx: Transaction, comment: Comment) -> PileOn | None:
    """The one a comment is part of; None: it is part of none."""
    here = (PileOn.account_id == comment.account_id, PileOn.post_remote_id == comment.post_remote_id)
    then = (PileOn.began_at <= comment.created_at, PileOn.last_at >= comment.created_at)
    return tx.scalar(select(PileOn).where(*here, *then).order_by(PileOn.last_at.desc()).limit(1))


def begin(tx: Transaction, comment: Comment, began_at: datetime, now: datetime) -> PileOn:
    """A new one under the comment's post, with all that was written there since it began. Nothing is told yet."""
    since_then = _written(comment, began_at)
    counted, last_at = tx.execute(select(func.count(), func.max(Comment.created_at)).where(*since_then)).one()
    pile_on = PileOn(
        account_id=comment.account_id,
        post_remote_id=comment.post_remote_id,
        opened_at=now,
        began_at=began_at,
        last_at=last_at,
        counted=counted,
        told_step=Told().step,
        told_level=Told().level,
    )
    tx.add(pile_on)
    tx.flush()
    return pile_on


def times_around(tx: Transaction, comment: Comment, within: timedelta) -> Sequence[datetime]:
    """When comments under the same post were written, not longer than `within` before or after this one."""
    then = (Comment.created_at >= comment.created_at - within, Comment.created_at <= comment.created_at + within)
    here = (Comment.account_id == comment.account_id, Comment.post_remote_id == comment.post_remote_id)
    return tx.scalars(select(Comment.created_at).where(*here, *then)).all()


def count_between(tx: Transaction, comment: Comment, since: datetime, until: datetime) -> int:
    """How many comments under the same post were written in [since, until)."""
    then = (*_written(comment, since), Comment.created_at < until)
    return tx.scalar(select(func.count()).select_from(Comment).where(*then)) or 0


def inside(pile_on: PileOn) -> ColumnElement[bool]:
    """Whether a Comment is part of it."""
    return and_(
        Comment.account_id == pile_on.account_id,
        Comment.post_remote_id == pile_on.post_remote_id,
        Comment.created_at >= pile_on.began_at,
        Comment.created_at <= pile_on.last_at,
    )


def narrowed(tx: Transaction, pile_on: PileOn) -> Mapping[int, frozenset[str]]:
    """Its cases that are not for everybody, with who is kept out; `THE_OTHERS` where only those told see it."""
    rows = tx.execute(
        select(Exclusion.comment_id, Exclusion.person)
        .join(Comment, Comment.id == Exclusion.comment_id)
        .where(Exclusion.lifted_at.is_(None), inside(pile_on))
    )
    found: dict[int, frozenset[str]] = {}
    for number, person in rows:
        found[number] = found.get(number, frozenset()) | {person}
    return found


def kept_out_of_any(tx: Transaction, pile_on: PileOn) -> frozenset[str]:
    """Addresses, in small letters, of everybody one of its comments is about."""
    return frozenset(person for people in narrowed(tx, pile_on).values() for person in people) - {THE_OTHERS}


def grave_flags(tx: Transaction, pile_on: PileOn) -> Sequence[tuple[int, str]]:
    """(case, severity) of the flags in it that do not wait for a digest and that nobody has decided on."""
    grave = (Flag.severity.in_(LEVELS), ~decided.decided())
    wanted = select(Flag.comment_id, Flag.severity).join(Comment, Comment.id == Flag.comment_id).distinct()
    return [(number, severity) for number, severity in tx.execute(wanted.where(inside(pile_on), *grave))]


def which_are_inside(tx: Transaction, pile_on: PileOn, cases: Collection[int]) -> frozenset[int]:
    """Those of these cases that are part of it."""
    found = set[int]()
    for some in portions(sorted(cases)):
        found.update(tx.scalars(select(Comment.id).where(Comment.id.in_(some), inside(pile_on))))
    return frozenset(found)


def numbers(tx: Transaction, pile_on: PileOn) -> frozenset[int]:
    """The cases in it that are not erased."""
    return frozenset(tx.scalars(select(Comment.id).where(inside(pile_on), Comment.erased_at.is_(None))))


def since(tx: Transaction, school: School, moment: datetime) -> Sequence[PileOn]:
    """Those of a school that had a comment at or after a moment, oldest first."""
    mine = select(PileOn).join(Account, Account.id == PileOn.account_id).where(Account.school_id == school.id)
    return tx.scalars(mine.where(PileOn.last_at >= moment).order_by(PileOn.began_at, PileOn.id)).all()


def post_of(tx: Transaction, pile_on: PileOn) -> Post | None:
    """The post it is under, where the network showed it."""
    this = (Post.account_id == pile_on.account_id, Post.remote_id == pile_on.post_remote_id)
    return tx.scalar(select(Post).where(*this))


def key_of(pile_on: PileOn, told: Told) -> str:
    """What a mail is named by that tells so much of it."""
    return f"{_name(pile_on)}:{told.step}:{told.level}"


def of_key(tx: Transaction, school: School, key: str) -> tuple[PileOn, Told] | None:
    """What the mail with this key is about, and how much it tells; None: it is not there (any more)."""
    named = _KEY.fullmatch(key)
    pile_on = tx.get(PileOn, int(named[2])) if named else None
    if named is None or pile_on is None or pile_on.account.school_id != school.id or _name(pile_on) != named[1]:
        return None
    return pile_on, Told(int(named[3]), named[4])


def told(tx: Transaction, pile_on: PileOn, person: str, *, sent_only: bool = False) -> Told:
    """How much of it somebody was told, or will be with a mail that is owed; `sent_only`: of what was sent."""
    found = Told()
    for delivery in _mails(tx, pile_on, person):
        named = _KEY.fullmatch(delivery.key)
        carrier = outbox.carrier_of(tx, delivery)
        if named and (carrier.sent_at or (not carrier.closed_at and not sent_only)):
            found = found.together_with(Told(int(named[3]), named[4]))
    return found


def is_told(tx: Transaction, comment: Comment, person: str | None = None) -> bool:
    """Whether a comment is part of a pile-on of which a mail was sent or is owed: to this person; None: to anybody.

    Of such a comment nobody gets a mail of its own that it is new. A mail that was found not to be needed, or was
    refused for good, has told nobody anything.
    """
    pile_on = holding(tx, comment)
    if pile_on is None:
        return False
    carriers = (outbox.carrier_of(tx, delivery) for delivery in _mails(tx, pile_on, person))
    return any(carrier.sent_at or not carrier.closed_at for carrier in carriers)


def _written(comment: Comment, since: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is under the same post as a comment, and was written at a moment or after it."""
    return (
        Comment.account_id == comment.account_id,
        Comment.post_remote_id == comment.post_remote_id,
        Comment.created_at >= since,
    )


def _mails(tx: Transaction, pile_on: PileOn, person: str | None) -> Sequence[Delivery]:
    keys = [key_of(pile_on, Told(step, level)) for step in range(len(GROWTH)) for level in LEVELS]
    mine = [Delivery.school_id == pile_on.account.school_id, Delivery.kind.in_(KINDS), Delivery.key.in_(keys)]
    mine += [] if person is None else [Delivery.recipient == person]
    return tx.scalars(select(Delivery).where(*mine).order_by(Delivery.id)).all()


def _name(pile_on: PileOn) -> str:
    return f"{pile_on.opened_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{pile_on.id}"
