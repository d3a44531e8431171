"""What reminders say, worked out when they are sent: only what is still owed an answer, only what this person may
know of, and nothing that a digest has told them meanwhile.

What leaves by mail is decided here: numbers, places, times, kinds, and who of the staff took a case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.messages import Line
from alerts.reminders import Reminder
from config.people import Person
from monitor import mail_kinds
from monitor.digesting import accounts_of, to_answer
from monitor.model import Case
from monitor.quoting import NO_WORDS, Quoting
from monitor.rules.outstanding import taken_by
from monitor.rules.queue import Waiting, in_order, worst
from monitor.rules.reminders import in_charge
from monitor.rules.wording import rule_in_words
from monitor.school_facts import SchoolFacts
from monitor.store import alerts, cases, had_lately, ledger, outbox, pile_ons
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Store, Transaction
from monitor.store.item_tables import Comment
from monitor.store.school_tables import School
from monitor.telling import held_back, hours_of
from monitor.words import category_words, kind_words, words_beside_deadline


@dataclass(frozen=True)
class ReminderMails:
    """Writes the reminders of one school."""

    store: Store
    school: SchoolFacts
    quoting: Quoting = NO_WORDS

    def message(self, delivery: Delivery, now: datetime) -> Reminder | None:
        """What a mail says now; None: nothing of it is left to say to this person."""
        with self.store.reading() as tx:
            row = ledger.enrolled_school(tx, self.school.key)
            asked = _Asked.of(tx, self.school, row, delivery, now)
            waiting = in_order(self._cases(tx, row, delivery, now), {}, now)
            known = to_answer(tx, self.school, waiting, delivery.recipient, now)
            said = [entry for entry in known if asked.tells(entry) and not _is_one_matter(tx, entry, delivery)]
            lines = tuple(
                replace(
                    _line(tx, entry, asked.others_in_charge(entry.case)),
                    words=self.quoting.words_of(tx, row, entry.case),
                )
                for entry in said
            )
            last_today = had_lately.is_last_today(tx, delivery, now, held_back(self.school, now))
        if not lines:
            return None
        policy = self.school.policy
        return Reminder(
            school=self.school.name,
            timezone=self.school.timezone,
            now=now,
            recipient=delivery.recipient,
            by=self._name(delivery.recipient),
            lines=lines,
            rule_in_words=rule_in_words(self.school.rule, policy),
            clause=policy.response_clause,
            policy=f"{policy.name}, version {policy.version}",
            shown=self.school.schedule.digest_items,
            last_today=last_today,
            passed_on=not any(asked.is_theirs(entry.case) for entry in said),
            until=self._sheet_until(now) if delivery.kind == mail_kinds.SHEET else None,
        )

    def _cases(self, tx: Transaction, row: School, delivery: Delivery, now: datetime) -> list[Case]:
        if delivery.kind == mail_kinds.SHEET:
            if delivery.key != self.school.local_day(now).isoformat():
                return []  # those days have begun
            return cases.unsettled_due_between(tx, row, self.school.policy, now, self._sheet_until(now))
        named = map(alerts.case_of_key, outbox.keys_told(tx, delivery))
        return cases.with_numbers(tx, row, self.school.policy, sorted({each[0] for each in named if each}))

    def _sheet_until(self, now: datetime) -> datetime:
        return hours_of(self.school).sheet_until(self.school.local_day(now))

    def _name(self, address: str) -> str:
        return next((each.name for each in self.school.people if each.email == address), address)


@dataclass(frozen=True)
class _Asked:
    """What decides whether one mail tells its recipient of a comment."""

    school: SchoolFacts
    kind: str
    recipient: str
    now: datetime
    accounts: frozenset[str]
    """Keys of those the recipient looks after today."""
    digest_at: datetime | None
    """When they were last sent a digest, and a sheet."""
    sheet_at: datetime | None

    @classmethod
    def of(cls, tx: Transaction, school: SchoolFacts, row: School, delivery: Delivery, now: datetime) -> _Asked:
        keys = [account.key for account in ledger.accounts_of(tx, row)]
        mine = frozenset(accounts_of(tx, school, keys, delivery.recipient, now))
        digest_at, sheet_at = (
            had_lately.newest_sent(tx, row, kind, delivery.recipient)
            for kind in (mail_kinds.DIGEST, mail_kinds.SHEET)
        )
        return cls(school, delivery.kind, delivery.recipient, now, mine, digest_at, sheet_at)

    def tells(self, entry: Waiting) -> bool:
        case, in_charge = entry.case, self._in_charge(entry.case)
        if case.account in self.accounts and self._a_digest_said_it(case):
            return False
        if self.kind == mail_kinds.OVERDUE:
            return entry.is_overdue and (self.is_theirs(case) or self._is_head())
        if entry.is_overdue or (self.kind == mail_kinds.NEW and (in_charge or self._is_said_otherwise(case))):
            return False
        return self._is_me(in_charge) if in_charge else case.account in self.accounts

    def is_theirs(self, case: Case) -> bool:
        """Whether they look after its account, or took it."""
        return case.account in self.accounts or self._is_me(self._in_charge(case))

    def others_in_charge(self, case: Case) -> str:
        """Who else looks after it; empty: nobody else."""
        person = self._in_charge(case)
        return person.name if person and not self._is_me(person) else ""

    def _in_charge(self, case: Case) -> Person | None:
        return in_charge(taken_by(case), self.school.people, self.school.local_day(self.now))

    def _is_me(self, person: Person | None) -> bool:
        return person is not None and person.email == self.recipient

    def _is_head(self) -> bool:
        return any(each.email == self.recipient and "head" in each.roles for each in self.school.people)

    def _a_digest_said_it(self, case: Case) -> bool:
        """Whether a digest has told them already what this mail would."""
        seen, due = case.facts.first_seen_at, case.due_at
        if self.digest_at is None or seen is None or due is None or self.digest_at < seen:
            return False
        if self.kind == mail_kinds.OVERDUE:
            return self.digest_at > due
        pause = timedelta(minutes=self.school.schedule.between_mails_minutes)
        soon = self._due_soon_at(case)
        shortly_before = soon is not None and self.digest_at >= soon - pause
        return self.kind == mail_kinds.NEW or (self.kind == mail_kinds.DUE_SOON and shortly_before)

    def _is_said_otherwise(self, case: Case) -> bool:
        """Whether there is a mail of its own that its deadline comes, or it stood on their sheet."""
        soon, seen, due = self._due_soon_at(case), case.facts.first_seen_at, case.due_at
        if self.sheet_at and seen and due and self.sheet_at >= seen:
            return due < hours_of(self.school).sheet_until(self.school.local_day(self.sheet_at))
        return soon is not None and soon <= self.now

    def _due_soon_at(self, case: Case) -> datetime | None:
        seen, due = case.facts.first_seen_at, case.due_at
        return hours_of(self.school).due_soon_at(due, seen) if seen and due else None


def _is_one_matter(tx: Transaction, entry: Waiting, delivery: Delivery) -> bool:
    """Whether this mail would say that something is new of which the person is told as part of a pile-on."""
    comment = tx.get_one(Comment, entry.case.id)
    return delivery.kind == mail_kinds.NEW and pile_ons.is_told(tx, comment, delivery.recipient)


def _line(tx: Transaction, entry: Waiting, in_charge_of_it: str) -> Line:
    case = entry.case
    flags = cases.undecided_of(tx, tx.get_one(Comment, case.id))
    return Line(
        case=case.id,
        account=case.account_label,
        what=kind_words(case.kind),
        received_at=case.created_at,
        due_at=case.due_at,
        state=words_beside_deadline(entry.answer.state),
        flags=tuple(dict.fromkeys(category_words(flag.category) for flag in flags)),
        severity=worst(flags),
        to_do=(*((f"taken by {in_charge_of_it}",) if in_charge_of_it else ()), *case.to_do),
    )
