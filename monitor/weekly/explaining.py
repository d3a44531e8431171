"""What is behind every number of a weekly report."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.filters import SchoolTime, plain
from alerts.report_numbers import Figure, numbers
from alerts.weekly_report import CommentRow, Coverage, Explanation
from config.settings import Settings
from monitor.coverage import runs_of
from monitor.rules.calendar import local_to_utc
from monitor.rules.slots import week_bounds
from monitor.rules.weekly import of_hours
from monitor.store import evidence_log, ledger, weekly_rows
from monitor.store.engine import Store, Transaction
from monitor.store.school_tables import School
from monitor.weekly.answers import Books, fell_due
from monitor.weekly.comment_rows import comment_rows, public_rows
from monitor.weekly.gathering import Gathered
from monitor.weekly.sight import HOUR

PUBLIC = ("received", "stored")
"""Numbers that count what anybody can count on the page: hidden cases are among them, so no case is named there."""


class NoSuchNumber(Exception):
    """The report has no such number. One sentence, and what to do."""


@dataclass(frozen=True)
class Explainer:
    """Explains the numbers of one report."""

    store: Store
    settings: Settings
    gathered: Gathered
    hidden: Collection[int]
    now: datetime
    sent: Callable[[str], Gathered | None] = lambda _week: None
    """The report of another week as it was sent, from which its place in the trend was taken."""

    def figures(self) -> list[Figure]:
        """Every number of the report, in its order."""
        return list(numbers(self.gathered.report))

    def wanted(self, asked: str) -> list[Figure]:
        """The numbers that are meant: by name, by a part of the name, or by what is printed. Raises NoSuchNumber."""
        found, name = self.figures(), asked.strip().lower()
        exact = [each for each in found if each.key.lower() == name]
        by_value = [each for each in found if name in _printed(each.value)]
        within = [each for each in found if all(part in f"{each.key} {each.said}".lower() for part in name.split())]
        if not (exact or by_value or within):
            raise NoSuchNumber(
                f'the report of {self.gathered.report.week} has no number "{plain(asked, 60)}", neither as a figure '
                "nor as a name; --explain list names them all"
            )
        return exact or by_value or within

    def comments(self) -> tuple[CommentRow, ...]:
        """Every comment that fell due in the week, and every one that is unanswered now."""
        gathered = self.gathered
        ids = {number for numbers_of in gathered.kinds.values() for number in numbers_of}
        ids.update(gathered.behind.cases.get("unanswered_now", ()))
        with self.store.reading() as tx:
            school = ledger.enrolled_school(tx, self.settings.school.key)
            return comment_rows(tx, self.books(tx, school), ids - set(self.hidden), gathered)

    def books(self, tx: Transaction, school: School) -> Books:
        """The books, as whoever looks may see them."""
        pack, hidden = self.settings.policy, frozenset(self.hidden)
        return Books(tx, school, pack, ledger.accounts_of(tx, school), hidden, self.now)

    def explain(self, figure: Figure) -> Explanation:
        """The comments, reads, holes or posts behind one number."""
        with self.store.reading() as tx:
            return _One(tx, ledger.enrolled_school(tx, self.settings.school.key), self, figure).explained()


@dataclass(frozen=True)
class _One:
    tx: Transaction
    school: School
    explainer: Explainer
    figure: Figure

    def explained(self) -> Explanation:
        key, behind = self.figure.key, self.explainer.gathered.behind
        if key in behind.cases:
            return self._counted(behind.cases[key])
        if key in behind.amounts:
            return self._measured()
        part, *rest = key.split("/")
        sources: dict[str, Callable[[list[str]], Explanation]] = {
            "coverage": self._coverage,
            "blind": self._blind,
            "trend": self._trend,
            "evidence": self._evidence,
        }
        return sources[part](rest)

    def _counted(self, ids: Collection[int]) -> Explanation:
        if self.figure.key.rpartition("/")[2] in PUBLIC:
            rows = public_rows(self.tx, self._books, ids)
        else:
            rows = comment_rows(self.tx, self._books, ids, self.explainer.gathered)
        return self._as("count", len(rows), comments=rows)

    def _measured(self) -> Explanation:
        amounts = dict(self.explainer.gathered.behind.amounts[self.figure.key])
        rows = comment_rows(self.tx, self._books, amounts.keys(), self.explainer.gathered, amounts)
        taken = [row.hours for row in rows if row.hours is not None]
        if self.figure.key == "oldest_days":
            return self._as("days", int(max(taken, default=0)), comments=rows)
        if self.figure.key == "median_hours":
            return self._as("median", statistics.median(taken), comments=rows)
        times = of_hours(taken)
        how = "95th percentile" if times.slowest_is_percentile else "longest"
        return self._as(how, times.slowest or 0, comments=rows)

    def _coverage(self, rest: list[str]) -> Explanation:
        name, column = rest
        row = next(each for each in self.explainer.gathered.report.coverage if each.key == name)
        if column in {"missing", "counted", "held"}:
            return self._posts(name, column)
        if column in {"reads", "complete_reads"}:
            return self._reads(name, column)
        begin, end = self._stretch(row)
        stretches = {
            "hours_in_week": [(begin, end)] if row.hours_in_week else [],
            "hours_blind": list(row.holes),
            "hours_covered": _between(begin, end, row.holes),
        }[column]
        return self._stretches(stretches)

    def _stretch(self, row: Coverage) -> tuple[datetime, datetime]:
        report = self.explainer.gathered.report
        since, until = week_bounds(report.week, report.timezone)
        end = min(until, report.made_at)
        return (end - row.hours_in_week * HOUR if row.watched_since else since), end

    def _stretches(self, stretches: Iterable[tuple[datetime, datetime]]) -> Explanation:
        lines = [(self._times.stretch(begin, end), (end - begin) / HOUR) for begin, end in stretches]
        return self._as("sum", sum(hours for _, hours in lines), lines=tuple(lines))

    def _reads(self, name: str, column: str) -> Explanation:
        row = next(each for each in self.explainer.gathered.report.coverage if each.key == name)
        account = ledger.enrolled_account(self.tx, self.school.key, name)
        every, complete = runs_of(self.tx, account, *self._stretch(row))
        moments = every if column == "reads" else complete
        lines = tuple((f"read begun {self._times.moment(at)}", 1.0) for at in sorted(moments))
        return self._as("count", len(lines), lines=lines)

    def _posts(self, name: str, column: str) -> Explanation:
        lines = []
        for number, (made_at, says, holds) in enumerate(self.explainer.gathered.behind.posts.get(name, ()), 1):
            when = self._times.moment(datetime.fromisoformat(made_at)) if made_at else "at a time the network hides"
            adds = {"counted": says, "held": holds, "missing": max(0, says - holds)}[column]
            said = f"post {number}, published {when}: the network counts {says}, we hold {holds}"
            lines.append((said, float(adds)))
        return self._as("sum", sum(adds for _, adds in lines), lines=tuple(lines))

    def _blind(self, rest: list[str]) -> Explanation:
        name, day = rest[0], date.fromisoformat(rest[1])
        zone = ZoneInfo(self.explainer.gathered.report.timezone)
        begin, end = (local_to_utc(day + timedelta(days=after), time(0), zone) for after in (0, 1))
        row = next(each for each in self.explainer.gathered.report.coverage if each.key == name)
        cut = [(max(begin, since), min(end, until)) for since, until in row.holes if since < end and until > begin]
        return self._stretches(cut)

    def _trend(self, rest: list[str]) -> Explanation:
        week, column = rest
        if earlier := self.explainer.sent(week):
            return self._counted(earlier.behind.cases[self.figure.key])
        since, until = week_bounds(week, self.explainer.gathered.report.timezone)
        if column == "received":
            return self._counted([one.id for one in weekly_rows.came(self.tx, self._books.account_ids, since, until)])
        met = [one.id for one in fell_due(self._books, since, until) if one.figure == "answered_in_time"]
        return self._counted(met)

    def _evidence(self, _: list[str]) -> Explanation:
        # By month and not by kind: that somebody was kept out of a case must not be read from here.
        months = evidence_log.by_month(self.tx, self.school, int(self.figure.value))
        lines = tuple((f"entries made in {month} (UTC)", float(n)) for month, n in months)
        return self._as("sum", sum(n for _, n in lines), lines=lines)

    @property
    def _books(self) -> Books:
        return self.explainer.books(self.tx, self.school)

    @property
    def _times(self) -> SchoolTime:
        report = self.explainer.gathered.report
        return SchoolTime(ZoneInfo(report.timezone), report.made_at, today=False)

    def _as(
        self,
        how: str,
        worked_out: float,
        comments: tuple[CommentRow, ...] = (),
        lines: tuple[tuple[str, float], ...] = (),
    ) -> Explanation:
        return Explanation(self.figure.key, self.figure.said, how, self.figure.value, worked_out, comments, lines)


def _between(
    begin: datetime, end: datetime, holes: Iterable[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """What is left of [begin, end) between the holes."""
    found = []
    for since, until in holes:
        if since > begin:
            found.append((begin, since))
        begin = max(begin, until)
    return [*found, (begin, end)] if begin < end else found


def _printed(value: float) -> set[str]:
    """How a number may stand on the page."""
    if value == int(value):
        return {str(int(value))}
    return {f"{value:.2f}", f"{int(value * 10 + 1e-6) / 10:.1f}"}
