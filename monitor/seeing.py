"""Which cases are hidden from whom, in one school, at one moment.

Everything that shows, counts or hands out cases asks here first. What is hidden from somebody is for them as if it
were not there: it is in no list and no figure, and its number is answered as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from config.people import Person
from monitor.custody.media_gate import Mark
from monitor.rules.seeing import Restriction, may_see
from monitor.school_facts import SchoolFacts
from monitor.store import alerts, cases, exclusions, judged
from monitor.store.engine import Transaction
from monitor.store.exclusions import THE_OTHERS
from monitor.store.school_tables import School
from monitor.telling import concerns, standing_flags


@dataclass(frozen=True)
class Seeing:
    """Says for one school who may see what."""

    school: SchoolFacts

    def person(self, email: str) -> Person | None:
        """The configured person with this e-mail address."""
        return next((each for each in self.school.people if each.email.lower() == email.lower()), None)

    def hidden_from(self, tx: Transaction, school: School, person: Person | None, now: datetime) -> frozenset[int]:
        """Numbers of the cases this person must not know of. None: nobody said who they are."""
        found = self.restrictions(tx, school, now)
        return frozenset(case for case, restriction in found.items() if not may_see(person, restriction))

    def hidden_from_mail(self, tx: Transaction, school: School, email: str, now: datetime) -> frozenset[int]:
        """Numbers of the cases that a mail to this address must not tell of.

        The last resort, who need be nobody in the configuration, is at the end of every route: only what it is kept
        out of is hidden from it.
        """
        person = self.person(email)
        if person is None and email.lower() == self.school.last_resort.lower():
            return exclusions.hidden_from(tx, school, email)
        return self.hidden_from(tx, school, person, now)

    def restrictions(self, tx: Transaction, school: School, now: datetime) -> Mapping[int, Restriction]:
        """Every case that is not for everybody, with what narrows its circle."""
        heads = frozenset(person.email.lower() for person in self.school.people if "head" in person.roles)
        found = {}
        for number, people in exclusions.by_case(tx, school).items():
            kept_out = people - {THE_OTHERS}
            told = self._told(tx, school, number, kept_out, now) if THE_OTHERS in people else None
            found[number] = Restriction(
                kept_out=kept_out,
                only_those_told=told is not None,
                told=told or frozenset(),
                heads=heads,
                instead_of_the_head=self.school.policy.instead_of_the_head,
            )
        return {number: each for number, each in found.items() if each.kept_out or each.only_those_told}

    def restriction_of(self, tx: Transaction, school: School, number: int, now: datetime) -> Restriction:
        """What narrows the circle of one case; one without anybody kept out where nothing does."""
        return self.restrictions(tx, school, now).get(number, Restriction(frozenset()))

    def _told(
        self, tx: Transaction, school: School, number: int, kept_out: frozenset[str], now: datetime
    ) -> frozenset[str] | None:
        """Who is told of a case that only those may see; None: that is over, since its flags were rejected."""
        case = cases.case_by_id(tx, school, self.school.policy, number)
        comment = judged.comment_of(tx, school, number)
        if case is None or comment is None:
            return None
        found = concerns(tx, self.school, comment, standing_flags(case), self.school.local_day(now))
        if found is None or not found.handling.only_those_told:
            return None
        told = {*found.route.everybody, *alerts.mailed_of(tx, school, comment)}
        return frozenset(person.lower() for person in told) - kept_out


def restricted_marks(tx: Transaction, school: School) -> dict[int, Mark]:
    """Every case that is not for everybody, in the shape of what is withheld: its words stand with it alone."""
    return {case: Mark(case, at) for case, at in exclusions.restricted(tx, school).items()}
