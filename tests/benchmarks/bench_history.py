"""What reading an unchanged account costs when a thousand comments are stored, and when a million are.

Target: within 10 % of each other.
"""

import statistics
import time
from datetime import timedelta

from office import Office
from sqlalchemy import text

from connectors.base import AccountState, Batch, Capabilities, Verdict
from connectors.fetched import FetchedPost

from busy_fortnight import DAY  # isort: skip

POLLS = 60


class Unchanged:
    """An account with one post and nothing new under it."""

    network = "facebook_page"
    capabilities = Capabilities(("comments",), shows_hidden=True)

    def __init__(self, now):
        self.now = now

    def check(self):
        return AccountState(frozenset({"1"}), "Oakfield")

    def fetch(self, stream, cursor, budget):
        budget.spend()
        post = FetchedPost("new_post", "News", self.now() - DAY, "", comment_count=0)
        yield Batch((), {"v": 1}, True, posts=(post,), whole_threads=("new_post",))

    def verify(self, remote_ids, budget):
        budget.spend()
        return dict.fromkeys(remote_ids, Verdict.PRESENT)


def bench_history(tmp_path):
    from datetime import UTC, datetime

    begin = datetime(2026, 11, 14, 6, tzinfo=UTC)
    costs = {}
    for stored in (1_000, 1_000_000):
        folder = tmp_path / str(stored)
        folder.mkdir()
        costs[stored] = _cost(folder, stored, begin)
    few, many = costs.values()
    print(
        f"\nan unchanged poll: {few:.2f} ms with 1,000 stored, {many:.2f} ms with 1,000,000 ({many / few - 1:+.0%})"
    )


def _cost(folder, stored, begin):
    """Milliseconds of a poll that finds nothing new."""
    office = Office(folder, "facebook_page", lambda: Unchanged(office.clock), begin)
    office.poll()
    _fill(office, stored, begin - timedelta(days=400))
    spent = []
    for _ in range(POLLS):
        started = time.perf_counter()
        office.poll()
        spent.append(time.perf_counter() - started)
    office.close()
    return statistics.median(spent) * 1000


def _fill(office, stored, first):
    """Old comments under old posts, a hundred a post, one a minute, written by the database itself."""
    rows = """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :stored)
        INSERT INTO item (type, account_id, remote_id, kind, post_remote_id, thread_key, author_name, addressed_to,
                          created_at, first_seen_at, last_seen_at, shown, permalink, attachments)
        SELECT 'comment', 1, 'old_' || i, 'comment', 'old_post_' || (i / 100), 'old_' || i, 'A', '[]',
               datetime(:first, '+' || (i % 500000) || ' minutes'),
               datetime(:first, '+' || (i % 500000) || ' minutes'),
               datetime(:first, '+' || (i % 500000) || ' minutes'), 'visible', '', '[]'
        FROM n"""
    with office.store.writing() as tx:
        tx.execute(text(rows), {"stored": stored, "first": first.strftime("%Y-%m-%d %H:%M:%S")})
        tx.execute(text("ANALYZE"))
