"""The log's tree is the one RFC 6962 defines: roots, proofs, and what a proof must not be taken for."""

import hashlib
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.evidence.log.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# The entries, roots and proofs that implementations of RFC 6962 are commonly tried against.
KNOWN_ENTRIES = [
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 70  # entries


def largest_power_below(count):
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def defined_root(entries):
    """MTH of RFC 6962, 2.1, letter by letter."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    half = largest_power_below(len(entries))
    return hashlib.sha256(b"\x01" + defined_root(entries[:half]) + defined_root(entries[half:])).digest()


def defined_path(position, entries):
    """PATH of RFC 6962, 2.1.1."""
    if len(entries) == 1:
        return []
    half = largest_power_below(len(entries))
    if position < half:
        return [*defined_path(position, entries[:half]), defined_root(entries[half:])]
    return [*defined_path(position - half, entries[half:]), defined_root(entries[:half])]


def defined_subproof(old, entries, whole):
    """SUBPROOF of RFC 6962, 2.1.2."""
    if old == len(entries):
        return [] if whole else [defined_root(entries)]
    half = largest_power_below(len(entries))
    if old <= half:
        return [*defined_subproof(old, entries[:half], whole), defined_root(entries[half:])]
    return [*defined_subproof(old - half, entries[half:], False), defined_root(entries[:half])]


def entries_of(count):
    return [f"entry {number}".encode() for number in range(count)]


def tree_of(entries):
    return Tree(leaf_hash(entry) for entry in entries)


def changed_bit(value, bit):
    position = bit % (len(value) * 8)
    return bytes(byte ^ (1 << position % 8 if number == position // 8 else 0) for number, byte in enumerate(value))


def without(steps, where):
    return [step for number, step in enumerate(steps) if number != where % len(steps)]


def test_the_known_roots_come_out():
    tree = tree_of(KNOWN_ENTRIES)
    assert [tree.root(size).hex() for size in range(9)] == KNOWN_ROOTS
    assert [defined_root(KNOWN_ENTRIES[:size]).hex() for size in range(9)] == KNOWN_ROOTS


def test_a_known_proof_comes_out():
    assert [step.hex() for step in tree_of(KNOWN_ENTRIES).inclusion_proof(5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_the_example_of_the_standard_has_its_proofs():
    """The tree of seven in RFC 6962, 2.1.3, in its letters."""
    entries = entries_of(7)
    tree = tree_of(entries)
    a, b, c, d, e, f, j = (leaf_hash(entry) for entry in entries)
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, rest = node_hash(g, h), node_hash(i, j)
    assert tree.inclusion_proof(0) == [b, h, rest]
    assert tree.inclusion_proof(3) == [c, g, rest]
    assert tree.inclusion_proof(4) == [f, j, k]
    assert tree.inclusion_proof(6) == [i, k]
    assert tree.consistency_proof(3) == [c, d, g, rest]
    assert tree.consistency_proof(4) == [rest]
    assert tree.consistency_proof(6) == [i, j, k]


def test_every_root_and_every_proof_of_an_entry_is_the_defined_one_and_holds():
    entries = entries_of(MOST)
    tree = tree_of(entries)
    for size in range(MOST + 1):
        root = defined_root(entries[:size])
        assert tree.root(size) == root
        for position in range(size):
            proof = tree.inclusion_proof(position, size)
            assert proof == defined_path(position, entries[:size])
            assert verify_inclusion(leaf_hash(entries[position]), position, size, proof, root)


def test_every_proof_between_two_sizes_is_the_defined_one_and_holds():
    entries = entries_of(MOST)
    tree = tree_of(entries)
    roots = [tree.root(size) for size in range(MOST + 1)]
    for new in range(MOST + 1):
        for old in range(new + 1):
            proof = tree.consistency_proof(old, new)
            assert proof == (defined_subproof(old, entries[:new], True) if old else [])
            assert verify_consistency(old, new, roots[old], roots[new], proof)


@given(st.lists(st.binary(max_size=40), max_size=MOST), st.data())
def test_any_list_of_entries_has_the_defined_root_and_proofs(entries, data):
    tree = tree_of(entries)
    assert tree.size == len(entries)
    assert tree.root() == defined_root(entries)
    old = data.draw(st.integers(0, len(entries)))
    proof = tree.consistency_proof(old)
    assert proof == (defined_subproof(old, entries, True) if old else [])
    if entries:
        position = data.draw(st.integers(0, len(entries) - 1))
        assert tree.inclusion_proof(position) == defined_path(position, entries)


@given(st.lists(st.binary(max_size=40), max_size=200))
def test_a_frontier_has_the_root_of_the_tree_after_every_entry(entries):
    frontier, tree = Frontier(), tree_of(entries)
    assert frontier.root() == EMPTY_ROOT
    for number, entry in enumerate(entries, 1):
        frontier.add(leaf_hash(entry))
        assert (frontier.size, frontier.root()) == (number, tree.root(number))


def test_a_tree_that_grows_is_the_tree_built_at_once():
    entries = entries_of(MOST)
    grown = Tree()
    for entry in entries:
        grown.add(leaf_hash(entry))
    assert grown.root() == tree_of(entries).root()
    assert grown.inclusion_proof(33, 41) == tree_of(entries[:41]).inclusion_proof(33)


sizes = st.integers(1, MOST).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1)))


@given(sizes, st.integers(0, 10**6), st.integers(0, 255))
def test_one_changed_bit_in_leaf_root_or_proof_is_found(size_and_position, which, bit):
    size, position = size_and_position
    tree = tree_of(entries_of(size))
    parts = [leaf_hash(b"entry %d" % position), tree.root(), *tree.inclusion_proof(position)]
    parts[which % len(parts)] = changed_bit(parts[which % len(parts)], bit)
    leaf, root, *proof = parts
    assert not verify_inclusion(leaf, position, size, proof, root)


@given(sizes, st.integers(0, 10**6), st.integers(0, 255))
def test_one_changed_bit_in_a_proof_between_sizes_is_found(new_and_old, which, bit):
    new, old = new_and_old
    tree = tree_of(entries_of(new))
    parts = [tree.root(old), tree.root(new), *tree.consistency_proof(old)]
    # Every log continues the empty one, so only the empty root can be wrong there.
    changed = which % len(parts) if old else 0
    parts[changed] = changed_bit(parts[changed], bit)
    old_root, new_root, *proof = parts
    assert not verify_consistency(old, new, old_root, new_root, proof)


def test_a_proof_holds_for_its_own_position_only():
    entries = entries_of(MOST)
    for size in (1, 2, 7, 8, 33, MOST):
        tree = tree_of(entries[:size])
        for position in range(size):
            leaf, proof = leaf_hash(entries[position]), tree.inclusion_proof(position)
            held = [other for other in range(-1, size + 2) if verify_inclusion(leaf, other, size, proof, tree.root())]
            assert held == [position]


@given(sizes, st.integers(0, 10**6))
def test_a_proof_with_a_step_too_few_too_many_or_out_of_order_is_refused(size_and_position, where):
    size, position = size_and_position
    tree = tree_of(entries_of(size))
    leaf, root, proof = leaf_hash(b"entry %d" % position), tree.root(), tree.inclusion_proof(position)
    at = where % (len(proof) + 1)
    assert not verify_inclusion(leaf, position, size, [*proof[:at], root, *proof[at:]], root)
    if proof:
        assert not verify_inclusion(leaf, position, size, without(proof, where), root)
    if len(proof) > 1:
        assert not verify_inclusion(leaf, position, size, proof[::-1], root)


@given(sizes, st.integers(0, 10**6))
def test_a_proof_between_sizes_with_a_step_too_few_or_too_many_is_refused(new_and_old, where):
    new, old = new_and_old
    tree = tree_of(entries_of(new))
    proof = tree.consistency_proof(old)
    at = where % (len(proof) + 1)
    assert not verify_consistency(old, new, tree.root(old), tree.root(), [*proof[:at], tree.root(), *proof[at:]])
    if proof:
        assert not verify_consistency(old, new, tree.root(old), tree.root(), without(proof, where))


@given(st.integers(2, MOST), st.data())
def test_a_log_that_was_rewritten_or_reordered_continues_nothing(new, data):
    old = data.draw(st.integers(1, new - 1))
    victim = data.draw(st.integers(0, old - 1))
    honest, entries = tree_of(entries_of(new)), entries_of(new)
    other = data.draw(st.integers(0, new - 1).filter(lambda number: number != victim))
    entries[victim], entries[other] = entries[other], entries[victim]
    swapped = tree_of(entries)
    assert not verify_consistency(old, new, honest.root(old), swapped.root(), swapped.consistency_proof(old))
    removed = tree_of(without(entries_of(new), victim))
    proof = removed.consistency_proof(min(old, removed.size))
    assert not verify_consistency(old, new, honest.root(old), removed.root(), proof)


def test_a_node_cannot_be_passed_off_as_an_entry():
    tree = tree_of(entries_of(4))
    left = node_hash(leaf_hash(b"entry 0"), leaf_hash(b"entry 1"))
    right = node_hash(leaf_hash(b"entry 2"), leaf_hash(b"entry 3"))
    assert leaf_hash(leaf_hash(b"entry 0") + leaf_hash(b"entry 1")) != left
    assert not verify_inclusion(left, 0, 4, [right], tree.root())
    assert not verify_inclusion(leaf_hash(left + right), 0, 1, [], tree.root())


def test_the_proof_of_a_larger_tree_is_not_one_of_its_right_half():
    tree = tree_of(entries_of(8))
    assert not verify_inclusion(leaf_hash(b"entry 7"), 3, 4, tree.inclusion_proof(7), tree.root())
    assert not verify_inclusion(leaf_hash(b"entry 1"), 0, 1, tree.inclusion_proof(1, 2), tree.root(2))
    assert not verify_consistency(3, 4, tree.root(7), tree.root(8), tree.consistency_proof(7))


def test_every_log_continues_the_empty_one_and_itself_without_a_proof():
    root, another = tree_of(entries_of(5)).root(), tree_of(entries_of(6)).root()
    assert verify_consistency(0, 5, EMPTY_ROOT, root, [])
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert verify_consistency(5, 5, root, root, [])
    assert not verify_consistency(0, 5, another, root, [])
    assert not verify_consistency(0, 5, EMPTY_ROOT, root, [root])
    assert not verify_consistency(5, 5, root, another, [])
    assert not verify_consistency(5, 5, root, root, [root])
    assert not verify_consistency(6, 5, another, root, [])
    assert not verify_consistency(-1, 5, EMPTY_ROOT, root, [])


def test_what_is_no_hash_proves_nothing():
    tree = tree_of(entries_of(2))
    leaf, (step,) = leaf_hash(b"entry 0"), tree.inclusion_proof(0)
    assert verify_inclusion(leaf, 0, 2, [step], tree.root())
    assert not verify_inclusion(leaf + b"\x00", 0, 2, [step], tree.root())
    assert not verify_inclusion(leaf, 0, 2, [b""], tree.root())
    assert not verify_inclusion(leaf, 0, 0, [], tree.root())
    # Bytes moved from one hash into its neighbour hash to the same node.
    assert not verify_inclusion(leaf + step[:1], 0, 2, [step[1:]], tree.root())
    assert not verify_consistency(1, 2, leaf[:31], tree.root(), [leaf[31:] + step])
    assert not verify_consistency(2, 3, tree.root(), tree.root(), [])


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda tree: tree.root(6), "has 5 entries, not 6"),
        (lambda tree: tree.root(-1), "has 5 entries, not -1"),
        (lambda tree: tree.inclusion_proof(5), "entry 5 is not among the first 5"),
        (lambda tree: tree.inclusion_proof(-1), "entry -1 is not among"),
        (lambda tree: tree.inclusion_proof(3, 3), "entry 3 is not among the first 3"),
        (lambda tree: tree.inclusion_proof(0, 6), "has 5 entries, not 6"),
        (lambda tree: tree.consistency_proof(4, 3), "log of 3 entries cannot continue one of 4"),
        (lambda tree: tree.consistency_proof(-1), "cannot continue one of -1"),
        (lambda tree: tree.consistency_proof(1, 6), "has 5 entries, not 6"),
        (lambda tree: tree.add(b"short"), "32 bytes, not 5"),
        (lambda tree: Frontier().add(b""), "32 bytes, not 0"),
        (lambda tree: Tree([b"x" * 33]), "32 bytes, not 33"),
    ],
)
def test_what_is_not_there_is_refused_in_words(ask, words):
    with pytest.raises(ValueError, match=words):
        ask(tree_of(entries_of(5)))


@pytest.fixture(scope="module")
def long_log():
    return Tree(leaf_hash(b"%d" % number) for number in range(100_000))


@settings(max_examples=20, deadline=None)
@given(position=st.integers(0, 99_999))
def test_a_log_of_100_000_entries_has_short_proofs_that_hold(long_log, position):
    proof = long_log.inclusion_proof(position)
    assert len(proof) <= 17
    assert verify_inclusion(leaf_hash(b"%d" % position), position, 100_000, proof, long_log.root())
    proof = long_log.consistency_proof(position)
    assert len(proof) <= 18
    assert verify_consistency(position, 100_000, long_log.root(position), long_log.root(), proof)


def test_a_tree_takes_less_than_100_bytes_an_entry():
    tracemalloc.start()
    try:
        tree = Tree(leaf_hash(b"%d" % number) for number in range(20_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < tree.size * 100
