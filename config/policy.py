"""The schema of a policy pack: a school's policy as data, each rule naming its clause.

`ResponseRule` is the one place where the options of the response window and their defaults are written.
The defaults are the literal reading of the clause "Monitoring": 24 elapsed hours; what arrives at a weekend
by the end of the next working day. Every kinder or stricter reading is a named option, off by default.
`monitor/rules/response.py` computes with it and decides nothing about defaults.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    field_validator,
    model_validator,
)

from config.handling import (
    Duty,
    HoldRule,
    HouseRule,
    KeepOutRule,
    OutgoingRule,
    RegisterRule,
    Reminder,
    Stage,
    TellRule,
)

Tag = Literal["emoji_only", "thanks", "tag_only", "spam_auto", "question"]
Region = Literal["ENG", "WLS", "SCT", "NIR"]

_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _read_day(value: Any) -> Any:
    """A calendar day: a TOML date or the text YYYY-MM-DD. A date with a time of day is refused."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("a day is written YYYY-MM-DD")


def _read_clock_time(value: Any) -> Any:
    """A time of day in the school's own zone, whole seconds: a TOML time or the text HH:MM or HH:MM:SS."""
    if isinstance(value, time) and value.tzinfo is None and value.microsecond == 0:
        return value
    if isinstance(value, str) and _CLOCK_TIME.fullmatch(value):
        return time.fromisoformat(value)
    raise ValueError("a time of day is written HH:MM or HH:MM:SS, from 00:00 to 23:59:59")


Day = Annotated[date, BeforeValidator(_read_day)]
ClockTime = Annotated[time, BeforeValidator(_read_clock_time)]
Hours = Annotated[float, Field(strict=True, allow_inf_nan=False)]


def twice_in(names: list[str]) -> list[str]:
    """What appears more than once, in order."""
    return sorted({name for name in names if names.count(name) > 1})


class ResponseRule(BaseModel):
    """The response window of a policy. Days and times of day are in the school's own time zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hours: Annotated[Hours, Field(gt=0, le=8760)] = 24
    """Length of the window in hours, for whatever does not arrive at a weekend."""
    clock: Literal["elapsed", "wall"] = "elapsed"
    """elapsed: hours that really pass. wall: the same local time that many hours later on the wall clock."""
    weekend: tuple[StrictInt, ...] = (6, 7)
    """ISO days of the week: 1 is Monday, 7 is Sunday."""
    region: Region | None = "ENG"
    """Whose bank holidays count. null: none."""
    extra_holidays: tuple[Day, ...] = ()
    removed_holidays: tuple[Day, ...] = ()
    closures: tuple[tuple[Day, Day], ...] = ()
    """School holidays: first and last day, both included."""
    closures_working: StrictBool = True
    inset: tuple[Day, ...] = ()
    """Training days without pupils. Where a day is both, INSET beats closure."""
    inset_working: StrictBool = True
    nonworking_receipt: Literal["weekend_only", "any_nonworking"] = "weekend_only"
    """any_nonworking: a comment received on a bank holiday or other non-working day counts as at a weekend."""
    due_on_nonworking: Literal["keep", "roll_end", "roll_same_time"] = "keep"
    """What happens to a deadline that falls on a non-working day."""
    next_day_due: ClockTime = time(23, 59, 59)
    """When "on the next working day" ends."""
    clock_start: Literal["created", "first_seen"] = "created"
    edit_restarts: StrictBool = False
    outage_grace_hours: Annotated[Hours, Field(ge=0, le=8760)] = 0
    """At least this many hours between the moment we first saw a comment and its deadline. 0: no such grace."""
    no_reply_needed: tuple[Tag, ...] = ()
    """Kinds of comment to which the school owes no reply."""
    like_counts: StrictBool = False
    auto_reply_counts: StrictBool = False

    @field_validator("weekend")
    @classmethod
    def _iso_days(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 1 <= day <= 7 for day in days) or len(set(days)) != len(days):
            raise ValueError("weekend lists ISO days once each, 1 (Monday) to 7 (Sunday)")
        return days

    @field_validator("closures")
    @classmethod
    def _in_order(cls, pairs: tuple[tuple[date, date], ...]) -> tuple[tuple[date, date], ...]:
        for first, last in pairs:
            if last < first:
                raise ValueError(f"a closure ends before it begins: {first} to {last}")
        return pairs


Severity = Literal["note", "concern", "serious", "urgent"]
"""It also says how fast people hear of it. note, concern: with the next digest. serious: on the same working day, in
mailing hours. urgent: at once, day and night, until somebody has acknowledged it."""

CategoryName = Literal[
    "abuse", "profanity", "hate", "threat", "sexual", "bullying", "grooming", "self_harm", "personal_data",
    "allegation", "spam", "media_enquiry", "takedown_request", "complaint", "question",
]  # fmt: skip
CATEGORIES: tuple[str, ...] = get_args(CategoryName)
"""What a comment can be flagged as. Every pack read from a file has an entry for each."""


class CategoryRule(BaseModel):
    """What a pack says about one category of comment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Severity
    clause: Annotated[str, Field(min_length=1, max_length=120)]
    """The heading of the policy under which the school acts, for example "Handling abuse"."""
    next_steps: tuple[Annotated[str, Field(min_length=1, max_length=300)], ...] = ()
    """What the policy asks people to do, in our words, in order."""
    tell: TellRule = TellRule()
    hold: HoldRule = HoldRule()
    keep_out: KeepOutRule = KeepOutRule()


