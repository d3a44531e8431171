"""Who is told of a case: those meant by the policy's rule, those who stand in for them, and who comes next. Pure.

    away        whoever covers them, along `covered_by`; where that leads to nobody, or round in a circle, nobody
    unreachable still mailed, for so it shows when mail arrives again; whoever covers them is told as well, and where
                nobody in a step is left whom mail reaches, the next step together with it
    kept out    not told, and nobody in their place but for a head: there whoever the pack names for that
    empty step  the next one takes its place, so that nobody waits for a step that has no one
    the end     the school's last resort, always, even where they were told before

People are named by e-mail address, in the order of the configuration. Nobody is told twice, but for the last resort.
Technicians are told of no comment, and neither is anybody who is kept out: not even the last resort, for whom the
next authority that may see it stands in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from config.handling import Duty
from config.people import Person
from config.policy import PolicyPack
from config.register import RegisterEntry
from monitor.rules.handling import Handling
from monitor.rules.reachable import stands_in

_IN_PLACE_OF_THE_LAST_RESORT: tuple[Duty, ...] = (
    "chair_of_governors", "head", "senior", "safeguarding", "line_manager", "moderator",
)  # fmt: skip
_TOLD_OF_NOTHING = frozenset({"technician", "staff"})


@dataclass(frozen=True)
class Route:
    """Who is told, step by step, by e-mail address. `first`: all of the first step, `steps[0]`.

    `by_duty`: the same, but nobody where only the last resort is left: a swear word does not go to them.
    `notes`: in sentences, why somebody else is told than the policy's rule means. They name people, so they are for
    those who may see the case. Without steps only where everybody the school named is kept out.
    """

    first: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    by_duty: tuple[str, ...] = ()

    @property
    def everybody(self) -> tuple[str, ...]:
        """Everybody on it, each once, in the order they are told."""
        return tuple(dict.fromkeys(person for step in self.steps for person in step))


def route(
    handling: Handling,
    people: Sequence[Person],
    entry: RegisterEntry,
    kept_out: Collection[str],
    on: date,
    pack: PolicyPack,
    last_resort: str,
    refused: Collection[str] = (),
) -> Route:
    """Who is told of a case handled so, on a local day.

    `entry`: the register's, of its account. `kept_out`: e-mail addresses, in whatever letters. `refused`: addresses,
    in small letters, that no mail reaches.
    """
    cast = _Cast(people, entry, frozenset(each.lower() for each in kept_out), on, frozenset(refused))
    wanted = [handling.first, *((duty,) for duty in handling.then)]
    steps: list[tuple[str, ...]] = []
    told: set[str] = set()
    notes: list[str] = []
    for duties in wanted:
        found = [person for duty in duties for person in cast.reached(duty, pack, notes)]
        step = tuple(person.email for person in cast.in_order(found) if person.email.lower() not in told)
        told.update(email.lower() for email in step)
        if step:
            steps.append(step)
    steps = cast.with_somebody_in_reach(steps)
    by_duty = steps[0] if steps else ()
    end = _the_end(cast, last_resort, told, notes)
    if end and (not steps or steps[-1] != end):
        # What waits for nobody's answer, such as a serious mail, goes to the first step alone.
        steps = cast.with_somebody_in_reach([*steps, end])
    return Route(steps[0] if steps else (), tuple(steps), tuple(dict.fromkeys(notes)), by_duty)


def digest_readers(handling: Handling, found: Route, moderators: Sequence[str]) -> tuple[str, ...]:
    """Who reads of a case in the digest: those it is told to, and who looks after the account where they may see it.

    `moderators`: of the account, who may see the case. The last resort only where nobody else is left.
    """
    if handling.only_those_told:
        return found.first
    return tuple(dict.fromkeys((*found.by_duty, *moderators))) or found.first


def moderators_of(
    people: Sequence[Person],
    entry: RegisterEntry,
    on: date,
    kept_out: Collection[str] = (),
    refused: Collection[str] = (),
) -> tuple[str, ...]:
    """Who looks after the comments of an account on a local day: its moderators, or who covers them.

    Where all are away and nobody covers them, all of them: what is mailed to nobody is lost. Where no mail reaches
    any of them (`refused`: addresses in small letters), others look after it as well: the other moderators, else
    senior staff, else the heads.
    """
    cast = _Cast(people, entry, frozenset(each.lower() for each in kept_out), on, frozenset(refused))
    meant = [person for person in cast.meant("moderator") if cast.may_be_told(person)]
    found = [each for person in meant for each in cast.told_for(person)] or meant
    if not any(cast.is_in_reach(person.email) for person in found):
        found += cast.others_in_reach()
    return tuple(person.email for person in cast.in_order(found))


def is_told_of_comments(person: Person) -> bool:
    """Whether a person may be told of any comment: a technician is not, unless another role says so."""
    return "technician" not in person.roles or bool(set(person.roles) - _TOLD_OF_NOTHING)


def _the_end(cast: _Cast, last_resort: str, told: Collection[str], notes: list[str]) -> tuple[str, ...]:
    """The last step: the last resort, or the first authority not yet told where the last resort may not see it."""
    if last_resort.lower() not in cast.kept_out:
        return (last_resort,)
    notes.append("The last resort may not see it: another authority stands in.")
    present = [
        [each for person in cast.meant(duty) if (each := cast.present(person))]
        for duty in _IN_PLACE_OF_THE_LAST_RESORT
    ]
    anyhow = [[each for each in cast.meant(duty) if cast.may_be_told(each)] for duty in _IN_PLACE_OF_THE_LAST_RESORT]
    for some in (*present, *anyhow):
        if step := tuple(each.email for each in cast.in_order(some) if each.email.lower() not in told):
            return step
    return ()


@dataclass(frozen=True)
class _Cast:
    """The people of one school as they stand to one case on one day."""

    people: Sequence[Person]
    entry: RegisterEntry
    kept_out: frozenset[str]
    on: date
    refused: frozenset[str] = frozenset()
    """Addresses, in small letters, that no mail reaches."""

    def meant(self, duty: Duty) -> list[Person]:
        """Those a duty means, whether they are there or not."""
        if duty == "moderator":
            return self._named(self.entry.moderators) or self._with_role(duty)
        if duty == "poster":
            posters = [person for person in self._named(self.entry.posters) if is_told_of_comments(person)]
            return posters or self.meant("moderator")
        if duty == "line_manager":
            posters = self._named(self.entry.posters)
            return self._named(each.line_manager for each in posters if each.line_manager) or self._with_role(duty)
        return self._with_role(duty)

    def reached(self, duty: Duty, pack: PolicyPack, notes: list[str]) -> list[Person]:
        """Those who are told for a duty today. Why it is somebody else, or nobody, goes into `notes`."""
        meant = self.meant(duty)
        if not meant:
            notes.append(f"Nobody at the school is {_who(duty)}.")
        found = []
        for person in meant:
            if self.may_be_told(person):
                found += self._there(person, notes)
            elif duty == "head" and pack.instead_of_the_head != "head":
                instead = pack.instead_of_the_head
                notes.append(f"The head may not see it: {_who(instead)} instead.")
                found += self.reached(instead, pack, notes)
            else:
                notes.append(f"Somebody who is {_who(duty)} may not see it.")
        return found

    def _there(self, person: Person, notes: list[str]) -> list[Person]:
        stand_in = self.present(person)
        if stand_in is None:
            notes.append(f"{person.name} is away, and nobody who is there covers.")
            return []
        if stand_in is not person:
            notes.append(f"{person.name} is away: {stand_in.name} covers.")
        told = self.told_for(person)
        notes += [f"Mail to {stand_in.name} is refused: {also.name} is told as well." for also in told[1:]]
        return told

    def told_for(self, person: Person) -> list[Person]:
        """Who is told in place of a person: whoever is there, and where no mail reaches them, who covers as well."""
        there = self.present(person)
        if there is None or self.is_in_reach(there.email):
            return [there] if there else []
        also = stands_in(there, self.people, self.on, self.may_be_told, self.refused)
        return [there, also] if also else [there]

    def is_in_reach(self, address: str) -> bool:
        """Whether mail to this address arrives, as far as we know."""
        return address.lower() not in self.refused

    def others_in_reach(self) -> list[Person]:
        """The first of those who may stand in for all moderators that mail reaches today."""
        for role in ("moderator", "senior", "head"):
            there = [each for person in self._with_role(role) for each in self.told_for(person)]
            if found := [each for each in there if self.may_be_told(each) and self.is_in_reach(each.email)]:
                return found
        return []

    def with_somebody_in_reach(self, steps: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """The same steps, but that one in which mail reaches nobody is told together with the next."""
        found: list[tuple[str, ...]] = []
        for step in steps:
            if found and not any(self.is_in_reach(each) for each in found[-1]):
                found[-1] = tuple(dict.fromkeys((*found[-1], *step)))
            else:
                found.append(step)
        return found

    def may_be_told(self, person: Person) -> bool:
        """Whether this person may hear of it at all."""
        return is_told_of_comments(person) and person.email.lower() not in self.kept_out

    def present(self, person: Person) -> Person | None:
        """This person, or whoever covers them today; None: nobody who may be told."""
        return stands_in(person, self.people, self.on, self.may_be_told)

    def in_order(self, some: Iterable[Person]) -> list[Person]:
        """Each once, in the order of the configuration."""
        names = {person.name for person in some}
        return [person for person in self.people if person.name in names]

    def _named(self, names: Iterable[str]) -> list[Person]:
        wanted = set(names)
        return [person for person in self.people if person.name in wanted]

    def _with_role(self, role: str) -> list[Person]:
        return [person for person in self.people if role in person.roles]


def _who(duty: Duty) -> str:
    """A duty in the middle of a sentence."""
    return _WORDS.get(duty, f"in charge of what is {duty.replace('_', ' ')}")


_WORDS = {
    "moderator": "a moderator",
    "poster": "a poster",
    "line_manager": "a line manager",
    "communications": "in charge of communications",
    "senior": "a senior member of staff",
    "head": "the head",
    "safeguarding": "the safeguarding lead",
    "chair_of_governors": "the chair of governors",
}
