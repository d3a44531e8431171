"""Which of many patterns can match a text at all, by the words that it has (`needed_words.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

from monitor.language.needed_words import Need, asked_by

_MOST_ASKED = 4  # words of a text; the rarest say nearly all
_MOST_REMEMBERED = 20_000  # words


class Possible:
    """Ways to match, numbered as they are given, each as what it needs. Whatever it leaves out cannot match.

    For every word there is a row of bits: one for each way whose first need it meets, then as many for the second
    needs, and so on. The rows of a text's words, one over the other, say which ways have all they need.
    """

    def __init__(self, ways: Sequence[Sequence[Need]]) -> None:
        asked: dict[str, int] = {}
        free = 0  # what is not needed is always there
        for number, needs in enumerate(ways):
            for nth in range(_MOST_ASKED):
                bit = 1 << (nth * len(ways) + number)
                if nth >= len(needs):
                    free |= bit
                    continue
                for word in needs[nth]:
                    asked[word] = asked.get(word, 0) | bit
        self._count = len(ways)
        self._free = free
        self._bits = _Bits(asked)

    def among(self, words: Iterable[str]) -> Iterator[int]:
        """The numbers of the ways that can match a text with these words, in order."""
        met = reduce(or_, map(self._bits.__getitem__, words), self._free)
        left = (1 << self._count) - 1
        for nth in range(_MOST_ASKED):
            left &= met >> (nth * self._count)
        while left:
            lowest = left & -left
            yield lowest.bit_length() - 1
            left ^= lowest


class _Bits(dict[str, int]):
    """The bits of each word that was met so far."""

    def __init__(self, asked: dict[str, int]) -> None:
        super().__init__()
        self._asked = asked

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self[word] = bits = reduce(or_, (self._asked.get(key, 0) for key in asked_by(word)))
        return bits
