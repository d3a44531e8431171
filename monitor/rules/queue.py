"""What waits for a person, in the order a person should take it. Pure.

Urgent flags come first whatever their deadline; then whatever is due soonest. A comment waits when it is owed a
reply and has none, when it carries a flag on words no moderator has decided on, or when something else is still to
be done about it. What the policy has nobody answer is never due, whatever else waits about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.model import Case, Flag, ResponseState, StateAnswer
from monitor.rules.state import response_state

WAITING = frozenset({ResponseState.OPEN, ResponseState.OVERDUE, ResponseState.OVERDUE_UNCONFIRMED})
OVERDUE = frozenset({ResponseState.OVERDUE, ResponseState.OVERDUE_UNCONFIRMED})

SEVERITIES = ("note", "concern", "serious", "urgent")
"""From the least grave to the gravest."""

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """A case with its state at one moment. `flags`: those nobody has decided on yet."""

    case: Case
    answer: StateAnswer
    flags: tuple[Flag, ...]

    @property
    def needs_reply(self) -> bool:
        """Whether a reply is owed and missing."""
        return self.answer.state in WAITING

    @property
    def is_overdue(self) -> bool:
        """Whether the deadline has passed, confirmed by a read or not."""
        return self.answer.state in OVERDUE

    @property
    def is_held(self) -> bool:
        """Whether the policy has nobody answer it."""
        return self.answer.state is ResponseState.HELD

    @property
    def is_urgent(self) -> bool:
        """Whether a flag says that a person must look at once."""
        return any(flag.severity == "urgent" for flag in self.flags)


def worst(flags: Iterable[Flag]) -> str:
    """The gravest severity among these flags; empty when there is none."""
    return max((flag.severity for flag in flags), key=SEVERITIES.index, default="")


def in_order(cases: Iterable[Case], undecided: Mapping[int, tuple[Flag, ...]], now: datetime) -> list[Waiting]:
    """The moderators' list at `now`. `undecided`: by case, its flags on words nobody has decided on."""
    by_id = {case.id: case for case in cases}
    waiting = (
        Waiting(
            case,
            response_state(case.created_at, case.due_at, case.facts, case.rule, now),
            undecided.get(case.id, ()),
        )
        for case in by_id.values()
    )
    return sorted((entry for entry in waiting if entry.needs_reply or entry.flags or entry.case.to_do), key=_rank)


def _rank(entry: Waiting) -> tuple[bool, datetime, datetime, int]:
    due = entry.case.due_at if entry.needs_reply and entry.case.due_at else _END_OF_TIME
    return (not entry.is_urgent, due, entry.case.created_at, entry.case.id)
