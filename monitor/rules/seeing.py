"""Who may see a case. Pure.

    kept out            never: it is about them. That comes before every role and every route
    technician alone    never: who keeps accounts connected sees no comment at all
    only those told     whoever is on its route or was told of it, the safeguarding leads, the head; in the head's
                        place whoever the policy names, where the head is kept out
    anything else       everybody in the configuration

Nobody in particular (no name given) sees what everybody may see: nothing that somebody is kept out of.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from config.handling import Duty
from config.people import Person

RESPONSIBLE: frozenset[str] = frozenset({"head", "safeguarding"})
"""Roles that see what only those told may see, and that decide who is kept out."""


@dataclass(frozen=True)
class Restriction:
    """What narrows the circle of a case. People go by e-mail address in small letters.

    `told`: who is on its route, or was told of it. `heads`: everybody with the role head.
    """

    kept_out: frozenset[str]
    only_those_told: bool = False
    told: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    instead_of_the_head: Duty = "chair_of_governors"

    @property
    def responsible(self) -> frozenset[str]:
        """Roles that see it and decide who is kept out of it."""
        return RESPONSIBLE | {self.instead_of_the_head} if self.heads & self.kept_out else RESPONSIBLE


def is_only_a_technician(person: Person) -> bool:
    """Whether somebody looks after connections, and has no role in which they would look after comments."""
    return "technician" in person.roles and set(person.roles) <= {"technician", "staff"}


def may_see(person: Person | None, case: Restriction) -> bool:
    """Whether this person may see a case, or know that there is one. None: nobody said who they are."""
    if person is None:
        return not (case.kept_out or case.only_those_told)
    email = person.email.lower()
    if email in case.kept_out or is_only_a_technician(person):
        return False
    return not case.only_those_told or email in case.told or bool(case.responsible.intersection(person.roles))


def may_decide_who_is_kept_out(person: Person, case: Restriction) -> bool:
    """Whether this person may keep somebody out of a case, or let them in again. Never who is kept out of it."""
    return person.email.lower() not in case.kept_out and bool(case.responsible.intersection(person.roles))


def may_still_decide(people: Collection[Person], case: Restriction) -> tuple[str, ...]:
    """Names of everybody who may decide that."""
    return tuple(person.name for person in people if may_decide_who_is_kept_out(person, case))
