"""Putting the governors' page together from the books: figures leave here, and nothing else.

Counted as for the weekly report: what is hidden from whoever reads it is in no figure but the number of comments
received and, in the equality check, the number of comments that name a group of people. Both can be counted on the
page itself by anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from alerts.filters import share
from alerts.governors_fields import AlertLine, BreachLine, GovernorsPage, OutgoingLine, Seen
from alerts.weekly_report import AccountFigures
from config.people import Person
from config.settings import Settings
from monitor.coverage import holes_by_stream
from monitor.equality import equality_check
from monitor.evidence.log.commitment import read_record
from monitor.model import Case, Flag, OutgoingKind
from monitor.registered import audited
from monitor.rules import governors, weekly
from monitor.rules.governors import AlertFacts, Done, blurred
from monitor.rules.handling import handling
from monitor.rules.register_words import Weight
from monitor.rules.terms import Term
from monitor.rules.wording import rule_in_words
from monitor.school_facts import SchoolFacts
from monitor.seeing import Seeing
from monitor.store import alerts, cases, evidence_log, evidence_rows, exclusions, ledger, outgoing
from monitor.store.engine import Store, Transaction
from monitor.store.handling_tables import Alert
from monitor.store.school_tables import Account, School
from monitor.words import category_words, outgoing_words

HANDED_OUT = frozenset({"export", "share"})
"""Entries of the evidence log that say that somebody outside was given evidence."""
LONG_HOLE = timedelta(days=1)


@dataclass(frozen=True)
class Governing:
    """Makes the page of one school."""

    store: Store
    settings: Settings
    facts: SchoolFacts

    def page(self, term: Term, now: datetime, person: Person | None = None) -> GovernorsPage:
        """The page of one term as it reads at `now`, for this person. None: for everybody.

        Raises ValueError for a term that has not begun.
        """
        if term.since > now:
            raise ValueError(f"the {term.words} has not begun")
        with self.store.reading() as tx:
            school = ledger.enrolled_school(tx, self.settings.school.key)
            hidden = Seeing(self.facts).hidden_from(tx, school, person, now)
            return self._page(tx, school, term, now, hidden, is_for_one=person is not None)

    def _page(
        self,
        tx: Transaction,
        school: School,
        term: Term,
        now: datetime,
        hidden: frozenset[int],
        *,
        is_for_one: bool,
    ) -> GovernorsPage:
        pack, (since, until) = self.settings.policy, (term.since, term.until)
        received = cases.received_between(tx, school, pack, since, until)
        raised = cases.flags_between(tx, school, since, until)
        flagged = [each for each in cases.flagged_between(tx, school, pack, since, until) if each.id not in hidden]
        found = audited(tx, school, self.settings, now)
        weights = [each.weight for account in found for each in account.found if each.weight is not Weight.LOOK]
        kept, handed_out = _evidence(tx, school, term, hidden)
        return GovernorsPage(
            school=self.settings.school.name,
            timezone=self.settings.school.timezone,
            term=term.words,
            name=term.name,
            first_day=term.first_day,
            last_day=term.last_day,
            made_at=now,
            is_over=until <= now,
            for_everybody=not is_for_one,
            figures=self._figures(tx, school, received, term, hidden, now),
            seen=tuple(self._seen(tx, account, since, min(until, now)) for account in self._watched(tx, school)),
            breaches=tuple(map(_breach_line, governors.breaches(flagged, raised, pack))),
            no_breaches=_no_breaches(raised, hidden),
            stages=self._stages(flagged),
            alerts=self._alerts(tx, school, term, hidden),
            outgoing=_outgoing(tx, school, term),
            kept_out=_kept_out(tx, school, term, hidden) if is_for_one else "",
            evidence_kept=kept,
            evidence_handed_out=handed_out,
            policy=f"{pack.name}, version {pack.version}",
            review_by=pack.review_by,
            review_is_overdue=pack.review_by is not None and pack.review_by < self.facts.local_day(now),
            register_found=len(weights),
            register_grave=weights.count(Weight.GRAVE),
            equality=equality_check(received, hidden),
            rule_in_words=rule_in_words(self.settings.rule, pack),
            clause=pack.response_clause,
        )

    def _figures(
        self,
        tx: Transaction,
        school: School,
        received: Iterable[Case],
        term: Term,
        hidden: Collection[int],
        now: datetime,
    ) -> tuple[AccountFigures, ...]:
        due = cases.due_between(tx, school, self.settings.policy, term.since, term.until)
        tallies = weekly.tally(received, [case for case in due if case.id not in hidden], now)
        watched = {account.key for account in self.settings.accounts}
        return tuple(
            AccountFigures(account=account.label, **asdict(tallies.get(account.key, weekly.Tally())))
            for account in ledger.accounts_of(tx, school)
            if account.key in watched or account.key in tallies
        )

    def _watched(self, tx: Transaction, school: School) -> list[Account]:
        keys = {account.key for account in self.settings.accounts}
        return [account for account in ledger.accounts_of(tx, school) if account.key in keys]

    def _seen(self, tx: Transaction, account: Account, since: datetime, until: datetime) -> Seen:
        minutes = next(each.poll_minutes for each in self.settings.accounts if each.key == account.key)
        begins = max(since, account.added_at)
        reads = ledger.reads_between(tx, account, begins, until) if begins < until else []
        by_stream = holes_by_stream(tx, account, minutes, reads, begins, until)
        unread = [hole.until - hole.since for hole in weekly.merged(h for holes in by_stream.values() for h in holes)]
        covered = max(timedelta(0), until - begins) - sum(unread, timedelta(0))
        return Seen(
            account=account.label,
            hours_covered=covered / timedelta(hours=1),
            hours_in_term=(until - since) / timedelta(hours=1),
            long_holes=sum(each > LONG_HOLE for each in unread),
            watched_since=self.facts.local_day(begins) if begins > since else None,
            longest_hours=max(unread, default=timedelta(0)) / timedelta(hours=1),
        )

    def _stages(self, flagged: Sequence[Case]) -> tuple[tuple[str, str], ...]:
        """In the order of the policy's ladder; a stage it has no longer, at the end."""
        reached = governors.stages_reached(flagged)
        ladder = [stage.id for stage in self.settings.policy.ladder]
        order = [*(each for each in ladder if each in reached), *sorted(reached.keys() - set(ladder))]
        return tuple((stage, blurred(reached[stage])) for stage in order)

    def _alerts(self, tx: Transaction, school: School, term: Term, hidden: Collection[int]) -> AlertLine:
        opened = alerts.opened_between(tx, school, term.since, term.until)
        facts = [self._alert(tx, alert) for alert in opened if alert.comment_id not in hidden]
        return AlertLine(**asdict(governors.alert_figures(facts)))

    def _alert(self, tx: Transaction, alert: Alert) -> AlertFacts:
        handled = handling(cases.flags_of(tx, alert.version), self.settings.policy)
        last = self.settings.last_resort.lower()
        return AlertFacts(
            opened_at=alert.opened_at,
            minutes=handled.acknowledge_minutes if handled else 0,
            acknowledged_at=alert.acknowledged_at,
            closed_at=alert.closed_at,
            reached_last_resort=any(
                each.number and each.accepted_at and each.person.lower() == last
                for each in alerts.tellings(tx, alert)
            ),
        )


