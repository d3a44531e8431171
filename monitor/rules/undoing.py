"""Taking a decision back: the record, never what was done in the world. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from config.handling import Stage, waits_for
from monitor.model import Action, Case, Presence, RecordedDecision
from monitor.rules.holds import TAKING_DOWN
from monitor.rules.marks import in_force

RESERVED = frozenset({Action.CONFIRM_ILLEGAL, Action.ADVICE_RECEIVED})
"""For those who lead alone: what follows from them takes a hold away."""
STAYS_DONE = {
    Action.HIDE: "What was hidden on the network stays hidden there until somebody shows it again.",
    Action.DELETE: "What was deleted on the network cannot be brought back there.",
    Action.BLOCK: "Who was blocked on the network stays blocked there until somebody lifts it.",
    Action.REPORT: "A report to the network cannot be called back.",
    Action.PASS_ON: "The other school has been told; tell it what has changed.",
    Action.ESCALATE: "What was said or sent to people has been said.",
    Action.ANSWERED_ELSEWHERE: "Unless something else settled it, an answer is owed again.",
    Action.NO_REPLY_NEEDED: "Unless something else settled it, an answer is owed again.",
}
"""What taking a decision back leaves as it is."""


def why_not(undone: RecordedDecision, case: Case, ladder: Sequence[Stage]) -> str | None:
    """Why a decision cannot be taken back: what followed from it is done, and cannot be undone."""
    action = undone.fact.action
    counted = in_force(case.decisions)
    later = [each for each in counted if each.number > undone.number]
    if action is Action.DELETE and case.shown is Presence.GONE:
        return "it is no longer visible to us, and a deletion cannot be undone; record what follows instead"
    if action in RESERVED and any(each.fact.action in TAKING_DOWN for each in later):
        return f"it was taken down on the strength of {action.value}; that cannot be undone"
    if action is Action.ESCALATE:
        mine = undone.details.get("stage", "")
        waiting_for = {stage.id: waits_for(ladder, stage.id) for stage in ladder}
        above = [name for name, first in waiting_for.items() if first and first.id == mine]
        reached = [each for each in counted if each.fact.action is Action.ESCALATE]
        same = [each for each in reached if each.details.get("stage") == mine]
        rests = [each for each in reached if each.details.get("stage") in above]
        if rests and len(same) == 1:
            return f"decision {rests[0].number}, a later stage, rests on it; take that back first"
    return None
