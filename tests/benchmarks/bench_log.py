"""What the evidence log costs at 100,000 entries: time for each step, and memory. Run with `make bench`."""

import time
import tracemalloc
from contextlib import contextmanager
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from monitor.evidence.log.checkpoint import Checkpoint
from monitor.evidence.log.commitment import commit, new_salt, record_bytes
from monitor.evidence.log.merkle import Frontier, Tree, leaf_hash, verify_consistency, verify_inclusion
from monitor.evidence.log.signing import SigningKey

ENTRIES = 100_000
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
RECORD = {"v": 1, "kind": "view", "at": "2026-11-20T08:00:00.000000Z", "case": 12, "evidence": 17, "by": "j.hart"}


@contextmanager
def timed(what, times=1):
    started = time.perf_counter()
    yield
    each = (time.perf_counter() - started) / times
    figure = f"{each:.2f} s" if each > 0.1 else f"{each * 1e6:,.1f} µs"
    print(f"  {what}: {figure}")


def leaves():
    return [leaf_hash(b"%d" % number) for number in range(ENTRIES)]


def memory_of(build):
    """Bytes still held by what was built, and the most that was held on the way."""
    tracemalloc.start()
    try:
        kept = build()
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del kept
    return held, peak


def frontier_over(hashes):
    frontier = Frontier()
    for leaf in hashes:
        frontier.add(leaf)
    return frontier


def bench_a_tree_of_100_000_entries():
    hashes = leaves()
    print()
    with timed(f"tree of {ENTRIES:,} entries built"):
        tree = Tree(hashes)
    some = range(0, ENTRIES, 97)
    with timed("one entry more, with its root", len(some)):
        for position in some:
            tree.add(hashes[position])
            tree.root()
    with timed("proof that an entry is in it", len(some)):
        proofs = [tree.inclusion_proof(position) for position in some]
    with timed("the same, verified", len(some)):
        held = [
            verify_inclusion(hashes[position], position, tree.size, proof, tree.root())
            for position, proof in zip(some, proofs, strict=True)
        ]
    with timed("proof between two sizes", len(some)):
        consistency = [tree.consistency_proof(size) for size in some]
    with timed("the same, verified", len(some)):
        held += [
            verify_consistency(size, tree.size, tree.root(size), tree.root(), proof)
            for size, proof in zip(some, consistency, strict=True)
        ]
    assert all(held)
    steps = max(map(len, proofs)), max(map(len, consistency))
    print(f"  longest proofs: {steps[0]} and {steps[1]} hashes of 32 bytes")


def bench_a_frontier_of_100_000_entries():
    hashes = leaves()
    print()
    with timed(f"frontier over {ENTRIES:,} entries"):
        frontier = frontier_over(hashes)
    assert frontier.root() == Tree(hashes).root()
    frontier = Frontier()
    with timed("the same, with the root after every entry"):
        for leaf in hashes:
            frontier.add(leaf)
            frontier.root()


def bench_memory_of_100_000_entries():
    hashes = leaves()
    print()
    for what, build, most in (
        ("tree", lambda: Tree(hashes), 20_000_000),
        ("frontier", lambda: frontier_over(hashes), 10_000),
    ):
        held, peak = memory_of(build)
        print(f"  {what}: {held / 1e6:.3f} MB held, {peak / 1e6:.3f} MB at most")
        assert peak < most


def bench_commitments_and_signatures():
    key = SigningKey(Ed25519PrivateKey.generate())
    head = Checkpoint("school-social-monitor/oakfield", ENTRIES, bytes(32), AT)
    times = 2_000
    print()
    with timed("record spelt, salted and committed", times):
        for _ in range(times):
            commit(new_salt(), record_bytes(RECORD))
    with timed("checkpoint signed", times):
        for _ in range(times):
            signature = key.sign(head.text())
    with timed("checkpoint read and its signature verified", times):
        held = [key.public.verify(Checkpoint.parse(head.text()).text(), signature) for _ in range(times)]
    assert all(held)
