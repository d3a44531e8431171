"""Recording what a moderator did: evidence of what they saw first, then the decision, then the entry about it."""

from __future__ import annotations

from datetime import datetime

from monitor.custody.capture import Capturer, Occasion
from monitor.custody.log import Actor, note
from monitor.model import Action
from monitor.rules.marks import NEEDS_A_FLAG
from monitor.store import cases, judged
from monitor.store.engine import Transaction
from monitor.store.tables import Comment, Decision


class NothingFlagged(Exception):
    """There is no flag on the version that somebody wanted to confirm or reject one of."""


def decide(
    tx: Transaction,
    capturer: Capturer,
    comment: Comment,
    seen_version: int,
    action: Action,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Record a decision on the version its author saw, all in the caller's transaction.

    Raises judged.Stale when there is a newer version; NothingFlagged; OSError and ClockSetBack as
    `Capturer.capture` does.
    """
    judged.refuse_if_stale(comment, seen_version)
    school, version = comment.account.school, comment.versions[-1]
    flags = cases.flags_of(tx, version)
    if action in NEEDS_A_FLAG and not flags:
        raise NothingFlagged(f"case {comment.id} has no flag on version {seen_version}: none to confirm or reject")
    occasion = Occasion(f"Somebody decided on it: {action.value.replace('_', ' ')}.", actor.name)
    capturer.capture(tx, comment, version, flags, occasion, now)
    decision = judged.record_decision(tx, comment, seen_version, action, actor.name, actor.why, now)
    note(tx, school, "decision", now, comment.id, {"action": action.value, "version": version.number}, actor)
    return decision
