"""Who is told what, once.

Mails are owed in the database before they are sent, and marked sent after the server accepted them: a crash in
between sends one again, with the same Message-ID, and never loses one. What a mail says is worked out when it is
sent, so that it never reports what has been settled since.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from alerts.render import (
    Envelope,
    make_message_id,
    render_alarm,
    render_digest,
    render_expiring,
    render_own_words,
    render_recovery,
    render_serious,
    render_urgent,
    render_weekly,
)
from alerts.transport import MailRefused, MailTransport
from config.settings import Settings
from monitor.alarms import Alarms
from monitor.alerting import Alerting
from monitor.clock import Clock
from monitor.outgoing_mail import OutgoingMails
from monitor.pressing import Warnings
from monitor.report import Reporter
from monitor.rules.retry import next_attempt
from monitor.rules.routing import is_told_of_comments, moderators_of
from monitor.rules.slots import digest_today, latest_weekly_report
from monitor.school_facts import SchoolFacts
from monitor.store import ledger, outbox
from monitor.store.engine import Store
from monitor.store.outbox import (
    ALARM,
    BUNDLED,
    DIGEST,
    EXPIRY,
    OUTGOING,
    PUBLISHED_WRONG,
    RECOVERY,
    REFUSED,
    SERIOUS,
    URGENT,
    WEEKLY,
)
from monitor.store.tables import Delivery
from monitor.telling import held_back

log = logging.getLogger("monitor.notify")


@dataclass
class MailResult:
    """What one round of mail did, for the screen."""

    sent: int = 0
    not_needed: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class NotNeeded:
    """Why a mail that was owed need not be sent."""

    why: str


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

        What was refused for good moves an urgent alert on at once, so there may be more to send after that.
        """
        result = MailResult()
        self._owe_by_the_clock()
        self._alerting.run()
        while True:
            while delivery := self._claim():
                self._send(delivery, result)
            if not self._alerting.run():
                return result

    @property
    def _alerting(self) -> Alerting:
        return Alerting(self.store, self.school, self.clock)

    @property
    def _warnings(self) -> Warnings:
        return Warnings(self.store, self.school, self.settings.schedule.digest_items)

    def _owe_by_the_clock(self) -> None:
        now, settings = self.clock(), self.settings
        digest = digest_today(now, settings.school.timezone, settings.rule, settings.schedule.digest_at)
        weekly = latest_weekly_report(now, settings.school.timezone, settings.schedule.weekly_report_at)
        with self.store.writing() as tx:
            school = ledger.school_by_key(tx, settings.school.key)
            if school is None:
                return
            if digest and digest.opens_at >= school.started_at:
                outbox.owe(tx, school, DIGEST, digest.key, self._moderators(now), digest.opens_at)
            if weekly.opens_at >= school.started_at:
                outbox.owe(tx, school, WEEKLY, weekly.key, self._people(WEEKLY), weekly.opens_at)
            self._own_words.owe(tx, school, now)

    def _claim(self) -> Delivery | None:
        with self.store.writing() as tx:
            school = ledger.school_by_key(tx, self.settings.school.key)
            now = self.clock()
            return outbox.claim_next(tx, school, now, held_back(self.school, now)) if school else None

    def _send(self, delivery: Delivery, result: MailResult) -> None:
        try:
            message = self._message_for(delivery)
            if isinstance(message, NotNeeded):
                with self.store.writing() as tx:
                    outbox.close(tx, delivery.id, message.why, self.clock())
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
        result.sent += 1
        log.info("mail %s: delivery %d sent", _called(delivery), delivery.id)

    def _message_for(self, delivery: Delivery) -> EmailMessage | NotNeeded:
        """The mail as it reads now, or why it need not go after all."""
        if delivery.recipient not in self._people(delivery.kind):
            return NotNeeded("this person is no longer on the list")
        return _WRITERS[delivery.kind](self, delivery, self.clock())

    def _weekly(self, delivery: Delivery, now: datetime) -> EmailMessage:
        # Never folded into a newer one: it is about its own week.
        return render_weekly(self.reporter.weekly(delivery.key, now, delivery.recipient), self._envelope(delivery))

    def _digest(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        with self.store.reading() as tx:
            if outbox.newer_is_due(tx, delivery, now):
                return NotNeeded("a newer one says it all")
        digest = self.reporter.digest(delivery.recipient, now)
        if not (digest.to_answer or digest.overdue or digest.flagged or digest.blind):
            return NotNeeded("nothing to say: all is answered and every account was read")
        return render_digest(digest, self._envelope(delivery))

    def _urgent(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        urgent = self._warnings.urgent(self._told_with(delivery), delivery.recipient, now)
        if urgent is None:
            return NotNeeded("acknowledged, settled, or not for this person any more")
        return render_urgent(urgent, self._envelope(delivery))

    def _serious(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        serious = self._warnings.serious(self._told_with(delivery), delivery.recipient, now)
        if serious is None:
            return NotNeeded("settled, or not for this person any more")
        return render_serious(serious, self._envelope(delivery))

    def _told_with(self, delivery: Delivery) -> list[str]:
        with self.store.reading() as tx:
            return outbox.keys_told(tx, delivery)

    def _alarm(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        alarm = self.alarms.alarm(delivery.key, delivery.recipient, now)
        return render_alarm(alarm, self._envelope(delivery)) if alarm else NotNeeded("it was over before it was told")

    def _recovery(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        recovery = self.alarms.recovery(delivery.key, delivery.recipient, now)
        if recovery is None:
            return NotNeeded("this person was never told that anything was wrong")
        return render_recovery(recovery, self._envelope(delivery))

    def _expiry(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        expiring = self.alarms.expiring(delivery.key, delivery.recipient, now)
        if expiring is None:
            return NotNeeded("the credentials were renewed, or a later warning says it all")
        return render_expiring(expiring, self._envelope(delivery))

    def _outgoing(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        own = self._own_words.message(delivery.kind, delivery.key, delivery.recipient, now)
        return render_own_words(own, self._envelope(delivery)) if own else NotNeeded("all of it is settled")

    @property
    def _own_words(self) -> OutgoingMails:
        return OutgoingMails(self.store, self.settings)

    def _envelope(self, delivery: Delivery) -> Envelope:
        school, mail = self.settings.school, self.settings.mail
        domain = mail.sender.rpartition("@")[2]
        return Envelope(
            sender=mail.sender,
            sender_name=f"{school.name} monitor",
            reply_to=mail.reply_to,
            recipient=delivery.recipient,
            message_id=make_message_id(school.key, delivery.kind, delivery.key, delivery.recipient, domain),
            list_id=f"alerts.{school.key}.monitor",
            date=self.clock(),
        )

    def _not_accepted(self, delivery: Delivery, refused: MailRefused, result: MailResult) -> None:
        now = self.clock()
        again_at = None if refused.permanent else next_attempt(delivery.attempts + 1, now)
        with self.store.writing() as tx:
            if again_at is None:
                outbox.close(tx, delivery.id, f"{REFUSED}{refused}", now)
            else:
                outbox.mark_failed(tx, delivery.id, str(refused), again_at)
        when = f"trying again at {again_at:%d %b %H:%M} UTC" if again_at else "given up"
        result.failures.append(f"{_called(delivery)} to {delivery.recipient}: {refused}; {when}")
        # The server's words name the recipient, so they are for the screen and the book, not for the log.
        log.warning("mail %s: delivery %d not accepted; %s", _called(delivery), delivery.id, when)

    def _moderators(self, now: datetime) -> tuple[str, ...]:
        """Who gets this morning's digest: who looks after an account today."""
        facts, day = self.school, self.school.local_day(now)
        entries = [facts.entry(account.key) for account in self.settings.accounts]
        return tuple(dict.fromkeys(m for entry in entries for m in moderators_of(facts.people, entry, day)))

    def _people(self, kind: str) -> tuple[str, ...]:
        """Who may get mails of this kind at all. What a mail says decides further for each."""
        if kind == WEEKLY:
            return tuple(person.email for person in self.settings.people if "head" in person.roles)
        if kind in {DIGEST, URGENT, SERIOUS}:
            told = tuple(person.email for person in self.settings.people if is_told_of_comments(person))
            return (*told, self.school.last_resort)
        if kind in {OUTGOING, PUBLISHED_WRONG}:
            return self._own_words.people
        return self.settings.told_of_accounts


def _called(delivery: Delivery) -> str:
    """How a mail is named on screens and in logs: those about one case without its number, which not all may know."""
    return delivery.kind if delivery.kind in BUNDLED else f"{delivery.kind} {delivery.key}"


_WRITERS: dict[str, Callable[[Notifier, Delivery, datetime], EmailMessage | NotNeeded]] = {
    DIGEST: Notifier._digest,
    WEEKLY: Notifier._weekly,
    ALARM: Notifier._alarm,
    RECOVERY: Notifier._recovery,
    EXPIRY: Notifier._expiry,
    OUTGOING: Notifier._outgoing,
    PUBLISHED_WRONG: Notifier._outgoing,
    URGENT: Notifier._urgent,
    SERIOUS: Notifier._serious,
}
