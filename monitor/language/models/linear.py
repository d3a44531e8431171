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
        parts = [list(_parts(text)) for text in texts]
        places = places_of([part for of_text in parts for part in of_text])
        values = self._values(places)
        sums = np.add.reduceat(self.weights[places.places] * values[:, None], places.starts, axis=0)
        answers = sums * self.scale + self.bias
        starts = np.cumsum([0, *map(len, parts[:-1])])
        return np.maximum.reduceat(answers, starts, axis=0)

    def by_word(self, text: str, head: int) -> NDArray[np.float32]:
        """How much each word of a text speaks for a head; see `features.words_of` for where the words stand."""
        places = places_of([text])
        shares = self.weights[places.places, head] * self._values(places) * self.scale[head]
        inside = places.word >= 0
        return np.bincount(places.word[inside], weights=shares[inside]).astype(np.float32)

    def _values(self, places: Places) -> NDArray[np.float32]:
        counts = np.diff(places.starts, append=len(places.places))
        return (self.idf[places.places] / np.repeat(lengths_of(places, self.idf), counts)).astype(np.float32)


def lengths_of(places: Places, idf: NDArray[np.floating]) -> NDArray[np.float64]:
    """The length of each text as a vector: by it, long and short comments are compared on one scale."""
    return np.sqrt(np.add.reduceat(idf[places.places].astype(np.float64) ** 2, places.starts)).clip(1e-6)


def _parts(text: str) -> Iterator[str]:
    if len(text) <= LONGEST_WHOLE:
        yield text
        return
    for start in range(0, len(text) - _OVERLAP, _PART - _OVERLAP):
        yield text[start : start + _PART]
