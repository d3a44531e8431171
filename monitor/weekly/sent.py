"""The weekly report as it was sent, for each audience, and what changed since.

An audience is whoever the same cases are hidden from. What is compared are the cases known by the time a report was
made: a comment that came later and is hidden from somebody leaves their older reports as they are. Whoever must not
see what an older report counts is shown that week counted anew.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from alerts.weekly_report import WeeklyReport
from config.settings import Settings
from monitor.rules.slots import week_bounds, week_name
from monitor.school_facts import SchoolFacts
from monitor.seeing import Seeing
from monitor.store import comment_facts, ledger, sent_reports, weekly_rows
from monitor.store.engine import Store, Transaction
from monitor.store.school_tables import School
from monitor.store.weekly_tables import SentReport
from monitor.weekly.answers import Books, counted_singly
from monitor.weekly.gathering import Earlier, Gathered, gather
from monitor.weekly.trend import weeks_until
from monitor.weekly.workload import who_key
from monitor.weekly.written import Told, counted, read_back, told, written

UNKNOWN = "not known then"
AHEAD = "not counted any more"


@dataclass(frozen=True)
class WeeklyReports:
    """The weekly reports of one school."""

    store: Store
    settings: Settings
    facts: SchoolFacts

    def to_send(self, week: str, now: datetime, recipient: str) -> WeeklyReport:
        """The report for a mail. Made once for each audience: a retry and a second head get the same figures."""
        with self.store.writing() as tx:
            school = ledger.enrolled_school(tx, self.settings.school.key)
            seeing = Seeing(self.facts)
            hidden = seeing.hidden_from_mail(tx, school, recipient, now)
            report = self._kept_or_made(tx, school, week, now, hidden).report
            # Whoever asks later without saying who they are gets what was sent as well, as far as they may see it.
            self._kept_or_made(tx, school, week, now, seeing.hidden_from(tx, school, None, now))
        return replace(report, as_sent=None)

    def shown(self, week: str, now: datetime, recipient: str | None) -> Gathered:
        """The report as it was sent, where it was; else as it reads at `now`.

        Raises ValueError for a week that is misspelt or has not begun, ChangedAfterwards.
        """
        with self.store.reading() as tx:
            school, hidden = self._for(tx, recipient, now)
            return self._kept(tx, school, week, hidden) or self._made(tx, school, week, now, hidden)

    def as_of_now(self, week: str, now: datetime, recipient: str | None) -> tuple[Gathered, Gathered | None]:
        """The report as it reads at `now`, and as it was sent, where it was. Raises as `shown` does."""
        with self.store.reading() as tx:
            school, hidden = self._for(tx, recipient, now)
            return self._made(tx, school, week, now, hidden), self._kept(tx, school, week, hidden)

    def kept(self, week: str, now: datetime, recipient: str | None) -> Gathered | None:
        """The report as it was sent; None where it was not, or is not for `recipient`. Raises ChangedAfterwards."""
        with self.store.reading() as tx:
            school, hidden = self._for(tx, recipient, now)
            return self._kept(tx, school, week, hidden)

    def hidden_from(self, recipient: str | None, now: datetime) -> frozenset[int]:
        """Numbers of the cases that are in no list and no figure for `recipient`; None: for somebody."""
        with self.store.reading() as tx:
            return self._for(tx, recipient, now)[1]

    def _for(self, tx: Transaction, recipient: str | None, now: datetime) -> tuple[School, frozenset[int]]:
        school, seeing = ledger.enrolled_school(tx, self.settings.school.key), Seeing(self.facts)
        if recipient is None:
            return school, seeing.hidden_from(tx, school, None, now)
        return school, seeing.hidden_from_mail(tx, school, recipient, now)

    def _kept_or_made(
        self, tx: Transaction, school: School, week: str, now: datetime, hidden: frozenset[int]
    ) -> Gathered:
        if kept := self._kept(tx, school, week, hidden):
            return kept
        made = self._made(tx, school, week, now, hidden)
        audience = _audience(tx, hidden, now)
        sent_reports.keep(tx, school, week, audience, now, written(made), counted(made))
        return made

    def _made(self, tx: Transaction, school: School, week: str, now: datetime, hidden: frozenset[int]) -> Gathered:
        since, _ = week_bounds(week, self.settings.school.timezone)
        if since > now:
            raise ValueError(f"the week {week} has not begun")
        first_day = since.astimezone(ZoneInfo(self.settings.school.timezone)).date()
        earlier = self._earlier(tx, school, week, first_day, now, hidden)
        return gather(tx, self.settings, self.facts, school, week, now, hidden, earlier)

    def _kept(self, tx: Transaction, school: School, week: str, hidden: frozenset[int]) -> Gathered | None:
        for row in sent_reports.of_week(tx, school, week):
            if row.audience == _audience(tx, hidden, row.made_at):
                found = self._read(row)
                return replace(found, report=replace(found.report, as_sent=row.made_at))
        return None

    def _read(self, row: SentReport) -> Gathered:
        people = {who_key(person.name): person.name for person in self.settings.people}
        return read_back(sent_reports.as_written(row).content, people)

    def _earlier(
        self, tx: Transaction, school: School, week: str, first_day: date, now: datetime, hidden: frozenset[int]
    ) -> Earlier:
        oldest = week_name(weeks_until(first_day)[0])
        rows = [
            row
            for row in sent_reports.before(tx, school, week, oldest)
            if row.made_at <= now and row.audience == _audience(tx, hidden, row.made_at)
        ]
        found = {row.week: told(row.counted) for row in rows}
        trend = {name: each.own for name, each in found.items() if each.own}
        return Earlier(trend, self._changes(tx, school, found, rows, now, hidden))

    def _days_of(self, weeks: Iterable[str]) -> tuple[datetime, datetime]:
        """From the first of these weeks to the end of the last."""
        bounds = [week_bounds(week, self.settings.school.timezone) for week in weeks]
        return min(since for since, _ in bounds), max(until for _, until in bounds)

    def _changes(
        self,
        tx: Transaction,
        school: School,
        found: Mapping[str, Told],
        rows: Iterable[SentReport],
        now: datetime,
        hidden: frozenset[int],
    ) -> dict[tuple[str, str, str], tuple[int, ...]]:
        """What stands otherwise than it was told, each change once: what a report has told is what it was since."""
        before = _counted_before(found.values())
        last = max((row.made_at for row in rows), default=None)
        if last is None:
            return {}
        accounts = ledger.accounts_of(tx, school)
        books = Books(tx, school, self.settings.policy, accounts, hidden, now)
        ids = weekly_rows.touched(tx, books.account_ids, last, now, self._days_of(found))
        # What was taken away may be there again, and a reply as well: nothing says when we learnt that.
        ids |= {number for of_week in before.values() for number, was in of_week.items() if was in _MAY_COME_BACK}
        weeks = comment_facts.due_at(tx, books.account_ids, ids - hidden)
        kinds = {one.id: one.figure for one in counted_singly(books, weeks.keys())}
        changes: dict[tuple[str, str, str], list[int]] = {}
        for number, due in weeks.items():
            week = week_name(due.astimezone(ZoneInfo(self.settings.school.timezone)).date())
            if week not in found:
                continue
            was, is_now = before[week].get(number, UNKNOWN), kinds.get(number, AHEAD)
            if was != is_now:
                changes.setdefault((week, was, is_now), []).append(number)
        return {key: tuple(sorted(numbers)) for key, numbers in changes.items()}


_MAY_COME_BACK = frozenset({"withdrawn", "unanswered", "held"})


def _counted_before(reports: Iterable[Told]) -> dict[str, dict[int, str]]:
    """By week and case: under which figure it was last said to be."""
    before: dict[str, dict[int, str]] = {}
    for each in reports:  # in the order of their weeks, so that what was told later counts
        mine = before.setdefault(each.week, {})
        mine.update({number: figure for figure, ids in each.kinds.items() for number in ids})
        for week, now, ids in each.changes:
            before.setdefault(week, {}).update(dict.fromkeys(ids, now))
    return before


def _audience(tx: Transaction, hidden: Collection[int], made_at: datetime) -> str:
    """Which of the cases known at that time are hidden, as a digest that names none."""
    known = comment_facts.known_by(tx, hidden, made_at)
    return sha256(json.dumps(sorted(known)).encode()).hexdigest()[:32]
