"""Exactly what the weekly report may say: figures, times and numbers of cases, and no words of any comment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alerts.messages import Line


@dataclass(frozen=True)
class Unwatched:
    """Accounts to which people can write directly, and where nobody reads that here."""

    accounts: tuple[str, ...]
    why: str
    """In a few words: "the account's setting"."""


@dataclass(frozen=True)
class Coverage:
    """How well one account could be watched in the week."""

    account: str
    reads: int
    complete_reads: int
    holes: tuple[tuple[datetime, datetime], ...]
    """Stretches longer than twice the reading interval in which nothing was read completely."""
    hours_covered: float
    hours_in_week: float
    stored: int
    """Comments first seen in the week."""
    missing: int = 0
    """Comments the network counts under the posts it showed us since the week began, and we do not hold."""


@dataclass(frozen=True)
class AccountFigures:
    """Counts for one account. Received: came in the week. The others: had their deadline in the week.

    `due` leaves out those nobody had to answer after all (no reply needed, withdrawn, spam), and `held`.
    """

    account: str
    received: int
    due: int
    answered_in_time: int
    answered_late: int
    found_late: int
    """Already past due when the account could first be read."""
    no_reply_needed: int
    actioned: int
    withdrawn: int
    spam: int
    unanswered: int
    held: int = 0
    """Not to be answered, by the policy: apart from what was missed."""


@dataclass(frozen=True)
class HeldBack:
    """Comments nobody is to answer, under one clause of the policy.

    `fell_due`: those whose deadline was in the week; `waiting`: those on which somebody still has to decide, from any
    week.
    """

    clause: str
    fell_due: int
    waiting: int


@dataclass(frozen=True)
class CategoryFigures:
    """Flagged comments of one category in the week, and what moderators recorded about them."""

    category: str
    flagged: int
    decided: int
    evidence_kept: int
    false_alarms: int = 0
    """Those that a moderator marked so."""


@dataclass(frozen=True)
class EvidenceHead:
    """The signed head of the evidence log. On paper it shows later whether the log was changed since."""

    entries: int
    printed: str
    """Number of entries and root, SIZE:BASE64, as `evidence verify --printed` takes them."""
    key: str
    """Fingerprint of the key that signed it: "sha256:" and 64 digits."""
    at: datetime


@dataclass(frozen=True)
class WeeklyReport:
    """The head's page for one week, Monday 00:00 to the next Monday 00:00, local time."""

    school: str
    timezone: str
    week: str
    """ISO week, for example 2026-W47."""
    first_day: date
    last_day: date
    made_at: datetime
    verdict: str
    """The answer in one sentence."""
    coverage: tuple[Coverage, ...]
    unanswered: tuple[Line, ...]
    """All that is unanswered now, oldest first, from any week."""
    figures: tuple[AccountFigures, ...]
    median_hours: float | None
    slowest_hours: float | None
    """95th percentile when 20 or more were answered, else the longest."""
    slowest_is_percentile: bool
    flagged: tuple[CategoryFigures, ...]
    messages_unwatched: tuple[Unwatched, ...]
    """Where direct messages are not read, and why: the report says so."""
    uncovered_promise: str
    """A promise of the policy that this program does not watch over, in a sentence; empty: there is none."""
    rule_in_words: str
    clause: str
    policy: str
    calendar: str
    """Whose bank holidays: "England"."""
    evidence: EvidenceHead | None
    """None: nothing has been kept and signed yet."""
    recipients: tuple[str, ...]
    shown: int
    too_few_moderators: str = ""
    """That accounts have fewer moderators in reach than the policy asks for, in a sentence; empty: none has."""
    held: tuple[HeldBack, ...] = ()
    """What the policy has nobody answer; it is in no figure of what was missed."""
    removed_before_advice: tuple[int, ...] = ()
    """Numbers of cases that readers no longer see although the advice to wait for is not on record."""
