"""Who is reminded of what, as the clock says it: mails owed for deadlines that come, and for those that have passed.

Asked every minute, so it looks at numbers, deadlines and who took what, and loads no case. Whether somebody is still
to be told is asked when a mail is sent (`monitor/reminder_mails.py`). While nobody is mailed, nothing is owed here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.settings import Settings
from monitor import mail_kinds
from monitor.rules.reminders import Hours, in_charge
from monitor.rules.routing import is_told_of_comments, moderators_of
from monitor.school_facts import SchoolFacts
from monitor.store import exclusions, ledger, outbox, reminders
from monitor.store.engine import Transaction
from monitor.store.listening import unreachable_people
from monitor.store.reminders import Unanswered
from monitor.store.school_tables import School
from monitor.telling import hours_of

_Told = Callable[[Unanswered], tuple[str, ...]]


@dataclass(frozen=True)
class Reminding:
    """Owes the reminders of one school."""

    settings: Settings
    school: SchoolFacts

    def owe(self, tx: Transaction, row: School, now: datetime) -> None:
        """Owe whatever somebody has to be reminded of by now."""
        if self._hours.are_on(now):
            self._owe_sheet(tx, row, now)
            self._owe_due_soon(tx, row, now)
            self._owe_overdue(tx, row, now)

    @property
    def _hours(self) -> Hours:
        return hours_of(self.school)

    def _owe_sheet(self, tx: Transaction, row: School, now: datetime) -> None:
        slot = self._hours.sheet_of(now)
        if slot is None or slot.opens_at < row.started_at:
            return
        found = reminders.unanswered(tx, row, now, self._hours.sheet_until(self.school.local_day(now)))
        told = self._reminded_of(tx, row, found, now)
        outbox.owe(tx, row, mail_kinds.SHEET, slot.key, _each_once(map(told, found)), slot.opens_at)

    def _owe_due_soon(self, tx: Transaction, row: School, now: datetime) -> None:
        hours = self._hours
        found = reminders.unanswered(tx, row, now + timedelta(seconds=1), hours.due_soon_until(now))
        when = {each: hours.due_soon_at(each.due_at, each.first_seen_at) for each in found}
        # What comes within a pause is owed already: it goes with what comes now, and is one mail less.
        ahead = now + timedelta(minutes=self.school.schedule.between_mails_minutes)
        due = {each: max(at, now) for each, at in when.items() if at and at <= ahead}
        told, owed = self._reminded_of(tx, row, due, now), _Owed(tx, row, mail_kinds.DUE_SOON, due)
        for each, at in due.items():
            owed.owe(each, told(each), at)

    def _owe_overdue(self, tx: Transaction, row: School, now: datetime) -> None:
        hours = self._hours
        found = reminders.unanswered(tx, row, max(hours.overdue_since(now), row.started_at), now)
        told, heads = self._reminded_of(tx, row, found, now, all_of_them=True), self._heads(tx, row, found)
        owed, reads = _Owed(tx, row, mail_kinds.OVERDUE, found), _Reads(tx, row, self.settings)
        for each in found:
            since = max(each.due_at, each.first_seen_at)
            if hours.is_overdue_news(each.due_at, each.first_seen_at, now) and (
                owed.first(each) or reads.are_done_with(each, now)
            ):
                owed.owe(each, told(each), now)
            if hours.head_at(owed.first(each) or hours.digest_after(since)) <= now:
                owed.owe(each, heads(each), now)

    def _reminded_of(
        self, tx: Transaction, row: School, found: Collection[Unanswered], now: datetime, *, all_of_them: bool = False
    ) -> _Told:
        """By comment: whoever took it, else who looks after its account today; or `all_of_them`."""
        takers = reminders.takers(tx, [each.case for each in found])
        kept_out = exclusions.by_case(tx, row) if found else {}
        day, people, refused = self.school.local_day(now), self.school.people, unreachable_people(tx, row)

        def told(each: Unanswered) -> tuple[str, ...]:
            out = kept_out.get(each.case, frozenset())
            moderators = moderators_of(people, self.school.entry(each.account), day, out, refused)
            holder = in_charge(takers.get(each.case, ""), people, day)
            if holder is None or holder.email.lower() in out:
                return moderators
            return _each_once([(holder.email,), moderators if all_of_them else ()])

        return told

    def _heads(self, tx: Transaction, row: School, found: Collection[Unanswered]) -> _Told:
        people = [person for person in self.school.people if is_told_of_comments(person)]
        heads = [person.email for person in people if "head" in person.roles]
        kept_out = exclusions.by_case(tx, row) if found else {}
        return lambda each: tuple(who for who in heads if who.lower() not in kept_out.get(each.case, ()))


class _Owed:
    """What is owed already of one kind of mail about these deadlines."""

    def __init__(self, tx: Transaction, row: School, kind: str, found: Iterable[Unanswered]) -> None:
        self._tx, self._row, self._kind = tx, row, kind
        self._by_key: dict[str, dict[str, datetime]] = {}
        for mail in reminders.reminded(tx, row, kind, {each.key for each in found}):
            self._by_key.setdefault(mail.key, {})[mail.recipient] = mail.not_before

    def first(self, each: Unanswered) -> datetime | None:
        """When the first mail about it was due; None: none is owed."""
        return min(self._by_key.get(each.key, {}).values(), default=None)

    def owe(self, each: Unanswered, people: Iterable[str], at: datetime) -> None:
        """Owe it to those who are not owed it yet."""
        known = self._by_key.setdefault(each.key, {})
        if missing := [person for person in people if person not in known]:
            outbox.owe(self._tx, self._row, self._kind, each.key, missing, at)
            known.update(dict.fromkeys(missing, at))


class _Reads:
    """How far accounts were read, asked only where it matters."""

    def __init__(self, tx: Transaction, row: School, settings: Settings) -> None:
        self._tx, self._row, self._until = tx, row, dict[str, datetime | None]()
        self._minutes = {account.key: account.poll_minutes for account in settings.accounts}

    def are_done_with(self, each: Unanswered, now: datetime) -> bool:
        """Whether the account was read since the deadline, or was to be read twice and was not."""
        if now - each.due_at >= 2 * timedelta(minutes=self._minutes.get(each.account, 0)):
            return True
        if each.account not in self._until:
            account = ledger.account_by_key(self._tx, self._row, each.account)
            self._until[each.account] = ledger.last_complete_read(self._tx, account) if account else None
        read_until = self._until[each.account]
        return read_until is not None and read_until > each.due_at


def _each_once(some: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for people in some for person in people))
