"""The stored history as it was judged: each text of each comment, its flags then, what moderators said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, and_, exists, func, select

from monitor.model import Action, Category
from monitor.rules.marks import ABOUT_FLAGS
from monitor.store.decided import counts
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Decision, Version
from monitor.store.item_tables import Flag as FlagRow
from monitor.store.school_tables import Account, School

PORTION = 256  # texts held in memory at a time
NOT_ABOUT_WORDS = ("deadline/", "second-opinion:")
"""How the detectors begin that a replay cannot ask again."""


class Mark(NamedTuple):
    """What a moderator said last of the flags of one text, who, and when."""

    action: Action
    by: str
    at: datetime


class JudgedThen(NamedTuple):
    """One text of a comment. `flags`: category and severity of each, as they were raised when it was read."""

    case: int
    version: int
    text: str
    flags: tuple[tuple[Category, str], ...]
    mark: Mark | None


class Wanted(NamedTuple):
    """Which part of the history. `since`: comments written since then; `marked`: those marked false alarms alone."""

    since: datetime | None = None
    marked: bool = False
    without: Collection[int] = frozenset()
    """Numbers of cases to leave out. What was erased is left out as well."""


EVERYTHING = Wanted()


def how_many(tx: Transaction, school: School, wanted: Wanted) -> int:
    """How many texts there are."""
    return tx.scalar(select(func.count()).select_from(_texts(school, wanted).subquery())) or 0


def portion(tx: Transaction, school: School, wanted: Wanted, after: int) -> tuple[list[JudgedThen], int | None]:
    """The next texts in the order they were stored, at most PORTION, perhaps none, and where to go on from.

    `after`: 0, or where the last call said to go on from. None: that was the end.
    """
    # By number first: a database that may choose for itself sorts the whole history anew for each portion.
    some = tx.scalars(select(Version.id).where(Version.id > after).order_by(Version.id).limit(PORTION)).all()
    if not some:
        return [], None
    rows = tx.execute(_texts(school, wanted).where(Version.id.in_(some)).order_by(Version.id)).all()
    numbers = [row.id for row in rows]
    flags, marks = _flags(tx, numbers), _marks(tx, numbers)
    found = [JudgedThen(row.item_id, row.number, row.text, tuple(flags[row.id]), marks.get(row.id)) for row in rows]
    return found, some[-1]


def _texts(school: School, wanted: Wanted) -> Select[int, int, int, str]:
    query = (
        select(Version.id, Version.item_id, Version.number, Version.text)
        .join(Comment, Comment.id == Version.item_id)
        .join(Account, Account.id == Comment.account_id)
        .where(Account.school_id == school.id, Comment.erased_at.is_(None))
    )
    if wanted.without:
        query = query.where(Comment.id.not_in(wanted.without))
    if wanted.since is not None:
        query = query.where(Comment.created_at >= wanted.since)
    if wanted.marked:
        false_alarm = Decision.action == Action.FALSE_ALARM.value
        marked = and_(Decision.version_id == Version.id, false_alarm, counts())
        query = query.where(exists().where(marked))
    return query


def _flags(tx: Transaction, version_ids: Sequence[int]) -> dict[int, list[tuple[Category, str]]]:
    found: dict[int, list[tuple[Category, str]]] = defaultdict(list)
    query = select(FlagRow).where(FlagRow.version_id.in_(version_ids)).order_by(FlagRow.id)
    for row in tx.scalars(query) if version_ids else ():
        if not row.detector.startswith(NOT_ABOUT_WORDS):
            found[row.version_id].append((Category(row.category), row.severity))
    return found


def _marks(tx: Transaction, version_ids: Sequence[int]) -> dict[int, Mark]:
    """The last mark on each text: a later one takes the place of an earlier one."""
    about = Decision.action.in_(sorted(action.value for action in ABOUT_FLAGS))
    query = select(Decision).where(Decision.version_id.in_(version_ids), about, counts()).order_by(Decision.id)
    rows: Iterable[Decision] = tx.scalars(query) if version_ids else ()
    return {row.version_id: Mark(Action(row.action), row.by, row.at) for row in rows}
