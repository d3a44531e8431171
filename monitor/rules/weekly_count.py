"""Under which figure of a week one comment is counted, and how long its answer took. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.model import Case, ResponseState
from monitor.rules.calendar import whole_seconds
from monitor.rules.response import posted_at
from monitor.rules.state import response_state
from monitor.rules.weekly import counted_as, is_ahead

_ANSWERED = frozenset({ResponseState.ANSWERED_IN_TIME, ResponseState.ANSWERED_LATE})


@dataclass(frozen=True, slots=True)
class Counted:
    """One comment whose deadline lies in the week. `figure`: a name of `monitor.rules.weekly.Tally`; `took`: from
    receipt to response, where it was answered; `hold`: the clause under which nobody answers it."""

    id: int
    account: str
    figure: str
    took: timedelta | None = None
    hold: str = ""


def counted(case: Case, now: datetime) -> Counted | None:
    """How a comment is counted at `now`; None: its deadline is still ahead."""
    answer = response_state(case.created_at, case.due_at, case.facts, case.rule, now)
    if is_ahead(case, answer, now):
        return None
    took = None
    if answer.state in _ANSWERED and answer.responded_at:
        took = answer.responded_at - posted_at(case.created_at, case.facts)
    hold = case.facts.hold if answer.state is ResponseState.HELD else ""
    return Counted(case.id, case.account, counted_as(case, answer), took, hold)


def counted_by_replies(
    number: int,
    account: str,
    received_at: datetime,
    due_at: datetime,
    first_seen_at: datetime,
    replies: Iterable[tuple[datetime, datetime | None]],
) -> Counted | None:
    """The same for a comment about which nobody decided anything and that was seen after it was posted.

    `replies`: when the school replied, and when that was found to be gone. None: no reply counts as an answer, and
    somebody else has to say how the comment stands. A test holds this to what `response_state` says.
    """
    posted, due = _second(received_at), _second(due_at)
    lasting = [
        at for each, gone in replies if (at := _second(each)) >= posted and (gone is None or _second(gone) >= due)
    ]
    if not lasting:
        return None
    first = min(lasting)
    late = "found_late" if first_seen_at > due_at else "answered_late"
    return Counted(number, account, "answered_in_time" if first <= due else late, first - posted)


def _second(moment: datetime) -> datetime:
    # Ten thousand comments a week come this way, nearly all of them in UTC and to the second.
    if moment.tzinfo is UTC and not moment.microsecond:
        return moment
    return whole_seconds(moment, "a time")
