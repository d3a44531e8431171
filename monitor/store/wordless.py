"""Reading many Cases for counting: every fact a state is derived from, and not one word of what people wrote.

The same as `monitor/store/cases.py` finds, but for texts, names, addresses and attachments, and fast: a school with a
million comments has ten thousand new ones a week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from config.policy import PolicyPack, ResponseRule
from monitor.model import (
    NEVER,
    Action,
    ActionFact,
    Case,
    Category,
    Facts,
    Flag,
    Presence,
    RecordedDecision,
    ReplyBy,
    ReplyFact,
    ReplyKind,
)
from monitor.rules.holds import hold_clause
from monitor.rules.marks import in_force
from monitor.store import decided, ledger
from monitor.store.case_rows import still_holds, under_the_policy
from monitor.store.engine import Transaction
from monitor.store.evidence_tables import Snapshot
from monitor.store.item_tables import Answer, Comment, Decision, Reply, Version
from monitor.store.item_tables import Flag as FlagRow
from monitor.store.portions import portions
from monitor.store.school_tables import Account, PolicyVersion, School

_COLUMNS = (
    Comment.id,
    Comment.account_id,
    Comment.kind,
    Comment.created_at,
    Comment.first_seen_at,
    Comment.last_seen_at,
    Comment.edited_at,
    Comment.gone_at,
    Comment.asked_at,
    Comment.shown,
    Comment.due_at,
    Comment.tags,
    Comment.policy_version_id,
)


def wordless(
    tx: Transaction, school: School, pack: PolicyPack, ids: Iterable[int], *, to_do: bool = False
) -> list[Case]:
    """The comments of a school with these numbers, in the order they came; what is text is empty.

    `evidence` of a case holds the number of each snapshot in place of its folder. `to_do`: what else waits about each
    is worked out as well.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return []
    accounts = {account.id: account for account in ledger.accounts_of(tx, school)}
    read = {key: ledger.last_complete_read(tx, account) or NEVER for key, account in accounts.items()}
    rules = _rules(tx, school)
    found: list[Case] = []
    for some in portions(wanted):
        beside = _Beside(
            accounts=accounts,
            read=read,
            rules=rules,
            versions=_versions(tx, some),
            replies=_replies(tx, some),
            decisions=_decisions(tx, some),
            flags=_flags(tx, some),
            snapshots=_snapshots(tx, some),
        )
        mine = and_(Comment.id.in_(some), Comment.account_id.in_(sorted(accounts)))
        found += [_case(tx, row, beside, pack, to_do=to_do) for row in tx.execute(select(*_COLUMNS).where(mine))]
    return sorted(found, key=lambda case: (case.created_at, case.id))


@dataclass(frozen=True)
class _Beside:
    accounts: dict[int, Account]
    read: dict[int, Any]
    rules: dict[int, tuple[str, str, ResponseRule]]
    versions: dict[int, int]
    replies: dict[int, list[ReplyFact]]
    decisions: dict[int, list[RecordedDecision]]
    flags: dict[int, list[Flag]]
    snapshots: dict[int, list[str]]


def _case(tx: Transaction, row: Any, beside: _Beside, pack: PolicyPack, *, to_do: bool) -> Case:
    account = beside.accounts[row.account_id]
    latest = beside.versions.get(row.id, 1)
    decisions = tuple(beside.decisions.get(row.id, ()))
    policy, clause, rule = beside.rules.get(row.policy_version_id, ("", "", _NO_RULE))
    flags = tuple(beside.flags.get(row.id, ()))
    case = Case(
        id=row.id,
        account=account.key,
        account_label=account.label,
        network=account.network,
        kind=row.kind,
        remote_id="",
        permalink="",
        author_id=None,
        author_name="",
        text="",
        version=latest,
        earlier=(),
        created_at=row.created_at,
        shown=Presence.GONE if row.gone_at else Presence(row.shown),
        post_text="",
        post_remote_id=None,
        parent_remote_id=None,
        attachments=(),
        due_at=row.due_at,
        derivation=(),
        policy=policy,
        clause=clause,
        rule=rule,
        facts=Facts(
            last_read_at=beside.read[row.account_id],
            first_seen_at=row.first_seen_at,
            edited_at=row.edited_at,
            last_seen_at=row.last_seen_at,
            gone_at=row.gone_at,
            replies=tuple(beside.replies.get(row.id, ())),
            actions=tuple(d.fact for d in in_force(decisions) if still_holds(d, latest)) if decisions else (),
            tags=frozenset(row.tags or ()),
        ),
        flags=flags,
        decisions=decisions,
        met_at=None if row.asked_at and row.asked_at >= row.last_seen_at else row.last_seen_at,
        evidence=tuple(beside.snapshots.get(row.id, ())),
    )
    if to_do:
        return under_the_policy(_looked_at_again(tx, case, row, account), pack)
    may_be_held = any(
        pack.categories[flag.category].hold.answer == "hold" for flag in flags if flag.category in pack.categories
    )
    hold = hold_clause(flags, decisions, pack) if may_be_held else ""
    return replace(case, facts=replace(case.facts, hold=hold)) if hold else case


