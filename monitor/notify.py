"""Who is told what, once.

Mails are owed in the database before they are sent, and marked sent after the server accepted them: a crash in
between sends one again, with the same Message-ID, and never loses one. What a mail says is worked out when it is
sent, so that it never reports what has been settled since.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from alerts.render import Envelope, make_message_id, render_digest, render_weekly
from alerts.transport import MailRefused, MailTransport
from config.settings import Settings
from monitor.clock import Clock
from monitor.report import Reporter
from monitor.rules.retry import next_attempt
from monitor.rules.slots import digest_today, latest_weekly_report
from monitor.store import ledger, outbox
from monitor.store.engine import Store
from monitor.store.tables import Delivery

log = logging.getLogger("monitor.notify")

DIGEST = "digest"
WEEKLY = "weekly"


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
    reporter: Reporter
    transport: MailTransport
    clock: Clock

    def run(self) -> MailResult:
        """Owe what the clock says is due, then send everything whose time has come."""
        result = MailResult()
        self._owe_by_the_clock()
        while delivery := self._claim():
            self._send(delivery, result)
        return result

    def _owe_by_the_clock(self) -> None:
        now, settings = self.clock(), self.settings
        digest = digest_today(now, settings.school.timezone, settings.rule, settings.schedule.digest_at)
        weekly = latest_weekly_report(now, settings.school.timezone, settings.schedule.weekly_report_at)
        with self.store.writing() as tx:
            school = ledger.school_by_key(tx, settings.school.key)
            if school is None:
                return
            if digest and digest.opens_at >= school.started_at:
                outbox.owe(tx, school, DIGEST, digest.key, self._people("moderator"), digest.opens_at)
            if weekly.opens_at >= school.started_at:
                outbox.owe(tx, school, WEEKLY, weekly.key, self._people("head"), weekly.opens_at)

    def _claim(self) -> Delivery | None:
        with self.store.writing() as tx:
            school = ledger.school_by_key(tx, self.settings.school.key)
            return outbox.claim_next(tx, school, self.clock()) if school else None

    def _send(self, delivery: Delivery, result: MailResult) -> None:
        try:
            if needless := self._why_not(delivery):
                with self.store.writing() as tx:
                    outbox.close(tx, delivery.id, needless, self.clock())
                result.not_needed += 1
                return
            self._hand_over(delivery)
        except MailRefused as refused:
            self._not_accepted(delivery, refused, result)
            return
        except Exception as unforeseen:
            # What breaks one mail must not keep the others back. Its text may quote a comment: only its kind is told.
            fault = MailRefused(False, f"a fault of this program ({type(unforeseen).__name__}); please report it")
            self._not_accepted(delivery, fault, result)
            return
        with self.store.writing() as tx:
            outbox.mark_sent(tx, delivery.id, self.clock())
        result.sent += 1
        log.info("mail %s %s sent to recipient %d", delivery.kind, delivery.key, delivery.id)

    def _why_not(self, delivery: Delivery) -> str | None:
        """A reason for which this mail need not go after all, checked the moment before it would."""
        now = self.clock()
        if delivery.recipient not in self._people("moderator" if delivery.kind == DIGEST else "head"):
            return "this person is no longer on the list"
        if delivery.kind == DIGEST:
            with self.store.reading() as tx:
                if outbox.newer_is_due(tx, delivery, now):
                    return "a newer one says it all"
            digest = self.reporter.digest(delivery.recipient, now)
            if not (digest.to_answer or digest.overdue or digest.flagged or digest.blind):
                return "nothing to say: all is answered and every account was read"
        return None

    def _hand_over(self, delivery: Delivery) -> None:
        now, settings = self.clock(), self.settings
        domain = settings.mail.sender.rpartition("@")[2]
        envelope = Envelope(
            sender=settings.mail.sender,
            sender_name=f"{settings.school.name} monitor",
            reply_to=settings.mail.reply_to,
            recipient=delivery.recipient,
            message_id=make_message_id(settings.school.key, delivery.kind, delivery.key, delivery.recipient, domain),
            list_id=f"alerts.{settings.school.key}.monitor",
            date=now,
        )
        if delivery.kind == DIGEST:
            message = render_digest(self.reporter.digest(delivery.recipient, now), envelope)
        else:
            message = render_weekly(self.reporter.weekly(delivery.key, now), envelope)
        self.transport.send(message)

    def _not_accepted(self, delivery: Delivery, refused: MailRefused, result: MailResult) -> None:
        now = self.clock()
        again_at = None if refused.permanent else next_attempt(delivery.attempts + 1, now)
        with self.store.writing() as tx:
            if again_at is None:
                outbox.close(tx, delivery.id, f"refused: {refused}", now)
            else:
                outbox.mark_failed(tx, delivery.id, str(refused), again_at)
        when = f"trying again at {again_at:%d %b %H:%M} UTC" if again_at else "given up"
        result.failures.append(f"{delivery.kind} {delivery.key} to {delivery.recipient}: {refused}; {when}")
        log.warning("mail %s %s, delivery %d: %s; %s", delivery.kind, delivery.key, delivery.id, refused, when)

    def _people(self, role: str) -> tuple[str, ...]:
        return tuple(person.email for person in self.settings.people if role in person.roles)