def _breach_line(line: governors.Breaches) -> BreachLine:
    return BreachLine(
        category=category_words(line.category),
        flagged=blurred(line.flagged),
        false_alarms=blurred(line.false_alarms),
        false_alarm_share=_share(line.false_alarms, line.flagged),
        done=tuple((done.value, blurred(line.done[done])) for done in Done if line.done[done]),
    )


def _no_breaches(raised: Mapping[int, Sequence[Flag]], hidden: Collection[int]) -> tuple[tuple[str, str], ...]:
    found = governors.no_breaches(flags for case, flags in raised.items() if case not in hidden)
    return tuple((category_words(category), blurred(number)) for category, number in found.items())


def _share(part: int, whole: int) -> str:
    """With a share from ten up, and never one that tells a small number."""
    if not part:
        return "none"
    if blurred(part) == str(part) and blurred(whole) == str(whole):
        return share(part, whole)
    return f"{blurred(part)} of {blurred(whole)}"


def _outgoing(tx: Transaction, school: School, term: Term) -> tuple[OutgoingLine, ...]:
    """Found in the term, told to somebody or reported: not what was there before the account was watched."""
    rows = [
        row
        for row in outgoing.found(tx, school, settled=True)
        if term.since <= row.found_at < term.until and not row.is_history
    ]
    lines = []
    for kind in OutgoingKind:
        of_kind = [row for row in rows if row.kind == kind.value]
        settled = sum(row.settled_at is not None for row in of_kind)
        if of_kind:
            lines.append(OutgoingLine(outgoing_words(kind), blurred(len(of_kind)), blurred(settled)))
    return tuple(lines)


def _kept_out(tx: Transaction, school: School, term: Term, hidden: Collection[int]) -> str:
    since = exclusions.restricted(tx, school)
    number = sum(case not in hidden and term.since <= at < term.until for case, at in since.items())
    return str(number) if number >= governors.SMALL else "fewer than five"


def _evidence(tx: Transaction, school: School, term: Term, hidden: Collection[int]) -> tuple[int, int]:
    """How many pieces were kept in the term, and how many were handed out in it, kept whenever."""
    kept = evidence_rows.kept(tx, school, since=term.since, until=term.until)
    given = {
        position
        for entry in evidence_log.of_kinds(tx, school, HANDED_OUT)
        if entry.case not in hidden and term.since <= entry.at < term.until
        for position in _positions(entry.record)
    }
    return sum(each.case not in hidden for each in kept), len(given)


def _positions(record: str | None) -> list[int]:
    """Which evidence an entry says was handed out. One that was changed says nothing here: `evidence verify` does."""
    try:
        found = read_record(record or "").get("evidence")
    except ValueError:
        return []
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, int)]
