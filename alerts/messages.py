"""Exactly what a mail may contain. If it is not a field here, no mail can say it.

There is no field for the text of a comment or the name of its author, on purpose: mail is not a safe place for
either (a comment often names a child, and a quoted slur gets the alert quarantined). `words` is empty unless the
school has set it otherwise; then `monitor/quoting.py` decides, and hands over what is harmless already. Times are
aware; the templates print them in the reader's `timezone`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.matter import Matter


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
    words: str = ""
    """Its beginning in quotation marks, where the school wants that in mails; in no subject."""


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
    pile_ons: tuple[Matter, ...] = ()
    """Posts with many comments, each as one line. Of their comments only the first few are near the top of a list."""
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
    words: str = ""
    """As in `Line`; always empty in what is urgent."""


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
    last_today: bool = False
    """It is the last mail of the day that is not urgent."""


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
