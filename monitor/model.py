"""The nouns: plain frozen values that every part of the monitor shares. They hold facts and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from config.policy import ResponseRule

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for "not once yet" where a time is needed: earlier than any comment."""


class Presence(StrEnum):
    """What the network showed us of an item when we last looked."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    HELD = "held"
    GONE = "gone"


class Category(StrEnum):
    """Why a comment needs eyes. `offensive` in reports stands for the first six together."""

    ABUSE = "abuse"
    PROFANITY = "profanity"
    HATE = "hate"
    THREAT = "threat"
    SEXUAL = "sexual"
    BULLYING = "bullying"
    GROOMING = "grooming"
    SELF_HARM = "self_harm"
    PERSONAL_DATA = "personal_data"
    ALLEGATION = "allegation"
    SPAM = "spam"
    MEDIA_ENQUIRY = "media_enquiry"
    TAKEDOWN_REQUEST = "takedown_request"
    COMPLAINT = "complaint"
    QUESTION = "question"
    COULD_NOT_BE_CHECKED = "could_not_be_checked"


OFFENSIVE = frozenset(
    {Category.ABUSE, Category.PROFANITY, Category.HATE, Category.THREAT, Category.SEXUAL, Category.BULLYING}
)

ALARMS = frozenset(Category) - {Category.COMPLAINT, Category.QUESTION}
"""Categories that bring a comment before a moderator. A complaint or a question is a kind of comment: it is owed an
answer, as nearly every comment is, and is no reason for alarm. `classify` names it all the same."""

NO_BREACH = frozenset(
    {
        Category.MEDIA_ENQUIRY,
        Category.TAKEDOWN_REQUEST,
        Category.COMPLAINT,
        Category.QUESTION,
        Category.COULD_NOT_BE_CHECKED,
    }
)
"""Categories that ask for somebody's attention without anything being wrong with the comment."""


@dataclass(frozen=True)
class Flag:
    """Why a comment needs eyes: which words (positions in the original text, end excluded), found by what.

    `reason` is a sentence for a teacher and holds no word of the comment. `clause` names the policy's heading.
    `version`: number of the version whose text the positions belong to; None before it is kept.
    """

    category: Category
    severity: str
    score: float
    detector: str
    start: int
    end: int
    reason: str
    clause: str = ""
    version: int | None = None
    raised_at: datetime | None = field(default=None, compare=False)
    """None before it is kept."""


class ResponseState(StrEnum):
    """Where a comment stands. Never stored: derived from facts and a moment (`monitor/rules/state.py`)."""

    NO_REPLY_NEEDED = "no_reply_needed"
    SPAM = "spam"
    ANSWERED_IN_TIME = "answered_in_time"
    ANSWERED_LATE = "answered_late"
    ACTIONED = "actioned"
    ACTIONED_LATE = "actioned_late"
    WITHDRAWN = "withdrawn"
    MISSED_WITHDRAWN = "missed_withdrawn"
    HELD = "held"
    OPEN = "open"
    OVERDUE = "overdue"
    OVERDUE_UNCONFIRMED = "overdue_unconfirmed"


class ReplyBy(StrEnum):
    SCHOOL = "school"
    STAFF_PERSONAL = "staff_personal"
    MEMBER = "member"


class ReplyKind(StrEnum):
    REPLY = "reply"
    MESSAGE = "message"
    LIKE = "like"
    AUTO = "auto"


class Action(StrEnum):
    """What a moderator says was done."""

    ANSWERED_ELSEWHERE = "answered_elsewhere"
    NO_REPLY_NEEDED = "no_reply_needed"
    CONFIRM_SPAM = "confirm_spam"
    CONFIRM_OFFENSIVE = "confirm_offensive"
    HIDE = "hide"
    DELETE = "delete"
    REPORT = "report"
    BLOCK = "block"
    CONFIRM_FLAG = "confirm_flag"
    """Its flags are right, whatever their category."""
    FALSE_ALARM = "false_alarm"
    """Its flags are wrong: this version means no harm. It may still be owed an answer."""
    TAKE = "take"
    """Somebody looks after it: the others need not."""
    CONFIRM_ILLEGAL = "confirm_illegal"
    """It must not be there at all, by law."""
    ADVICE_RECEIVED = "advice_received"
    """The advice that was waited for is there; `why` says whose and what."""
    ESCALATE = "escalate"
    """A stage of the policy's ladder was reached."""
    PASS_ON = "pass_on"  # noqa: S105  no password
    """It is not this school's: another school was told."""
    CLOSE = "close"
    """Nothing more will be done about it."""
    UNDO = "undo"
    """An earlier decision no longer holds."""


