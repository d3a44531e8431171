"""Who is told what, once.

Mails are owed in the database before they are sent, and marked sent after the server accepted them: a crash in
between sends one again, with the same Message-ID, and never loses one. What a mail says is worked out when it is
sent, so that it never reports what has been settled since.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from alerts.transport import MailRefused, MailTransport
from config.settings import Settings
from monitor.alarms import Alarms
from monitor.alerting import Alerting
from monitor.clock import Clock
from monitor.mail_kinds import BUNDLED, DIGEST, URGENT, WEEKLY
from monitor.mail_writer import MailWriter, NotNeeded
from monitor.outgoing_mail import OutgoingMails
from monitor.reminding import Reminding
from monitor.report import Reporter
from monitor.rules.retry import next_attempt
from monitor.rules.routing import moderators_of
from monitor.rules.slots import digest_today, latest_weekly_report
from monitor.school_facts import SchoolFacts
from monitor.store import alerts, ledger, outbox
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Store, Transaction
from monitor.store.listening import accepted, failed, unreachable_people
from monitor.store.outbox import REFUSED
from monitor.store.school_tables import School
from monitor.telling import held_back

log = logging.getLogger("monitor.notify")


@dataclass
class MailResult:
    """What one round of mail did, for the screen."""

    sent: int = 0
    not_needed: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Notifier:
    """Sends what is owed for one school."""

    store: Store
    settings: Settings
    school: SchoolFacts
    reporter: Reporter
    alarms: Alarms
    transport: MailTransport
    clock: Clock

    def run(self) -> MailResult:
        """Owe what the clock says is due, then send everything whose time has come.

        What was refused for good moves an urgent alert on at once, so there may be more to send after that. Where
        nothing was to be sent, nothing can have been refused, and the alerts need not be looked at a second time.
        """
        result = MailResult()
        self._owe_by_the_clock()
        self._alerting.run()
        while self._send_all(result) and self._alerting.run():
            pass
        return result

    def _send_all(self, result: MailResult) -> bool:
        """Send everything whose time has come; whether there was anything."""
        found = False
        while delivery := self._claim():
            found = True
            self._send(delivery, result)
        return found

    @property
    def _alerting(self) -> Alerting:
        return Alerting(self.store, self.school, self.clock)

    @property
    def _writer(self) -> MailWriter:
        return MailWriter(self.store, self.settings, self.school, self.reporter, self.alarms)

    def _owe_by_the_clock(self) -> None:
        now, settings = self.clock(), self.settings
        digest = digest_today(now, settings.school.timezone, settings.rule, settings.schedule.digest_at)
        weekly = latest_weekly_report(now, settings.school.timezone, settings.schedule.weekly_report_at)
        with self.store.writing() as tx:
            school = ledger.school_by_key(tx, settings.school.key)
            if school is None:
                return
            if digest and digest.opens_at >= school.started_at:
                outbox.owe(tx, school, DIGEST, digest.key, self._moderators(tx, school, now), digest.opens_at)
            if weekly.opens_at >= school.started_at:
                outbox.owe(tx, school, WEEKLY, weekly.key, self._writer.people(WEEKLY), weekly.opens_at)
            OutgoingMails(self.store, settings).owe(tx, school, now)
            Reminding(settings, self.school).owe(tx, school, now)

    def _claim(self) -> Delivery | None:
        with self.store.writing() as tx:
            school = ledger.school_by_key(tx, self.settings.school.key)
            now = self.clock()
            return outbox.claim_next(tx, school, now, held_back(self.school, now)) if school else None

    def _send(self, delivery: Delivery, result: MailResult) -> None:
        try:
            message = self._writer.message_for(delivery, self.clock())
            if isinstance(message, NotNeeded):
                with self.store.writing() as tx:
                    self._close(tx, delivery, message.why)
                result.not_needed += 1
                return
            self.transport.send(message)
        except MailRefused as refused:
            self._not_accepted(delivery, refused, result)
            return
        except Exception as unforeseen:
            # What breaks one mail must not keep the others back. Its text may quote a comment: only its kind is told.
            fault = f"a fault of this program ({type(unforeseen).__name__}); please report it"
            self._not_accepted(delivery, MailRefused(False, fault), result)
            return
        with self.store.writing() as tx:
            outbox.mark_sent(tx, delivery.id, self.clock())
            accepted(tx, delivery.school_id, self.clock())
        result.sent += 1
        log.info("mail %s: delivery %d sent", _called(delivery), delivery.id)

    def _not_accepted(self, delivery: Delivery, refused: MailRefused, result: MailResult) -> None:
        now = self.clock()
        again_at = None if refused.permanent else next_attempt(delivery.attempts + 1, now, refused.again_after)
        with self.store.writing() as tx:
            if again_at is None:
                self._close(tx, delivery, f"{REFUSED}{refused}")
            else:
                outbox.mark_failed(tx, delivery.id, str(refused), again_at)
            failed(tx, delivery.school_id, now)
        when = f"trying again at {again_at:%d %b %H:%M} UTC" if again_at else "given up"
        result.failures.append(f"{_called(delivery)} to {delivery.recipient}: {refused}; {when}")
        # The server's words name the recipient, so they are for the screen and the book, not for the log.
        log.warning("mail %s: delivery %d not accepted; %s", _called(delivery), delivery.id, when)

    def _close(self, tx: Transaction, delivery: Delivery, words: str) -> None:
        """Nothing more is tried; whoever comes next after this person is told at once."""
        now = self.clock()
        if delivery.kind == URGENT:
            keys = outbox.keys_told(tx, delivery)
            alerts.bring_forward(tx, ledger.enrolled_school(tx, self.settings.school.key), keys, now)
        outbox.close(tx, delivery.id, words, now)

    def _moderators(self, tx: Transaction, school: School, now: datetime) -> tuple[str, ...]:
        """Who gets this morning's digest: who looks after an account today."""
        facts, day, refused = self.school, self.school.local_day(now), unreachable_people(tx, school)
        entries = [facts.entry(account.key) for account in self.settings.accounts]
        found = (moderators_of(facts.people, entry, day, refused=refused) for entry in entries)
        return tuple(dict.fromkeys(moderator for each in found for moderator in each))


def _called(delivery: Delivery) -> str:
    """How a mail is named on screens and in logs: those about one case without its number, which not all may know."""
    return delivery.kind if delivery.kind in BUNDLED else f"{delivery.kind} {delivery.key}"
