"""Which words of a text speak most for a head: what a moderator is shown when only the models found something."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.language.models.features import words_of
from monitor.language.models.linear import LinearModel

MOST_WORDS = 12


def telling_stretch(model: LinearModel, text: str, head: int) -> tuple[int, int]:
    """The stretch of neighbouring words, at most 12, that speaks most for the head. The whole text if none does."""
    words = words_of(text)
    shares = model.by_word(text, head)
    if not words or shares.max(initial=0) <= 0:
        return 0, len(text)
    first, last = _best_run(shares)
    return words[first][0], words[last][1]


def _best_run(shares: NDArray[np.float32]) -> tuple[int, int]:
    """The run of at most MOST_WORDS with the highest sum, in one pass over the sums up to each word."""
    sums = np.concatenate([[0.0], np.cumsum(shares, dtype=np.float64)])
    best, best_run = -np.inf, (0, 0)
    for size in range(1, min(MOST_WORDS, len(shares)) + 1):
        gains = sums[size:] - sums[:-size]
        at = int(np.argmax(gains))
        if gains[at] > best:
            best, best_run = float(gains[at]), (at, at + size - 1)
    return best_run
