"""The small model: a weighted sum over the letters and words of a text. It looks at every comment.

Its file holds whole numbers (`monitor/language/training/fit_linear.py` writes it) and is read with numpy alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.language.models.features import Places
from monitor.language.models.word_sums import Sums, WordSums

IDF_STEP = 0.06
"""How telling a place is, is kept in steps of this size, from 0 to 255."""

LONGEST_WHOLE = 2_000  # characters; in a longer text a few words would drown
_PART, _OVERLAP = 1_000, 100  # characters


@dataclass(frozen=True)
class LinearModel:
    """`weights`: one row a place, one column a head."""

    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    idf: NDArray[np.float32]

    @classmethod
    def load(cls, file: Path) -> LinearModel:
        """Read the model. OSError, ValueError: the file is missing or damaged."""
        with np.load(file) as content:
            idf = content["idf"].astype(np.float32) * np.float32(IDF_STEP)
            return cls(content["weights"], content["scale"], content["bias"], idf)

    @cached_property
    def _words(self) -> WordSums:
        return WordSums(self.weights, self.idf)

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, one column a head. A long text is read in parts, and each head takes its highest answer."""
        if not texts:
            return np.zeros((0, len(self.bias)), dtype=np.float32)
        return self.look(texts).answers

    def look(self, texts: Sequence[str]) -> Look:
        """Answers as `logits` gives them, with what they rest on. `texts` must not be empty."""
        parts = [list(_parts(text)) for text in texts]
        sums = self._words.of([part for of_text in parts for part in of_text])
        said, lengths = sums.of_texts()
        answers = said * self.scale + self.bias
        firsts = np.cumsum([0, *map(len, parts[:-1])])
        return Look(self, texts, np.maximum.reduceat(answers, firsts, axis=0), sums, lengths, firsts)

    def by_word(self, text: str, head: int) -> NDArray[np.float32]:
        """How much each word of a text speaks for a head; see `features.words_of` for where the words stand."""
        sums = self._words.of([text])
        return self._by_word(sums.shares[1:, head], sums.of_texts()[1][0], head)

    def _by_word(self, shares: NDArray[np.float32], length: np.float32, head: int) -> NDArray[np.float32]:
        return np.asarray(shares * (self.scale[head] / length), np.float32)


@dataclass(frozen=True)
class Look:
    """What the model saw in some texts: kept, so that to say why it answered so costs no second look.

    `answers`: one row a text. `firsts`: the number of the first part of each text in `sums`. `lengths`: of each part.
    """

    model: LinearModel
    texts: Sequence[str]
    answers: NDArray[np.float32]
    sums: Sums
    lengths: NDArray[np.float32]
    firsts: NDArray[np.int64]

    def by_word(self, row: int, head: int) -> NDArray[np.float32]:
        """As `LinearModel.by_word`, of one of the texts."""
        if len(self.texts[row]) > LONGEST_WHOLE:
            return self.model.by_word(self.texts[row], head)
        part, starts = self.firsts[row], self.sums.starts
        end = starts[part + 1] if part + 1 < len(starts) else None
        return self.model._by_word(self.sums.shares[starts[part] + 1 : end, head], self.lengths[part], head)


def lengths_of(places: Places, idf: NDArray[np.floating]) -> NDArray[np.float64]:
    """The length of each text as a vector: by it, long and short comments are compared on one scale."""
    return np.sqrt(np.add.reduceat(idf[places.places].astype(np.float64) ** 2, places.starts)).clip(1e-6)


def _parts(text: str) -> Iterator[str]:
    if len(text) <= LONGEST_WHOLE:
        yield text
        return
    for start in range(0, len(text) - _OVERLAP, _PART - _OVERLAP):
        yield text[start : start + _PART]
