"""The people a school names: who they are, what they do, who stands in for them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from config.policy import Day
from config.values import MailAddress, Name, Section, no_name_twice

Role = Literal[
    "moderator", "line_manager", "communications", "pastoral", "senior", "head", "safeguarding",
    "chair_of_governors", "technician", "staff",
]  # fmt: skip
"""safeguarding: the designated safeguarding lead or a deputy, who decides on media and on evidence.
pastoral: who knows the pupils, such as a class teacher or a head of house or year.
senior: a member of the leadership who stands in where those meant are away.
technician: keeps the accounts connected, and is told when one cannot be read or its credentials will end.
staff: somebody the words of comments may be about, or who publishes on an account. The role alone brings no mail; a
pack may have the posters of an account told."""


class Person(Section):
    name: Name
    email: MailAddress
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    known_as: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    """How comments may name this person, besides `name`: "Mrs Ali", "Coach Ali"."""
    line_manager: Name | None = None
    """Name of the person this one reports to."""
    absent: Annotated[tuple[tuple[Day, Day], ...], Field(max_length=100)] = ()
    """First and last day away, both included, local to the school."""
    covered_by: Name | None = None
    """Name of the person who is told instead on those days; where that person is away too, whoever covers them."""

    def is_away(self, day: date) -> bool:
        """Whether this person is absent on a local day."""
        return any(first <= day <= last for first, last in self.absent)


def fitting_together(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """The people of one school, once it is sure that they can do together what has to be done. Raises ValueError."""
    roles = {role for person in people for role in person.roles}
    if missing := {"moderator", "head"} - roles:
        raise ValueError(f"nobody has the role {' or '.join(sorted(missing))}")
    no_name_twice([person.email for person in people])
    no_name_twice([person.name for person in people])
    for person in people:
        _named_rightly(person, {each.name for each in people} - {person.name})
    return people


def _named_rightly(person: Person, others: set[str]) -> None:
    for key, name in (("line_manager", person.line_manager), ("covered_by", person.covered_by)):
        if name is not None and name not in others:
            raise ValueError(f'{person.name}: {key} = "{name}" is nobody else among the people')
    if any(last < first for first, last in person.absent):
        raise ValueError(f"{person.name}: an absence ends before it begins")