class RetentionClass(BaseModel):
    """How long one class of comments is kept, and why: the law asks for a reason, not for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: Annotated[StrictInt, Field(ge=1, le=36525)]
    counted_from: Literal["received", "settled", "decided", "passed_on"]
    """received: first seen by this program. settled: nothing about it waits any more. decided: a moderator's last
    decision; settled where there was none. passed_on: exported or shared, and never erased before that."""
    reason: Annotated[str, Field(min_length=1, max_length=400)]
    """Why it is kept so long and no longer, in words the school can put into its record of processing."""
    clause: Annotated[str, Field(max_length=120)] = ""
    """The heading of the policy or schedule it comes from, where there is one."""
    categories: tuple[CategoryName, ...] = ()
    """Comments flagged so belong to this class; of several classes, the one that keeps longest counts."""


class Retention(BaseModel):
    """When stored comments are erased. A legal hold beats all of it (`monitor/rules/retention.py`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unsettled_days: Annotated[StrictInt, Field(ge=30, le=3653)] = 365
    """A comment nobody ever answered or decided on is kept at least this long after it was received."""
    ordinary: RetentionClass = RetentionClass(
        days=30,
        counted_from="received",
        reason="Long enough to answer, to be asked about the answer, and for the month's report; then only counts.",
        categories=("spam", "question"),
    )
    flagged: RetentionClass = RetentionClass(
        days=365,
        counted_from="settled",
        reason="A school year in which conduct may be repeated, complained of or appealed about.",
    )
    """Also every flagged comment whose category no class names, and whatever a moderator acted on."""
    complaint: RetentionClass = RetentionClass(
        days=2192,
        counted_from="settled",
        reason="Six years, the time in which most claims can be brought (Limitation Act 1980, sections 2 and 5).",
        categories=("complaint", "takedown_request"),
    )
    safeguarding: RetentionClass = RetentionClass(
        days=90,
        counted_from="passed_on",
        reason="It belongs in the child-protection file, which has its own term; ours goes once theirs is safe.",
        categories=("threat", "sexual", "grooming", "self_harm", "allegation"),
    )
    quarantine: RetentionClass = RetentionClass(
        days=30,
        counted_from="received",
        reason="Items nobody could read, kept only until the fault behind them can be found.",
    )
    """Counted from the day such an item was last met."""

    @field_validator("quarantine")
    @classmethod
    def _never_settled(cls, quarantine: RetentionClass) -> RetentionClass:
        if quarantine.counted_from != "received" or quarantine.categories:
            raise ValueError('what nobody can read has no category and is counted from "received"')
        return quarantine

    @model_validator(mode="after")
    def _one_class_each(self) -> Retention:
        named = [name for each in self.classes().values() for name in each.categories]
        if twice := sorted({name for name in named if named.count(name) > 1}):
            raise ValueError(f"a category belongs to one class only: {', '.join(twice)}")
        return self

    def classes(self) -> dict[str, RetentionClass]:
        """The classes of comments, by name."""
        return {name: getattr(self, name) for name in ("ordinary", "flagged", "complaint", "safeguarding")}


class MessageRule(BaseModel):
    """What a policy says about direct messages to the school's accounts. An account's own setting must agree."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    read: Literal["allowed", "forbidden"] = "allowed"
    """forbidden: they are never read, whatever an account's settings say."""
    promised: StrictBool = False
    """true: the policy promises an answer to every query made through an account, messages included."""
    clause: Annotated[str, Field(max_length=120)] = ""
    """The heading of the policy it comes from, where there is one."""


class PolicyPack(BaseModel):
    """A school's policy as data. Packs live in `config/policies/*.toml`; a school may bring its own file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    version: Annotated[str, Field(min_length=1, max_length=40)]
    review_by: Day | None = None
    """The last day on which the policy is not overdue for review. None: it prints none, which is warned of."""
    response_clause: Annotated[str, Field(min_length=1, max_length=120)]
    """The clause the response window comes from."""
    response_in_words: Annotated[str, Field(min_length=1, max_length=400)]
    """The rule in one sentence of ours, printed on every report."""
    response: ResponseRule = ResponseRule()
    messages: MessageRule = MessageRule()
    categories: dict[str, CategoryRule]
    instead_of_the_head: Duty = "chair_of_governors"
    """Who is told in the head's place where the head is meant, or may not see it."""
    ladder: tuple[Stage, ...] = ()
    """The steps of escalation, in order; see `config.handling.Stage`."""
    house_rules: tuple[HouseRule, ...] = ()
    outgoing: OutgoingRule = OutgoingRule()
    accounts: RegisterRule = RegisterRule()
    """What an account needs before it is used, and as long as it is."""
    retention: Retention = Retention()
    reminders: tuple[Reminder, ...] = ()
    """What else the policy asks, of people."""

    @field_validator("instead_of_the_head")
    @classmethod
    def _somebody_else(cls, duty: Duty) -> Duty:
        if duty in ("head", "technician"):
            raise ValueError(f"a {duty} cannot stand in where the head may not see it")
        return duty

    @field_validator("ladder")
    @classmethod
    def _each_stage_once(cls, ladder: tuple[Stage, ...]) -> tuple[Stage, ...]:
        if twice := twice_in([stage.id for stage in ladder]):
            raise ValueError(f"each stage has an id of its own; {', '.join(twice)} appears twice")
        return ladder

    @field_validator("house_rules")
    @classmethod
    def _each_number_once(cls, rules: tuple[HouseRule, ...]) -> tuple[HouseRule, ...]:
        if twice := twice_in([rule.number for rule in rules]):
            raise ValueError(f"each house rule has a number of its own; {', '.join(twice)} appears twice")
        return rules
