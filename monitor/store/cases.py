"""Reading Cases: a comment together with the facts its state is derived from.

`pack` is the policy in force: it says which comments nobody answers, and what else waits about them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select, true
from sqlalchemy.orm import aliased, selectinload

from config.policy import PolicyPack
from monitor.model import NEVER, Action, Case, Flag
from monitor.rules.marks import in_force
from monitor.store import decided, ledger
from monitor.store.case_rows import ABOUT_THE_WORDS, case_of, flag_of, under_the_policy
from monitor.store.engine import Transaction
from monitor.store.evidence_tables import Snapshot
from monitor.store.item_tables import Answer, Comment, Decision, Post, Reply, Version
from monitor.store.item_tables import Flag as FlagRow
from monitor.store.portions import portions
from monitor.store.school_tables import Account, School

_ABOUT_THE_WORDS = sorted(action.value for action in ABOUT_THE_WORDS)
_BLANK = " \t\n\r"


def case_by_id(tx: Transaction, school: School, pack: PolicyPack, case_id: int) -> Case | None:
    """One case of this school, None when there is none with that number."""
    return next(iter(_load(tx, school, pack, Comment.id == case_id)), None)


def every_case(tx: Transaction, school: School, pack: PolicyPack) -> list[Case]:
    """Every comment of the school."""
    return _load(tx, school, pack, true())


def unsettled(tx: Transaction, school: School, pack: PolicyPack) -> list[Case]:
    """Every comment that is owed a reply and has none that lasts, most pressing deadline first.

    This is the wide net in SQL; what each case's state is, `monitor/rules/state.py` says.
    """
    return _load(tx, school, pack, owed(account.id for account in ledger.accounts_of(tx, school)))


def owed(accounts: Iterable[int]) -> ColumnElement[bool]:
    """Which comments of these accounts may be owed a reply and have none that lasts: a wide net."""
    return and_(Comment.account_id.in_(sorted(accounts)), is_unsettled(), ~_taken_away())


def unsettled_due_between(
    tx: Transaction, school: School, pack: PolicyPack, since: datetime, until: datetime
) -> list[Case]:
    """Of those, the ones whose deadline lies in [since, until)."""
    mine = owed(account.id for account in ledger.accounts_of(tx, school))
    return _load(tx, school, pack, and_(Comment.due_at >= since, Comment.due_at < until, mine))


def with_numbers(tx: Transaction, school: School, pack: PolicyPack, numbers: Sequence[int]) -> list[Case]:
    """Those of these cases that are there and not erased."""
    found = (_load(tx, school, pack, and_(_there(), Comment.id.in_(some))) for some in portions(numbers))
    return [case for some in found for case in some]


def flagged_and_undecided(tx: Transaction, school: School, pack: PolicyPack) -> list[Case]:
    """Every comment with a flag on a version no moderator has decided on yet."""
    return _load(
        tx, school, pack, and_(_there(), exists().where(FlagRow.comment_id == Comment.id, ~decided.decided()))
    )


def waiting_for_more(tx: Transaction, school: School, pack: PolicyPack) -> list[Case]:
    """Every comment about which something else waits than an answer or a flag nobody has decided on."""
    found = _load(tx, school, pack, and_(_there(), decided.may_wait_for_more(pack)))
    return [case for case in found if case.to_do]


def held_under(tx: Transaction, school: School, pack: PolicyPack) -> dict[int, str]:
    """By case: the clause under which nobody answers it."""
    kinds = sorted(name for name, rule in pack.categories.items() if rule.hold.answer == "hold")
    if not kinds:
        return {}
    flagged = exists().where(FlagRow.comment_id == Comment.id, FlagRow.category.in_(kinds))
    found = _load(tx, school, pack, and_(_there(), flagged))
    return {case.id: case.facts.hold for case in found if case.facts.hold}


def kept_since_before(tx: Transaction, school: School, pack: PolicyPack, moment: datetime) -> list[Case]:
    """Every comment first seen at or before `moment` that is not erased."""
    return _load(tx, school, pack, and_(_there(), Comment.first_seen_at <= moment))


def undecided_flags(tx: Transaction, school: School) -> dict[int, tuple[Flag, ...]]:
    """By case: its flags on versions no moderator has decided on yet."""
    return _flags(tx, school, ~decided.decided())


def undecided_flags_of(tx: Transaction, ids: Iterable[int]) -> dict[int, tuple[Flag, ...]]:
    """The same for the cases with these numbers, and no others."""
    found: dict[int, tuple[Flag, ...]] = {}
    for some in portions(sorted(set(ids))):
        rows = tx.scalars(
            select(FlagRow).where(FlagRow.comment_id.in_(some), ~decided.decided()).order_by(FlagRow.id)
        )
        for row in rows:
            found[row.comment_id] = (*found.get(row.comment_id, ()), flag_of(row))
    return found


def undecided_of(tx: Transaction, comment: Comment) -> tuple[Flag, ...]:
    """The flags of one comment on versions no moderator has decided on yet."""
    rows = tx.scalars(
        select(FlagRow).where(FlagRow.comment_id == comment.id, ~decided.decided()).order_by(FlagRow.id)
    )
    return tuple(flag_of(row) for row in rows)


def flags_of(tx: Transaction, version: Version) -> tuple[Flag, ...]:
    """The flags raised on one version."""
    rows = tx.scalars(select(FlagRow).where(FlagRow.version_id == version.id).order_by(FlagRow.id))
    return tuple(flag_of(row) for row in rows)


def received_between(
    tx: Transaction, school: School, pack: PolicyPack, since: datetime, until: datetime
) -> list[Case]:
    """Comments whose own time lies in [since, until)."""
    return _load(tx, school, pack, and_(Comment.created_at >= since, Comment.created_at < until))


def due_between(tx: Transaction, school: School, pack: PolicyPack, since: datetime, until: datetime) -> list[Case]:
    """Comments whose deadline lies in [since, until)."""
    return _load(tx, school, pack, and_(Comment.due_at >= since, Comment.due_at < until))


def flagged_between(
    tx: Transaction, school: School, pack: PolicyPack, since: datetime, until: datetime
) -> list[Case]:
    """Comments with a flag raised in [since, until)."""
    return _load(tx, school, pack, exists().where(FlagRow.comment_id == Comment.id, _raised(since, until)))


def flags_between(tx: Transaction, school: School, since: datetime, until: datetime) -> dict[int, tuple[Flag, ...]]:
    """By case: its flags raised in [since, until)."""
    return _flags(tx, school, _raised(since, until))


def seen_first_between(tx: Transaction, account: Account, since: datetime, until: datetime) -> int:
    """How many comments of an account were first seen in [since, until)."""
    first_seen = and_(Comment.first_seen_at >= since, Comment.first_seen_at < until)
    wanted = select(func.count()).select_from(Comment).where(Comment.account_id == account.id, first_seen)
    return tx.scalar(wanted) or 0


def answers_for_good(reply: type[Reply]) -> ColumnElement[bool]:
    """Whether a reply linked to a Comment was said after it and not removed again before its deadline."""
    lasting = or_(reply.gone_at.is_(None), reply.gone_at >= Comment.due_at)
    return and_(lasting, reply.created_at >= Comment.created_at)


@cache
def is_unsettled() -> ColumnElement[bool]:
    """Whether a Comment is owed a reply and has none that lasts, as far as the database can tell."""
    waits = and_(Comment.due_at.is_not(None), not_(Comment.has_reply))
    return and_(waits, _there(), ~_answered(), ~_closed())


def _there() -> ColumnElement[bool]:
    """An erased comment waits for nobody; in the figures of its weeks it still counts."""
    return Comment.erased_at.is_(None)


def _answered() -> ColumnElement[bool]:
    reply = aliased(Reply)
    return exists().where(Answer.comment_id == Comment.id, Answer.reply_id == reply.id, answers_for_good(reply))


def _taken_away() -> ColumnElement[bool]:
    """Whether its author took it away for good, as far as we were told: then nobody waits for an answer."""
    deleted = exists().where(Decision.comment_id == Comment.id, Decision.action == Action.DELETE.value)
    return and_(Comment.gone_at.is_not(None), Comment.last_seen_at <= Comment.gone_at, ~deleted)


def _closed() -> ColumnElement[bool]:
    return or_(settled(), _decided_so(Action.ANSWERED_ELSEWHERE.value))


def settled() -> ColumnElement[bool]:
    """Whether a moderator decided that a Comment needs no reply, with a reason, or is spam, and its words are still
    those."""
    edited_since = exists().where(Version.item_id == Decision.comment_id, Version.id > Decision.version_id)
    return _decided_so(*_ABOUT_THE_WORDS, _with_reason(), ~edited_since)


def closing() -> ColumnElement[bool]:
    """Whether a Decision closes a Comment, as long as nobody takes it back and the words stay the same."""
    actions = [*_ABOUT_THE_WORDS, Action.ANSWERED_ELSEWHERE.value]
    return and_(Decision.action.in_(actions), _with_reason())


def _with_reason() -> ColumnElement[bool]:
    return or_(Decision.action != Action.NO_REPLY_NEEDED.value, func.trim(Decision.why, _BLANK) != "")


def _decided_so(*actions_and_more: str | ColumnElement[bool]) -> ColumnElement[bool]:
    actions = [each for each in actions_and_more if isinstance(each, str)]
    more = [each for each in actions_and_more if not isinstance(each, str)]
    return exists().where(Decision.comment_id == Comment.id, Decision.action.in_(actions), decided.counts(), *more)


def _raised(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(FlagRow.raised_at >= since, FlagRow.raised_at < until)


def _flags(tx: Transaction, school: School, condition: ColumnElement[bool]) -> dict[int, tuple[Flag, ...]]:
    found: dict[int, tuple[Flag, ...]] = {}
    rows = tx.scalars(
        select(FlagRow)
        .join(Comment, Comment.id == FlagRow.comment_id)
        .join(Account, Account.id == Comment.account_id)
        .where(Account.school_id == school.id, condition)
        .order_by(FlagRow.id)
    )
    for row in rows:
        found[row.comment_id] = (*found.get(row.comment_id, ()), flag_of(row))
    return found


def _load(tx: Transaction, school: School, pack: PolicyPack, condition: ColumnElement[bool]) -> list[Case]:
    wanted: Select[Comment] = (
        select(Comment)
        .join(Account, Comment.account_id == Account.id)
        .where(Account.school_id == school.id, condition)
        .order_by(Comment.due_at.nulls_last(), Comment.created_at, Comment.id)
        .options(
            selectinload(Comment.versions),
            selectinload(Comment.flags).selectinload(FlagRow.version),
            selectinload(Comment.decisions).selectinload(Decision.version),
            selectinload(Comment.account),
            selectinload(Comment.policy_version),
        )
    )
    comments = tx.scalars(wanted).all()
    ids = [comment.id for comment in comments]
    replies, posts, evidence = _replies(tx, ids), _posts(tx, comments), _evidence(tx, ids)
    accounts = {comment.account_id: comment.account for comment in comments}
    read = {key: ledger.last_complete_read(tx, account) or NEVER for key, account in accounts.items()}
    found = []
    for c in comments:
        post = posts.get((c.account_id, c.post_remote_id))
        case = case_of(c, replies[c.id], post, read[c.account_id], evidence[c.id])
        since = decided.reads_since_removal(tx, accounts[c.account_id], c.last_seen_at, in_force(case.decisions))
        found.append(under_the_policy(replace(case, reads_since_removal=since), pack))
    return found


def _replies(tx: Transaction, comment_ids: Sequence[int]) -> dict[int, list[Reply]]:
    found: dict[int, list[Reply]] = defaultdict(list)
    for some in portions(comment_ids):
        rows = tx.execute(
            select(Answer.comment_id, Reply)
            .join(Reply, Reply.id == Answer.reply_id)
            .where(Answer.comment_id.in_(some))
            .order_by(Reply.created_at, Reply.id)
        )
        for comment_id, reply in rows:
            found[comment_id].append(reply)
    return found


def _posts(tx: Transaction, comments: Sequence[Comment]) -> dict[tuple[int, str | None], str]:
    remote_ids = sorted({comment.post_remote_id for comment in comments if comment.post_remote_id})
    found: dict[tuple[int, str | None], str] = {}
    for some in portions(remote_ids):
        for post in tx.scalars(select(Post).where(Post.remote_id.in_(some))):
            found[post.account_id, post.remote_id] = post.text
    return found


def _evidence(tx: Transaction, comment_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for some in portions(comment_ids):
        rows = tx.scalars(select(Snapshot).where(Snapshot.comment_id.in_(some)).order_by(Snapshot.id))
        for snapshot in rows:
            found[snapshot.comment_id].append(snapshot.path)
    return found
