"""The governors' page for one term: exactly what it may contain.

If it is not a field here, the page cannot say it. There is no field for a name, a case number, a link or a word of a
comment. Counts that could be recognised as one person come as words ("1 to 4"); see `docs/governors.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alerts.weekly_report import AccountFigures


@dataclass(frozen=True)
class Seen:
    """How much of the term one account was read. `long_holes`: stretches of over a day in which it was not."""

    account: str
    hours_covered: float
    hours_in_term: float
    """Of the term so far, whether the account was watched yet or not."""
    watched_since: date | None
    """Where it was not watched from the first day on."""
    long_holes: int
    longest_hours: float


@dataclass(frozen=True)
class BreachLine:
    """Comments flagged as one category, and what was done about those that were no false alarm."""

    category: str
    flagged: str
    false_alarms: str
    false_alarm_share: str
    """The same with its share where that says something: "6 of 23 (26%)"."""
    done: tuple[tuple[str, str], ...]
    """What, and of how many; what was not done is left out."""


@dataclass(frozen=True)
class AlertLine:
    """Urgent alerts raised in the term, and what became of them."""

    raised: int
    in_time: int
    """Acknowledged within the minutes the policy gives."""
    late: int
    settled: int
    """The flags were rejected, or the case erased, before anybody acknowledged it."""
    waiting: int
    last_resort: int


@dataclass(frozen=True)
class OutgoingLine:
    """One kind of thing found in the school's own posts and replies."""

    what: str
    found: str
    settled: str


@dataclass(frozen=True)
class EqualityLine:
    """Comments whose words name one group of people."""

    group: str
    comments: int
    flagged: str
    false_alarms: str
    stands_out: bool = False


@dataclass(frozen=True)
class EqualityCheck:
    """How often comments that name a group of people were flagged, beside those that name none."""

    lines: tuple[EqualityLine, ...]
    """Groups with enough comments to say anything."""
    others: EqualityLine
    too_few: tuple[str, ...]
    wordless: int
    """Comments whose words are not kept any more, or that had none."""


@dataclass(frozen=True)
class GovernorsPage:
    """The governors' page for one term, from the first day to the last, local time."""

    school: str
    timezone: str
    term: str
    """In words: "autumn term 2026"."""
    name: str
    """As it is asked for: "2026-autumn"."""
    first_day: date
    last_day: date
    made_at: datetime
    is_over: bool
    for_everybody: bool
    """Nothing is counted that not everybody may know of. False: made for one reader."""
    figures: tuple[AccountFigures, ...]
    seen: tuple[Seen, ...]
    breaches: tuple[BreachLine, ...]
    no_breaches: tuple[tuple[str, str], ...]
    """Flagged as what is nothing wrong, such as a complaint, and how many comments."""
    stages: tuple[tuple[str, str], ...]
    """Stages of the policy's ladder, and on how many comments they are on record."""
    alerts: AlertLine
    outgoing: tuple[OutgoingLine, ...]
    kept_out: str
    """How many cases have somebody kept out, "fewer than five" or a number; empty: the page is for everybody."""
    evidence_kept: int
    evidence_handed_out: int
    policy: str
    """Name and version of the pack."""
    review_by: date | None
    review_is_overdue: bool
    register_found: int
    register_grave: int
    equality: EqualityCheck
    rule_in_words: str
    clause: str
