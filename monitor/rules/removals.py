"""What somebody said was taken down, held against what the network shows since. Pure.

It is said to be done until a read that began later shows it. We never say "gone": only when it was not visible to us.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model import Action, Case, Presence, RecordedDecision
from monitor.rules.marks import in_force

CLAIMS = (Action.HIDE, Action.DELETE, Action.BLOCK)
"""What a read can confirm. Of a report to the network nothing is to be seen."""
TAKES_IT_AWAY = frozenset({Action.HIDE, Action.DELETE})
"""After these it must not be visible any more; whom the school blocks, some networks go on showing."""
READS_TO_BE_SURE = 2
"""Still visible in the second complete read after it was said: somebody has to look again."""


class Shown(StrEnum):
    """What reads since say of a removal."""

    NOT_CONFIRMED = "not_confirmed"
    HIDDEN = "hidden"
    NOT_VISIBLE = "not_visible"
    STILL_VISIBLE = "still_visible"


@dataclass(frozen=True)
class Claim:
    """One thing said to be done on the network. `seen_at`: when we last saw what `shown` says; None: not yet."""

    said: RecordedDecision
    shown: Shown
    seen_at: datetime | None

    @property
    def action(self) -> Action:
        """What is said to be done."""
        return self.said.fact.action


def claims(case: Case) -> tuple[Claim, ...]:
    """What was said to be done on the network and still counts, the last of each kind, oldest first."""
    last = last_of(CLAIMS, case.decisions)
    return tuple(Claim(said, *_shown(said, case)) for said in last)


def waits_again(case: Case) -> tuple[Claim, ...]:
    """What was said to be hidden or deleted, and two complete reads later is still visible, or visible again."""
    reads = case.reads_since_removal
    return tuple(
        claim
        for claim in claims(case)
        if claim.action in TAKES_IT_AWAY
        and claim.shown is Shown.STILL_VISIBLE
        and len(reads) >= READS_TO_BE_SURE
        and claim.seen_at is not None
        and claim.seen_at >= reads[READS_TO_BE_SURE - 1]
    )


def last_of(actions: Sequence[Action], decisions: Sequence[RecordedDecision]) -> tuple[RecordedDecision, ...]:
    """The last decision in force of each of these kinds, in the order they were made."""
    found = {each.fact.action: each for each in in_force(decisions) if each.fact.action in actions}
    return tuple(sorted(found.values(), key=lambda each: (each.fact.at, each.number)))


def _shown(said: RecordedDecision, case: Case) -> tuple[Shown, datetime | None]:
    facts = case.facts
    if case.shown is Presence.GONE:
        return Shown.NOT_VISIBLE, facts.gone_at
    if case.shown in {Presence.HIDDEN, Presence.HELD}:
        return Shown.HIDDEN, facts.last_seen_at
    seen_at = case.met_at if said.fact.action is Action.HIDE else facts.last_seen_at
    reads = [read for read in case.reads_since_removal if read > said.fact.at]
    # What a read met that was under way already says nothing: it may have been fetched before.
    if reads and seen_at is not None and seen_at >= reads[0]:
        return Shown.STILL_VISIBLE, seen_at
    return Shown.NOT_CONFIRMED, None
