"""What each mail that is owed says when its time has come, or why it need not go after all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage

from alerts.listening import render_did_not_run, render_not_reached
from alerts.pile_on import render_pile_on
from alerts.reminders import Reminder, render_due_soon, render_new, render_overdue, render_sheet
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
)
from alerts.report_render import render_weekly
from config.settings import Settings
from monitor.alarms import Alarms
from monitor.digest_stops import DigestStops
from monitor.downtime import Downtimes
from monitor.mail_kinds import (
    ALARM,
    DIGEST,
    DOWNTIME,
    DUE_SOON,
    EXPIRY,
    NEW,
    OUTGOING,
    OVERDUE,
    PILE_ON,
    PILE_ON_URGENT,
    PUBLISHED_WRONG,
    RECOVERY,
    SERIOUS,
    SHEET,
    UNREACHABLE,
    URGENT,
    WEEKLY,
)
from monitor.outgoing_mail import OutgoingMails
from monitor.pile_on_mail import PileOnMails
from monitor.pressing import Warnings
from monitor.quoting import Quoting
from monitor.reminder_mails import ReminderMails
from monitor.report import Reporter
from monitor.rules.routing import is_told_of_comments
from monitor.school_facts import SchoolFacts
from monitor.stop_links import StopKeyUnusable, StopLinks
from monitor.store import had_lately, outbox
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Store
from monitor.telling import held_back
from monitor.unreachable import UnreachablePeople

log = logging.getLogger("monitor.mail_writer")


@dataclass(frozen=True)
class NotNeeded:
    """Why a mail that was owed need not be sent."""

    why: str


@dataclass(frozen=True)
class MailWriter:
    """Writes the mails of one school."""

    store: Store
    settings: Settings
    school: SchoolFacts
    reporter: Reporter
    alarms: Alarms

    def message_for(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        """The mail as it reads now, or why it need not go after all."""
        if delivery.recipient not in self.people(delivery.kind):
            return NotNeeded("this person is no longer on the list")
        return _WRITERS[delivery.kind](self, delivery, now)

    def _weekly(self, delivery: Delivery, now: datetime) -> EmailMessage:
        # Never folded into a newer one: it is about its own week.
        report = self.reporter.weekly_reports.to_send(delivery.key, now, delivery.recipient)
        return render_weekly(report, self._envelope(delivery, now))

    def _digest(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        with self.store.reading() as tx:
            if outbox.newer_is_due(tx, delivery, now):
                return NotNeeded("a newer one says it all")
        digest = self.reporter.digest(delivery.recipient, now)
        if not (digest.to_answer or digest.overdue or digest.flagged or digest.blind):
            return NotNeeded("nothing to say: all is answered and every account was read")
        listed = [line.case for line in (*digest.to_answer, *digest.overdue, *digest.flagged)]
        with self.store.reading() as tx:
            if self._stops.stands(tx, delivery.recipient, listed, now):
                return NotNeeded("this person stopped the digest, and others read of all that is in it")
        return render_digest(digest, self._with_a_way_to_stop(self._envelope(delivery, now), now))

    def _with_a_way_to_stop(self, envelope: Envelope, now: datetime) -> Envelope:
        address = self.settings.console.address
        if address is None or not address.startswith("https://") or not self._stops.may_stop(envelope.recipient, now):
            return envelope
        try:
            links = StopLinks(self.settings.stop_key, self.school.key)
            return replace(envelope, stop_url=links.link(address, envelope.recipient))
        except StopKeyUnusable as unusable:
            log.warning("digests go out without a way to stop them: %s", unusable)
            return envelope

    @property
    def _stops(self) -> DigestStops:
        return DigestStops(self.store, self.school, tuple(account.key for account in self.settings.accounts))

    def _urgent(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        urgent = self._warnings.urgent(self._told_with(delivery), delivery.recipient, now)
        if urgent is None:
            return NotNeeded("acknowledged, settled, or not for this person any more")
        return render_urgent(urgent, self._envelope(delivery, now))

    def _serious(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        serious = self._warnings.serious(self._told_with(delivery), delivery.recipient, now)
        if serious is None:
            return NotNeeded("settled, or not for this person any more")
        with self.store.reading() as tx:
            is_last = had_lately.is_last_today(tx, delivery, now, held_back(self.school, now))
        return render_serious(replace(serious, last_today=is_last), self._envelope(delivery, now))

    def _reminder(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        reminder = ReminderMails(self.store, self.school, self._quoting).message(delivery, now)
        if reminder is None:
            return NotNeeded("answered, taken, told by a digest, or not for this person any more")
        return _REMINDERS[delivery.kind](reminder, self._envelope(delivery, now))

    def _pile_on(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        mails = PileOnMails(self.store, self.school, self.settings.schedule.digest_items)
        mail = mails.message(self._told_with(delivery), delivery.recipient, now)
        if mail is None:
            return NotNeeded("settled, told meanwhile, or not for this person any more")
        return render_pile_on(mail, self._envelope(delivery, now))

    def _told_with(self, delivery: Delivery) -> list[str]:
        with self.store.reading() as tx:
            return outbox.keys_told(tx, delivery)

    def _alarm(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        alarm = self.alarms.alarm(delivery.key, delivery.recipient, now)
        return (
            render_alarm(alarm, self._envelope(delivery, now))
            if alarm
            else NotNeeded("it was over before it was told")
        )

    def _recovery(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        recovery = self.alarms.recovery(delivery.key, delivery.recipient, now)
        if recovery is None:
            return NotNeeded("this person was never told that anything was wrong")
        return render_recovery(recovery, self._envelope(delivery, now))

    def _expiry(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        expiring = self.alarms.expiring(delivery.key, delivery.recipient, now)
        if expiring is None:
            return NotNeeded("the credentials were renewed, or a later warning says it all")
        return render_expiring(expiring, self._envelope(delivery, now))

    def _outgoing(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        own = self._own_words.message(delivery.kind, delivery.key, delivery.recipient, now)
        return render_own_words(own, self._envelope(delivery, now)) if own else NotNeeded("all of it is settled")

    def _unreachable(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        news = self._unreachable_people.message(delivery.key, delivery.recipient, now)
        return render_not_reached(news, self._envelope(delivery, now)) if news else NotNeeded("it is over already")

    def _downtime(self, delivery: Delivery, now: datetime) -> EmailMessage | NotNeeded:
        news = Downtimes(self.store, self.settings, self.school).message(delivery.key, delivery.recipient, now)
        return render_did_not_run(news, self._envelope(delivery, now)) if news else NotNeeded("it ran after all")

    @property
    def _unreachable_people(self) -> UnreachablePeople:
        return UnreachablePeople(self.store, self.settings, self.school)

    @property
    def _own_words(self) -> OutgoingMails:
        return OutgoingMails(self.store, self.settings)

    def _envelope(self, delivery: Delivery, now: datetime) -> Envelope:
        school, mail = self.settings.school, self.settings.mail
        domain = mail.sender.rpartition("@")[2]
        return Envelope(
            sender=mail.sender,
            sender_name=f"{school.name} monitor",
            reply_to=mail.reply_to,
            recipient=delivery.recipient,
            message_id=make_message_id(school.key, delivery.kind, delivery.key, delivery.recipient, domain),
            list_id=f"alerts.{school.key}.monitor",
            # Exchange knows a second copy by its date and its Message-ID together.
            date=delivery.dated_at or now,
        )

    @property
    def _warnings(self) -> Warnings:
        return Warnings(self.store, self.school, self.settings.schedule.digest_items, self._quoting)

    @property
    def _quoting(self) -> Quoting:
        return Quoting(self.settings.wording.comment_text)

    def people(self, kind: str) -> tuple[str, ...]:
        """Who may get mails of this kind at all. What a mail says decides further for each."""
        if kind == WEEKLY:
            return tuple(person.email for person in self.settings.people if "head" in person.roles)
        if kind in {DIGEST, URGENT, SERIOUS, PILE_ON, PILE_ON_URGENT, *_REMINDERS}:
            told = tuple(person.email for person in self.settings.people if is_told_of_comments(person))
            return (*told, self.school.last_resort)
        if kind in {OUTGOING, PUBLISHED_WRONG}:
            return self._own_words.people
        if kind == UNREACHABLE:
            return self._unreachable_people.people
        return self.settings.told_of_accounts


_REMINDERS: dict[str, Callable[[Reminder, Envelope], EmailMessage]] = {
    NEW: render_new,
    DUE_SOON: render_due_soon,
    SHEET: render_sheet,
    OVERDUE: render_overdue,
}
_WRITERS: dict[str, Callable[[MailWriter, Delivery, datetime], EmailMessage | NotNeeded]] = {
    DIGEST: MailWriter._digest,
    WEEKLY: MailWriter._weekly,
    ALARM: MailWriter._alarm,
    RECOVERY: MailWriter._recovery,
    EXPIRY: MailWriter._expiry,
    OUTGOING: MailWriter._outgoing,
    PUBLISHED_WRONG: MailWriter._outgoing,
    URGENT: MailWriter._urgent,
    SERIOUS: MailWriter._serious,
    PILE_ON: MailWriter._pile_on,
    PILE_ON_URGENT: MailWriter._pile_on,
    **dict.fromkeys(_REMINDERS, MailWriter._reminder),
    UNREACHABLE: MailWriter._unreachable,
    DOWNTIME: MailWriter._downtime,
}
