"""The duties a person is on: their roles, those of whoever they cover, and what the register has them do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from config.people import Person


def duties_of(person: Person, people: Sequence[Person], posters: Iterable[str], today: date) -> frozenset[str]:
    """The duties a person is on today. `posters`: names of those who publish on the account.

    On duty as line manager is whoever manages one of the posters; where nobody does, whoever manages anybody.
    """
    publishing = frozenset(posters)
    of_posters = {each.line_manager for each in people if each.name in publishing and each.line_manager}
    managers: set[str | None] = {*of_posters} or {each.line_manager for each in people}
    covered = (away.roles for away in people if away.is_away(today) and _stands_in(away, people, today) is person)
    found: set[str] = {*person.roles, *(role for roles in covered for role in roles)}
    if person.name in publishing:
        found.add("poster")
    if person.name in managers:
        found.add("line_manager")
    return frozenset(found)


def _stands_in(away: Person, people: Sequence[Person], today: date) -> Person | None:
    """Who covers an absent person today; None: nobody."""
    met, person = {away.name}, away
    while person.is_away(today):
        stand_in = next((each for each in people if each.name == person.covered_by), None)
        if stand_in is None or stand_in.name in met:
            return None
        met.add(stand_in.name)
        person = stand_in
    return person
