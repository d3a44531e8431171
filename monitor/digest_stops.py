"""Stopping one's own digest, and what stays the same all the same.

What is urgent, serious or overdue comes whether or not somebody stopped their digest. Of every account two people who
look after it get the digest; and a case that nobody else reads of brings one to somebody who stopped theirs.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.people import Person
from monitor.rules import digest_stops as rules
from monitor.rules.routing import is_told_of_comments, moderators_of
from monitor.school_facts import SchoolFacts
from monitor.store import cases, digest_stops, judged, ledger, outbox
from monitor.store.engine import Store, Transaction
from monitor.store.listening import unreachable_people
from monitor.store.school_tables import School
from monitor.store.stop_tables import DigestStop
from monitor.telling import concerns, standing_flags

log = logging.getLogger("monitor.digest_stops")

BY_LINK = "the link in the digest"


class CannotStop(Exception):
    """Somebody is one of the last two who get the digest about an account. One sentence, and whom to ask."""


ASK = (
    "You are one of the last two people who get the digest about an account, so it cannot be stopped here. Please "
    "ask the headteacher: when somebody else looks after the account as well, you can stop yours."
)


@dataclass(frozen=True)
class DigestStops:
    """Who of one school gets no digest. `accounts`: keys of the accounts in the configuration."""

    store: Store
    school: SchoolFacts
    accounts: tuple[str, ...]

    @property
    def readers(self) -> tuple[str, ...]:
        """Addresses of everybody who may get a digest at all, and so may stop it."""
        return tuple(person.email for person in self.school.people if is_told_of_comments(person))

    def is_stopped(self, address: str) -> bool:
        """Whether this person asked for no digest."""
        with self.store.reading() as tx:
            stops = digest_stops.stops_of(tx, ledger.enrolled_school(tx, self.school.key))
            return address.lower() in {each.address for each in stops}

    def may_stop(self, address: str, now: datetime) -> bool:
        """Whether this person could stop theirs now."""
        with self.store.reading() as tx:
            row = ledger.enrolled_school(tx, self.school.key)
            return self._may_stop(tx, row, address, _addresses(digest_stops.stops_of(tx, row)), now)

    def stop(self, address: str, by: str, now: datetime) -> None:
        """No digest to this person from now on; nothing changes where that is so already. Raises CannotStop.

        Asked and done in one transaction that nobody shares, so that two cannot both leave the other as the second.
        """
        with self.store.writing() as tx:
            row = self._alone(tx)
            stops = _addresses(digest_stops.stops_of(tx, row))
            if address.lower() in stops:
                return
            if not self._may_stop(tx, row, address, stops, now):
                raise CannotStop(ASK)
            digest_stops.stop(tx, row, address, by, now)
        log.info("one digest stopped")

    def start(self, address: str) -> None:
        """The digest again, from the next on."""
        with self.store.writing() as tx:
            digest_stops.start(tx, self._alone(tx), address)
        log.info("one digest started again")

    def stands(self, tx: Transaction, address: str, listed: Collection[int], now: datetime) -> bool:
        """Whether a digest that lists these cases (by number) stays unsent, because this person stopped theirs."""
        row = ledger.enrolled_school(tx, self.school.key)
        resting = self._in_force(tx, row, _addresses(digest_stops.stops_of(tx, row)), now)
        if address.lower() not in resting:
            return False
        return all(self._others_read(tx, row, number, address, resting, now) for number in listed)

    def in_words(self, now: datetime) -> tuple[str, ...]:
        """A sentence for each stop, for the screens."""
        with self.store.reading() as tx:
            row = ledger.enrolled_school(tx, self.school.key)
            stops = digest_stops.stops_of(tx, row)
            resting = self._in_force(tx, row, _addresses(stops), now)
            return tuple(self._sentence(each, each.address in resting) for each in stops)

    def person(self, address: str) -> Person | None:
        """The configured person with this address."""
        return next((each for each in self.school.people if each.email.lower() == address.lower()), None)

    def _sentence(self, stop: DigestStop, holds: bool) -> str:
        person = self.person(stop.address)
        said = f"{person.name if person else stop.address} stopped the morning digest ({stop.by})"
        return said if holds else f"{said}, and gets it all the same while an account has nobody else to spare"

    def _alone(self, tx: Transaction) -> School:
        row = ledger.enrolled_school(tx, self.school.key)
        outbox.alone(tx, row.id)
        digest_stops.forget_others(tx, row, [person.email for person in self.school.people])
        return row

    def _may_stop(self, tx: Transaction, row: School, address: str, stops: Sequence[str], now: datetime) -> bool:
        """Whether enough others read on, today and when nobody is away."""
        at_work = [person.model_copy(update={"absent": ()}) for person in self.school.people]
        return all(
            rules.may_stop(address.lower(), stops, self._circles(tx, row, people, now))
            for people in (self.school.people, at_work)
        )

    def _in_force(self, tx: Transaction, row: School, stops: Sequence[str], now: datetime) -> frozenset[str]:
        return rules.in_force(stops, self._circles(tx, row, self.school.people, now))

    def _circles(self, tx: Transaction, row: School, people: Sequence[Person], now: datetime) -> list[frozenset[str]]:
        """For each account who looks after it. Whom no mail reaches does not count."""
        day, refused = self.school.local_day(now), unreachable_people(tx, row)
        found = (moderators_of(people, self.school.entry(key), day, refused=refused) for key in self.accounts)
        return [frozenset(each.lower() for each in circle) - refused.keys() for circle in found]

    def _others_read(
        self, tx: Transaction, row: School, number: int, address: str, resting: Collection[str], now: datetime
    ) -> bool:
        """Whether somebody else gets a digest in which this case stands."""
        comment = judged.comment_of(tx, row, number)
        case = cases.case_by_id(tx, row, self.school.policy, number)
        if comment is None or case is None:
            return True
        day = self.school.local_day(now)
        found = concerns(tx, self.school, comment, standing_flags(case), day)
        looking_after = moderators_of(self.school.people, self.school.entry(case.account), day)
        told = {each.lower() for each in (found.readers if found else looking_after)}
        return bool(told - set(resting) - {address.lower()} - unreachable_people(tx, row).keys())


def _addresses(stops: Sequence[DigestStop]) -> list[str]:
    return [each.address for each in stops]
