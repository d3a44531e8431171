"""Before and after each round of mail: that this program lives, and that somebody notices when nobody hears it.

What goes wrong here keeps no mail back and no account from being read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.chat import ChatFailed, ChatLine
from alerts.filters import counted
from config.settings import Settings
from monitor import status_file
from monitor.clock import Clock
from monitor.downtime import Downtimes
from monitor.pinging import NotPinged, Pinger
from monitor.report import Reporter
from monitor.rules.listening import HOUR, Nudge, Nudged, mail_fails_since, nudge_due
from monitor.rules.watching import allowed_silence
from monitor.rules.wording import clock_in_words, day_in_words
from monitor.school_facts import SchoolFacts
from monitor.store import alerts, ledger, listening
from monitor.store.engine import Store, Transaction
from monitor.store.listening_tables import SignOfLife
from monitor.store.school_tables import School
from monitor.telling import held_back, mailing_hours
from monitor.unreachable import UnreachablePeople
from monitor.watch import Watch

log = logging.getLogger("monitor.listening")

NUDGING = timedelta(minutes=2)
"""How long somebody who tells the chats may take before another program tells them."""
SLACK = timedelta(seconds=30)
"""Rounds do not begin to the second: so much earlier the outside watcher is told all the same."""


@dataclass(frozen=True)
class Listening:
    """Sees to it that silence is noticed, for one school."""

    store: Store
    settings: Settings
    school: SchoolFacts
    reporter: Reporter
    watch: Watch
    clock: Clock
    chat: Callable[[], ChatLine | None]
    pinger: Callable[[], Pinger | None]

    def begin(self) -> str:
        """Say that we live, and owe what was missed. Returns, where nothing ran for a while, that in a sentence."""
        now, downtimes = self.clock(), Downtimes(self.store, self.settings, self.school)
        with self.store.writing() as tx:
            row = ledger.enrolled_school(tx, self.settings.school.key)
            said = downtimes.look(tx, row, now)
            UnreachablePeople(self.store, self.settings, self.school).owe(tx, row, now)
        if said and now - self.watch.since > downtimes.allowed:  # it was not started anew: the computer slept
            self.watch.begin_again(now)
        return said

    def still_alive(self) -> None:
        """Say that we live after something that took long: it was no time in which nothing ran."""
        with self.store.writing() as tx:
            row = ledger.enrolled_school(tx, self.settings.school.key)
            listening.sign_of_life(tx, row.id).alive_at = self.clock()

    def round_begins(self) -> None:
        """Tell the outside watcher that a round begins, where it has not heard from us lately."""
        with self.store.reading() as tx:
            life = listening.sign_of_life_if_any(tx, ledger.enrolled_school(tx, self.settings.school.key))
            is_due = life is None or self._is_ping_due(life)
        pinger = self.pinger() if is_due else None
        if pinger:
            self._pinged(pinger, "start", is_news=False)

    def round_ended(self, *, is_whole: bool) -> list[str]:
        """After the mails: find out whether any leaves, tell the chats and the outside watcher, write the status.

        `is_whole`: nothing of the round was left out by a fault of this program. Returns what a person has to put
        right.
        """
        nudge, text = self._find_out()
        failures = [self._nudge(nudge, text)] if nudge else []
        failures.append(self._ping(is_whole=is_whole))
        failures.append(self.write_status())
        self.still_alive()
        return [failure for failure in failures if failure]

    def write_status(self) -> str:
        """Write the file that other programs watch. Returns why it could not be written; empty: it was."""
        now = self.clock()
        with self.store.reading() as tx:
            row = ledger.enrolled_school(tx, self.settings.school.key)
            found = status_file.problems(tx, row, self.settings, now)
        allowed = Downtimes(self.store, self.settings, self.school).allowed
        try:
            status_file.write(self.settings.status_file, status_file.content(found, now, now + allowed))
        except OSError as failed:
            why = failed.strerror or type(failed).__name__
            log.warning("the status file could not be written: %s", why)
            return f"status file {self.settings.status_file} cannot be written: {why}"
        return ""

    def _find_out(self) -> tuple[Nudge | None, str]:
        """Whether mail leaves, written down; and what a chat has to be told, claimed so that one program tells it."""
        now = self.clock()
        with self.store.writing() as tx:
            row = ledger.enrolled_school(tx, self.settings.school.key)
            life = listening.sign_of_life(tx, row.id)
            line = listening.mail_line(tx, row, now, held_back(self.school, now - HOUR))
            since = mail_fails_since(line, now)
            if since and not life.fails_since:
                log.warning("no mail leaves since %s", self._moment(since, now))
            life.fails_since = since
            urgent = bool(alerts.unsettled(tx, row))
            nudge = self._claim(life, since, now, urgent=urgent) if self.settings.chat else None
            if nudge:
                life.nudging_until, life.nudged_urgent = now + NUDGING, urgent
        return nudge, self._text(nudge, since, now) if nudge else ""

    def _claim(self, life: SignOfLife, since: datetime | None, now: datetime, *, urgent: bool) -> Nudge | None:
        if life.nudging_until and now < life.nudging_until <= now + NUDGING:
            return None
        before = Nudged(life.nudged_at, life.nudged_urgent, life.chat_failed_at if life.chat_failure else None)
        in_hours = mailing_hours(self.school, now) <= now
        return nudge_due(since, before, urgent=urgent, in_hours=in_hours, now=now)

    def _nudge(self, nudge: Nudge, text: str) -> str:
        failure, told = "", True
        try:
            chat = self.chat()
            if chat:
                chat.tell(text)
        except ChatFailed as failed:
            failure, told = str(failed), failed.told
            log.warning("not every chat could be told that no mail leaves, or that it leaves again")
        now = self.clock()
        with self.store.writing() as tx:
            life = listening.sign_of_life(tx, ledger.enrolled_school(tx, self.settings.school.key).id)
            life.nudging_until = None
            life.chat_failure, life.chat_failed_at = failure or None, now if failure else None
            if told:
                life.nudged_at = now if nudge is Nudge.FAILS else None
                log.info("chat told: mail %s", nudge)
        return failure

    def _text(self, nudge: Nudge, since: datetime | None, now: datetime) -> str:
        if nudge is Nudge.LEAVES_AGAIN or since is None:
            return "The monitor's mail leaves again."
        said = [f"The monitor's mail does not leave since {self._moment(since, now)}."]
        if waiting := self._to_answer(now):
            said.append(f"{counted(waiting, 'comment needs', 'comments need')} an answer.")
        return " ".join([*said, "Open the monitor."])

    def _to_answer(self, now: datetime) -> int:
        """Nobody knows who reads a chat: what is hidden from anybody does not count."""
        hidden = self.reporter.hidden_from(None, now)
        return sum(entry.needs_reply and not entry.is_held for entry in self.reporter.waiting(now, hidden))

    def _moment(self, moment: datetime, now: datetime) -> str:
        zone = ZoneInfo(self.settings.school.timezone)
        local, today = moment.astimezone(zone), now.astimezone(zone).date()
        clock = clock_in_words(local.time().replace(second=0, microsecond=0))
        return clock if local.date() == today else f"{day_in_words(local.date())} {clock}"

    def _ping(self, *, is_whole: bool) -> str:
        pinger = self.pinger()
        if pinger is None:
            return ""
        with self.store.reading() as tx:
            row = ledger.enrolled_school(tx, self.settings.school.key)
            life = listening.sign_of_life_if_any(tx, row)
            fails = life is not None and life.fails_since is not None
            is_news = life is None or life.pinged_at is None or life.pinged_well is fails
            if life and not is_news and not self._is_ping_due(life):
                return ""
            if not fails and not (is_whole and self._all_are_tried(tx, row)):
                return ""  # the silence is what the watcher notices
        return self._pinged(pinger, "fail" if fails else "", is_news=True)

    def _is_ping_due(self, life: SignOfLife) -> bool:
        now, every = self.clock(), timedelta(minutes=self.settings.listening.ping_minutes)
        return life.pinged_at is None or life.pinged_at > now or now - life.pinged_at >= every - SLACK

    def _pinged(self, pinger: Pinger, what: str, *, is_news: bool) -> str:
        failure = ""
        try:
            pinger.tell(what)
        except NotPinged as failed:
            failure = str(failed)
            log.warning("%s", failure)
        if is_news:
            with self.store.writing() as tx:
                life = listening.sign_of_life(tx, ledger.enrolled_school(tx, self.settings.school.key).id)
                life.pinged_at, life.ping_failure = self.clock(), failure or None
                life.pinged_well = what != "fail"
        return failure

    def _all_are_tried(self, tx: Transaction, row: School) -> bool:
        """Whether an attempt to read each account ended lately, well or not: what came of it is told by mail."""
        now = self.clock()
        for account in self.settings.accounts:
            known = ledger.enrolled_account(tx, row.key, account.key)
            ended = [each.finished_at for each in ledger.last_reads(tx, known).values() if each.finished_at]
            moments = filter(None, [*ended, self.watch.tried_at(account.key), known.parked_until])
            if not any(now - moment <= allowed_silence(account.poll_minutes) for moment in moments):
                return False
        return True
