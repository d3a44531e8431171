"""Gathering the figures of one week from the books, each with what is behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.weekly_report import EarlierChange, EvidenceHead, TrendWeek, WeeklyReport
from config.settings import Settings
from monitor.custody.log import checkpoint_of
from monitor.evidence.log.checkpoint import short_form
from monitor.notices import for_week
from monitor.registered import too_few_moderators
from monitor.rules.slots import latest_weekly_report, week_bounds
from monitor.rules.weekly import EXCUSED, of_hours
from monitor.rules.weekly_count import Counted
from monitor.rules.weekly_words import oldest_days, verdict
from monitor.rules.wording import rule_in_words
from monitor.school_facts import SchoolFacts
from monitor.store import evidence_log, ledger, weekly_rows
from monitor.store.engine import Transaction
from monitor.store.school_tables import Account, School
from monitor.unwatched import uncovered_promise, unwatched_messages
from monitor.weekly.account_figures import FIGURES, account_figures
from monitor.weekly.answers import Books, fell_due
from monitor.weekly.behind import Behind
from monitor.weekly.flagged import flagged_in, oldest_not_actioned
from monitor.weekly.sight import HOUR, blind_days, by_account, coverage_of
from monitor.weekly.trend import trend
from monitor.weekly.waiting import deadlines_passed, held, line_of, owed
from monitor.weekly.workload import cover_gaps, load
from monitor.words import region_words

ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Earlier:
    """What reports sent before say of earlier weeks: their places in the trend, and what changed since."""

    trend: Mapping[str, TrendWeek] = field(default_factory=dict)
    changes: Mapping[tuple[str, str, str], tuple[int, ...]] = field(default_factory=dict)
    """By week, figure it was counted under and figure it is counted under now: the cases."""


@dataclass(frozen=True)
class Gathered:
    """A report, and what is behind its numbers."""

    report: WeeklyReport
    behind: Behind
    kinds: Mapping[str, tuple[int, ...]]
    """By figure: every comment that fell due in the week."""


def gather(
    tx: Transaction,
    settings: Settings,
    facts: SchoolFacts,
    school: School,
    week: str,
    now: datetime,
    hidden: Collection[int],
    earlier: Earlier,
) -> Gathered:
    """The report of one ISO week as it reads at `now`, without what is hidden but in the comments received."""
    accounts = ledger.accounts_of(tx, school)
    books = Books(tx, school, settings.policy, accounts, frozenset(hidden), now)
    return _Week(books, settings, facts, week, earlier, Behind()).gathered()


@dataclass(frozen=True)
class _Week:
    books: Books
    settings: Settings
    facts: SchoolFacts
    week: str
    earlier: Earlier
    behind: Behind

    def gathered(self) -> Gathered:
        settings, books, behind = self.settings, self.books, self.behind
        now, pack = books.now, settings.policy
        zone = ZoneInfo(settings.school.timezone)
        since, until = week_bounds(self.week, settings.school.timezone)
        first_day = since.astimezone(zone).date()
        due = fell_due(books, since, until)
        kinds = {name: tuple(sorted(one.id for one in due if one.figure == name)) for name in FIGURES}
        received = weekly_rows.came(books.tx, books.account_ids, since, until)
        figures = account_figures(books, {account.key for account in self._watched}, received, due, behind)
        coverage = coverage_of(books, self._watched, settings, since, min(until, now), behind)
        blind = blind_days(coverage, zone)
        waiting = owed(books)
        deadlines = deadlines_passed(waiting, now, behind)
        median, slowest, is_percentile = self._times(due)
        held_back, too_early = held(books, due, behind)
        flagged = flagged_in(books, since, until, behind)
        report = WeeklyReport(
            school=settings.school.name,
            timezone=settings.school.timezone,
            week=self.week,
            first_day=first_day,
            last_day=until.astimezone(zone).date() - timedelta(days=1),
            made_at=now,
            verdict=verdict(
                len(kinds["answered_in_time"]),
                sum(one.figure not in EXCUSED for one in due),
                sum(one.figure == "actioned" for one in due),
                deadlines,
                by_account(blind),
                now,
            ),
            coverage=coverage,
            unanswered=tuple(line_of(entry) for entry in waiting),
            figures=figures,
            median_hours=median,
            slowest_hours=slowest,
            slowest_is_percentile=is_percentile,
            flagged=flagged,
            messages_unwatched=unwatched_messages(settings),
            uncovered_promise=uncovered_promise(settings),
            rule_in_words=rule_in_words(settings.rule, pack),
            clause=pack.response_clause,
            policy=f"{pack.name}, version {pack.version}",
            calendar=region_words(settings.rule.region),
            evidence=evidence_head(books.tx, books.school, now),
            recipients=tuple(p.name for p in settings.people if "head" in p.roles),
            shown=settings.schedule.digest_items,
            too_few_moderators=too_few_moderators(books.tx, books.school, settings, now),
            notices=for_week(books.tx, books.school, settings, self.week, until, now),
            held=held_back,
            removed_before_advice=too_early,
            unanswered_now=len(waiting),
            overdue_now=len(deadlines),
            oldest_days=oldest_days(deadlines, now),
            blind=blind,
            oldest_not_actioned=oldest_not_actioned(books),
            trend=self._trend(first_day, zone, received, kinds["answered_in_time"]),
            load=load(books, settings, since, min(until, now), waiting, behind),
            cover_gaps=cover_gaps(settings, self.facts, now),
            changes=self._changes(),
            next_report=self._next_report(now),
        )
        return Gathered(report, self.behind, kinds)

    @property
    def _watched(self) -> list[Account]:
        """Accounts that are still in the configuration: nobody is blind on one that was taken out of it."""
        keys = {account.key for account in self.settings.accounts}
        return [account for account in self.books.accounts if account.key in keys]

    def _times(self, due: Sequence[Counted]) -> tuple[float | None, float | None, bool]:
        rows = sorted(((one.id, one.took / HOUR) for one in due if one.took is not None), key=lambda row: row[1])
        self.behind.amounts["median_hours"] = self.behind.amounts["slowest_hours"] = tuple(rows)
        times = of_hours([hours for _, hours in rows])
        return times.median, times.slowest, times.slowest_is_percentile

    def _trend(
        self,
        first_day: date,
        zone: ZoneInfo,
        received: Sequence[weekly_rows.Came],
        in_time: Collection[int],
    ) -> tuple[TrendWeek, ...]:
        own = TrendWeek(self.week, first_day, len(received), len(in_time))
        known = {**self.earlier.trend}
        if received or in_time:
            known[self.week] = own
        self.behind.count(f"trend/{self.week}/received", (one.id for one in received))
        self.behind.count(f"trend/{self.week}/answered_in_time", in_time)
        return trend(self.books, first_day, zone, self._watched, known)

    def _changes(self) -> tuple[EarlierChange, ...]:
        lines = []
        for (week, was, now), ids in sorted(self.earlier.changes.items()):
            number = self.behind.count(f"earlier/{week}/{was}/{now}/comments", ids)
            lines.append(EarlierChange(week, was, now, number))
        return tuple(lines)

    def _next_report(self, now: datetime) -> datetime:
        schedule, timezone = self.settings.schedule, self.settings.school.timezone
        return latest_weekly_report(now + ONE_WEEK, timezone, schedule.weekly_report_at).opens_at


def evidence_head(tx: Transaction, school: School, now: datetime) -> EvidenceHead | None:
    """The newest signed head of the evidence log."""
    head = evidence_log.newest_checkpoint(tx, school, until=now)
    return EvidenceHead(head.size, short_form(checkpoint_of(school, head)), head.key, head.at) if head else None
