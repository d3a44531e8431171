"""When nothing ran: noticed at the next start, or when a computer wakes, told, and made up for once.

This program says every minute that it lives. Where it did not say so for longer than an account may be unread, it did
not run, whatever the reason: switched off, asleep, cron gone, killed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.listening import DidNotRun
from config.settings import Settings
from monitor import mail_kinds
from monitor.notices import REPORTS_MADE_UP, did_not_run, weeks_left_out
from monitor.rules.slots import weekly_reports_between, working_time
from monitor.rules.watching import allowed_silence
from monitor.school_facts import SchoolFacts
from monitor.store import ledger, listening, outbox
from monitor.store.engine import Store, Transaction
from monitor.store.listening_tables import SignOfLife
from monitor.store.school_tables import School
from monitor.telling import mailing_hours

log = logging.getLogger("monitor.downtime")

TOLD_FROM = timedelta(hours=1)
"""Of working time, from which on somebody is mailed about it."""


@dataclass(frozen=True)
class Downtimes:
    """Notices when nothing ran at one school, and owes what was missed."""

    store: Store
    settings: Settings
    school: SchoolFacts

    @property
    def allowed(self) -> timedelta:
        """How long this program may be silent before it counts as not having run."""
        return allowed_silence(min(account.poll_minutes for account in self.settings.accounts))

    def look(self, tx: Transaction, row: School, now: datetime) -> str:
        """Say that we live, and write down since when we did not. Returns that in a sentence; empty: we did.

        What was missed is owed in the same transaction, so a crash at any moment leaves the next look to do it all.
        """
        life = listening.sign_of_life(tx, row.id)
        _put_right(tx, row, life, now)
        last, life.alive_at = life.alive_at, now
        self._owe_reports(tx, row, life, now)
        if last is None or now - last <= self.allowed or not listening.note_downtime(tx, row, last, now):
            return ""
        hours = (self.settings.schedule.mails_from, self.settings.schedule.mails_until)
        if working_time(last, now, self.settings.school.timezone, self.settings.rule, *hours) > TOLD_FROM:
            people, at = self.settings.told_of_accounts, mailing_hours(self.school, now)
            outbox.owe(tx, row, mail_kinds.DOWNTIME, last.isoformat(), people, at)
        said = did_not_run(last, now, self.settings)
        log.warning("%s", said)
        return said

    def _owe_reports(self, tx: Transaction, row: School, life: SignOfLife, now: datetime) -> None:
        """Owe the weekly reports whose Monday passed while nothing mailed; the newest is owed by the clock anyway."""
        zone, at = self.settings.school.timezone, self.settings.schedule.weekly_report_at
        after = life.reports_until
        missed = weekly_reports_between(after, now, zone, at)[-REPORTS_MADE_UP:] if after else ()
        heads = tuple(person.email for person in self.settings.people if "head" in person.roles)
        known = listening.keys_owed(tx, row, mail_kinds.WEEKLY) if missed else frozenset()
        for slot in missed:
            if slot.key not in known and slot.opens_at >= row.started_at:
                outbox.owe(tx, row, mail_kinds.WEEKLY, slot.key, heads, slot.opens_at)
        if missed or after is None:
            life.reports_until = now

    def message(self, key: str, recipient: str, now: datetime) -> DidNotRun | None:
        """What the mail with this key says; None: the time it tells of turned out to be none."""
        with self.store.reading() as tx:
            row = ledger.enrolled_school(tx, self.settings.school.key)
            found = listening.downtime_of(tx, row, datetime.fromisoformat(key))
        if found is None:
            return None
        return DidNotRun(
            school=self.settings.school.name,
            timezone=self.settings.school.timezone,
            now=now,
            recipient=recipient,
            since=found.since,
            until=found.until,
            left_out=weeks_left_out(found, self.settings),
        )


def _put_right(tx: Transaction, row: School, life: SignOfLife, now: datetime) -> None:
    """What was written while the clock was ahead lies in the future now: it would keep us waiting, or is not true."""
    if life.alive_at is None or life.alive_at <= now:
        return
    for name in ("alive_at", "reports_until", "accepted_at", "failing_since", "failed_at", "fails_since"):
        moment = getattr(life, name)
        if moment is not None and moment > now:
            setattr(life, name, now)
    listening.forget_downtimes_after(tx, row, now)
