"""Putting the weekly report and the digest together from the books: which facts leave by mail is decided here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.messages import (
    AccountFigures,
    Blind,
    CategoryFigures,
    Digest,
    EvidenceHead,
    HeldBack,
    Line,
    WeeklyReport,
)
from config.people import Person
from config.settings import Settings
from monitor import notices
from monitor.coverage import blind, week_of
from monitor.custody import media_gate
from monitor.custody.log import checkpoint_of
from monitor.digesting import accounts_of, for_person
from monitor.evidence.log.checkpoint import short_form
from monitor.model import OFFENSIVE, Case, Flag, ResponseState
from monitor.registered import too_few_moderators
from monitor.rules import weekly
from monitor.rules.holds import removed_before_advice
from monitor.rules.marks import in_force, is_false_alarm
from monitor.rules.queue import Waiting, in_order, worst
from monitor.rules.slots import week_bounds
from monitor.rules.wording import rule_in_words
from monitor.school_facts import SchoolFacts
from monitor.seeing import Seeing
from monitor.store import cases, erasure_book, evidence_log, exclusions, judged, ledger
from monitor.store.engine import Store, Transaction
from monitor.store.tables import Account, School
from monitor.unwatched import uncovered_promise, unwatched_messages
from monitor.words import category_words, kind_words, region_words, state_words


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
            blind = self._blind(tx, school, now, looked_after)
            said = notices.for_digest(tx, school, self.settings, recipient, now)
        policy = self.settings.policy
        return Digest(
            school=self.settings.school.name,
            timezone=self.settings.school.timezone,
            now=now,
            recipient=recipient,
            to_answer=tuple(_line(e) for e in found.to_answer if not e.is_overdue),
            overdue=tuple(_line(e) for e in found.to_answer if e.is_overdue),
            flagged=tuple(_line(e) for e in found.flagged),
            blind=blind,
            read_until=read_until,
            rule_in_words=rule_in_words(self.settings.rule, self.settings.policy),
            clause=policy.response_clause,
            policy=f"{policy.name}, version {policy.version}",
            shown=self.settings.schedule.digest_items,
            notices=said,
        )

    def weekly(self, week: str, now: datetime, recipient: str | None = None) -> WeeklyReport:
        """The head's page for one ISO week as it would read at `now`. Raises ValueError for a misspelt week.

        What is hidden from `recipient`, an e-mail address (None: from somebody), is in no list and no figure but
        the number of comments received, which anybody can count on the page itself.
        """
        since, until = week_bounds(week, self.settings.school.timezone)
        if since > now:
            raise ValueError(f"the week {week} has not begun")
        zone = ZoneInfo(self.settings.school.timezone)
        with self.store.reading() as tx:
            school = self._school(tx)
            accounts = ledger.accounts_of(tx, school)
            hidden, pack = self._hidden_by_mail(tx, school, recipient, now), self.settings.policy
            received = cases.received_between(tx, school, pack, since, until)
            due = _without(hidden, cases.due_between(tx, school, pack, since, until))
            flagged = _without(hidden, cases.flagged_between(tx, school, pack, since, until))
            raised = cases.flags_between(tx, school, since, until)
            raised = {case: flags for case, flags in raised.items() if case not in hidden}
            waiting = self._waiting(tx, school, now, hidden)
            watched = self._watched(tx, school)
            coverage = tuple(
                week_of(tx, account, self._poll_minutes(account), since, min(until, now)) for account in watched
            )
            evidence = _evidence_head(tx, school, now)
            too_few = too_few_moderators(tx, school, self.settings, now)
            said = notices.for_week(tx, school, self.settings, week, until, now)
        open_now = [entry for entry in waiting if entry.needs_reply]
        tallies = weekly.tally(received, due, now)
        times = weekly.response_times(due, now)
        overdue_since = [e.case.due_at for e in open_now if e.is_overdue and e.case.due_at]
        blind_hours = sum(each.hours_in_week - each.hours_covered for each in coverage)
        return WeeklyReport(
            school=self.settings.school.name,
            timezone=self.settings.school.timezone,
            week=week,
            first_day=since.astimezone(zone).date(),
            last_day=until.astimezone(zone).date() - timedelta(days=1),
            made_at=now,
            verdict=weekly.verdict(tallies.values(), overdue_since, blind_hours, now),
            coverage=coverage,
            unanswered=tuple(_line(e) for e in sorted(open_now, key=lambda e: e.case.created_at)),
            figures=tuple(
                AccountFigures(account=account.label, **asdict(tallies.get(account.key, weekly.Tally())))
                for account in accounts
                if account in watched or account.key in tallies
            ),
            median_hours=times.median,
            slowest_hours=times.slowest,
            slowest_is_percentile=times.slowest_is_percentile,
            flagged=_by_category(flagged, raised),
            held=_held_back(weekly.held_under(due, now), waiting),
            removed_before_advice=tuple(
                sorted(entry.case.id for entry in waiting if removed_before_advice(entry.case, pack))
            ),
            messages_unwatched=unwatched_messages(self.settings),
            uncovered_promise=uncovered_promise(self.settings),
            rule_in_words=rule_in_words(self.settings.rule, self.settings.policy),
            clause=pack.response_clause,
            policy=f"{pack.name}, version {pack.version}",
            calendar=region_words(self.settings.rule.region),
            evidence=evidence,
            recipients=tuple(p.name for p in self.settings.people if "head" in p.roles),
            shown=self.settings.schedule.digest_items,
            too_few_moderators=too_few,
            notices=said,
        )

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


def _evidence_head(tx: Transaction, school: School, now: datetime) -> EvidenceHead | None:
    head = evidence_log.newest_checkpoint(tx, school, until=now)
    return EvidenceHead(head.size, short_form(checkpoint_of(school, head)), head.key, head.at) if head else None


def _without(hidden: Collection[int], found: Iterable[Case]) -> list[Case]:
    return [case for case in found if case.id not in hidden]


def _line(entry: Waiting) -> Line:
    case = entry.case
    return Line(
        case=case.id,
        account=case.account_label,
        what=kind_words(case.kind),
        received_at=case.created_at,
        due_at=case.due_at if entry.needs_reply else None,
        state="answer by" if entry.answer.state is ResponseState.OPEN else state_words(entry.answer.state),
        flags=tuple(dict.fromkeys(category_words(flag.category) for flag in entry.flags)),
        severity=worst(entry.flags),
        to_do=(*((state_words(entry.answer.state),) if entry.is_held else ()), *case.to_do),
    )


def _held_back(fell_due: Mapping[str, int], waiting: Sequence[Waiting]) -> tuple[HeldBack, ...]:
    """What nobody was to answer, by the clause that says so."""
    now = [entry.case.facts.hold for entry in waiting if entry.is_held]
    return tuple(HeldBack(clause, fell_due.get(clause, 0), now.count(clause)) for clause in sorted({*fell_due, *now}))


def _by_category(flagged: Sequence[Case], raised: Mapping[int, tuple[Flag, ...]]) -> tuple[CategoryFigures, ...]:
    rows = []
    for category in sorted({flag.category for flags in raised.values() for flag in flags}, key=_offensive_first):
        with_it = [case for case in flagged if any(flag.category is category for flag in raised[case.id])]
        rows.append(
            CategoryFigures(
                category=category_words(category),
                flagged=len(with_it),
                decided=sum(bool(in_force(case.decisions)) for case in with_it),
                evidence_kept=sum(bool(case.evidence) for case in with_it),
                false_alarms=sum(_all_wrong(raised[case.id], category, case) for case in with_it),
            )
        )
    return tuple(rows)


def _all_wrong(flags: Sequence[Flag], category: str, case: Case) -> bool:
    """Whether a moderator marked every flag of this category a false alarm."""
    return all(is_false_alarm(flag, case) for flag in flags if flag.category == category)


def _offensive_first(category: str) -> tuple[bool, str]:
    return (category not in OFFENSIVE, category)
