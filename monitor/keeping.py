"""What happens to one page: made safe on disk, judged, and kept in one transaction with the cursor behind it.

What a Batch brings is safe on disk before anything of it is judged. Its words are judged before the transaction
begins: nobody waits for the database while models think. A Batch is the unit of commit: its items, their deadlines,
flags, snapshots, owed mails and the cursor are written together, or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from connectors.base import Batch
from connectors.fetched import FetchedItem
from monitor.evidence import incoming
from monitor.in_time import in_time
from monitor.judge import NOTHING_SEEN, Judge, Seen
from monitor.ledger_line import LedgerBook, Line, RunResult
from monitor.outgoing import Found, OutgoingCare
from monitor.received import ReceivedPage
from monitor.store import adopt, counting, keep, ledger, outgoing, presence, threads
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Item, Reply
from monitor.store.keep import Kept, Outcome
from monitor.store.known import brings_news, known_items, says_nothing_new
from monitor.store.school_tables import Account
from monitor.store.text import words_of


@dataclass(frozen=True)
class PageKeeper:
    """Keeps pages of one account. `judged_from`: what was written before is kept as history, without a deadline
    and unjudged; None: everything is judged."""

    book: LedgerBook
    judge: Judge
    judged_from: datetime | None = None
    care: OutgoingCare | None = None
    """Looks at the school's own words; None: nobody does."""

    def keep(
        self,
        stream: str,
        batch: Batch,
        line: Line,
        result: RunResult,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """Keep one page. `counts`: by the network, of the comments under each post met so far in this stream."""
        now = self.book.clock()
        batch = in_time(batch, now)
        safe, new_words = self._make_safe(stream, batch, now)
        seen = self.judge.look_at(new_words) if new_words else NOTHING_SEEN
        own_posts = self._look_at_own_posts(batch)
        with self.book.store.writing() as tx:
            account = self.book.account(tx)
            before = outgoing.texts_of_posts(tx, account, own_posts) if own_posts else {}
            for post in batch.posts:
                row = keep.keep_post(tx, account, post, now)
                if self.care and own_posts:
                    text = before.get(post.remote_id, "")
                    self.care.keep_post(tx, account, row, text, own_posts, self.judged_from, now)
            known = known_items(tx, account, (item.remote_id for item in batch.items))
            page = ReceivedPage(tx, account, batch.exchanges)
            kept: list[Kept] = []
            own_words: list[tuple[int, FetchedItem]] = []
            unchanged: list[Item] = []
            for item in batch.items:
                held = known.get(item.remote_id)
                if held is not None and says_nothing_new(held, item):
                    unchanged.append(held)
                    continue
                kept.append(self._keep_one(tx, account, item, known, page, now, seen, line))
                known[kept[-1].item.remote_id] = kept[-1].item
                if kept[-1].outcome in {Outcome.NEW, Outcome.EDITED} and item.author_id in account.own_ids:
                    own_words.append((kept[-1].item.id, item))
            tx.flush()
            presence.meet(tx, unchanged, now)
            threads.link_answers(tx, account, {each.item.thread_key for each in kept if each.moved})
            for bad in batch.quarantined:
                if keep.keep_quarantined(tx, account, stream, bad, now):
                    line.quarantined += 1
                    result.reasons.append(bad.reason)
            if batch.next_cursor is not None:
                ledger.move_cursor(tx, account, stream, batch.next_cursor, now)
            line.items += len(batch.items)
            line.posts += len(batch.posts)
            line.complete = batch.complete
            if batch.complete and counts:
                line.network_count, line.stored_count = sum(counts.values()), counting.held_under(tx, account, counts)
            line.write(tx)
            if any(isinstance(k.item, Comment) and k.item.author_id in account.own_ids for k in kept):
                adopt.own_words(tx, account)  # its author was withheld when it was first met
            self._look_at_own_words(tx, own_words, now)
        if safe:
            incoming.done(safe)

    def _make_safe(self, stream: str, batch: Batch, now: datetime) -> tuple[Path | None, dict[str, str]]:
        """Put what the network sent on disk before it is judged, unless it brings nothing new.

        Returns the file, and the words of others that are new, by their ids.
        """
        if not batch.items:
            return None, {}
        with self.book.store.reading() as tx:
            account = self.book.account(tx)
            known = known_items(tx, account, (item.remote_id for item in batch.items))
            news = [item for item in batch.items if brings_news(item, known)]
            own = frozenset(account.own_ids)
        words = {item.remote_id: words_of(item) for item in news if self._is_judged(item, own)}
        if not news:
            return None, words
        school = self.judge.school
        try:
            path = incoming.write_incoming(school.evidence, school.key, self.book.account_key, stream, batch, now)
        except ValueError:  # an item too deep to be written down; better kept without this net than not at all
            return None, words
        return path, words

    def _look_at_own_posts(self, batch: Batch) -> Found:
        """What stands in posts of the school that are new or say something new, looked at before anybody waits."""
        if self.care is None or not batch.posts:
            return {}
        with self.book.store.reading() as tx:
            account = self.book.account(tx)
            held = outgoing.texts_of_posts(tx, account, (post.remote_id for post in batch.posts))
            own_ids = list(account.own_ids)
        return self.care.look_at_posts(batch.posts, held, own_ids)

    def _look_at_own_words(self, tx: Transaction, own_words: list[tuple[int, FetchedItem]], now: datetime) -> None:
        """Look at the school's replies of a page, once those they answer are in the book too."""
        if self.care is None or not own_words:
            return
        account = self.book.account(tx)
        for number, fetched in own_words:
            reply = tx.get_one(Item, number)
            if isinstance(reply, Reply):
                self.care.keep_reply(tx, account, reply, fetched, self.judged_from, now)

    def _is_judged(self, item: FetchedItem, own: Collection[str]) -> bool:
        return item.author_id not in own and (self.judged_from is None or item.created_at >= self.judged_from)

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
            line.flagged += self._judge(tx, kept, now, seen)
        line.new += kept.outcome is Outcome.NEW
        line.edited += kept.outcome is Outcome.EDITED
        line.gone += kept.outcome is Outcome.GONE
        return kept

    def _judge(self, tx: Transaction, kept: Kept, now: datetime, seen: Seen) -> bool:
        if self.judged_from is not None and kept.item.created_at < self.judged_from:
            if isinstance(kept.item, Comment):
                kept.item.derivation = [f"Kept as history: imported on {now:%d %b %Y}, long after it was written."]
            return False
        return self.judge.judge(tx, kept, now, seen)
