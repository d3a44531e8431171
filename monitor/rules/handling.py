"""What a policy pack asks for a comment that is of one kind or of several. Pure.

Where rules of several kinds meet, the careful one wins:

    who is told     everybody any of them names; the chains one after the other. Where one is for those who are told
                    alone, those it names: a swear word beside an allegation brings nobody else in
    how fast        as the gravest flag or kind asks
    answering       hold, before redirect, before in time
    taking down     illegal content, before waiting for advice, before at once, before as a moderator sees fit
    who is kept out everybody any of them keeps out

Illegal content is what a person has confirmed as that: it comes down as soon as evidence is kept, whoever's advice is
still waited for, because leaving it up is an offence of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from config.handling import Duty
from config.policy import CategoryRule, PolicyPack
from monitor.model import Category, Flag
from monitor.rules.queue import worst

_T = TypeVar("_T")


class Answering(StrEnum):
    """Whether a comment is answered. From the least careful to the most."""

    IN_TIME = "in_time"
    REDIRECT = "redirect"
    HOLD = "hold"


class Removal(StrEnum):
    """When a comment may be hidden or deleted. The last that applies wins."""

    BY_MODERATOR = "by_moderator"
    AT_ONCE = "at_once"
    AFTER_ADVICE = "after_advice"
    ILLEGAL = "illegal"


@dataclass(frozen=True)
class Because:
    """A rule that applies: what it says, and the clause of the policy it comes from."""

    says: str
    clause: str


@dataclass(frozen=True)
class Handling:
    """What is to happen with one comment, each with its clause in `because`."""

    severity: str
    first: tuple[Duty, ...]
    then: tuple[Duty, ...]
    acknowledge_minutes: int
    answering: Answering
    redirect_to: tuple[str, ...]
    removal: Removal
    advice_from: tuple[str, ...]
    explains: bool
    """Readers are told what was taken down and why."""
    keeps_out_named: bool
    keeps_out_posters: bool
    only_those_told: bool
    because: tuple[Because, ...]

    @property
    def is_urgent(self) -> bool:
        """Whether people are told at once, day and night."""
        return self.severity == "urgent"


def handling(flags: Collection[Flag], pack: PolicyPack, *, is_illegal: bool = False) -> Handling | None:
    """How a comment with these flags is handled; None for one without any that nobody called illegal either.

    `flags`: those that stand, so without what a moderator rejected. `is_illegal`: a person confirmed that.
    What could not be checked has no rule of its own and goes to the moderators, whoever else is told: unless one of
    its kinds is for those alone whom the pack names.
    """
    if not flags and not is_illegal:
        return None
    found = {flag.category for flag in flags}
    kinds = sorted(found - {Category.COULD_NOT_BE_CHECKED})
    rules = [pack.categories[kind] for kind in kinds]
    alone = [rule for rule in rules if rule.keep_out.only_those_told]
    telling = alone or rules
    told: list[Duty] = [duty for rule in telling for duty in rule.tell.first]
    if not told or (Category.COULD_NOT_BE_CHECKED in found and not alone):
        told.append("moderator")
    first = _each_once(told)
    removal = max((Removal(rule.hold.removal) for rule in rules), key=_how_careful, default=Removal.BY_MODERATOR)
    return Handling(
        severity=worst(flags) or "urgent",
        first=first,
        then=tuple(d for d in _each_once(duty for rule in telling for duty in rule.tell.then) if d not in first),
        acknowledge_minutes=min((rule.tell.acknowledge_minutes for rule in rules), default=30),
        answering=max((Answering(rule.hold.answer) for rule in rules), key=_how_held, default=Answering.IN_TIME),
        redirect_to=_each_once(rule.hold.redirect_to for rule in rules if rule.hold.redirect_to),
        removal=Removal.ILLEGAL if is_illegal else removal,
        advice_from=_each_once(rule.hold.advice_from for rule in rules if rule.hold.advice_from),
        explains=any(rule.hold.explain for rule in rules),
        keeps_out_named=any(rule.keep_out.named for rule in rules),
        keeps_out_posters=any(rule.keep_out.posters for rule in rules),
        only_those_told=any(rule.keep_out.only_those_told for rule in rules),
        because=_each_once(reason for rule in rules for reason in _reasons(rule)),
    )


def _how_held(answering: Answering) -> int:
    return list(Answering).index(answering)


def _how_careful(removal: Removal) -> int:
    return list(Removal).index(removal)


def _reasons(rule: CategoryRule) -> Iterable[Because]:
    """What a category's rules say besides the ordinary, with their clauses."""
    yield Because("told", rule.tell.clause or rule.clause)
    if rule.hold.answer != "in_time":
        yield Because(rule.hold.answer, rule.hold.clause or rule.clause)
    if rule.hold.removal != "by_moderator":
        yield Because(rule.hold.removal, rule.hold.clause or rule.clause)
    if rule.keep_out.is_any:
        yield Because("kept_out", rule.keep_out.clause or rule.clause)


def _each_once(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))
