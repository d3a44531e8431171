"""The Merkle tree of RFC 6962, section 2.1: one hash that stands for a whole list, and short proofs about it.

Hashes are SHA-256, 32 bytes. Everything here is a loop, so no list is too long, and knows nothing of what the
leaves mean.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of a list without entries (RFC 6962, 2.1)."""

# One byte in front keeps a leaf from being passed off as a node (RFC 6962, 2.1: second preimage resistance).
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Hash of one entry."""
    return hashlib.sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two hashes side by side."""
    return hashlib.sha256(_NODE + left + right).digest()


class Tree:
    """A list of leaf hashes with every complete subtree kept, so that a root or a proof costs O(log n) hashes.

    Takes about 64 bytes for each entry. Roots and proofs can be asked for every size the list has had.
    """

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        """Raises ValueError where something is not a hash of 32 bytes."""
        self._levels = [bytearray()]  # level k: roots of the complete subtrees of 2**k leaves, one after another
        for leaf in leaf_hashes:
            self.add(leaf)

    @property
    def size(self) -> int:
        """Number of entries."""
        return len(self._levels[0]) // HASH_SIZE

    def add(self, leaf: bytes) -> None:
        """Append one leaf hash. Raises ValueError for anything but 32 bytes."""
        _check_hash(leaf)
        node, number, level = leaf, self.size, 0
        while True:
            self._levels[level] += node
            if number % 2 == 0:
                return
            node = node_hash(self._node(level, number - 1), node)
            number, level = number // 2, level + 1
            if level == len(self._levels):
                self._levels.append(bytearray())

    def root(self, size: int | None = None) -> bytes:
        """Root over the first `size` entries; over all if none is given. Raises ValueError if there are fewer."""
        size = self._checked_size(size)
        return self._root_of(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, position: int, size: int | None = None) -> list[bytes]:
        """Audit path of the entry at `position` (from 0) in the first `size` entries, leaf first (RFC 6962, 2.1.1).

        Raises ValueError for an entry or a size that is not there.
        """
        size = self._checked_size(size)
        if not 0 <= position < size:
            raise ValueError(f"entry {position} is not among the first {size} entries; positions count from 0")
        path, begin, end = [], 0, size
        while end - begin > 1:
            middle = begin + _left_half(end - begin)
            if position < middle:
                path.append(self._root_of(middle, end))
                end = middle
            else:
                path.append(self._root_of(begin, middle))
                begin = middle
        return path[::-1]

    def consistency_proof(self, old_size: int, new_size: int | None = None) -> list[bytes]:
        """Proof that the first `new_size` entries begin with the first `old_size` (RFC 6962, 2.1.2).

        Empty where there is nothing to prove: from no entries, or between equal sizes. Raises ValueError for
        sizes that are not there or the wrong way round.
        """
        new_size = self._checked_size(new_size)
        if not 0 <= old_size <= new_size:
            raise ValueError(f"a log of {new_size} entries cannot continue one of {old_size}; ask from small to big")
        if old_size in (0, new_size):
            return []
        path, begin, end = [], 0, new_size
        while end != old_size:
            middle = begin + _left_half(end - begin)
            if old_size <= middle:
                path.append(self._root_of(middle, end))
                end = middle
            else:
                path.append(self._root_of(begin, middle))
                begin = middle
        if begin > 0:  # otherwise this subtree is the old root, which the verifier has
            path.append(self._root_of(begin, end))
        return path[::-1]

    def _checked_size(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise ValueError(f"the log has {self.size} entries, not {size}; ask for a size it has had")
        return size

    def _node(self, level: int, number: int) -> bytes:
        return bytes(self._levels[level][number * HASH_SIZE : (number + 1) * HASH_SIZE])

    def _root_of(self, begin: int, end: int) -> bytes:
        """Root over a run of entries that begins where a subtree of its width may begin."""
        parts = []
        while begin < end:
            level = (end - begin).bit_length() - 1
            parts.append(self._node(level, begin >> level))
            begin += 1 << level
        return _joined(parts)


class Frontier:
    """A list of which only the roots of its complete subtrees are remembered: O(log n) memory, no proofs.

    It gives the root after each addition, which is what checking every checkpoint in one pass needs.
    """

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # largest subtree first, one for each set bit of `size`

    def add(self, leaf_hash: bytes) -> None:
        """Append one leaf hash. Raises ValueError for anything but 32 bytes."""
        _check_hash(leaf_hash)
        self.size += 1
        node, rest = leaf_hash, self.size
        while rest % 2 == 0:
            node = node_hash(self._peaks.pop(), node)
            rest //= 2
        self._peaks.append(node)

    def root(self) -> bytes:
        """Root over all entries so far."""
        return _joined(self._peaks) if self._peaks else EMPTY_ROOT


def verify_inclusion(leaf_hash: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows this leaf at `position` of the `size` entries with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size or not _all_hashes((leaf_hash, root, *proof)):
        return False
    node, own, last = leaf_hash, position, size - 1
    for step in proof:
        if last == 0:
            return False
        if own % 2 or own == last:
            node = node_hash(step, node)
            own, last = _up_to_right_child(own, last)
        else:
            node = node_hash(node, step)
        own, last = own // 2, last // 2
    return last == 0 and node == root


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows that the new log begins with the whole old one (RFC 9162, 2.1.4.2).

    Every log continues the empty one, whose root is EMPTY_ROOT, without proof.
    """
    if not 0 <= old_size <= new_size or not _all_hashes((old_root, new_root, *proof)):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    own, last = _up_to_left_child(old_size - 1, new_size - 1)
    steps = list(proof) if own else [old_root, *proof]  # a complete old tree is a subtree of the new one
    if not steps:
        return False
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if own % 2 or own == last:
            old, new = node_hash(step, old), node_hash(step, new)
            own, last = _up_to_right_child(own, last)
        else:
            new = node_hash(new, step)
        own, last = own // 2, last // 2
    return last == 0 and old == old_root and new == new_root


def _left_half(width: int) -> int:
    """Largest power of two below `width`, which is at least 2."""
    return 1 << (width - 1).bit_length() - 1


def _joined(parts: Sequence[bytes]) -> bytes:
    """Root over neighbouring complete subtrees, largest first."""
    root = parts[-1]
    for part in reversed(parts[:-1]):
        root = node_hash(part, root)
    return root


def _up_to_right_child(own: int, last: int) -> tuple[int, int]:
    """Climb the levels on which a node at the right edge has no partner."""
    while own and own % 2 == 0:
        own, last = own // 2, last // 2
    return own, last


def _up_to_left_child(own: int, last: int) -> tuple[int, int]:
    """Climb to the root of the largest complete subtree that ends here."""
    while own % 2:
        own, last = own // 2, last // 2
    return own, last


def _all_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def _check_hash(value: bytes) -> None:
    if len(value) != HASH_SIZE:
        raise ValueError(f"a leaf hash has {HASH_SIZE} bytes, not {len(value)}; give the hash, not the entry")
