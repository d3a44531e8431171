"""Rows of a comment and what belongs to it, as the Case that the rules look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from config.policy import PolicyPack, ResponseRule
from monitor.model import (
    Action,
    Case,
    Category,
    EarlierText,
    Facts,
    Flag,
    RecordedDecision,
    ReplyBy,
    ReplyFact,
    ReplyKind,
)  # fmt: skip
from monitor.rules.holds import hold_clause
from monitor.rules.marks import in_force
from monitor.rules.outstanding import to_do
from monitor.store import decided
from monitor.store.item_tables import Comment, Reply
from monitor.store.item_tables import Flag as FlagRow
from monitor.store.presence import presence

ABOUT_THE_WORDS = frozenset({Action.NO_REPLY_NEEDED, Action.CONFIRM_SPAM})
"""Judgements of words: they hold for the version they were passed on."""


def case_of(
    comment: Comment,
    replies: Sequence[Reply],
    post_text: str | None,
    read_at: datetime,
    evidence: Sequence[str],
) -> Case:
    """One comment with what belongs to it; what its policy says is still to come (`under_the_policy`)."""
    policy, latest = comment.policy_version, comment.versions[-1]
    decisions = decided.recorded(comment.decisions)
    return Case(
        id=comment.id,
        account=comment.account.key,
        account_label=comment.account.label,
        network=comment.account.network,
        kind=comment.kind,
        remote_id=comment.remote_id,
        permalink=comment.permalink,
        author_id=comment.author_id,
        author_name=comment.author_name,
        text=latest.text,
        version=latest.number,
        earlier=tuple(EarlierText(v.number, v.seen_at, v.text) for v in comment.versions[:-1]),
        created_at=comment.created_at,
        shown=presence(comment),
        post_text=post_text or "",
        post_remote_id=comment.post_remote_id,
        parent_remote_id=comment.parent_remote_id,
        attachments=tuple((a["kind"], a["url"]) for a in comment.attachments),
        due_at=comment.due_at,
        derivation=tuple(comment.derivation or ()),
        policy=f"{policy.pack} {policy.version}" if policy else "",
        clause=policy.clause if policy else "",
        rule=ResponseRule.model_validate_json(policy.rule) if policy else ResponseRule(),
        facts=_facts(comment, replies, read_at, decisions),
        flags=tuple(flag_of(flag) for flag in comment.flags),
        decisions=decisions,
        met_at=None if comment.asked_at and comment.asked_at >= comment.last_seen_at else comment.last_seen_at,
        evidence=tuple(evidence),
    )


def _facts(
    comment: Comment, replies: Sequence[Reply], read_at: datetime, decisions: Sequence[RecordedDecision]
) -> Facts:
    kinds = {"message": ReplyKind.MESSAGE}
    return Facts(
        last_read_at=read_at,
        first_seen_at=comment.first_seen_at,
        edited_at=comment.edited_at,
        last_seen_at=comment.last_seen_at,
        gone_at=comment.gone_at,
        replies=tuple(
            ReplyFact(r.created_at, ReplyBy.SCHOOL, kinds.get(r.kind, ReplyKind.REPLY), r.gone_at) for r in replies
        ),
        actions=tuple(d.fact for d in in_force(decisions) if still_holds(d, comment.versions[-1].number)),
        tags=frozenset(comment.tags or ()),
    )


def still_holds(decision: RecordedDecision, latest: int) -> bool:
    """A judgement of words holds for the words it was passed on; an edit asks for a new one. `latest`: the number of
    the version that is there now."""
    return decision.fact.action not in ABOUT_THE_WORDS or decision.version == latest


def flag_of(row: FlagRow) -> Flag:
    """A stored flag as the rules see it."""
    return Flag(
        category=Category(row.category),
        severity=row.severity,
        score=row.score,
        detector=row.detector,
        start=row.start,
        end=row.end,
        reason=row.reason,
        clause=row.clause,
        version=row.version.number,
        raised_at=row.raised_at,
    )


def under_the_policy(case: Case, pack: PolicyPack) -> Case:
    """The case with what the policy has held back about it, and what it still asks for."""
    hold = hold_clause(case.flags, case.decisions, pack)
    held = replace(case, facts=replace(case.facts, hold=hold))
    return replace(held, to_do=to_do(held, pack))
