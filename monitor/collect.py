"""One run for one account: fetch, keep, snapshot, judge, move the cursor.

What a Batch brings is safe on disk before anything of it is judged. Its words are judged before the transaction
begins: nobody waits for the database while models think. A Batch is the unit of commit: its items, their
deadlines, flags, snapshots, owed mails and the cursor are written in one transaction. A crash at any moment leaves
all of a page or none of it; the next run takes up what was on disk, even if the network has lost it since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from connectors.base import Batch, Budget, Connector, FetchedItem, Forbidden, Verdict
from monitor.custody import rechecks
from monitor.evidence import incoming
from monitor.judge import NOTHING_SEEN, Judge, Seen
from monitor.ledger_line import LedgerBook, Line, RunResult
from monitor.received import ReceivedPage
from monitor.store import adopt, judged, keep, ledger, threads
from monitor.store.engine import Transaction
from monitor.store.keep import Kept, Outcome
from monitor.store.tables import Account, Comment, Item

CHECK_EVERY = timedelta(days=1)
"""How often we ask the network again who we are."""
VERIFY_FOR = timedelta(days=30)
"""How long after it was made an item that no read meets any more is asked for by its id."""
VERIFY_AT_MOST = 200
"""Items asked for by id in one run."""


class Stopping(Exception):
    """We were asked to stop; the batch in hand is finished and the rest is left to the next run."""


@dataclass(frozen=True)
class Collector:
    """Reads one account. Holds no state between runs: the store does."""

    book: LedgerBook
    connector: Connector
    judge: Judge
    calls_per_run: int
    next_run_in: timedelta
    should_stop: Callable[[], bool] = lambda: False

    def run(self) -> RunResult:
        """Read every stream once. Errors of the network end up in the ledger and in the result, never above."""
        started = self.book.clock()
        result = RunResult(self.book.account_key)
        budget = Budget(self.calls_per_run, started + self.next_run_in)
        if not self._know_ourselves(started, result):
            return result
        try:
            self._take_up_leftovers(started, result)
            failures = set()
            for stream in self.connector.capabilities.streams:
                self._stop_if_asked()
                line = self._read(stream, started, budget, result)
                if line.give_up:
                    return result
                failures.add(line.failure)
            self._stop_if_asked()
            # A stream that is forbidden for good must not hide deletions; a network in trouble proves nothing.
            if failures <= {None, Forbidden.__name__}:
                self._look_for_the_missing(started, budget, result)
        except Stopping:
            result.stopped, result.complete = True, False
        return result

    def _know_ourselves(self, now: datetime, result: RunResult) -> bool:
        with self.book.store.writing() as tx:
            account = self.book.account(tx)
            account.streams = list(self.connector.capabilities.streams)
            parked, checked, known = account.parked_until, account.checked_at, bool(account.own_ids)
        if parked and parked > now:
            result.complete = False
            wait = f"the network asked us to wait until {parked:%d %b %H:%M} UTC"
            result.failures.append(f"{self.book.account_key}: {wait}")
            return False
        if known and checked and now - checked < CHECK_EVERY:
            return True
        with self.book.line("check", now, result) as line:
            state = self.connector.check()
            with self.book.store.writing() as tx:
                account = self.book.account(tx)
                account.own_ids = sorted(state.own_ids)
                account.checked_at = now
                adopt.own_words(tx, account)
            line.complete = True
        return result.complete

    def _read(self, stream: str, started: datetime, budget: Budget, result: RunResult) -> Line:
        """Read one stream from where it was left."""
        with self.book.store.reading() as tx:
            cursor = ledger.cursor_of(tx, self.book.account(tx), stream)
        before = budget.calls_left
        with self.book.line(stream, started, result) as line:
            try:
                for batch in self.connector.fetch(stream, cursor, budget):
                    line.calls = before - budget.calls_left
                    self._keep(stream, batch, line, result)
                    if not batch.complete:
                        self._stop_if_asked()
            finally:
                line.calls = before - budget.calls_left
                result.items += line.items
        return line

    def _stop_if_asked(self) -> None:
        if self.should_stop():
            raise Stopping

    def _take_up_leftovers(self, started: datetime, result: RunResult) -> None:
        """Keep what an earlier run had received when it was killed: the network may have lost it since."""
        folder, school = self.judge.school.evidence, self.judge.school.key
        for left in incoming.leftovers(folder, school, self.book.account_key):
            with self.book.line("left over", started, result) as line:
                try:
                    stream, batch, _ = incoming.read_incoming(left)
                except ValueError as broken:
                    left.rename(left.with_suffix(".unreadable"))
                    result.reasons.append(str(broken))
                else:
                    self._keep(stream, batch, line, result)
                    incoming.done(left)
                line.complete = True

    def _keep(self, stream: str, batch: Batch, line: Line, result: RunResult) -> None:
        now = self.book.clock()
        safe, new_words = self._make_safe(stream, batch, now)
        seen = self.judge.look_at(new_words) if new_words else NOTHING_SEEN
        with self.book.store.writing() as tx:
            account = self.book.account(tx)
            for post in batch.posts:
                keep.keep_post(tx, account, post, now)
            known = keep.known_items(tx, account, (item.remote_id for item in batch.items))
            page = ReceivedPage(tx, account, batch.exchanges)
            kept = []
            for item in batch.items:
                kept.append(self._keep_one(tx, account, item, known, page, now, seen, line))
                known[kept[-1].item.remote_id] = kept[-1].item
            tx.flush()
            threads.link_answers(tx, account, {each.item.thread_key for each in kept if each.moved})
            for bad in batch.quarantined:
                if keep.keep_quarantined(tx, account, stream, bad, now):
                    line.quarantined += 1
                    result.reasons.append(bad.reason)
            if batch.next_cursor is not None:
                ledger.move_cursor(tx, account, stream, batch.next_cursor, now)
            line.items += len(batch.items)
            line.complete = batch.complete
            line.write(tx)
            if any(isinstance(k.item, Comment) and k.item.author_id in account.own_ids for k in kept):
                adopt.own_words(tx, account)  # its author was withheld when it was first met
        if safe:
            incoming.done(safe)

    def _make_safe(self, stream: str, batch: Batch, now: datetime) -> tuple[Path | None, dict[str, str]]:
        """Put what the network sent on disk before it is judged, unless it brings nothing new.

        Returns the file, and the words of others that are new, by their ids.
        """
        with self.book.store.reading() as tx:
            account = self.book.account(tx)
            known = keep.known_items(tx, account, (item.remote_id for item in batch.items))
            news = [item for item in batch.items if keep.brings_news(item, known)]
            own = frozenset(account.own_ids)
        words = {item.remote_id: keep.words_of(item) for item in news if item.author_id not in own}
        if not news:
            return None, words
        school = self.judge.school
        try:
            path = incoming.write_incoming(school.evidence, school.key, self.book.account_key, stream, batch, now)
        except ValueError:  # an item too deep to be written down; better kept without this net than not at all
            return None, words
        return path, words

    def _keep_one(
        self,
        tx: Transaction,
        account: Account,
        item: FetchedItem,
        known: Mapping[str, Item],
        page: ReceivedPage,
        now: datetime,
        seen: Seen,
        line: Line,
    ) -> Kept:
        kept = keep.keep_item(tx, account, item, now, known, page.payload)
        if kept.moved:
            threads.place_in_thread(tx, account, kept.item)
        if kept.outcome in {Outcome.NEW, Outcome.EDITED}:
            page.receipt(kept.version, item)
            line.flagged += self.judge.judge(tx, kept, now, seen)
        line.new += kept.outcome is Outcome.NEW
        line.edited += kept.outcome is Outcome.EDITED
        line.gone += kept.outcome is Outcome.GONE
        return kept

    def _look_for_the_missing(self, started: datetime, budget: Budget, result: RunResult) -> None:
        """Ask by id for what this run did not meet: not to be met proves nothing, to be asked for and absent does."""
        with self.book.store.reading() as tx:
            account = self.book.account(tx)
            unmet_since = started - self.connector.capabilities.verify_every
            unmet = judged.to_verify(tx, account, started, unmet_since, started - VERIFY_FOR, VERIFY_AT_MOST)
            again = rechecks.wanted(tx, account, started)
            wanted = list(dict.fromkeys([*again, *(item.remote_id for item in unmet)]))[:VERIFY_AT_MOST]
        verdicts: Mapping[str, Verdict] = {}
        if wanted:
            with self.book.line("verify", started, result) as line:
                verdicts = self._ask_for(wanted, budget, line)
        with self.book.store.writing() as tx:
            rechecks.settle(tx, self.book.account(tx), started, verdicts, self.book.clock())

    def _ask_for(self, wanted: list[str], budget: Budget, line: Line) -> Mapping[str, Verdict]:
        before = budget.calls_left
        try:
            verdicts = self.connector.verify(wanted, budget)
        finally:
            line.calls = before - budget.calls_left
        now = self.book.clock()
        with self.book.store.writing() as tx:
            account = self.book.account(tx)
            for remote_id in wanted:
                if item := keep.find_item(tx, account, remote_id):
                    line.gone += keep.note_verdict(item, verdicts.get(remote_id, Verdict.UNKNOWN), now)
            line.items, line.complete = len(verdicts), True
            line.write(tx)
        return verdicts
