"""Which words of a text speak most for a head: what a moderator is shown when only the models found something."""

from __future__ import annotations

from collections import deque
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from monitor.language.models.features import words_of

MOST_WORDS = 12


def telling_stretch(text: str, shares: NDArray[np.float32]) -> tuple[int, int]:
    """The stretch of neighbouring words, at most 12, that speaks most for a head. The whole text if none does.

    `shares`: how much each word does, as `LinearModel.by_word` says.
    """
    words = words_of(text)
    if not words or shares.max(initial=0) <= 0:
        return 0, len(text)
    first, last = _best_run(shares)
    return words[first][0], words[last][1]


def _best_run(shares: NDArray[np.float32]) -> tuple[int, int]:
    """The run of at most MOST_WORDS with the highest sum, in one pass: beside each end stands its best beginning."""
    sums = [0.0, *accumulate(shares.tolist())]
    best, best_run = float("-inf"), (0, 0)
    beginnings: deque[int] = deque()  # those still within reach that a later one does not better, lowest sum first
    for end in range(1, len(sums)):
        while beginnings and sums[beginnings[-1]] >= sums[end - 1]:
            beginnings.pop()
        beginnings.append(end - 1)
        if beginnings[0] < end - MOST_WORDS:
            beginnings.popleft()
        if (gain := sums[end] - sums[beginnings[0]]) > best:
            best, best_run = gain, (beginnings[0], end - 1)
    return best_run
