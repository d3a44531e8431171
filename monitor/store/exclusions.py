"""Who must not see which case. Rows are lifted, never removed; `monitor/rules/seeing.py` says what follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, select, update

from monitor.store.engine import Transaction
from monitor.store.handling_tables import Exclusion
from monitor.store.item_tables import Answer, Comment, Item
from monitor.store.school_tables import Account, School

THE_OTHERS = "*"
"""Stands for everybody who was not told of a case, where only those may see it."""
BY_MONITOR = "monitor"


def keep_out(
    tx: Transaction, comment: Comment, people: Iterable[str], why: str, by: str, now: datetime
) -> Sequence[int]:
    """Keep these people out of a case; those who are already stay so. Returns the numbers of the new rows."""
    there = {row.person for row in in_force(tx, comment)}
    rows = [
        Exclusion(comment_id=comment.id, person=person, why=why, by=by, at=now)
        for person in sorted({each.lower() for each in people} - there)
    ]
    tx.add_all(rows)
    tx.flush()
    return [row.id for row in rows]


def lift(tx: Transaction, comment: Comment, person: str, why: str, by: str, now: datetime) -> int | None:
    """Let somebody in again. Returns the number of the row; None: this person was not kept out."""
    row = next((row for row in in_force(tx, comment) if row.person == person.lower()), None)
    if row is None:
        return None
    row.lifted_at, row.lifted_by, row.lifted_why = now, by, why
    tx.flush()
    return row.id


def kept_out(tx: Transaction, comment: Comment) -> frozenset[str]:
    """E-mail addresses, in small letters, of those who must not see this case."""
    return frozenset(row.person for row in in_force(tx, comment)) - {THE_OTHERS}


def in_force(tx: Transaction, comment: Comment) -> Sequence[Exclusion]:
    """The rows of one case that are not lifted, oldest first."""
    mine = select(Exclusion).where(Exclusion.comment_id == comment.id, Exclusion.lifted_at.is_(None))
    return tx.scalars(mine.order_by(Exclusion.id)).all()


def ever_of(tx: Transaction, comment: Comment) -> frozenset[str]:
    """Everybody who is or was kept out of this case: who was let in by hand is not kept out again by the words."""
    return frozenset(tx.scalars(select(Exclusion.person).where(Exclusion.comment_id == comment.id)))


def hidden_from(tx: Transaction, school: School, person: str) -> frozenset[int]:
    """The cases this person is kept out of by name: all that other restrictions hide comes on top of it."""
    return frozenset(row.comment_id for row in _of_school(tx, school) if row.person == person.lower())


def by_case(tx: Transaction, school: School) -> Mapping[int, frozenset[str]]:
    """Every case somebody is kept out of, with who that is; `THE_OTHERS` among them where only those told see it."""
    found: dict[int, frozenset[str]] = {}
    for row in _of_school(tx, school):
        found[row.comment_id] = found.get(row.comment_id, frozenset()) | {row.person}
    return found


def restricted(tx: Transaction, school: School) -> Mapping[int, datetime]:
    """The cases that are not for everybody, and since when at the latest."""
    return {row.comment_id: row.at for row in _of_school(tx, school)}


def with_what_hangs_under(tx: Transaction, cases: Collection[int]) -> frozenset[int]:
    """These items, and what was said in answer to them: it is not shown beside other comments either."""
    if not cases:
        return frozenset()
    above = select(Item.account_id, Item.remote_id).where(Item.id.in_(sorted(cases))).subquery()
    under = select(Item.id).join(
        above, (Item.account_id == above.c.account_id) & (Item.parent_remote_id == above.c.remote_id)
    )
    answers = select(Answer.reply_id).where(Answer.comment_id.in_(sorted(cases)))
    return frozenset(cases) | frozenset(tx.scalars(under)) | frozenset(tx.scalars(answers))


def beside_others(tx: Transaction, school: School, itself: int) -> frozenset[int]:
    """Items whose words are never kept as what was said around a comment: other people read that.

    Every case that is not for everybody, and what answers one; but for what answers this comment `itself`.
    """
    cases = frozenset(restricted(tx, school))
    return (cases | with_what_hangs_under(tx, cases - {itself})) - {itself}


def forget_words_of(tx: Transaction, comment: Comment, instead: str) -> None:
    """Put other words `instead` of the reasons people gave, as the comment they were about is erased."""
    mine = Exclusion.comment_id == comment.id
    tx.execute(update(Exclusion).where(mine).values(why=instead))
    tx.execute(update(Exclusion).where(mine, Exclusion.lifted_at.is_not(None)).values(lifted_why=instead))


def _of_school(tx: Transaction, school: School) -> Sequence[Exclusion]:
    """The rows in force, in the order they were made."""
    # Not joined: SQLite would go through every comment of the school for the few that somebody is kept out of.
    of_school = exists().where(
        Comment.id == Exclusion.comment_id, Comment.account_id == Account.id, Account.school_id == school.id
    )
    mine = select(Exclusion).where(Exclusion.lifted_at.is_(None), of_school)
    return tx.scalars(mine.order_by(Exclusion.at, Exclusion.id)).all()
