"""What the linear model looks at: letters and words of a text, each hashed into one of `BUCKETS` places.

Letters: every run of 2 to 5 characters inside a word, its borders included. Words: each word, and each pair of
neighbours. All texts of a batch are hashed in one go by numpy. The hash is a polynomial over code points, the same on
every machine. No run crosses the border of a word, so that what is seen in a word depends on the word alone: a school
looks each up once (`word_sums.py`), and only a model that is fitted sees the places themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 19
SHORTEST, LONGEST = 2, 5  # characters of a run

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\w\s]+")
_SPACE = 32
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_ANCHOR = np.uint64(7)
"""A place every text has, so that none is an empty sum."""


@dataclass(frozen=True)
class Places:
    """The places of all texts of a batch, text after text; those of text i begin at `starts[i]`.

    `word[k]` is the number of the word, counted through the batch, in which place k begins; -1 belongs to no word.
    """

    places: NDArray[np.int32]
    starts: NDArray[np.int64]
    word: NDArray[np.int32]


def split(text: str) -> list[str]:
    """The words of a text; a row of signs counts as one word."""
    return _WORD.findall(text)


def words_of(text: str) -> list[tuple[int, int]]:
    """Where each word of a text begins and ends; a row of signs counts as one word."""
    return [match.span() for match in _WORD.finditer(text)]


def places_of(texts: Sequence[str]) -> Places:
    """Hash all texts of a batch. Linear in their length."""
    rows = [split(text) for text in texts]
    joined = "".join(" " + " ".join(words) for words in rows) + " "
    letters = _code_points(joined)
    spaces = np.flatnonzero(letters == _SPACE)
    owner = np.repeat(np.arange(len(texts), dtype=np.int32), [1 + len(" ".join(words)) for words in rows])
    owner = np.append(owner, owner[-1:])
    word_begins, word_of = _words(spaces, len(letters))
    kinds = [
        *_runs(letters, spaces, owner, word_of),
        *_whole_words(letters, spaces, word_begins, owner, word_of),
        (np.full(len(texts), _ANCHOR), np.arange(len(texts), dtype=np.int32), np.full(len(texts), -1, np.int32)),
    ]
    hashes = np.concatenate([kind[0] for kind in kinds])
    owners = np.concatenate([kind[1] for kind in kinds])
    words = np.concatenate([kind[2] for kind in kinds])
    order = np.argsort(owners, kind="stable")
    counts = np.bincount(owners, minlength=len(texts))
    starts = np.zeros(len(texts), dtype=np.int64)
    np.cumsum(counts[:-1], out=starts[1:])
    return Places(_placed(hashes)[order], starts, words[order])


def hashes_of(words: Sequence[str]) -> NDArray[np.uint64]:
    """One number for each word, none of them empty or with a space in it, from which `pair_places` are made."""
    joined = " " + " ".join(words) + " "
    letters = _code_points(joined)
    spaces = np.flatnonzero(letters == _SPACE)
    return _word_hashes(letters, spaces[:-1] + 1, np.diff(spaces) - 1)


def pair_places(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.int32]:
    """The place of each pair of neighbours, by the hashes of both words."""
    return _placed(_pair_hashes(first, second))


def _placed(hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
    return ((hashes * _MIX) >> np.uint64(64 - (BUCKETS.bit_length() - 1))).astype(np.int32)


def _code_points(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)


_Kind = tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]


def _words(spaces: NDArray[np.int64], length: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Where each word begins, and for every character the number of the word it stands in or before."""
    gaps = np.diff(spaces, append=length)
    real = gaps > 1
    begins = spaces[real] + 1
    word_of = np.zeros(length, dtype=np.int32)
    word_of[spaces[real]] = 1
    return begins, np.cumsum(word_of, dtype=np.int32) - 1


def _runs(
    letters: NDArray[np.uint64], spaces: NDArray[np.int64], owner: NDArray[np.int32], word_of: NDArray[np.int32]
) -> list[_Kind]:
    """Runs of 2 to 5 characters that cross no border: a space may stand first or last in one, never inside."""
    length = len(letters)
    at = np.arange(length)
    after = np.searchsorted(spaces, at, side="right")
    next_space = np.append(spaces, length)[after]
    hashes = letters.copy()
    kinds: list[_Kind] = []
    for size in range(2, LONGEST + 1):
        hashes = hashes[: length - size + 1] * _PRIME + letters[size - 1 :]
        inside = np.flatnonzero(next_space[: len(hashes)] >= at[: len(hashes)] + size - 1)
        kinds.append((hashes[inside] + np.uint64(size), owner[inside], word_of[inside]))
    return kinds


def _whole_words(
    letters: NDArray[np.uint64],
    spaces: NDArray[np.int64],
    begins: NDArray[np.int64],
    owner: NDArray[np.int32],
    word_of: NDArray[np.int32],
) -> list[_Kind]:
    """Each word, and each pair of neighbours in one text."""
    if not len(begins):
        return []
    word_hash = _word_hashes(letters, begins, spaces[np.searchsorted(spaces, begins)] - begins)
    owners, numbers = owner[begins], word_of[begins]
    together = owners[:-1] == owners[1:]
    pair_hash = _pair_hashes(word_hash[:-1], word_hash[1:])
    return [
        (word_hash + np.uint64(11), owners, numbers),
        (pair_hash[together], owners[:-1][together], numbers[:-1][together]),
    ]


def _word_hashes(
    letters: NDArray[np.uint64], begins: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.uint64]:
    powers = np.cumprod(np.full(int(lengths.max()), _PRIME))
    inside = np.repeat(begins, lengths) + _counting(lengths)
    weighted = letters[inside] * powers[_counting(lengths)]
    return np.asarray(np.add.reduceat(weighted, np.concatenate([[0], np.cumsum(lengths)[:-1]])), np.uint64)


def _pair_hashes(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return first * _MIX + second + np.uint64(13)


def _counting(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, 2 ... anew for each length."""
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1])) - np.repeat(ends - lengths, lengths)
