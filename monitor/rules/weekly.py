"""Counting a week for the head's report. Pure: cases in, figures out.

A comment belongs to the week of its deadline where the question is whether it was answered in time, and to the week
it was received where the question is how many came. Never a mean: one very late answer would hide forty good ones.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Case, ResponseState, StateAnswer
from monitor.rules.calendar import whole_seconds
from monitor.rules.state import response_state

ENOUGH_FOR_A_PERCENTILE = 20

EXCUSED = frozenset({"no_reply_needed", "withdrawn", "spam", "held"})

_COUNTED_AS = {
    ResponseState.ANSWERED_IN_TIME: "answered_in_time",
    ResponseState.ANSWERED_LATE: "answered_late",
    ResponseState.ACTIONED: "actioned",
    ResponseState.ACTIONED_LATE: "answered_late",
    ResponseState.WITHDRAWN: "withdrawn",
    ResponseState.MISSED_WITHDRAWN: "unanswered",
    ResponseState.SPAM: "spam",
    ResponseState.NO_REPLY_NEEDED: "no_reply_needed",
    ResponseState.HELD: "held",
    ResponseState.OPEN: "unanswered",
    ResponseState.OVERDUE: "unanswered",
    ResponseState.OVERDUE_UNCONFIRMED: "unanswered",
}


@dataclass
class Tally:
    """Figures of one account. `received` came in the week; all others had their deadline in it.

    `due` leaves out those nobody had to answer after all: no reply needed, withdrawn in time, spam, and `held`, those
    the policy has nobody answer. One whose author gave up after the deadline was not answered. Deadlines that are
    still ahead are not counted yet.
    """

    received: int = 0
    due: int = 0
    answered_in_time: int = 0
    answered_late: int = 0
    found_late: int = 0
    no_reply_needed: int = 0
    actioned: int = 0
    withdrawn: int = 0
    spam: int = 0
    unanswered: int = 0
    held: int = 0


@dataclass(frozen=True)
class ResponseTimes:
    """Hours from receipt to response. `slowest` is the 95th percentile when there are enough, else the longest."""

    median: float | None
    slowest: float | None
    slowest_is_percentile: bool


@dataclass(frozen=True)
class Hole:
    """A stretch in which nothing was read completely. Times in UTC."""

    since: datetime
    until: datetime


def tally(received: Iterable[Case], due: Iterable[Case], now: datetime) -> dict[str, Tally]:
    """Figures per account key."""
    tallies: dict[str, Tally] = {}
    for case in received:
        mine = tallies.setdefault(case.account, Tally())
        mine.received += 1
        if case.due_at is None and case.facts.tags.intersection(case.rule.no_reply_needed):
            mine.no_reply_needed += 1
    for case in due:
        mine = tallies.setdefault(case.account, Tally())
        answer = _state(case, now)
        if is_ahead(case, answer, now):
            continue
        kind = counted_as(case, answer)
        mine.due += kind not in EXCUSED
        setattr(mine, kind, getattr(mine, kind) + 1)
    return tallies


def is_ahead(case: Case, answer: StateAnswer, now: datetime) -> bool:
    """Whether the deadline of a comment that has no answer is still to come."""
    if answer.state is ResponseState.HELD:
        return case.due_at is not None and whole_seconds(now, "now") <= whole_seconds(case.due_at, "due_at")
    return answer.state is ResponseState.OPEN


def counted_as(case: Case, answer: StateAnswer) -> str:
    """Under which figure a comment with a deadline is counted.

    Answered late because we could not see it in time is not the same as answered late by people.
    """
    found_late = case.facts.first_seen_at and case.due_at and case.facts.first_seen_at > case.due_at
    if answer.state in {ResponseState.ANSWERED_LATE, ResponseState.ACTIONED_LATE} and found_late:
        return "found_late"
    return _COUNTED_AS[answer.state]


def of_hours(taken: Iterable[float]) -> ResponseTimes:
    """How long answers took. `taken`: hours from receipt to response, one for each comment that was answered."""
    hours = sorted(taken)
    if not hours:
        return ResponseTimes(None, None, False)
    if len(hours) < ENOUGH_FOR_A_PERCENTILE:
        return ResponseTimes(statistics.median(hours), hours[-1], False)
    return ResponseTimes(statistics.median(hours), hours[math.ceil(0.95 * len(hours)) - 1], True)


def holes(
    complete_reads: Sequence[datetime], since: datetime, until: datetime, allowed: timedelta
) -> tuple[Hole, ...]:
    """Stretches of [since, until) longer than `allowed` between complete reads.

    `complete_reads`: sorted starts of complete reads of one stream, the last one before `since` included if any.
    """
    before = [moment for moment in complete_reads if moment <= since]
    within = [moment for moment in complete_reads if since < moment < until]
    edges = [before[-1] if before else since, *within, until]
    return tuple(
        Hole(max(first, since), second) for first, second in itertools.pairwise(edges) if second - first > allowed
    )


def merged(stretches: Iterable[Hole]) -> tuple[Hole, ...]:
    """The same time, told without overlaps: an account is blind whenever one of its streams is."""
    result: list[Hole] = []
    for hole in sorted(stretches, key=lambda each: each.since):
        if result and hole.since <= result[-1].until:
            result[-1] = Hole(result[-1].since, max(result[-1].until, hole.until))
        else:
            result.append(hole)
    return tuple(result)


def _state(case: Case, now: datetime) -> StateAnswer:
    return response_state(case.created_at, case.due_at, case.facts, case.rule, now)
