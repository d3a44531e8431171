"""Recording what a moderator did: evidence of what they saw first, then the decision, then the entry about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.custody.capture import Capturer, Occasion
from monitor.custody.log import Actor, note
from monitor.model import Action
from monitor.rules.decisions import Refusal, Request, Situation, refusal
from monitor.rules.marks import NEEDS_A_FLAG, standing
from monitor.rules.removals import CLAIMS
from monitor.store import cases, decided, judged, snapshots
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Decision

LOOK_AGAIN_AFTER = (timedelta(0), timedelta(hours=1), timedelta(hours=24))
"""When the network is asked whether what was said to be taken down is still there: a first absence wants a second."""


class NothingFlagged(Exception):
    """There is no flag on the version that somebody wanted to confirm or reject one of."""


class Refused(Exception):
    """The policy, or the case as it stands, does not allow this decision. One sentence."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.words)
        self.is_misuse = refusal.is_misuse


@dataclass(frozen=True)
class Decider:
    """Who decides, and the duties they are on today (`monitor.rules.duties.duties_of`)."""

    actor: Actor
    duties: frozenset[str]


def decide_as(
    tx: Transaction,
    capturer: Capturer,
    comment: Comment,
    seen_version: int,
    request: Request,
    decider: Decider,
    now: datetime,
) -> Decision:
    """Record what a person decided, if they may and the case allows it, all in the caller's transaction.

    Raises Refused, and whatever `decide` raises.
    """
    school, pack = comment.account.school, capturer.school.policy
    judged.refuse_if_stale(comment, seen_version)
    case = cases.case_by_id(tx, school, pack, comment.id)
    if case is None:
        raise LookupError(f"case {comment.id} is not one of {school.key}")
    today = now.astimezone(ZoneInfo(school.timezone)).date()
    if refused := refusal(request, Situation(case, pack, decider.duties, now, today)):
        raise Refused(refused)
    return decide(
        tx, capturer, comment, seen_version, request.action, decider.actor, now, request.details, request.undoes
    )


def decide(
    tx: Transaction,
    capturer: Capturer,
    comment: Comment,
    seen_version: int,
    action: Action,
    actor: Actor,
    now: datetime,
    details: Mapping[str, str] | None = None,
    undoes: int | None = None,
) -> Decision:
    """Record a decision on the version its author saw, all in the caller's transaction. Asks nobody whether they may.

    Raises judged.Stale when there is a newer version; NothingFlagged; OSError and ClockSetBack as
    `Capturer.capture` does.
    """
    judged.refuse_if_stale(comment, seen_version)
    school, version = comment.account.school, comment.versions[-1]
    flags = cases.flags_of(tx, version)
    if action in NEEDS_A_FLAG and not flags and not _flagged_before(tx, comment):
        raise NothingFlagged(f"case {comment.id} has no flag on version {seen_version}: none to confirm or reject")
    occasion = Occasion(f"Somebody decided on it: {action.value.replace('_', ' ')}.", actor.name)
    kept = capturer.capture(tx, comment, version, flags, occasion, now)
    if action in CLAIMS:
        for wait in LOOK_AGAIN_AFTER:
            snapshots.owe_recheck_soon(tx, kept, now + wait)
    decision = judged.record_decision(tx, comment, seen_version, action, actor.name, actor.why, now, details, undoes)
    facts: dict[str, object] = {"action": action.value, "version": version.number, "decision": decision.id}
    if undoes is not None:
        facts["undoes"] = undoes
    note(tx, school, "decision", now, comment.id, {**facts, **(details or {})}, actor)
    return decision


def _flagged_before(tx: Transaction, comment: Comment) -> bool:
    """Whether a flag of an earlier version still stands."""
    flags = [flag for version in comment.versions[:-1] for flag in cases.flags_of(tx, version)]
    return bool(flags) and bool(standing(flags, decided.recorded(comment.decisions)))
