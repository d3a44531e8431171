"""Putting the digest together from the books, and what screens show: which facts leave by mail is decided here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from alerts.messages import Blind, Digest, Line
from config.people import Person
from config.settings import Settings
from monitor import notices
from monitor.coverage import blind
from monitor.custody import media_gate
from monitor.digesting import accounts_of, for_person
from monitor.model import Case
from monitor.pile_on_mail import in_digest, others_first
from monitor.quoting import Quoting
from monitor.rules.queue import Waiting, in_order, worst
from monitor.rules.wording import rule_in_words
from monitor.school_facts import SchoolFacts
from monitor.seeing import Seeing
from monitor.store import cases, erasure_book, exclusions, judged, ledger
from monitor.store.engine import Store, Transaction
from monitor.store.school_tables import Account, School
from monitor.words import category_words, kind_words, state_words, words_beside_deadline

if TYPE_CHECKING:
    from alerts.weekly_report import WeeklyReport
    from monitor.weekly.sent import WeeklyReports


@dataclass(frozen=True)
class Reporter:
    """Builds what mails and screens say about one school."""

    store: Store
    settings: Settings
    facts: SchoolFacts

    def waiting(self, now: datetime, hidden: Collection[int] = ()) -> list[Waiting]:
        """The moderators' list, without the cases that are `hidden`."""
        with self.store.reading() as tx:
            return self._waiting(tx, self._school(tx), now, hidden)

    def hidden_from(self, person: Person | None, now: datetime) -> frozenset[int]:
        """Numbers of the cases this person must not know of. None: nobody said who they are."""
        with self.store.reading() as tx:
            return Seeing(self.facts).hidden_from(tx, self._school(tx), person, now)

    def case(self, case_id: int) -> Case | None:
        """One case whole."""
        with self.store.reading() as tx:
            return cases.case_by_id(tx, self._school(tx), self.settings.policy, case_id)

    def erasure(self, case_id: int) -> tuple[datetime, str] | None:
        """When a case was erased, and on what basis; None when it was not."""
        with self.store.reading() as tx:
            comment = judged.comment_of(tx, self._school(tx), case_id)
            if comment is None or comment.erased_at is None:
                return None
            row = erasure_book.done_for(tx, comment)
            return comment.erased_at, row.basis if row else ""

    def thread(self, case_id: int, at_most: int, hidden: Collection[int] = ()) -> list[judged.ThreadMessage]:
        """What else was said in the case's thread, oldest first, without what is withheld, hidden or answers that."""
        with self.store.reading() as tx:
            school = self._school(tx)
            comment = judged.comment_of(tx, school, case_id)
            left_out = media_gate.all_withheld(tx, school).keys() | exclusions.with_what_hangs_under(tx, hidden)
            return judged.thread_of(tx, comment, at_most, left_out) if comment else []

    def digest(self, recipient: str, now: datetime) -> Digest:
        """The morning digest of one person as it would read at `now`: of the accounts they look after today all they
        may see, of the others what they are told of and what is no more than a concern."""
        with self.store.reading() as tx:
            school = self._school(tx)
            hidden = self._hidden_by_mail(tx, school, recipient, now)
            found = for_person(tx, self.facts, self._waiting(tx, school, now, hidden), recipient, now)
            read_until = self._read_until(tx, school)
            looked_after = accounts_of(tx, self.facts, [a.key for a in self.settings.accounts], recipient, now)
            waits = list({entry.case.id: entry for entry in (*found.to_answer, *found.flagged)}.values())
            pile_ons = in_digest(tx, self.facts, waits, looked_after, recipient, now).values()
            blind = self._blind(tx, school, now, looked_after)
            said = notices.for_digest(tx, school, self.settings, recipient, now)
            quoting = Quoting(self.settings.wording.comment_text)
            words = {e.case.id: quoting.words_of(tx, school, e.case) for e in (*found.to_answer, *found.flagged)}
        policy, crowds = self.settings.policy, [crowd for _, crowd in pile_ons]
        to_answer, flagged = others_first(found.to_answer, crowds), others_first(found.flagged, crowds)
        return Digest(
            school=self.settings.school.name,
            timezone=self.settings.school.timezone,
            now=now,
            recipient=recipient,
            to_answer=tuple(_line(e, words[e.case.id]) for e in to_answer if not e.is_overdue),
            overdue=tuple(_line(e, words[e.case.id]) for e in to_answer if e.is_overdue),
            flagged=tuple(_line(e, words[e.case.id]) for e in flagged),
            pile_ons=tuple(matter for matter, _ in pile_ons),
            blind=blind,
            read_until=read_until,
            rule_in_words=rule_in_words(self.settings.rule, self.settings.policy),
            clause=policy.response_clause,
            policy=f"{policy.name}, version {policy.version}",
            shown=self.settings.schedule.digest_items,
            notices=said,
        )

    def weekly(self, week: str, now: datetime, recipient: str | None = None) -> WeeklyReport:
        """The head's page for one ISO week: as it was sent, where it was, else as it reads at `now`.

        What is hidden from `recipient`, an e-mail address (None: from somebody), is in no list and no figure but
        the number of comments received, which anybody can count on the page itself. Raises ValueError for a week
        that is misspelt or has not begun, ChangedAfterwards.
        """
        return self.weekly_reports.shown(week, now, recipient).report

    @property
    def weekly_reports(self) -> WeeklyReports:
        """The weekly reports, with what is behind each of their numbers."""
        from monitor.weekly.sent import WeeklyReports  # on Mondays, and when somebody asks

        return WeeklyReports(self.store, self.settings, self.facts)

    def _school(self, tx: Transaction) -> School:
        school = ledger.school_by_key(tx, self.settings.school.key)
        if school is None:
            raise LookupError(f"school {self.settings.school.key} is not in the register; wiring enrols it at start")
        return school

    def _waiting(self, tx: Transaction, school: School, now: datetime, hidden: Collection[int] = ()) -> list[Waiting]:
        """What waits for a moderator. What is withheld does not: it is with the person responsible."""
        without = media_gate.all_withheld(tx, school).keys() | set(hidden)
        pack = self.settings.policy
        found = [
            *cases.unsettled(tx, school, pack),
            *cases.flagged_and_undecided(tx, school, pack),
            *cases.waiting_for_more(tx, school, pack),
        ]
        return in_order(_without(without, found), cases.undecided_flags(tx, school), now)

    def _hidden_by_mail(
        self, tx: Transaction, school: School, recipient: str | None, now: datetime
    ) -> frozenset[int]:
        seeing = Seeing(self.facts)
        if recipient is None:
            return seeing.hidden_from(tx, school, None, now)
        return seeing.hidden_from_mail(tx, school, recipient, now)

    def withheld(self, hidden: Collection[int] = ()) -> tuple[int, ...]:
        """Numbers of the cases that are withheld: a moderator is told that there are some, and no more."""
        with self.store.reading() as tx:
            return tuple(sorted(media_gate.all_withheld(tx, self._school(tx)).keys() - set(hidden)))

    def _watched(self, tx: Transaction, school: School) -> list[Account]:
        """Accounts that are still in the configuration: nobody is blind on one that was taken out of it."""
        keys = {account.key for account in self.settings.accounts}
        return [account for account in ledger.accounts_of(tx, school) if account.key in keys]

    def _read_until(self, tx: Transaction, school: School) -> datetime | None:
        moments = [ledger.last_complete_read(tx, account) for account in self._watched(tx, school)]
        known = [moment for moment in moments if moment]
        return min(known) if known and len(known) == len(moments) else None

    def _blind(self, tx: Transaction, school: School, now: datetime, keys: Collection[str]) -> tuple[Blind, ...]:
        watched = [account for account in self._watched(tx, school) if account.key in keys]
        return tuple(filter(None, (blind(tx, account, self._poll_minutes(account), now) for account in watched)))

    def _poll_minutes(self, account: Account) -> int:
        return next(a.poll_minutes for a in self.settings.accounts if a.key == account.key)


def _without(hidden: Collection[int], found: Iterable[Case]) -> list[Case]:
    return [case for case in found if case.id not in hidden]


def _line(entry: Waiting, words: str = "") -> Line:
    case = entry.case
    return Line(
        case=case.id,
        account=case.account_label,
        what=kind_words(case.kind),
        received_at=case.created_at,
        due_at=case.due_at if entry.needs_reply else None,
        state=words_beside_deadline(entry.answer.state),
        flags=tuple(dict.fromkeys(category_words(flag.category) for flag in entry.flags)),
        severity=worst(entry.flags),
        to_do=(*((state_words(entry.answer.state),) if entry.is_held else ()), *case.to_do),
        words=words,
    )
