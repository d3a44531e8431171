"""Counting a term for the governors. Pure: cases and plain facts in, figures out.

A comment is counted once in each category it was flagged as. What was done about it counts whenever it was done: the
page says how the term's comments stand on the day it is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from config.policy import PolicyPack
from monitor.model import NO_BREACH, OFFENSIVE, Action, Case, Category, Flag
from monitor.rules.holds import Advice, advice_waited_for
from monitor.rules.marks import in_force, is_false_alarm, standing

SMALL = 5
"""A smaller number of one kind of comment, or of what was done, may be recognised as one person."""


class Done(StrEnum):
    """What became of a flagged comment, in the order in which a page says it."""

    HIDDEN = "hidden"
    DELETED = "deleted"
    REPORTED = "reported"
    BLOCKED = "blocked"
    ESCALATED = "escalated"
    PASSED_ON = "passed on"
    ADVICE_AWAITED = "advice awaited"
    OTHERWISE = "settled otherwise"
    """Somebody decided on it, and did none of what is above."""
    NOTHING_YET = "nothing yet"


_DONE_BY = {
    Action.HIDE: Done.HIDDEN,
    Action.DELETE: Done.DELETED,
    Action.REPORT: Done.REPORTED,
    Action.BLOCK: Done.BLOCKED,
    Action.ESCALATE: Done.ESCALATED,
    Action.PASS_ON: Done.PASSED_ON,
}
_ONLY_BEGUN = frozenset({Action.TAKE, Action.ADVICE_RECEIVED})
"""Decisions that something is done after."""


@dataclass
class Breaches:
    """Comments flagged as one category.

    `false_alarms`: those a moderator said mean no harm. `done`: what was done about the others, and about how many.
    """

    category: Category
    flagged: int = 0
    false_alarms: int = 0
    done: Counter[Done] = field(default_factory=Counter)


@dataclass(frozen=True)
class AlertFacts:
    """One urgent alert. `minutes`: within which the policy has somebody acknowledge it. Times are aware."""

    opened_at: datetime
    minutes: int
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    reached_last_resort: bool = False


@dataclass(frozen=True)
class AlertFigures:
    """Urgent alerts of a term. `settled`: its flags were rejected, or the case erased, before anybody did."""

    raised: int
    in_time: int
    late: int
    settled: int
    waiting: int
    last_resort: int


def blurred(count: int) -> str:
    """A count of people's comments as it may be printed: from 1 to 4 it is not told exactly."""
    return f"1 to {SMALL - 1}" if 0 < count < SMALL else str(count)


def breaches(flagged: Iterable[Case], raised: Mapping[int, Sequence[Flag]], pack: PolicyPack) -> tuple[Breaches, ...]:
    """One line for each category that says something is wrong with a comment; what offends comes first.

    `raised`: by case, its flags raised in the term.
    """
    found: dict[Category, Breaches] = {}
    for case in flagged:
        for category in {flag.category for flag in raised.get(case.id, ())} - NO_BREACH:
            line = found.setdefault(category, Breaches(category))
            line.flagged += 1
            if _all_wrong(raised[case.id], category, case):
                line.false_alarms += 1
            else:
                line.done.update(done_about(case, category, pack))
    return tuple(sorted(found.values(), key=lambda line: _rank(line.category)))


def no_breaches(raised: Iterable[Sequence[Flag]]) -> dict[Category, int]:
    """How many comments were flagged as what is no breach. `raised`: the flags of each comment."""
    found = Counter(category for flags in raised for category in {flag.category for flag in flags} & NO_BREACH)
    return {category: found[category] for category in Category if found[category]}


def done_about(case: Case, category: Category, pack: PolicyPack) -> frozenset[Done]:
    """What was done about a case that is of this category; never empty."""
    decided = {each.fact.action for each in in_force(case.decisions)}
    done = {_DONE_BY[action] for action in decided if action in _DONE_BY}
    if not done and decided - _ONLY_BEGUN:
        done.add(Done.OTHERWISE)
    if _advice_is_awaited(case, category, pack):
        done.add(Done.ADVICE_AWAITED)
    return frozenset(done or {Done.NOTHING_YET})


def stages_reached(flagged: Iterable[Case]) -> dict[str, int]:
    """By stage of the ladder: on how many of these comments it is on record."""
    found: Counter[str] = Counter()
    for case in flagged:
        escalated = [each for each in in_force(case.decisions) if each.fact.action is Action.ESCALATE]
        found.update({each.details.get("stage", "") for each in escalated} - {""})
    return dict(found)


def alert_figures(alerts: Iterable[AlertFacts]) -> AlertFigures:
    """What became of urgent alerts; each is in one of in_time, late, settled and waiting."""
    counted: Counter[str] = Counter()
    for alert in alerts:
        counted["raised"] += 1
        counted["last_resort"] += alert.reached_last_resort
        counted[_fate(alert)] += 1
    names = ("raised", "in_time", "late", "settled", "waiting", "last_resort")
    return AlertFigures(**{name: counted[name] for name in names})


def _fate(alert: AlertFacts) -> str:
    if alert.acknowledged_at is not None:
        in_time = alert.acknowledged_at - alert.opened_at <= timedelta(minutes=alert.minutes)
        return "in_time" if in_time else "late"
    return "settled" if alert.closed_at is not None else "waiting"


def _advice_is_awaited(case: Case, category: Category, pack: PolicyPack) -> bool:
    rule = pack.categories.get(category.value)
    if rule is None or rule.hold.removal != "after_advice":
        return False
    if not any(flag.category is category for flag in standing(case.flags, case.decisions)):
        return False
    wanted = Advice(rule.hold.advice_from, rule.hold.clause or rule.clause)
    return wanted in advice_waited_for(case.flags, case.decisions, pack)


def _all_wrong(flags: Sequence[Flag], category: Category, case: Case) -> bool:
    """Whether a moderator marked every flag of this category a false alarm."""
    return all(is_false_alarm(flag, case) for flag in flags if flag.category is category)


def _rank(category: Category) -> tuple[bool, int]:
    return category not in OFFENSIVE, list(Category).index(category)
