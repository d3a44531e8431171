"""Exactly what the weekly report may say: figures, times and numbers of cases, and no words of any comment.

A figure is a field that holds a number; `alerts/report_numbers.py` finds them all, and each can be explained.
Staff are named in `Unanswered.holder`, `LoadLine.person` and `WeeklyReport.recipients`, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Unanswered:
    """One comment that is still owed an answer."""

    case: int
    account: str
    what: str
    """Kind, never words of the comment: "Comment", "Reply", "Mention"."""
    received_at: datetime
    due_at: datetime | None
    state: str
    """In words for people: "answer by", "overdue"."""
    holder: str = ""
    """Who took it in hand; empty: nobody."""


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
    counted: int | None = None
    """How many the network counts under these posts; None: it gives no counts."""
    held: int | None = None
    """How many of ours stand under them."""
    hours_blind: float = 0
    key: str = ""
    watched_since: datetime | None = None
    """The account was added within the week; None: before it, or afterwards."""


@dataclass(frozen=True)
class BlindDay:
    """How long an account could not be read on one local day."""

    account: str
    day: date
    hours: float
    key: str = ""


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
    key: str = ""


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
    """Flagged comments of one category in the week, and what moderators recorded about them.

    What was done may be several things about one comment: hidden and reported counts in both.
    """

    category: str
    flagged: int
    decided: int
    evidence_kept: int
    false_alarms: int = 0
    """Those that a moderator marked so."""
    hidden: int = 0
    deleted: int = 0
    reported: int = 0
    blocked: int = 0
    otherwise: int = 0
    """Somebody decided on it and did none of these."""
    none_yet: int = 0
    is_offensive: bool = False


@dataclass(frozen=True)
class NotActioned:
    """The comment flagged as offensive for which nothing was decided for the longest time."""

    case: int
    account: str
    category: str
    received_at: datetime


@dataclass(frozen=True)
class TrendWeek:
    """One week of the trend. None: nothing is known of it, and `why_not` says why; that is not zero."""

    week: str
    first_day: date
    received: int | None
    answered_in_time: int | None
    why_not: str = ""


@dataclass(frozen=True)
class LoadLine:
    """What one moderator took in hand in the week, and what they hold now that is unanswered."""

    person: str
    taken: int
    open: int
    key: str = ""


@dataclass(frozen=True)
class EarlierChange:
    """Comments of an earlier week that stand otherwise than in the report that was sent of it."""

    week: str
    was: str
    now: str
    comments: int


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
    """The answer in a sentence or three."""
    coverage: tuple[Coverage, ...]
    unanswered: tuple[Unanswered, ...]
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
    notices: tuple[str, ...] = ()
    """Of the monitor itself, in sentences: when it did not run, to whom mail is refused."""
    held: tuple[HeldBack, ...] = ()
    """What the policy has nobody answer; it is in no figure of what was missed."""
    removed_before_advice: tuple[int, ...] = ()
    """Numbers of cases that readers no longer see although the advice to wait for is not on record."""
    unanswered_now: int = 0
    """Length of `unanswered`."""
    overdue_now: int = 0
    oldest_days: int = 0
    """Whole days since the earliest deadline that passed without an answer."""
    blind: tuple[BlindDay, ...] = ()
    oldest_not_actioned: NotActioned | None = None
    trend: tuple[TrendWeek, ...] = ()
    """Twelve weeks, the report's own last."""
    load: tuple[LoadLine, ...] = ()
    """In the order of the alphabet, never of speed."""
    cover_gaps: tuple[str, ...] = ()
    """ "No second moderator: Reddit"; none: every account has two."""
    changes: tuple[EarlierChange, ...] = ()
    next_report: datetime | None = None
    as_sent: datetime | None = None
    """When it was sent, where this is shown again afterwards."""


@dataclass(frozen=True)
class CommentRow:
    """One comment behind a number, for a list. `case` None: only what anybody can see on the page is told of it."""

    case: int | None
    account: str
    what: str
    received_at: datetime
    due_at: datetime | None = None
    state: str = ""
    because: str = ""
    """Which fact made it so, and how the deadline was worked out: sentences of ours."""
    answered_at: datetime | None = None
    answered_by: str = ""
    """Address or number of the school's reply, or that it was given elsewhere."""
    was: str = ""
    """How it was counted when the report was sent, where that is not how it is counted now."""
    hours: float | None = None
    """What it adds to a number that is no count."""


@dataclass(frozen=True)
class Explanation:
    """What is behind one number of a report. `lines`: what is no comment (a read, a hole, a post), with what it adds.

    `how`: how the number comes of these: "count", "sum", "median", "95th percentile", "longest", "days". `value`: the
    number in the report; `worked_out`: what the list comes to.
    """

    key: str
    said: str
    how: str
    value: float
    worked_out: float
    comments: tuple[CommentRow, ...] = ()
    lines: tuple[tuple[str, float], ...] = ()
