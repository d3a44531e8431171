"""What the evidence log costs in the database: an entry, a signature over 100,000 of them, a proof. `make bench`."""

import time
from datetime import UTC, datetime, timedelta

from monitor.custody.log import note, seal
from monitor.evidence.log.merkle import Tree, leaf_hash, verify_inclusion
from monitor.evidence.log.signing import SigningKey
from monitor.store import evidence_log
from monitor.store.engine import open_store
from monitor.store.evidence_tables import LogEntry
from monitor.store.school_tables import School

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ENTRIES = 100_000
SINGLE = 200


def school_with_a_long_log(tx):
    school = School(key="oakfield", name="Oakfield", timezone="Europe/London", started_at=NOW)
    tx.add(school)
    tx.flush()
    rows = [
        {"school_id": school.id, "position": n, "commitment": f"{n:064x}", "at": NOW} for n in range(ENTRIES - SINGLE)
    ]
    tx.execute(LogEntry.__table__.insert(), rows)
    return school


def timed(work):
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def bench_a_log_of_a_hundred_thousand_entries(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'books.db'}")
    with store.writing() as tx:
        school = school_with_a_long_log(tx)

    def add_one_by_one():
        for number in range(SINGLE):
            with store.writing() as tx:
                note(tx, tx.merge(school), "view", NOW + timedelta(seconds=number), number, {"evidence": 0})

    def add_in_one_transaction():
        with store.writing() as tx:
            mine = tx.merge(school)
            for number in range(SINGLE):
                note(tx, mine, "view", NOW + timedelta(hours=1), number, {"evidence": 0})

    def prove():
        with store.reading() as tx:
            tree = Tree(leaf_hash(bytes.fromhex(c)) for c in evidence_log.commitments(tx, tx.merge(school)))
        return tree, tree.inclusion_proof(ENTRIES // 2)

    _, alone = timed(add_one_by_one)
    _, together = timed(add_in_one_transaction)
    key = SigningKey.load_or_create(tmp_path / "key.pem")
    with store.writing() as tx:
        _, sealed = timed(lambda: seal(tx, tx.merge(school), key, NOW + timedelta(hours=2)))
    (tree, proof), proved = timed(prove)
    print(
        f"\nan entry in a transaction of its own {alone / SINGLE * 1000:.2f} ms, among others "
        f"{together / SINGLE * 1000:.2f} ms; at {tree.size:,} entries: signing the head {sealed:.2f} s, "
        f"reading the log and proving one entry {proved:.2f} s, {len(proof)} hashes"
    )
    assert verify_inclusion(tree._node(0, ENTRIES // 2), ENTRIES // 2, tree.size, proof, tree.root())
    store.close()
