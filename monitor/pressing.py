"""What mails about urgent and serious cases say, worked out when they are sent, so that none tells what is settled.

What leaves by mail is decided here: numbers, places, times, kinds and the policy's words; nothing a comment says and
nobody's name but those of the people who are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.messages import Pressing, Serious, Urgent
from monitor.alerting import alert_concerns, next_step
from monitor.custody import media_gate
from monitor.model import Case, Category, Flag
from monitor.quoting import NO_WORDS, Quoting
from monitor.rules.handling import Answering, Handling, Removal
from monitor.rules.queue import SEVERITIES
from monitor.school_facts import SchoolFacts
from monitor.store import alerts, cases, exclusions, judged, ledger
from monitor.store.alerts import Telling
from monitor.store.engine import Store, Transaction
from monitor.store.handling_tables import Alert
from monitor.store.item_tables import Comment
from monitor.store.school_tables import School
from monitor.telling import Concerns, concerns, standing_flags
from monitor.words import category_words, kind_words

_GRAVE = SEVERITIES.index("serious")


@dataclass(frozen=True)
class Warnings:
    """Writes the messages of one school about what cannot wait for the digest. `shown`: cases in one mail."""

    store: Store
    school: SchoolFacts
    shown: int
    quoting: Quoting = NO_WORDS

    def urgent(self, keys: Iterable[str], recipient: str, now: datetime) -> Urgent | None:
        """What the mail that tells these alerts to somebody says now; None: none of them is theirs any more."""
        with self.store.reading() as tx:
            row = ledger.enrolled_school(tx, self.school.key)
            known = (alerts.of_key(tx, row, key) for key in keys)
            found = [alert for alert in known if alert and not (alert.acknowledged_at or alert.closed_at)]
            numbers = sorted({alert.comment_id for alert in found})
            about = {case.id: case for case in cases.with_numbers(tx, row, self.school.policy, numbers)}
            different = {each.id: each for each in found}.values()
            told = [self._alert(tx, alert, about.get(alert.comment_id), recipient, now) for alert in different]
        mine = tuple(each for each in told if each)
        if not mine:
            return None
        return Urgent(
            school=self.school.name,
            timezone=self.school.timezone,
            now=now,
            recipient=recipient,
            by=self._name(recipient),
            cases=mine,
            passed_on=all(each.told for each in mine),
            can_look=self._is_configured(recipient),
            policy=f"{self.school.policy.name}, version {self.school.policy.version}",
            shown=self.shown,
        )

    def serious(self, keys: Iterable[str], recipient: str, now: datetime) -> Serious | None:
        """What the mail that tells these cases to somebody says now; None: all are settled, or not theirs."""
        with self.store.reading() as tx:
            row = ledger.enrolled_school(tx, self.school.key)
            numbers = dict.fromkeys(named[0] for named in map(alerts.case_of_key, keys) if named)
            told = [self._serious(tx, row, number, recipient, now) for number in numbers]
        mine = tuple(each for each in told if each)
        if not mine:
            return None
        return Serious(
            school=self.school.name,
            timezone=self.school.timezone,
            now=now,
            recipient=recipient,
            by=self._name(recipient),
            cases=mine,
            can_look=self._is_configured(recipient),
            policy=f"{self.school.policy.name}, version {self.school.policy.version}",
            shown=self.shown,
        )

    def _alert(
        self, tx: Transaction, alert: Alert, case: Case | None, recipient: str, now: datetime
    ) -> Pressing | None:
        found = alert_concerns(tx, self.school, alert, now, case) if case else None
        if case is None or found is None or not _may_hear(tx, alert.comment, found, recipient):
            return None
        told = alerts.tellings(tx, alert)
        step = max((each.number for each in told if each.person == recipient), default=0)
        before = [each for each in told if each.number < step and each.accepted_at]
        wait = timedelta(minutes=found.handling.acknowledge_minutes)
        flags = tuple(flag for flag in standing_flags(case) if flag.version == alert.version.number)
        after = [person for person in next_step(found.route, told) if person != recipient]
        return self._pressing(tx, case, flags, found.handling, told=tuple(self._told(before)),
                              next_=tuple(self._name(person) for person in after), next_at=now + wait)  # fmt: skip

    def _serious(self, tx: Transaction, row: School, number: int, recipient: str, now: datetime) -> Pressing | None:
        comment, case = judged.comment_of(tx, row, number), cases.case_by_id(tx, row, self.school.policy, number)
        if comment is None or case is None or comment.erased_at:
            return None
        waiting = cases.undecided_of(tx, comment)
        flags = tuple(flag for flag in waiting if SEVERITIES.index(flag.severity) >= _GRAVE)
        found = concerns(tx, self.school, comment, flags, self.school.local_day(now)) if flags else None
        if found is None or not _may_hear(tx, comment, found, recipient):
            return None
        words = self.quoting.words_of(tx, row, case)
        return replace(self._pressing(tx, case, flags, found.handling), words=words)

    def _pressing(
        self,
        tx: Transaction,
        case: Case,
        flags: Sequence[Flag],
        handled: Handling,
        *,
        told: tuple[tuple[str, datetime], ...] = (),
        next_: tuple[str, ...] = (),
        next_at: datetime | None = None,
    ) -> Pressing:
        row = ledger.enrolled_school(tx, self.school.key)
        kinds = list(dict.fromkeys(flag.category for flag in sorted(flags, key=_gravest_first)))
        rules = [self.school.policy.categories[kind] for kind in kinds if kind != Category.COULD_NOT_BE_CHECKED]
        steps: tuple[str, ...] = tuple(dict.fromkeys(step for rule in rules for step in rule.next_steps))
        if media_gate.is_withheld(tx, row, case.id):
            leads = [person.name for person in self.school.people if "safeguarding" in person.roles]
            steps = (media_gate.route(leads),)
        return Pressing(
            case=case.id,
            account=case.account_label,
            what=kind_words(case.kind),
            received_at=case.created_at,
            flags=tuple(category_words(kind) for kind in kinds),
            clauses=tuple(dict.fromkeys(rule.clause for rule in rules)),
            limits=tuple(_limits(handled)),
            steps=steps,
            told=told,
            next=next_,
            next_at=next_at if next_ else None,
        )

    def _told(self, before: Sequence[Telling]) -> Iterator[tuple[str, datetime]]:
        for each in before:
            if each.accepted_at:
                yield self._name(each.person), each.accepted_at

    def _name(self, address: str) -> str:
        found = (person.name for person in self.school.people if person.email.lower() == address.lower())
        return next(found, address)

    def _is_configured(self, address: str) -> bool:
        return any(person.email.lower() == address.lower() for person in self.school.people)


def _may_hear(tx: Transaction, comment: Comment, found: Concerns, recipient: str) -> bool:
    """Whether it is still theirs to hear: they may have been kept out, or it may be for others alone by now."""
    on_route = {each.lower() for each in found.route.everybody}
    is_theirs = not found.handling.only_those_told or recipient.lower() in on_route
    return is_theirs and recipient.lower() not in exclusions.kept_out(tx, comment)


def _gravest_first(flag: Flag) -> int:
    return -SEVERITIES.index(flag.severity)


def _limits(handled: Handling) -> Iterator[str]:
    """What a case's handling forbids, or forbids as yet."""
    clauses = {each.says: each.clause for each in handled.because}
    if handled.answering is Answering.HOLD:
        yield f"Nobody answers it (clause “{clauses.get('hold', '')}”)."
    if handled.answering is Answering.REDIRECT:
        yield f"An answer only says where it belongs: {'; '.join(handled.redirect_to)}."
    if handled.removal is Removal.AFTER_ADVICE:
        whose = " and ".join(handled.advice_from)
        yield f"It is neither hidden nor deleted before advice from {whose} is on record."
