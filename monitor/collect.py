"""One run for one account: fetch, keep, snapshot, judge, move the cursor.

A Batch is the unit of commit. Its items, their deadlines, flags, snapshots, owed mails and the cursor are written
in one transaction: a crash at any moment leaves all of a page or none of it, and the next run reads on from there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import (
    AuthFailed,
    Batch,
    Budget,
    Connector,
    ConnectorError,
    FetchedItem,
    RunLimitReached,
    Verdict,
    Waiting,
)
from monitor.clock import Clock
from monitor.judge import Judge
from monitor.store import judged, keep, ledger, threads
from monitor.store.engine import Store, Transaction
from monitor.store.keep import Outcome
from monitor.store.tables import Account

log = logging.getLogger("monitor.collect")

CHECK_EVERY = timedelta(days=1)
"""How often we ask the network again who we are."""
VERIFY_FOR = timedelta(days=14)
"""How long after it was made an item that no read meets any more is asked for by its id."""
VERIFY_AT_MOST = 200
"""Items asked for by id in one run."""


@dataclass
class RunResult:
    """What one run did, for the screen. `failures` are sentences a person can act on."""

    account: str
    items: int = 0
    new: int = 0
    edited: int = 0
    gone: int = 0
    flagged: int = 0
    quarantined: int = 0
    complete: bool = True
    stopped: bool = False
    failures: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    """Why each quarantined item could not be read."""


@dataclass
class _Line:
    """What one piece of reading has done so far, and its row in the ledger."""

    read_id: int
    items: int = 0
    new: int = 0
    edited: int = 0
    gone: int = 0
    flagged: int = 0
    quarantined: int = 0
    calls: int = 0
    complete: bool = False
    give_up: bool = False
    finished_at: datetime | None = None
    failure: str | None = None
    failure_words: str | None = None

    def write(self, tx: Transaction) -> None:
        """Bring the row up to date, in the transaction that holds what it speaks of."""
        row = ledger.read_line(tx, self.read_id)
        for name in _LEDGER_COLUMNS:
            setattr(row, name, getattr(self, name))


_LEDGER_COLUMNS = (
    "items",
    "new",
    "edited",
    "quarantined",
    "calls",
    "complete",
    "finished_at",
    "failure",
    "failure_words",
)


class Stopping(Exception):
    """We were asked to stop; the batch in hand is finished and the rest is left to the next run."""


@dataclass(frozen=True)
class Collector:
    """Reads one account. Holds no state between runs: the store does."""

    store: Store
    school_key: str
    account_key: str
    connector: Connector
    judge: Judge
    clock: Clock
    calls_per_run: int
    next_run_in: timedelta
    should_stop: Callable[[], bool] = lambda: False

    def run(self) -> RunResult:
        """Read every stream once. Errors of the network end up in the ledger and in the result, never above."""
        started = self.clock()
        result = RunResult(self.account_key)
        budget = Budget(self.calls_per_run, started + self.next_run_in)
        if not self._know_ourselves(started, result):
            return result
        try:
            for stream in self.connector.capabilities.streams:
                self._stop_if_asked()
                if not self._read(stream, started, budget, result):
                    return result
            self._stop_if_asked()
            self._look_for_the_missing(started, budget, result)
        except Stopping:
            result.stopped, result.complete = True, False
        return result

    def _know_ourselves(self, now: datetime, result: RunResult) -> bool:
        with self.store.writing() as tx:
            account = self._account(tx)
            account.streams = list(self.connector.capabilities.streams)
            parked, checked, known = account.parked_until, account.checked_at, bool(account.own_ids)
        if parked and parked > now:
            result.complete = False
            result.failures.append(f"{self.account_key}: the network asked us to wait until {parked:%d %b %H:%M} UTC")
            return False
        if known and checked and now - checked < CHECK_EVERY:
            return True
        with self._ledger_line("check", now, result) as line:
            state = self.connector.check()
            with self.store.writing() as tx:
                account = self._account(tx)
                account.own_ids = sorted(set(account.own_ids) | state.own_ids)
                account.checked_at = now
            line.complete = True
        return result.complete

    def _read(self, stream: str, started: datetime, budget: Budget, result: RunResult) -> bool:
        """Read one stream. False when the account is not to be called again in this run."""
        with self.store.reading() as tx:
            cursor = ledger.cursor_of(tx, self._account(tx), stream)
        before = budget.calls_left
        with self._ledger_line(stream, started, result) as line:
            try:
                for batch in self.connector.fetch(stream, cursor, budget):
                    line.calls = before - budget.calls_left
                    self._keep(stream, batch, line, result)
                    if not batch.complete:
                        self._stop_if_asked()
            finally:
                line.calls = before - budget.calls_left
        return not line.give_up

    def _stop_if_asked(self) -> None:
        if self.should_stop():
            raise Stopping

    def _keep(self, stream: str, batch: Batch, line: _Line, result: RunResult) -> None:
        now = self.clock()
        with self.store.writing() as tx:
            account = self._account(tx)
            for post in batch.posts:
                keep.keep_post(tx, account, post, now)
            moved: set[str] = set()
            for item in batch.items:
                moved |= self._keep_one(tx, account, item, batch, now, line)
            tx.flush()
            threads.link_answers(tx, account, moved)
            for bad in batch.quarantined:
                if keep.keep_quarantined(tx, account, stream, bad, now):
                    line.quarantined += 1
                    result.reasons.append(bad.reason)
            if batch.next_cursor is not None:
                ledger.move_cursor(tx, account, stream, batch.next_cursor, now)
            line.items += len(batch.items)
            line.complete = batch.complete
            line.write(tx)

    def _keep_one(
        self, tx: Transaction, account: Account, item: FetchedItem, batch: Batch, now: datetime, line: _Line
    ) -> set[str]:
        """Keep and judge one item. Returns the threads it changed."""
        kept = keep.keep_item(tx, account, item, now)
        moved = {threads.place_in_thread(tx, account, kept.item)} if kept.moved else set()
        if kept.outcome in {Outcome.NEW, Outcome.EDITED}:
            line.flagged += self.judge.judge(tx, kept, item, batch.exchanges, now)
        line.new += kept.outcome is Outcome.NEW
        line.edited += kept.outcome is Outcome.EDITED
        line.gone += kept.outcome is Outcome.GONE
        return moved

    def _look_for_the_missing(self, started: datetime, budget: Budget, result: RunResult) -> None:
        """Ask by id for what this run did not meet. Only a complete run can miss something."""
        if not result.complete:
            return
        with self.store.reading() as tx:
            account = self._account(tx)
            unmet_since = started - self.connector.capabilities.verify_every
            unmet = judged.to_verify(tx, account, started, unmet_since, started - VERIFY_FOR, VERIFY_AT_MOST)
            wanted = [item.remote_id for item in unmet]
        if not wanted:
            return
        before = budget.calls_left
        with self._ledger_line("verify", started, result) as line:
            try:
                verdicts = self.connector.verify(wanted, budget)
            finally:
                line.calls = before - budget.calls_left
            now = self.clock()
            with self.store.writing() as tx:
                account = self._account(tx)
                for remote_id, verdict in verdicts.items():
                    item = keep.find_item(tx, account, remote_id)
                    if item is None or verdict is Verdict.UNKNOWN:
                        continue
                    if verdict is Verdict.PRESENT:
                        keep.mark_present(item, now)
                    elif keep.mark_missing(item, now):
                        line.gone += 1
                line.items, line.complete = len(verdicts), True
                line.write(tx)

    @contextmanager
    def _ledger_line(self, stream: str, started: datetime, result: RunResult) -> Iterator[_Line]:
        """A line in the coverage ledger around one piece of reading; errors of the network end here, in words."""
        with self.store.writing() as tx:
            line = _Line(ledger.begin_read(tx, self._account(tx), stream, started))
        try:
            yield line
        except ConnectorError as error:
            line.failure, line.failure_words, line.complete = type(error).__name__, str(error), False
            line.give_up = isinstance(error, AuthFailed | Waiting)
            result.failures.append(f"{self.account_key}: {error}")
            with self.store.writing() as tx:
                self._log_change(tx, stream, line)
                if isinstance(error, Waiting) and not isinstance(error, RunLimitReached):
                    self._account(tx).parked_until = error.until
                line.write(tx)
        finally:
            result.complete = result.complete and line.complete
            for name in ("new", "edited", "gone", "flagged", "quarantined"):
                setattr(result, name, getattr(result, name) + getattr(line, name))
            result.items += line.items if stream != "verify" else 0
        with self.store.writing() as tx:
            if line.complete:
                self._log_change(tx, stream, line)
            line.finished_at = self.clock()
            line.write(tx)

    def _log_change(self, tx: Transaction, stream: str, line: _Line) -> None:
        """Log the first failure of its kind and the recovery; a weekend without network is two lines, not 3,000."""
        before = ledger.failure_before(tx, self._account(tx), stream, line.read_id)
        if line.failure and line.failure != before:
            log.warning("account %s, %s: %s: %s", self.account_key, stream, line.failure, line.failure_words)
        elif before and not line.failure:
            log.info("account %s, %s: read again after %s", self.account_key, stream, before)

    def _account(self, tx: Transaction) -> Account:
        return ledger.enrolled_account(tx, self.school_key, self.account_key)
