"""Parting letters that were written without spaces, or each with one, into words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

LONGEST_WORD = 14  # letters
_UNKNOWN_LETTER = 3.0
_COST_OF_SHORT = {1: 3.0, 2: 2.0}


def cut(letters: str, gaps: Sequence[int], knows: Callable[[str], bool]) -> list[tuple[int, int]]:
    """Where to part letters written without spaces for the fewest words and the fewest letters left over.

    `gaps`: how far apart the letters stand, none of them given where all are alike. A wider gap inside a
    word costs as much as an unknown letter. Letters left over stay together.
    """
    narrow = min(gaps, default=0)
    costs, came_from = [0.0], [(0, False)]
    for end in range(1, len(letters) + 1):
        best = (costs[end - 1] + _UNKNOWN_LETTER, end - 1, False)
        wide = 0
        for first in range(end - 1, max(-1, end - 1 - LONGEST_WORD), -1):
            if gaps and first < end - 1 and gaps[first] > narrow:
                wide += 1
            if knows(letters[first:end]):
                cost = costs[first] + _COST_OF_SHORT.get(end - first, 1.0) + wide * _UNKNOWN_LETTER
                best = min(best, (cost, first, True))
        costs.append(best[0])
        came_from.append(best[1:])
    cuts: list[tuple[int, int]] = []
    end, left_over = len(letters), 0
    while end:
        first, word = came_from[end]
        if word:
            if left_over:
                cuts.append((end, left_over))
                left_over = 0
            cuts.append((first, end))
        else:
            left_over = left_over or end
            if not first or (gaps and gaps[first - 1] > narrow):
                cuts.append((first, left_over))
                left_over = 0
        end = first
    return cuts[::-1]
