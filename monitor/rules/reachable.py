"""Who can be reached today in place of whom: absences, those who stand in, addresses that refuse mail. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from config.people import Person
from monitor.rules.wording import day_in_words


@dataclass(frozen=True)
class Reach:
    """How many different people can be reached today for those who are named, and why the others cannot.

    `reached`: names, each once: somebody who stands in for two is one person.
    """

    named: tuple[str, ...]
    reached: tuple[str, ...]
    why_not: tuple[str, ...]
    """In clauses that go on within a sentence: "Sam Ferreira is away until 4 Jan 2027 and nobody stands in"."""


def reach(names: Iterable[str], people: Sequence[Person], refused: Collection[str], today: date) -> Reach:
    """Who of these can be reached on `today`. `refused`: addresses, in small letters, that no mail reaches."""
    known = {person.name: person for person in people}
    named = tuple(dict.fromkeys(names))
    reached: dict[str, None] = {}
    why_not = []
    for name in named:
        person = known.get(name)
        there = None if person is None else stands_in(person, people, today)
        if person is None:
            why_not.append(f"{name} is not among the people of the configuration")
        elif there is None:
            why_not.append(f"{name} is away until {_day(away_until(person, today))} and nobody stands in")
        elif there.email.lower() in refused:
            why_not.append(f"mail to {there.name} is refused")
        elif there.name in reached or (there.name in named and there.name != name):
            why_not.append(f"{name} is away until {_day(away_until(person, today))}; {there.name} counts once")
        else:
            reached[there.name] = None
    return Reach(named, tuple(reached), tuple(dict.fromkeys(why_not)))


def stands_in(
    person: Person,
    people: Sequence[Person],
    today: date,
    may: Callable[[Person], bool] = lambda _: True,
    refused: Collection[str] = (),
) -> Person | None:
    """This person, or whoever covers for them on `today`, from one to the next; None: nobody is there.

    `may`: whether somebody comes into question at all; where one does not, nobody behind them does. `refused`:
    addresses, in small letters, that no mail reaches: whose they are counts as away.
    """
    known = {each.name: each for each in people}
    met: set[str] = set()
    each: Person | None = person
    while each and may(each) and each.name not in met:
        if not each.is_away(today) and each.email.lower() not in refused:
            return each
        met.add(each.name)
        each = known.get(each.covered_by or "")
    return None


def away_until(person: Person, today: date) -> date:
    """Last day of the absence that covers `today`; one that begins on the next day goes on with it."""
    last = today
    for begin, end in sorted(person.absent):
        if begin <= last + timedelta(days=1) and end > last:
            last = end
    return last


def away_since(person: Person, today: date) -> date:
    """First day of the absence that covers `today`."""
    first = today
    for begin, end in sorted(person.absent, reverse=True):
        if end >= first - timedelta(days=1) and begin < first:
            first = begin
    return first


def _day(day: date) -> str:
    return day_in_words(day, weekday=False, year=True)
