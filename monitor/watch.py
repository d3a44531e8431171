"""Looks after the looking: opens an incident when an account falls silent, closes it when it is read again.

Nothing here sends a mail. A look compares what is wrong now with what the book holds open, writes down the
difference, and owes the mails that tell of it, all in one transaction: a crash at any moment leaves the next look to
find what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.settings import Settings
from monitor import mail_kinds
from monitor.clock import Clock
from monitor.rules.watching import (
    Finding,
    Trouble,
    allowed_silence,
    expiry_key,
    gravest,
    is_renewed,
    may_tell_recovery,
    told_from,
    warning_due,
)
from monitor.store import incidents, ledger, outbox
from monitor.store.engine import Store, Transaction
from monitor.store.school_tables import Account, School
from monitor.store.standing import standing
from monitor.store.watch_tables import Incident

NEXT_LOOK = timedelta(minutes=1)
"""What will have been silent for too long by the next look is told now, so that it is never told too late."""
MOST_STEPS = 5
"""Opening, owing, closing and telling each show only once the one before is written down."""


@dataclass(frozen=True)
class _Owed:
    """A mail that somebody who should get it is not owed yet."""

    kind: str
    key: str
    not_before: datetime


@dataclass(frozen=True)
class _ToDo:
    """What the book lacks about one account."""

    opening: tuple[Finding, ...] = ()
    closing: tuple[Incident, ...] = ()
    recovered: tuple[tuple[Incident, ...], ...] = ()
    owed: tuple[_Owed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.opening or self.closing or self.recovered or self.owed)


@dataclass
class Watch:
    """Watches the accounts of one school. `since`: when this program began to, or woke up.

    What was not tried yet since then is not called stale before its time has passed once more: after a night in which
    the computer was off, the first reading comes first.
    """

    store: Store
    settings: Settings
    clock: Clock
    since: datetime
    _tried: dict[str, datetime] = field(default_factory=dict, repr=False, compare=False)

    def tried(self, account_key: str) -> None:
        """Take note that this program has tried to read the account, whatever came of it."""
        self._tried[account_key] = self.clock()

    def tried_at(self, account_key: str) -> datetime | None:
        """When this program last came to an end with an attempt to read the account."""
        return self._tried.get(account_key)

    def begin_again(self, now: datetime) -> None:
        """Nothing ran for a while: as at a start, the first reading comes before anything is called stale."""
        self.since = now
        self._tried.clear()

    def look(self, account_key: str | None = None) -> None:
        """Look at one account, or at all of them."""
        now = self.clock()
        with self.store.reading() as tx:
            quiet = not any(self._to_do(tx, school, account, now) for school, account in self._rows(tx, account_key))
        if quiet:
            return
        with self.store.writing() as tx:
            for school, account in self._rows(tx, account_key):
                incidents.take_turns(tx, school)
                for _ in range(MOST_STEPS):
                    to_do = self._to_do(tx, school, account, now)
                    if not to_do:
                        break
                    self._do(tx, school, account, to_do, now)
                    tx.flush()

    def _rows(self, tx: Transaction, account_key: str | None) -> list[tuple[School, Account]]:
        school = ledger.school_by_key(tx, self.settings.school.key)
        if school is None:
            return []
        found = ledger.accounts_of(tx, school)
        return [(school, account) for account in found if account_key in {None, account.key}]

    def _to_do(self, tx: Transaction, school: School, account: Account, now: datetime) -> _ToDo:
        is_open = incidents.open_ones(tx, account)
        minutes = {each.key: each.poll_minutes for each in self.settings.accounts}.get(account.key)
        if minutes is None:  # taken out of the configuration: nobody misses it
            return _ToDo(closing=tuple(is_open))
        had_its_chance = self._had_its_chance(account, minutes, now)
        found = standing(tx, account, minutes, now + NEXT_LOOK, had_its_chance=had_its_chance)
        closing = tuple(each for each in is_open if not any(_is_same(each, finding) for finding in found))
        known = {(each.trouble, each.stream) for each in is_open}
        return _ToDo(
            opening=tuple(f for f in found if f.is_news and (str(f.trouble), f.stream) not in known),
            closing=closing,
            recovered=_to_tell(incidents.ended_untold(tx, account), is_open, now),
            owed=tuple(self._not_owed_yet(tx, school, account, is_open, now)),
        )

    def _had_its_chance(self, account: Account, minutes: int, now: datetime) -> bool:
        """Whether the account was tried by now, or should have been. Parked by its network, it need not be tried."""
        is_parked = account.parked_until is not None and account.parked_until > now
        return account.key in self._tried or is_parked or now - self.since > allowed_silence(minutes)

    def _not_owed_yet(
        self, tx: Transaction, school: School, account: Account, is_open: Sequence[Incident], now: datetime
    ) -> list[_Owed]:
        to_tell = _alarms(tx, is_open)
        days = warning_due(account.expires_at, now)
        if days is not None:
            ending = [each for each in is_open if each.trouble == Trouble.EXPIRING]
            to_tell += [
                _Owed(mail_kinds.EXPIRY, expiry_key(account.key, each.began_at, days), now) for each in ending
            ]
        people = self.settings.told_of_accounts
        return [mail for mail in to_tell if outbox.not_owed_yet(tx, school, mail.kind, mail.key, people)]

    def _do(self, tx: Transaction, school: School, account: Account, to_do: _ToDo, now: datetime) -> None:
        people = self.settings.told_of_accounts
        is_watched = any(each.key == account.key for each in self.settings.accounts)
        for incident in to_do.closing:
            incidents.end(incident, now, is_told=is_watched and incident.trouble != Trouble.EXPIRING)
        alarming = [finding for finding in to_do.opening if finding.trouble != Trouble.EXPIRING]
        for finding in to_do.opening:
            together = alarming if finding in alarming else [finding]
            incidents.begin(tx, account, finding, _key(account, together, now), now)
        for group in to_do.recovered:
            key = f"{group[0].told_as} over {now.isoformat()}"
            for incident in group:
                incident.recovered_as = key
            outbox.owe(tx, school, mail_kinds.RECOVERY, key, people, now)
        for mail in to_do.owed:
            outbox.owe(tx, school, mail.kind, mail.key, people, mail.not_before)


def _key(account: Account, together: Sequence[Finding], now: datetime) -> str:
    """Key of the mail about what is found together. Not a number of ours: a restored database counts anew."""
    return f"{account.key} {now.isoformat()} {gravest(finding.trouble for finding in together)} {together[0].stream}"


def _is_same(incident: Incident, finding: Finding) -> bool:
    same = (incident.trouble, incident.stream) == (str(finding.trouble), finding.stream)
    is_other_end = finding.trouble == Trouble.EXPIRING and is_renewed(incident.began_at, finding.since)
    return same and not is_other_end


def _alarms(tx: Transaction, is_open: Sequence[Incident]) -> list[_Owed]:
    """The alarms that tell of what is open; with none that was told often of late, at once."""
    opens: dict[str, datetime] = {}
    for each in is_open:
        if each.trouble != Trouble.EXPIRING:
            at = told_from(each.opened_at, incidents.alarms_before(tx, each))
            opens[each.told_as] = min(at, opens.get(each.told_as, at))
    return [_Owed(mail_kinds.ALARM, key, at) for key, at in opens.items()]


def _to_tell(
    ended: Sequence[Incident], is_open: Sequence[Incident], now: datetime
) -> tuple[tuple[Incident, ...], ...]:
    """What is over, by the alarm that told of it, where it is time to say so."""
    groups: dict[str, list[Incident]] = {}
    for each in ended:
        groups.setdefault(each.told_as, []).append(each)
    still = [each.told_as for each in is_open]
    return tuple(
        tuple(group)
        for key, group in groups.items()
        if may_tell_recovery([each.closed_at for each in group if each.closed_at], still.count(key), now)
    )
