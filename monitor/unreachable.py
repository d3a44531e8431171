"""The others are told once when mail to somebody is refused for good twice in a row, and once when it arrives again.

Who is unreachable follows from what became of the mails to them (`monitor/rules/listening.py`); it is noted nowhere.
Mails to them are tried all the same: that is how it shows when one arrives.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from alerts.listening import NotReached
from config.settings import Settings
from monitor import mail_kinds
from monitor.rules.listening import Unreachable
from monitor.school_facts import SchoolFacts
from monitor.store import ledger, listening, outbox
from monitor.store.engine import Store, Transaction
from monitor.store.school_tables import School
from monitor.telling import mailing_hours

_OVER = " over"
"""How the key of a mail about an end differs from that of the one about its beginning."""


@dataclass(frozen=True)
class UnreachablePeople:
    """Owes and writes the mails of one school about people whom no mail reaches."""

    store: Store
    settings: Settings
    school: SchoolFacts

    def owe(self, tx: Transaction, row: School, now: datetime) -> None:
        """Owe what nobody is owed yet, to be sent when people may be mailed about what is not urgent."""
        found = listening.unreachable_people(tx, row)
        at = mailing_hours(self.school, now)
        told = listening.keys_owed(tx, row, mail_kinds.UNREACHABLE)
        current = {self._key(address, found[address]): address for address in self._names if address in found}
        for key, address in current.items():
            if key not in told:
                readers = [each for each in self.people if each.lower() != address]
                in_reach = [each for each in readers if each.lower() not in found]
                outbox.owe(tx, row, mail_kinds.UNREACHABLE, key, in_reach or readers, at)
        mine = {self._digest(address) for address in self._names}
        for key in told:
            is_over = not key.endswith(_OVER) and key not in current and f"{key}{_OVER}" not in told
            if is_over and key.split(" ")[0] in mine:
                outbox.owe(tx, row, mail_kinds.UNREACHABLE, f"{key}{_OVER}", self.people, at)

    def message(self, key: str, recipient: str, now: datetime) -> NotReached | None:
        """What the mail with this key says now; None: it is over before it was told, or they never heard of it."""
        begun = key.removesuffix(_OVER)
        digest, _, moment = begun.partition(" ")
        address = next((each for each in self._names if self._digest(each) == digest), None)
        if address is None or address == recipient.lower():
            return None
        with self.store.reading() as tx:
            row = ledger.enrolled_school(tx, self.settings.school.key)
            found = listening.unreachable_people(tx, row).get(address)
            is_so = found is not None and self._key(address, found) == begun
            over_at = None
            if key != begun:
                over_at = listening.first_accepted(tx, row, address, datetime.fromisoformat(moment))
                is_so = over_at is not None and outbox.reached(tx, row, mail_kinds.UNREACHABLE, [begun], recipient)
        if not is_so:
            return None
        return NotReached(
            school=self.settings.school.name,
            timezone=self.settings.school.timezone,
            now=now,
            recipient=recipient,
            name=self._names[address],
            since=datetime.fromisoformat(moment),
            why=found.why if found else "",
            over_at=over_at,
        )

    @property
    def people(self) -> tuple[str, ...]:
        """Who is told: whoever keeps the monitor running, and the moderators."""
        moderators = (person.email for person in self.settings.people if "moderator" in person.roles)
        return tuple(dict.fromkeys((*self.settings.told_of_accounts, *moderators)))

    @property
    def _names(self) -> dict[str, str]:
        """By address, in small letters, everybody whose mail matters."""
        names = {person.email.lower(): person.name for person in self.settings.people}
        return {self.settings.last_resort.lower(): "the last resort"} | names

    def _key(self, address: str, found: Unreachable) -> str:
        return f"{self._digest(address)} {found.since.isoformat()}"

    def _digest(self, address: str) -> str:
        """Stands for an address: keys of mails are in logs and on screens that hold no addresses."""
        return hashlib.sha256(f"{self.settings.school.key}\0{address}".encode()).hexdigest()[:16]
