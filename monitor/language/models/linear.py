"""The small model: a weighted sum over the letters and words of a text. It looks at every comment.

Its file holds whole numbers (`monitor/language/training/fit_linear.py` writes it) and is read with numpy alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.language.models.features import Places, places_of

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

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, one column a head. A long text is read in parts, and each head takes its highest answer."""
        if not texts:
            return np.zeros((0, len(self.bias)), dtype=np.float32)
        return self.look(texts).answers

    def look(self, texts: Sequence[str]) -> Look:
        """Answers as `logits` gives them, with what they rest on. `texts` must not be empty."""
        parts = [list(_parts(text)) for text in texts]
        places = places_of([part for of_text in parts for part in of_text])
        values = self._values(places)
        sums = np.add.reduceat(self.weights[places.places] * values[:, None], places.starts, axis=0)
        answers = sums * self.scale + self.bias
        firsts = np.cumsum([0, *map(len, parts[:-1])])
        return Look(self, texts, np.maximum.reduceat(answers, firsts, axis=0), places, values, firsts)

    def by_word(self, text: str, head: int) -> NDArray[np.float32]:
        """How much each word of a text speaks for a head; see `features.words_of` for where the words stand."""
        places = places_of([text])
        return self._by_word(places.places, places.word, self._values(places), head)

    def _by_word(
        self, places: NDArray[np.int32], word: NDArray[np.int32], values: NDArray[np.float32], head: int
    ) -> NDArray[np.float32]:
        inside = word >= 0
        shares = self.weights[places, head] * values * self.scale[head]
        return np.bincount(word[inside], weights=shares[inside]).astype(np.float32)

    def _values(self, places: Places) -> NDArray[np.float32]:
        counts = np.diff(places.starts, append=len(places.places))
        return (self.idf[places.places] / np.repeat(lengths_of(places, self.idf), counts)).astype(np.float32)


@dataclass(frozen=True)
class Look:
    """What the model saw in some texts: kept, so that to say why it answered so costs no second look.

    `answers`: one row a text. `firsts`: the number of the first part of each text in `places`.
    """

    model: LinearModel
    texts: Sequence[str]
    answers: NDArray[np.float32]
    places: Places
    values: NDArray[np.float32]
    firsts: NDArray[np.int64]

    def by_word(self, row: int, head: int) -> NDArray[np.float32]:
        """As `LinearModel.by_word`, of one of the texts."""
        if len(self.texts[row]) > LONGEST_WHOLE:
            return self.model.by_word(self.texts[row], head)
        part, starts = self.firsts[row], self.places.starts
        seen = slice(starts[part], starts[part + 1] if part + 1 < len(starts) else None)
        word = self.places.word[seen]
        first = word[word >= 0].min(initial=len(self.places.word))
        word = np.where(word >= 0, word - first, word)
        return self.model._by_word(self.places.places[seen], word, self.values[seen], head)


def lengths_of(places: Places, idf: NDArray[np.floating]) -> NDArray[np.float64]:
    """The length of each text as a vector: by it, long and short comments are compared on one scale."""
    return np.sqrt(np.add.reduceat(idf[places.places].astype(np.float64) ** 2, places.starts)).clip(1e-6)


def _parts(text: str) -> Iterator[str]:
    if len(text) <= LONGEST_WHOLE:
        yield text
        return
    for start in range(0, len(text) - _OVERLAP, _PART - _OVERLAP):
        yield text[start : start + _PART]