def _looked_at_again(tx: Transaction, case: Case, row: Any, account: Account) -> Case:
    reads = decided.reads_since_removal(tx, account, row.last_seen_at, in_force(case.decisions))
    return replace(case, reads_since_removal=reads) if reads else case


_NO_RULE = ResponseRule()


def _rules(tx: Transaction, school: School) -> dict[int, tuple[str, str, ResponseRule]]:
    rows = tx.scalars(select(PolicyVersion).where(PolicyVersion.school_id == school.id))
    return {
        row.id: (f"{row.pack} {row.version}", row.clause, ResponseRule.model_validate_json(row.rule)) for row in rows
    }


def _versions(tx: Transaction, ids: Sequence[int]) -> dict[int, int]:
    """By comment: the number of its latest version, where it was edited."""
    rows = tx.execute(
        select(Version.item_id, func.max(Version.number))
        .where(Version.item_id.in_(ids), Version.number > 1)
        .group_by(Version.item_id)
    )
    return dict(rows.all())


def _replies(tx: Transaction, ids: Sequence[int]) -> dict[int, list[ReplyFact]]:
    reply = aliased(Reply)
    found: dict[int, list[ReplyFact]] = defaultdict(list)
    rows = tx.execute(
        select(Answer.comment_id, reply.created_at, reply.kind, reply.gone_at)
        .join(reply, reply.id == Answer.reply_id)
        .where(Answer.comment_id.in_(ids))
        .order_by(reply.created_at, reply.id)
    )
    for comment_id, at, kind, gone_at in rows:
        what = ReplyKind.MESSAGE if kind == "message" else ReplyKind.REPLY
        found[comment_id].append(ReplyFact(at, ReplyBy.SCHOOL, what, gone_at))
    return found


def _decisions(tx: Transaction, ids: Sequence[int]) -> dict[int, list[RecordedDecision]]:
    found: dict[int, list[RecordedDecision]] = defaultdict(list)
    rows = tx.execute(
        select(
            Decision.comment_id,
            Decision.id,
            Decision.action,
            Decision.at,
            Decision.why,
            Decision.by,
            Decision.details,
            Decision.undoes_id,
            Version.number,
        )
        .join(Version, Version.id == Decision.version_id)
        .where(Decision.comment_id.in_(ids))
        .order_by(Decision.id)
    )
    for row in rows:
        found[row.comment_id].append(
            RecordedDecision(
                fact=ActionFact(row.at, Action(row.action), row.why),
                by=row.by,
                version=row.number,
                number=row.id,
                details=decided.texts(row.details),
                undoes=row.undoes_id,
            )
        )
    return found


def _flags(tx: Transaction, ids: Sequence[int]) -> dict[int, list[Flag]]:
    found: dict[int, list[Flag]] = defaultdict(list)
    rows = tx.execute(
        select(
            FlagRow.comment_id,
            FlagRow.category,
            FlagRow.severity,
            FlagRow.score,
            FlagRow.detector,
            FlagRow.clause,
            FlagRow.raised_at,
            Version.number,
        )
        .join(Version, Version.id == FlagRow.version_id)
        .where(FlagRow.comment_id.in_(ids))
        .order_by(FlagRow.id)
    )
    for row in rows:
        found[row.comment_id].append(
            Flag(
                category=Category(row.category),
                severity=row.severity,
                score=row.score,
                detector=row.detector,
                start=0,
                end=0,
                reason="",
                clause=row.clause,
                version=row.number,
                raised_at=row.raised_at,
            )
        )
    return found


def _snapshots(tx: Transaction, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = tx.execute(
        select(Snapshot.comment_id, Snapshot.id).where(Snapshot.comment_id.in_(ids)).order_by(Snapshot.id)
    )
    for comment_id, number in rows:
        found[comment_id].append(str(number))
    return found
