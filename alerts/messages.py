"""Exactly what a mail may contain. If it is not a field here, no mail can say it.

There is no field for the text of a comment or the name of its author, on purpose: mail is not a safe place for
either (a comment often names a child, and a quoted slur gets the alert quarantined). Times are aware; the
templates print them in the reader's `timezone`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Line:
    """One comment in a list: where it hangs, when it came, when an answer is due, and its case number."""

    case: int
    account: str
    what: str
    """Kind and place, never words of the comment: "Comment", "Reply", "Mention"."""
    received_at: datetime
    due_at: datetime | None
    state: str
    """In words for people: "answer by", "overdue", "may be overdue, not read since 06:40". Only a comment whose
    state is exactly "overdue" is counted as overdue in a subject; any other word there reads as "may be"."""
    flags: tuple[str, ...] = ()
    """Categories in words: "threat", "insult"."""
    severity: str = ""
    """The heaviest of its flags, in a word: "urgent", "serious", "concern", "note". Empty: not flagged."""
    to_do: tuple[str, ...] = ()
    """What else waits about it, or must not be done: "held: not to be answered", "take it down at once"."""


@dataclass(frozen=True)
class Blind:
    """An account that could not be read."""

    account: str
    since: datetime | None
    """The last complete read; None: never read yet."""
    why: str


@dataclass(frozen=True)
class Digest:
    """The morning digest to one moderator. Lists are complete and sorted, most pressing first; the template
    shows the first `shown` of each and counts the rest."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    to_answer: tuple[Line, ...]
    overdue: tuple[Line, ...]
    flagged: tuple[Line, ...]
    blind: tuple[Blind, ...]
    read_until: datetime | None
    """Every account was read completely up to this moment; None: not all were ever read."""
    rule_in_words: str
    clause: str
    policy: str
    """Name and version of the policy pack."""
    shown: int
    notices: tuple[str, ...] = ()
    """Of the monitor itself, in sentences: when it did not run, to whom mail is refused."""


@dataclass(frozen=True)
class Pressing:
    """One case that does not wait for the digest: what it is, what to do first, and who else knows."""

    case: int
    account: str
    what: str
    received_at: datetime
    flags: tuple[str, ...]
    """Its categories in neutral words."""
    clauses: tuple[str, ...]
    """The headings of the policy under which the school acts."""
    limits: tuple[str, ...]
    """What must not be done, or not yet, in sentences."""
    steps: tuple[str, ...]
    """What the policy asks people to do, first things first."""
    told: tuple[tuple[str, datetime], ...] = ()
    """Who was told before this mail, and when; a name, or an e-mail address where there is none."""
    next: tuple[str, ...] = ()
    """Who is told next, while nobody acknowledges it. None: nobody is left."""
    next_at: datetime | None = None


@dataclass(frozen=True)
class Urgent:
    """To one person: cases that somebody has to look at now. Sent day and night."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    by: str
    """What this person types after --by."""
    cases: tuple[Pressing, ...]
    """Oldest first; at least one."""
    passed_on: bool
    """Somebody was told before, and nobody has acknowledged it."""
    can_look: bool
    """The person is among those the configuration names, and can look for themselves."""
    policy: str
    shown: int


@dataclass(frozen=True)
class Serious:
    """To one person: cases that need a look on the same working day, together in one mail."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    by: str
    cases: tuple[Pressing, ...]
    can_look: bool
    policy: str
    shown: int


@dataclass(frozen=True)
class Failing:
    """One thing that keeps an account, or some of its streams, from being read."""

    what: str
    """In a sentence: "The network refuses our credentials."."""
    streams: tuple[str, ...]
    """Which streams; none: the whole account."""
    since: datetime | None
    """The last complete read; None: never read yet."""
    why: str
    """What the connector said. Never an address with a token in it."""
    until: datetime | None
    """When it goes on by itself; None: nobody can say."""
    steps: tuple[str, ...]
    """What to do, first things first."""


@dataclass(frozen=True)
class Alarm:
    """To whoever keeps the accounts connected: one account that cannot be read, told once."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    account: str
    headline: str
    """In a few words, for the subject: "Needs new credentials"."""
    failing: tuple[Failing, ...]
    """Gravest first."""
    configuration: str
    """Path of the configuration file that the steps speak of."""
    stands_in: bool
    """Nobody is named for this, so it comes to the head."""


@dataclass(frozen=True)
class Recovery:
    """To whoever was told: the account is read again."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    account: str
    over: tuple[tuple[str, datetime, datetime], ...]
    """What it was, when it was found and when it ended."""
    unread: tuple[tuple[datetime, datetime], ...]
    """Stretches in which nothing was read; comments from then are read late, not lost."""
    still: tuple[str, ...]
    """What is wrong with the account all the same, in sentences."""


@dataclass(frozen=True)
class Expiring:
    """To whoever keeps the accounts connected: credentials that will end."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    account: str
    expires_at: datetime
    steps: tuple[str, ...]
    configuration: str
    stands_in: bool


@dataclass(frozen=True)
class OwnWordsLine:
    """One post or reply of the school, and what was found in it. None of its words."""

    numbers: tuple[int, ...]
    """Of what was found, as `school-monitor outgoing` lists it."""
    account: str
    what: str
    """ "Post" or "Reply"."""
    published_at: datetime | None
    found_at: datetime
    link: str
    """Where it stands; empty: nobody knows."""
    found: tuple[str, ...]
    """In a few words of ours: "a child's first name and surname"."""
    steps: tuple[str, ...]
    clause: str
    """The heading of the policy it comes from; empty: the pack names none."""


@dataclass(frozen=True)
class OwnWords:
    """To whoever looks after those who publish: what the school's own posts and replies hold and should not."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    lines: tuple[OwnWordsLine, ...]
    is_report: bool
    """A person says that something wrong was published; else it was found in the words."""
    shown: int


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
    notices: tuple[str, ...] = ()
    """Of the monitor itself, in sentences: when it did not run, to whom mail is refused."""
    held: tuple[HeldBack, ...] = ()
    """What the policy has nobody answer; it is in no figure of what was missed."""
    removed_before_advice: tuple[int, ...] = ()
    """Numbers of cases that readers no longer see although the advice to wait for is not on record."""