class OutgoingKind(StrEnum):
    """What a post or reply of the school may hold that it should not."""

    FULL_NAME = "full_name"
    TAG = "tag"
    CONTACT_DETAILS = "contact_details"
    PROMISE = "promise"
    OPTED_OUT = "opted_out"
    NOT_CHECKED = "not_checked"
    """A list of names could not be read, so nobody held the words against it."""
    REPORTED = "reported"
    """A person says that something wrong was published."""


@dataclass(frozen=True)
class OutgoingFinding:
    """One thing found at `start` to `end` of a text, end excluded; both 0: it has no place in the words.

    `reason` is a sentence and holds no word of the text. `clause` names the policy's heading.
    """

    kind: OutgoingKind
    start: int
    end: int
    reason: str
    clause: str = ""


class ThreadAuthor(StrEnum):
    PARENT = "parent"
    SCHOOL = "school"
    MEMBER = "member"


@dataclass(frozen=True)
class ReplyFact:
    """Something said or done under one comment, or to its author in the same thread. Times are aware."""

    at: datetime
    by: ReplyBy
    kind: ReplyKind
    gone_at: datetime | None = None


@dataclass(frozen=True)
class ActionFact:
    """One decision of a moderator on one comment."""

    at: datetime
    action: Action
    note: str = ""


@dataclass(frozen=True)
class ThreadFact:
    """Something else in the same thread: context. It neither answers a comment nor moves its deadline."""

    at: datetime
    by: ThreadAuthor


@dataclass(frozen=True)
class Facts:
    """What is known about one comment besides the moment it was received. All times are aware.

    `last_read_at`: the last complete read of its account (`NEVER` when there was none yet).
    `last_seen_at`, `gone_at`: the last read in which it was still there, the first in which it was not.
    """

    last_read_at: datetime | None = None
    first_seen_at: datetime | None = None
    edited_at: datetime | None = None
    last_seen_at: datetime | None = None
    gone_at: datetime | None = None
    replies: tuple[ReplyFact, ...] = ()
    actions: tuple[ActionFact, ...] = ()
    tags: frozenset[str] = field(default_factory=frozenset)
    thread: tuple[ThreadFact, ...] = ()
    hold: str = ""
    """Clause of the policy under which nobody is to answer it; empty: there is none."""
    outages: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True)
class Deadline:
    """When a response is due (UTC, whole seconds; None: none is owed) and how that was worked out, in words.

    The last step always states the answer.
    """

    due_at: datetime | None
    steps: tuple[str, ...]


@dataclass(frozen=True)
class StateAnswer:
    """A response state, and one sentence saying which fact made it so."""

    state: ResponseState
    because: str
    responded_at: datetime | None = None


@dataclass(frozen=True)
class RecordedDecision:
    """A decision as it stands in the book, with the number of the version its author had seen.

    One that was taken back stays in the book: `monitor.rules.marks.in_force` leaves it out.
    """

    fact: ActionFact
    by: str
    version: int
    number: int = 0
    details: Mapping[str, str] = field(default_factory=dict)
    """What some actions have besides: `house_rule`, `audience` (what readers were told), `stage`, `on`, `school`."""
    undoes: int | None = None
    """Number of the decision that this one takes back."""


@dataclass(frozen=True)
class EarlierText:
    """What a comment said before it was edited. `seen_at`: when we first saw it say so."""

    version: int
    seen_at: datetime
    text: str


@dataclass(frozen=True)
class Case:
    """One comment whole: what it says, where it hangs, what is owed, and what has happened since."""

    id: int
    account: str
    account_label: str
    network: str
    kind: str
    remote_id: str
    permalink: str
    author_id: str | None
    author_name: str
    text: str
    version: int
    earlier: tuple[EarlierText, ...]
    created_at: datetime
    shown: Presence
    post_text: str
    post_remote_id: str | None
    parent_remote_id: str | None
    attachments: tuple[tuple[str, str], ...]
    due_at: datetime | None
    derivation: tuple[str, ...]
    policy: str
    clause: str
    rule: ResponseRule
    facts: Facts
    flags: tuple[Flag, ...]
    decisions: tuple[RecordedDecision, ...]
    evidence: tuple[str, ...]
    """Folders of its snapshots, relative to the evidence folder."""
    reads_since_removal: tuple[datetime, ...] = ()
    """When the first two complete reads began after somebody said it was taken down, where one of them met it."""
    met_at: datetime | None = None
    """When a read last met it where readers see it; None: since then it was only asked for by its id, and a network
    may answer for what it hides."""
    to_do: tuple[str, ...] = ()
    """What waits besides an answer and flags nobody has decided on, in words (`monitor/rules/outstanding.py`)."""
