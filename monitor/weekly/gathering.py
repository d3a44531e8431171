"""Gathering the figures of one week from the books, each with what is behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from alerts.weekly_report import (
    AccountFigures,
    CategoryFigures,
    Coverage,
    EarlierChange,
    EvidenceHead,
    HeldBack,
    LoadLine,
    NotActioned,
    TrendWeek,
    Unanswered,
    WeeklyReport,
)
from config.settings import Settings
from monitor.coverage import week_of
from monitor.custody import media_gate
from monitor.custody.log import checkpoint_of
from monitor.evidence.log.checkpoint import short_form
from monitor.model import OFFENSIVE, Action, Case, Flag, ResponseState
from monitor.notices import for_week
from monitor.registered import too_few_moderators
from monitor.rules.holds import removed_before_advice
from monitor.rules.marks import in_force
from monitor.rules.outstanding import taken_by
from monitor.rules.queue import Waiting, in_order
from monitor.rules.routing import moderators_of
from monitor.rules.slots import latest_weekly_report, week_bounds
from monitor.rules.weekly import EXCUSED, of_hours
from monitor.rules.weekly_count import Counted
from monitor.rules.weekly_words import oldest_days, verdict
from monitor.rules.wording import rule_in_words
from monitor.school_facts import SchoolFacts
from monitor.store import cases, evidence_log, ledger, weekly_rows
from monitor.store.coverage import post_counts
from monitor.store.engine import Transaction
from monitor.store.school_tables import Account, School
from monitor.store.wordless import wordless
from monitor.unwatched import uncovered_promise, unwatched_messages
from monitor.weekly.answers import Books, fell_due
from monitor.weekly.behind import Behind
from monitor.weekly.flagged import by_category, oldest_not_actioned
from monitor.weekly.sight import HOUR, blind_days, by_account
from monitor.weekly.trend import trend
from monitor.words import kind_words, region_words, state_words

FIGURES = ("answered_in_time", "answered_late", "found_late", "no_reply_needed", "actioned", "withdrawn", "spam")
_ALL = (*FIGURES, "unanswered", "held")
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
        settings, now, pack = self.settings, self.books.now, self.settings.policy
        zone = ZoneInfo(settings.school.timezone)
        since, until = week_bounds(self.week, settings.school.timezone)
        first_day = since.astimezone(zone).date()
        due = fell_due(self.books, since, until)
        kinds = {name: tuple(sorted(one.id for one in due if one.figure == name)) for name in _ALL}
        received = weekly_rows.came(self.books.tx, self.books.account_ids, since, until)
        figures = self._figures(received, due)
        coverage = self._coverage(since, min(until, now))
        blind = blind_days(coverage, zone)
        waiting = self._owed()
        deadlines = self._deadlines_passed(waiting)
        median, slowest, is_percentile = self._times(due)
        held, too_early = self._held(due)
        flagged = self._flagged(since, until)
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
            unanswered=tuple(_unanswered(entry) for entry in waiting),
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
            evidence=evidence_head(self.books.tx, self.books.school, now),
            recipients=tuple(p.name for p in settings.people if "head" in p.roles),
            shown=settings.schedule.digest_items,
            too_few_moderators=too_few_moderators(self.books.tx, self.books.school, settings, now),
            notices=for_week(self.books.tx, self.books.school, settings, self.week, until, now),
            held=held,
            removed_before_advice=too_early,
            unanswered_now=len(waiting),
            overdue_now=len(deadlines),
            oldest_days=oldest_days(deadlines, now),
            blind=blind,
            oldest_not_actioned=self._oldest_not_actioned(),
            trend=self._trend(first_day, zone, received, kinds["answered_in_time"], since),
            load=self._load(since, min(until, now), waiting),
            cover_gaps=self._cover_gaps(),
            changes=self._changes(),
            next_report=self._next_report(now),
        )
        return Gathered(report, self.behind, kinds)

    def _deadlines_passed(self, waiting: Sequence[Waiting]) -> list[datetime]:
        """The deadlines of what is overdue now, of any week."""
        overdue = [entry for entry in waiting if entry.is_overdue and entry.case.due_at]
        self.behind.amounts["oldest_days"] = _overdue_for(overdue, self.books.now)
        self.behind.count("unanswered_now", (entry.case.id for entry in waiting))
        self.behind.count("overdue_now", (entry.case.id for entry in overdue))
        return [entry.case.due_at for entry in overdue if entry.case.due_at]

    @property
    def _watched(self) -> list[Account]:
        """Accounts that are still in the configuration: nobody is blind on one that was taken out of it."""
        keys = {account.key for account in self.settings.accounts}
        return [account for account in self.books.accounts if account.key in keys]

    def _figures(self, received: Sequence[weekly_rows.Came], due: Sequence[Counted]) -> tuple[AccountFigures, ...]:
        watched = {account.key for account in self._watched}
        unowed = {one.id for one in received if not one.is_owed}
        excused = self._excused(unowed)
        rows = []
        came_to: dict[int, list[int]] = defaultdict(list)
        for each in received:
            came_to[each.account_id].append(each.id)
        due_on: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for one in due:
            due_on[one.account][one.figure].append(one.id)
        for account in self.books.accounts:
            came, mine = came_to[account.id], due_on[account.key]
            if account.key not in watched and not came and not mine:
                continue
            columns: dict[str, list[int]] = {
                "received": came,
                "due": [number for name, ids in mine.items() if name not in EXCUSED for number in ids],
                **{name: list(mine[name]) for name in _ALL},
            }
            columns["no_reply_needed"] += [number for number in came if number in excused]
            counts = self.behind.figures(f"account/{account.key}", columns)
            rows.append(AccountFigures(account=account.label, key=account.key, **counts))
        for name in ("received", "due", *_ALL):
            self.behind.count(f"account/all/{name}", self._of_all(rows, name))
        return tuple(rows)

    def _of_all(self, rows: Iterable[AccountFigures], name: str) -> Iterable[int]:
        return (number for row in rows for number in self.behind.cases[f"account/{row.key}/{name}"])

    def _excused(self, unowed: Collection[int]) -> set[int]:
        """Of comments without a deadline, those the policy asks no reply to."""
        found = wordless(self.books.tx, self.books.school, self.books.pack, unowed)
        return {
            case.id
            for case in found
            if case.facts.tags.intersection(case.rule.no_reply_needed) and case.id not in self.books.hidden
        }

    def _coverage(self, since: datetime, until: datetime) -> tuple[Coverage, ...]:
        rows = []
        for account in self._watched:
            minutes = next(a.poll_minutes for a in self.settings.accounts if a.key == account.key)
            posts = post_counts(self.books.tx, account, since)
            row = week_of(self.books.tx, account, minutes, since, until, posts)
            self.behind.posts[account.key] = tuple(
                (each.made_at.isoformat() if each.made_at else "", each.counted, each.held) for each in posts
            )
            begin = max(since, account.added_at)
            seen = weekly_rows.seen_first(self.books.tx, account.id, begin, until) if begin < until else []
            self.behind.count(f"coverage/{account.key}/stored", seen)
            rows.append(row)
        return tuple(rows)

    def _owed(self) -> list[Waiting]:
        """What is owed an answer now, oldest first. What is withheld is not: it is with the person responsible."""
        tx, school = self.books.tx, self.books.school
        without = media_gate.all_withheld(tx, school).keys() | set(self.books.hidden)
        ids = set(weekly_rows.owed(tx, self.books.account_ids)) - without
        found = in_order(wordless(tx, school, self.books.pack, ids), {}, self.books.now)
        return sorted((entry for entry in found if entry.needs_reply), key=_oldest_first)

    def _times(self, due: Sequence[Counted]) -> tuple[float | None, float | None, bool]:
        rows = sorted(((one.id, one.took / HOUR) for one in due if one.took is not None), key=lambda row: row[1])
        self.behind.amounts["median_hours"] = self.behind.amounts["slowest_hours"] = tuple(rows)
        times = of_hours([hours for _, hours in rows])
        return times.median, times.slowest, times.slowest_is_percentile

    def _held(self, due: Sequence[Counted]) -> tuple[tuple[HeldBack, ...], tuple[int, ...]]:
        """What nobody was to answer, by the clause that says so; and what was taken down before advice was there."""
        tx, school, pack = self.books.tx, self.books.school, self.books.pack
        without = media_gate.all_withheld(tx, school).keys() | set(self.books.hidden)
        ids = set(weekly_rows.held_and_waiting(tx, self.books.account_ids, pack)) - without
        found = wordless(tx, school, pack, ids, to_do=True)
        waiting = in_order(found, cases.undecided_flags_of(tx, ids), self.books.now)
        now: dict[str, list[int]] = {}
        for entry in waiting:
            if entry.is_held:
                now.setdefault(entry.case.facts.hold, []).append(entry.case.id)
        fell: dict[str, list[int]] = {}
        for one in due:
            if one.hold:
                fell.setdefault(one.hold, []).append(one.id)
        lines = [
            HeldBack(
                clause,
                **self.behind.figures(
                    f"held/{clause}", {"fell_due": fell.get(clause, ()), "waiting": now.get(clause, ())}
                ),
            )
            for clause in sorted({*fell, *now})
        ]
        return tuple(lines), tuple(sorted(e.case.id for e in waiting if removed_before_advice(e.case, pack)))

    def _flagged(self, since: datetime, until: datetime) -> tuple[CategoryFigures, ...]:
        tx, school, pack = self.books.tx, self.books.school, self.books.pack
        ids = set(weekly_rows.flagged(tx, since, until)) - set(self.books.hidden)
        found = wordless(tx, school, pack, ids)
        raised: dict[int, Sequence[Flag]] = {
            case.id: [f for f in case.flags if f.raised_at and since <= f.raised_at < until] for case in found
        }
        return by_category(found, raised, pack, self.behind)

    def _oldest_not_actioned(self) -> NotActioned | None:
        tx, school = self.books.tx, self.books.school
        without = media_gate.all_withheld(tx, school).keys() | set(self.books.hidden)
        ids = set(weekly_rows.undecided_alarms(tx, self.books.account_ids, OFFENSIVE)) - without
        return oldest_not_actioned(wordless(tx, school, self.books.pack, ids))

    def _trend(
        self,
        first_day: date,
        zone: ZoneInfo,
        received: Sequence[weekly_rows.Came],
        in_time: Collection[int],
        since: datetime,
    ) -> tuple[TrendWeek, ...]:
        own = TrendWeek(self.week, first_day, len(received), len(in_time))
        known = {**self.earlier.trend}
        if received or in_time:
            known[self.week] = own
        self.behind.count(f"trend/{self.week}/received", (one.id for one in received))
        self.behind.count(f"trend/{self.week}/answered_in_time", in_time)
        return trend(self.books, first_day, zone, self._watched, known)

    def _load(self, since: datetime, until: datetime, waiting: Sequence[Waiting]) -> tuple[LoadLine, ...]:
        tx, school = self.books.tx, self.books.school
        ids = set(weekly_rows.taken(tx, self.books.account_ids, since)) - set(self.books.hidden)
        taken: dict[str, set[int]] = {p.name: set() for p in self.settings.people if "moderator" in p.roles}
        for case in wordless(tx, school, self.books.pack, ids):
            for each in in_force(case.decisions):
                if each.fact.action is Action.TAKE and since <= each.fact.at < until:
                    taken.setdefault(each.by, set()).add(case.id)
        holding: dict[str, set[int]] = {}
        for entry in waiting:
            if who := taken_by(entry.case):
                holding.setdefault(who, set()).add(entry.case.id)
        lines = []
        for person in sorted({*taken, *holding}, key=str.casefold):
            key = who_key(person)
            columns = {"taken": taken.get(person, set()), "open": holding.get(person, set())}
            lines.append(LoadLine(person=person, key=key, **self.behind.figures(f"load/{key}", columns)))
        return tuple(lines)

    def _cover_gaps(self) -> tuple[str, ...]:
        day = self.facts.local_day(self.books.now)
        gaps: dict[str, list[str]] = {}
        for account in self.settings.accounts:
            there = moderators_of(self.facts.people, self.facts.entry(account.key), day)
            if len(there) < _ENOUGH:
                gaps.setdefault("No moderator" if not there else "No second moderator", []).append(account.label)
        return tuple(f"{what}: {', '.join(labels)}" for what, labels in sorted(gaps.items()))

    def _changes(self) -> tuple[EarlierChange, ...]:
        lines = []
        for (week, was, now), ids in sorted(self.earlier.changes.items()):
            number = self.behind.count(f"earlier/{week}/{was}/{now}/comments", ids)
            lines.append(EarlierChange(week, was, now, number))
        return tuple(lines)

    def _next_report(self, now: datetime) -> datetime:
        schedule, timezone = self.settings.schedule, self.settings.school.timezone
        return latest_weekly_report(now + ONE_WEEK, timezone, schedule.weekly_report_at).opens_at


_ENOUGH = 2


def who_key(person: str) -> str:
    """Stands for a member of staff where no name is kept."""
    return sha256(person.casefold().encode()).hexdigest()[:10]


def evidence_head(tx: Transaction, school: School, now: datetime) -> EvidenceHead | None:
    """The newest signed head of the evidence log."""
    head = evidence_log.newest_checkpoint(tx, school, until=now)
    return EvidenceHead(head.size, short_form(checkpoint_of(school, head)), head.key, head.at) if head else None


def _oldest_first(entry: Waiting) -> tuple[datetime, int]:
    return entry.case.created_at, entry.case.id


def _overdue_for(overdue: Sequence[Waiting], now: datetime) -> tuple[tuple[int, float], ...]:
    return tuple(
        (entry.case.id, (now - entry.case.due_at) / timedelta(days=1)) for entry in overdue if entry.case.due_at
    )


def _unanswered(entry: Waiting) -> Unanswered:
    case: Case = entry.case
    return Unanswered(
        case=case.id,
        account=case.account_label,
        what=kind_words(case.kind),
        received_at=case.created_at,
        due_at=case.due_at,
        state="answer by" if entry.answer.state is ResponseState.OPEN else state_words(entry.answer.state),
        holder=taken_by(case),
    )
