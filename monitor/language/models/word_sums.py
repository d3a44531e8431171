"""What the small model sees in each word, added up once and remembered: words recur, even in texts that never do.

All that it sees in a text lies inside one word or is a pair of neighbours (`features.py`), so that a text is the sum
of its words: some dozen rows of numbers to add up instead of some hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from monitor.language.models.features import hashes_of, pair_places, places_of, split

MOST_REMEMBERED = 30_000  # words, of about 300 bytes each
_NO_WORD = ""
"""Stands first in every text, for what each of them has: so none is an empty sum."""


@dataclass(frozen=True)
class Sums:
    """Some texts, word by word. Those of text i are in the rows `starts[i]` and after; the first is no word.

    `shares`: what each word and its pair with the next say for each head, before they are divided by the length of
    the text and brought to scale. `squares`: what they add to the square of that length.
    """

    shares: NDArray[np.float32]
    squares: NDArray[np.float32]
    starts: NDArray[np.int64]

    def of_texts(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What each text says for each head, divided by its length, and that length."""
        lengths = np.sqrt(np.add.reduceat(self.squares, self.starts)).clip(1e-6)
        return np.add.reduceat(self.shares, self.starts, axis=0) / lengths[:, None], lengths


class WordSums:
    """The sums of the words met so far. `weights`: one row a place, one column a head; `idf`: how telling it is."""

    def __init__(self, weights: NDArray[np.int8], idf: NDArray[np.float32]) -> None:
        self._weights = weights
        self._idf = idf
        self._lock = Lock()  # between finding out where words stand and reading it, none may be forgotten
        self._numbers: dict[str, int] = {}
        self._shares = np.zeros((0, weights.shape[1]), np.float32)
        self._squares = np.zeros(0, np.float32)
        self._hashes = np.zeros(0, np.uint64)
        self._forget()

    def of(self, texts: Sequence[str]) -> Sums:
        """The words of some texts (at least one), each text as one sum. Linear in their length."""
        rows = [(_NO_WORD, *split(text)) for text in texts]
        counts = np.fromiter(map(len, rows), np.int64, len(rows))
        ends = np.cumsum(counts)
        starts = ends - counts
        with self._lock:
            at = self._rows_of(list(chain.from_iterable(rows)))
            shares, squares, hashes = self._shares[at], self._squares[at], self._hashes[at]
        empty = starts[counts == 1]
        shares[empty], squares[empty] = self._of_an_empty_text
        has_next = np.ones(len(at), bool)
        has_next[starts] = has_next[ends - 1] = False
        first = np.flatnonzero(has_next)
        places = pair_places(hashes[first], hashes[first + 1])
        telling = self._idf[places]
        shares[first] += self._weights[places] * telling[:, None]
        squares[first] += telling * telling
        return Sums(shares, squares, starts)

    def _rows_of(self, words: list[str]) -> NDArray[np.int64]:
        """Where each of the words stands in the tables; those not met before are learnt."""
        new = set(words).difference(self._numbers)
        if len(self._numbers) + len(new) > MOST_REMEMBERED:
            self._forget()
            new = set(words).difference(self._numbers)
        if new:
            self._learn(list(new))
        return np.fromiter(map(self._numbers.__getitem__, words), np.int64, len(words))

    def _learn(self, words: Sequence[str]) -> None:
        seen = places_of(words)
        first, end = len(self._numbers), len(self._numbers) + len(words)
        if end > len(self._squares):  # one text may have more words than are remembered
            self._make_room(end)
        self._shares[first:end], self._squares[first:end] = self._summed(seen.places, seen.word >= 0, seen.starts)
        self._hashes[first:end] = hashes_of(words)
        self._numbers.update(zip(words, range(first, end), strict=True))

    def _make_room(self, rows: int) -> None:
        self._shares = np.concatenate([self._shares, np.zeros((rows, self._weights.shape[1]), np.float32)])
        self._squares = np.concatenate([self._squares, np.zeros(rows, np.float32)])
        self._hashes = np.concatenate([self._hashes, np.zeros(rows, np.uint64)])

    def _forget(self) -> None:
        nothing = places_of([""]).places  # what only an empty text has, then what every text has
        shares, squares = self._summed(nothing, np.ones(len(nothing), bool), np.array([0, len(nothing) - 1]))
        self._of_an_empty_text = shares.sum(axis=0), squares.sum()
        self._numbers = {_NO_WORD: 0}
        self._shares, self._squares, self._hashes = shares[1:], squares[1:], np.zeros(1, np.uint64)
        self._make_room(MOST_REMEMBERED)

    def _summed(
        self, places: NDArray[np.int32], counted: NDArray[np.bool_], starts: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        telling = self._idf[places] * counted
        shares = np.add.reduceat(self._weights[places] * telling[:, None], starts, axis=0)
        return shares, np.add.reduceat(telling * telling, starts)
