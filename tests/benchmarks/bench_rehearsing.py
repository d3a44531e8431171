"""What replaying a long history costs besides the judging: time for each text, and memory that does not grow.

Run with `make bench`.
"""

import time
import tracemalloc
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from config.judging import JudgingSettings
from config.policy import PolicyPack
from monitor.language.school_judge import judge_for
from monitor.rehearsal.figures import Figures
from monitor.rehearsal.own_names import OwnNames
from monitor.rehearsal.replay import Rehearsal
from monitor.store.engine import open_store
from monitor.store.item_tables import Comment, Version
from monitor.store.ledger import Enrolment, enrol

AT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
MANY = 100_000  # comments
POLICY = PolicyPack(
    id="bench", name="Bench", version="1", review_by=date(2027, 9, 1), response_clause="Monitoring",
    response_in_words="Within a day.", categories={},
)  # fmt: skip
TEXTS = ("Lovely afternoon, thank you to all the staff", "What time does the fair start?", "you are run by clowns")


class NoJudge:
    """Finds nothing, at once: what is left is the cost of the replay."""

    def __init__(self):
        self.nothing = judge_for(JudgingSettings(models="none")).assess("")
        self.own = judge_for(JudgingSettings()).own

    def assess_all(self, texts):
        return [self.nothing] * len(texts)


@pytest.fixture
def history(tmp_path):
    """A school with a long history."""
    store = open_store(f"sqlite:///{tmp_path / 'long.db'}")
    with store.writing() as tx:
        accounts = [Enrolment(key, "facebook_page", key, key) for key in ("facebook", "second")]
        enrol(tx, "oakfield", "Oakfield", "Europe/London", accounts, AT)
        columns = {
            "type": "comment", "kind": "comment", "thread_key": "t", "author_name": "", "addressed_to": [],
            "created_at": AT, "first_seen_at": AT, "last_seen_at": AT, "shown": "visible", "permalink": "",
            "attachments": [], "post_remote_id": "p",
        }  # fmt: skip
        items = [
            {"id": n, "account_id": 1 + n % 2, "remote_id": f"c{n}", "author_id": "a"} | columns
            for n in range(1, MANY + 1)
        ]
        tx.execute(insert(Comment), items)
        versions = [
            {"id": n, "item_id": n, "number": 1, "text": TEXTS[n % 3], "seen_at": AT, "raw": "{}"}
            for n in range(1, MANY + 1)
        ]
        tx.execute(insert(Version), versions)
    yield store
    store.close()


def replay(history):
    figures = Figures(OwnNames(["Oakfield"]), ())
    for each in Rehearsal(history, "oakfield", POLICY, NoJudge(), NoJudge()).run():
        figures.add(each)
    assert figures.texts == MANY


def bench_replaying_a_long_history(history):
    started = time.perf_counter()
    replay(history)
    took = time.perf_counter() - started
    tracemalloc.start()
    replay(history)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    said = f"{took / MANY * 1e6:.0f} microseconds each besides judging, at most {peak / 2**20:.1f} MB"
    print(f"\nreplaying {MANY:,} texts: {said}")
    assert peak < 20 * 2**20
