"""One run for one account: who we are, what is due, page by page; then what is missing is asked for by its id.

What happens to a page is in `monitor/keeping.py`. A crash at any moment leaves all of a page or none of it; the next
run takes up what was on disk, even if the network has lost it since.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import Connector, Verdict
from connectors.budget import Budget
from connectors.errors import AllowanceLow, EmptyAnswer, Forbidden
from monitor.allotment import Allotment
from monitor.evidence import incoming
from monitor.judge import Judge
from monitor.keeping import PageKeeper
from monitor.ledger_line import LedgerBook, Line, RunResult
from monitor.missing import look_for_the_missing
from monitor.outgoing import OutgoingCare
from monitor.store import adopt, counting, ledger
from monitor.store.text import storable

CHECK_EVERY = timedelta(days=1)
"""How often we ask the network again who we are."""
LATELY = timedelta(days=2)
"""What was in an answer so long ago must still be in one that is never empty."""
A_LITTLE_EARLY = timedelta(minutes=1)
"""A stream is read although its time comes only so much later: the next run would be too late for it."""
PROVES_NOTHING_ABOUT_OTHERS = frozenset({None, Forbidden.__name__, AllowanceLow.__name__})
"""How a stream may end without keeping us from asking for what is missing: a network in trouble proves nothing."""


class Stopping(Exception):
    """We were asked to stop; the batch in hand is finished and the rest is left to the next run."""


@dataclass
class _Ran:
    """What the reading of all streams came to."""

    failures: set[str | None] = field(default_factory=set)
    whole_threads: set[str] = field(default_factory=set)

    @property
    def may_ask_for_the_missing(self) -> bool:
        """A stream that is forbidden for good must not hide deletions; a network in trouble proves nothing."""
        return self.failures <= PROVES_NOTHING_ABOUT_OTHERS


@dataclass(frozen=True)
class Collector:
    """Reads one account. Holds no state between runs: the store does."""

    book: LedgerBook
    connector: Connector
    judge: Judge
    allotment: Allotment
    next_run_in: timedelta
    care: OutgoingCare | None = None
    should_stop: Callable[[], bool] = lambda: False

    @property
    def _keeper(self) -> PageKeeper:
        return PageKeeper(self.book, self.judge, care=self.care)

    def run(self) -> RunResult:
        """Read every stream once. Errors of the network end up in the ledger and in the result, never above."""
        started = self.book.clock()
        result = RunResult(self.book.account_key)
        if not self._know_ourselves(started, result):
            return result
        next_run = started + self.next_run_in
        budget = self.allotment.for_reading(self.book.store, started, next_run)
        try:
            self._take_up_leftovers(started, result)
            ran = self._read_streams(started, budget, result)
        except Stopping:
            result.stopped, result.complete = True, False
            ran = None
        finally:
            self.allotment.book(self.book.store, budget, started)
        if ran is not None and ran.may_ask_for_the_missing:
            checking = self.allotment.for_checking(self.book.store, started, next_run, budget.calls_left)
            try:
                self._stop_if_asked()
                look_for_the_missing(self.book, self.connector, started, checking, ran.whole_threads, result)
            except Stopping:
                result.stopped, result.complete = True, False
            finally:
                self.allotment.book(self.book.store, checking, started)
        return result

    def _read_streams(self, started: datetime, budget: Budget, result: RunResult) -> _Ran:
        ran = _Ran()
        for stream in self._streams_due(started):
            self._stop_if_asked()
            line = self._read(stream, started, budget, result, ran)
            ran.failures.add(line.failure)
            if line.give_up:
                break
        return ran

    def _streams_due(self, started: datetime) -> list[str]:
        """Every stream, without those that may wait and were read lately."""
        able = self.connector.capabilities
        if not able.read_every:
            return list(able.streams)
        due = []
        with self.book.store.reading() as tx:
            account = self.book.account(tx)
            for stream in able.streams:
                every = able.read_every.get(stream)
                last = ledger.last_complete_before(tx, account, stream, started) if every else None
                if last is None or every is None or started - last >= every - A_LITTLE_EARLY:
                    due.append(stream)
        return due

    def _know_ourselves(self, now: datetime, result: RunResult) -> bool:
        with self.book.store.writing() as tx:
            account = self.book.account(tx)
            able = self.connector.capabilities
            account.streams = list(able.streams)
            account.stream_minutes = {name: every // timedelta(minutes=1) for name, every in able.read_every.items()}
            renewed = account.credential != self.allotment.credential
            account.credential = self.allotment.credential
            parked, checked, known = account.parked_until, account.checked_at, bool(account.own_ids)
        if parked and parked > now:
            result.complete = False
            wait = f"the network asked us to wait until {parked:%d %b %H:%M} UTC"
            result.failures.append(f"{self.book.account_key}: {wait}")
            return False
        if known and checked and now - checked < CHECK_EVERY and not renewed:
            return True
        with self.book.line("check", now, result) as line:
            state = self.connector.check()
            with self.book.store.writing() as tx:
                account = self.book.account(tx)
                account.own_ids = sorted(state.own_ids)
                account.checked_at = now
                account.expires_at = state.expires_at
                account.scopes, account.api_version = sorted(state.scopes), state.api_version
                account.about = None if state.about is None else storable(state.about)
                account.links = [storable(link) for link in state.links]
                adopt.own_words(tx, account)
            line.complete = True
        return result.complete

    def _read(self, stream: str, started: datetime, budget: Budget, result: RunResult, ran: _Ran) -> Line:
        """Read one stream from where it was left."""
        with self.book.store.reading() as tx:
            cursor = ledger.cursor_of(tx, self.book.account(tx), stream)
        before = budget.calls
        counts: dict[str, int] = {}
        with self.book.line(stream, started, result) as line:
            met = False
            try:
                for batch in self.connector.fetch(stream, cursor, budget):
                    line.calls = budget.calls - before
                    met = met or bool(batch.items or batch.posts or batch.quarantined)
                    if batch.complete and not met and line.calls:
                        self._refuse_if_something_must_be_there(stream, started, budget)
                    counts |= {p.remote_id: p.comment_count for p in batch.posts if p.comment_count is not None}
                    self._keeper.keep(stream, batch, line, result, counts)
                    ran.whole_threads.update(batch.whole_threads)
                    if not batch.complete:
                        self._stop_if_asked()
            finally:
                line.calls = budget.calls - before
                result.items += line.items
        return line

    def _refuse_if_something_must_be_there(self, stream: str, started: datetime, budget: Budget) -> None:
        """Raises EmptyAnswer when an answer is empty in which what we saw lately must be, unless it is all gone."""
        if stream not in self.connector.capabilities.never_empty:
            return
        with self.book.store.reading() as tx:
            account = self.book.account(tx)
            if not counting.showed_anything_since(tx, account, stream, started - LATELY):
                return
            posts = counting.posts_seen_since(tx, account, started - LATELY)
            items = counting.items_seen_since(tx, account, started - LATELY)
        there = bool(posts)
        if items and not there:
            there = Verdict.PRESENT in self.connector.verify(items, budget).values()
        if there:
            raise EmptyAnswer(
                f"{self.book.account_key}, {stream}: the network answers, but with nothing in it, not even what it "
                "showed us before; look at the account in a browser and, if it is all there, make new credentials"
            )

    def _stop_if_asked(self) -> None:
        if self.should_stop():
            raise Stopping

    def _take_up_leftovers(self, started: datetime, result: RunResult) -> None:
        """Keep what an earlier run had received when it was killed: the network may have lost it since."""
        folder, school = self.judge.school.evidence, self.judge.school.key
        for left in incoming.leftovers(folder, school, self.book.account_key):
            try:
                stream, batch, _ = incoming.read_incoming(left)
            except FileNotFoundError:
                continue  # no leftover: another process was just keeping it, and has done so
            except ValueError as broken:
                left.rename(left.with_suffix(".unreadable"))
                result.reasons.append(str(broken))
                continue
            with self.book.line("left over", started, result) as line:
                self._keeper.keep(stream, batch, line, result)
                incoming.done(left)
                line.complete = True
