"""How long a comment is kept, by the school's own terms. Pure: facts in, an answer with its reason and day out.

    1  A legal hold keeps it, whatever its term.
    2  Its classes are those of its flags; without a flag it is ordinary. What a moderator acted on is flagged in
       place of ordinary, and a suspected indecent image of a child is safeguarding as well.
    3  Each class has a term of so many days, counted from a moment of the comment's own life. While nobody has
       answered or decided, no term ends earlier than `unsettled_days` after it was received.
    4  The class that keeps it longest counts. One counted from being passed on beats every other until somebody has
       passed it on: then a person is asked, and nothing is erased.
    5  The term is over in the very moment it ends. A day is 24 hours.

The class names and their terms are data (`config.policy.Retention`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config.policy import Retention, RetentionClass
from monitor.model import Action, Case, Category, StateAnswer
from monitor.rules.queue import WAITING

ACTED_ON = frozenset(
    {
        *(Action.CONFIRM_OFFENSIVE, Action.HIDE, Action.DELETE, Action.REPORT, Action.BLOCK),
        *(Action.CONFIRM_ILLEGAL, Action.ADVICE_RECEIVED, Action.ESCALATE, Action.PASS_ON),
    }
)
"""Decisions after which a comment is no ordinary one, flagged or not."""
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Kept:
    """What decides how long one comment is kept. Times are aware.

    `received_at`: when this program first saw it, by its own clock. `settled_at`: when the last thing about it was
    done; None while something waits. `passed_on_at`: last exported or shared. `acted_on`: a moderator did more
    than answer. `withheld`: marked as a suspected indecent image of a child.
    """

    received_at: datetime
    settled_at: datetime | None = None
    decided_at: datetime | None = None
    passed_on_at: datetime | None = None
    categories: frozenset[Category] = frozenset()
    acted_on: bool = False
    withheld: bool = False
    on_hold: bool = False


@dataclass(frozen=True)
class Keep:
    """Its term runs until `until`; None: a hold is on it."""

    kept_as: str
    until: datetime | None
    reason: str


@dataclass(frozen=True)
class Erase:
    """Its term was over at `since`."""

    kept_as: str
    since: datetime
    reason: str


@dataclass(frozen=True)
class Review:
    """A person has to say since `since` where it goes. It is not erased before it was passed on."""

    kept_as: str
    since: datetime
    reason: str


Answer = Keep | Erase | Review


@dataclass(frozen=True)
class _Term:
    by_a_person: bool
    ends_at: datetime
    kept_as: str
    reason: str


def due(kept: Kept, terms: Retention, now: datetime) -> Answer:
    """What the school's terms say of one comment at `now`, with the class that decides and its reason."""
    applying = [_term(name, terms, kept) for name in classes_of(kept, terms)]
    longest = max(applying, key=lambda term: (term.by_a_person, term.ends_at))
    if kept.on_hold:
        return Keep(longest.kept_as, None, "a legal hold is on it")
    if now < longest.ends_at:
        return Keep(longest.kept_as, longest.ends_at, longest.reason)
    answer = Review if longest.by_a_person else Erase
    return answer(longest.kept_as, longest.ends_at, longest.reason)


def classes_of(kept: Kept, terms: Retention) -> frozenset[str]:
    """Names of the classes a comment belongs to."""
    by_category: dict[str, str] = {
        name: kept_as for kept_as, each in terms.classes().items() for name in each.categories
    }
    found = {by_category.get(category.value, "flagged") for category in kept.categories} or {"ordinary"}
    if kept.acted_on and "ordinary" in found:
        found = found - {"ordinary"} | {"flagged"}
    return frozenset(found | {"safeguarding"} if kept.withheld else found)


def quarantine_ends(last_met: datetime, terms: Retention) -> datetime:
    """Until when an item nobody could read is kept."""
    return _after(last_met, terms.quarantine.days)


def settled_at(case: Case, answer: StateAnswer, flags_wait: bool) -> datetime | None:
    """When the last thing about a comment was done; None while a reply is owed or something else waits.

    `answer`: where it stands now. `flags_wait`: whether a flag is on words nobody has decided on.
    """
    if flags_wait or answer.state in WAITING or case.to_do:
        return None
    facts = case.facts
    moments = [facts.first_seen_at, facts.edited_at, facts.gone_at, answer.responded_at]
    moments += [decision.fact.at for decision in case.decisions]
    return max((moment for moment in moments if moment), default=case.created_at)


def _term(name: str, terms: Retention, kept: Kept) -> _Term:
    rule = terms.classes()[name]
    begins = _begins(rule, kept)
    ends = _after(begins or kept.received_at, rule.days)
    if kept.settled_at is None:
        ends = max(ends, _after(kept.received_at, terms.unsettled_days))
    return _Term(rule.counted_from == "passed_on" and begins is None, ends, name, rule.reason)


def _begins(rule: RetentionClass, kept: Kept) -> datetime | None:
    """The moment a class counts from; None while it has not come."""
    match rule.counted_from:
        case "received":
            return kept.received_at
        case "settled":
            return kept.settled_at
        case "decided":
            return kept.decided_at or kept.settled_at
        case "passed_on":
            return kept.passed_on_at


def _after(moment: datetime, days: int) -> datetime:
    try:
        return moment.astimezone(UTC) + timedelta(days=days)
    except OverflowError:  # a network may date a reply at the last day of the calendar
        return _END_OF_TIME
