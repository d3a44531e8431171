"""What the mails about silence say, worked out when they are sent, so that none reports what is settled by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.messages import Alarm, Expiring, Failing, Recovery
from config.accounts import AccountSettings
from config.settings import Settings
from monitor import mail_kinds
from monitor.allowances import waits_until
from monitor.coverage import holes_by_stream
from monitor.reconnecting import WAITING, headline, placing, steps, what_is_wrong
from monitor.rules import weekly
from monitor.rules.watching import GRAVITY, Trouble, expiry_key, expiry_of, gravest, warning_due
from monitor.store import incidents, ledger, outbox
from monitor.store.engine import Store, Transaction
from monitor.store.school_tables import Account
from monitor.store.watch_tables import Incident

LOOKS_BACK = timedelta(days=400)
"""How far a mail about a recovery looks back for what was not read."""


@dataclass(frozen=True)
class Alarms:
    """Writes the messages of one school about accounts that cannot be read."""

    store: Store
    settings: Settings

    def alarm(self, key: str, recipient: str, now: datetime) -> Alarm | None:
        """What the alarm with this key says now; None: all of it is over, or its account is no longer watched."""
        with self.store.reading() as tx:
            school = ledger.enrolled_school(tx, self.settings.school.key)
            is_open = [each for each in incidents.told_as(tx, school, key) if each.closed_at is None]
            configured = self._configured(is_open)
            if configured is None:
                return None
            is_open.sort(key=lambda each: GRAVITY.index(Trouble(each.trouble)))
            failing = tuple(self._failing(tx, same, configured, now) for same in _alike(is_open))
        return Alarm(
            school=self.settings.school.name,
            timezone=self.settings.school.timezone,
            now=now,
            recipient=recipient,
            account=configured.label,
            headline=headline(
                gravest(Trouble(each.trouble) for each in is_open), is_part=all(f.streams for f in failing)
            ),
            failing=failing,
            configuration=str(self.settings.path),
            stands_in=self._stands_in(recipient),
        )

    def recovery(self, key: str, recipient: str, now: datetime) -> Recovery | None:
        """What the mail about this recovery says; None: this person never heard that anything was wrong."""
        with self.store.reading() as tx:
            school = ledger.enrolled_school(tx, self.settings.school.key)
            over = incidents.recovered_as(tx, school, key)
            configured = self._configured(over)
            told = {each.told_as for each in over}
            if configured is None or not outbox.reached(tx, school, mail_kinds.ALARM, told, recipient):
                return None
            account = over[0].account
            still = [e for e in incidents.open_ones(tx, account) if e.trouble != Trouble.EXPIRING]
            return Recovery(
                school=self.settings.school.name,
                timezone=self.settings.school.timezone,
                now=now,
                recipient=recipient,
                account=configured.label,
                over=tuple(
                    (_what(same, account), same[0].opened_at, max(e.closed_at or now for e in same))
                    for same in _alike(over)
                ),
                unread=_unread(tx, account, configured, over, now),
                still=tuple(f"{_what(same, account)} {_sentence(same[0].why)}" for same in _alike(still)),
            )

    def expiring(self, key: str, recipient: str, now: datetime) -> Expiring | None:
        """What the warning with this key says now; None: the credentials were renewed, or a later one says it all."""
        name, days = expiry_of(key)
        with self.store.reading() as tx:
            account = ledger.enrolled_account(tx, self.settings.school.key, name)
            configured = next((each for each in self.settings.accounts if each.key == name), None)
            ending = [each for each in incidents.open_ones(tx, account) if each.trouble == Trouble.EXPIRING]
            is_meant = any(expiry_key(name, each.began_at, days) == key for each in ending)
            expires_at = account.expires_at
        if configured is None or expires_at is None or not is_meant or warning_due(expires_at, now) != days:
            return None
        return Expiring(
            school=self.settings.school.name,
            timezone=self.settings.school.timezone,
            now=now,
            recipient=recipient,
            account=configured.label,
            expires_at=expires_at,
            steps=self._steps(configured, Trouble.EXPIRING),
            configuration=str(self.settings.path),
            stands_in=self._stands_in(recipient),
        )

    def _configured(self, about: Sequence[Incident]) -> AccountSettings | None:
        """The settings of the account these are about; None: there are none, or it is no longer watched."""
        keys = {each.account.key for each in about}
        return next((each for each in self.settings.accounts if each.key in keys), None)

    def _failing(
        self, tx: Transaction, same: Sequence[Incident], configured: AccountSettings, now: datetime
    ) -> Failing:
        first = same[0]
        trouble = Trouble(first.trouble)
        waits = [waits_until(tx, first.account, each.stream, configured, now) for each in same]
        until = max((each for each in waits if each), default=None) if trouble == Trouble.STALE else None
        return Failing(
            what=_what(same, first.account),
            streams=tuple(each.stream for each in same if each.stream and _is_part(same, first.account)),
            since=min((each.began_at for each in same if each.began_at), default=None),
            why=first.why,
            until=until,
            steps=WAITING if until else self._steps(configured, trouble),
        )

    def _steps(self, configured: AccountSettings, trouble: Trouble) -> tuple[str, ...]:
        """What to do, down to the test that shows whether it helped."""
        check = f"school-monitor check --config {self.settings.path}"
        todo = steps(configured.network, trouble)
        if trouble in {Trouble.STALE, Trouble.EMPTY}:
            return (*todo, f"See what stands in the way: {check}")
        where = placing(configured)
        if where and trouble == Trouble.FORBIDDEN:
            where = f"If you made something new: {where[:1].lower()}{where[1:]}"
        again = (
            "Start the monitor again, so that it takes it; where cron calls school-monitor tick, that is not needed."
        )
        return (*todo, *filter(None, [where]), again, f"Test it: {check}")

    def _stands_in(self, recipient: str) -> bool:
        return not any(person.email == recipient and "technician" in person.roles for person in self.settings.people)


def _alike(about: Sequence[Incident]) -> list[list[Incident]]:
    """Those that say the same, told in one go: the same trouble for the same reason with several streams."""
    groups: dict[tuple[str, str], list[Incident]] = {}
    for each in about:
        groups.setdefault((each.trouble, each.why), []).append(each)
    return list(groups.values())


def _sentence(why: str) -> str:
    return f"{why[:1].upper()}{why[1:].rstrip('.')}."


def _is_part(same: Sequence[Incident], account: Account) -> bool:
    """Whether these are about some of the account's streams only, so that it helps to name them."""
    return {each.stream for each in same} < set(account.streams)


def _what(same: Sequence[Incident], account: Account) -> str:
    return what_is_wrong(Trouble(same[0].trouble), account.network, account.label, is_part=_is_part(same, account))


def _unread(
    tx: Transaction, account: Account, configured: AccountSettings, over: Sequence[Incident], now: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """When the streams that are read again were not."""
    since = max(now - LOOKS_BACK, min(each.began_at or account.added_at for each in over))
    reads = ledger.reads_between(tx, account, since, now)
    by_stream = holes_by_stream(tx, account, configured.poll_minutes, reads, since, now)
    names = {each.stream for each in over}
    mine = [hole for stream, holes in by_stream.items() if stream in names or "" in names for hole in holes]
    return tuple((hole.since, hole.until) for hole in weekly.merged(mine))
