"""Patterns: turns of phrase that say what a comment is without any bad word. How they are written: docs/patterns.md.

All are searched by RE2, whose time grows with the length of the text and nothing else, whatever anybody types.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import get_args

import re2

from monitor.language.finding import CERTAIN_ENOUGH, Finding
from monitor.language.normalise import Normalised
from monitor.language.pattern_files import Pattern, View, shipped_files, unfactored
from monitor.language.reading import Reading, Stretch
from monitor.model import Category

AROUND = 80  # characters on each side of a match in which `unless` is looked for
MOST_LOOKED_AT = 20  # matches of one pattern in one text
ONLY_A_HINT = 0.4  # the most a match counts where the words are quoted, or where the text is plainly something else

_APOSTROPHES = str.maketrans("’‘ʼ", "'''")
_NO_ORDINARY_QUESTION = frozenset(Category) - {
    Category.QUESTION, Category.COMPLAINT, Category.PROFANITY, Category.ALLEGATION, Category.SELF_HARM,
}  # fmt: skip
_ASKING = frozenset({Category.QUESTION, Category.COMPLAINT})
_GUARDED = frozenset({Category.ABUSE, Category.BULLYING, Category.HATE, Category.SEXUAL, Category.COMPLAINT})
"""Where quoting words, or saying them of oneself, takes the harm out of them. It never does out of a threat."""


class Patterns:
    """Patterns ready to search with."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.all = tuple(patterns)
        self._searched = {
            view: _Searched(of_view)
            for view in get_args(View)
            if (of_view := [one for one in patterns if one.view == view])
        }

    def find(self, reading: Reading) -> list[Finding]:
        """What the patterns find, each at its first harmful place. Never raises."""
        found: list[Finding] = []
        for view, searched in self._searched.items():
            found += searched.find(_joined(reading, view), reading)
        return _weighed(found)


class _Searched:
    """Patterns over one view of a text.

    RE2's filter looks once for the words without which a pattern cannot match and then tries the few patterns that
    are left: a sixth of the cost of matching all of them together.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._ways = [(pattern, search) for pattern in patterns for search in pattern.searches]
        self._filter = re2.Filter()
        for _, search in self._ways:
            self._filter.Add(unfactored(search.pattern))
        self._filter.Compile()

    def find(self, text: _Joined, reading: Reading) -> Iterator[Finding]:
        told: set[str] = set()
        for at in sorted(self._filter.Match(text.encoded) or ()):
            pattern, search = self._ways[at]
            if pattern.id not in told and (finding := _first_place(pattern, search, text, reading)):
                told.add(pattern.id)
                yield finding


def _first_place(pattern: Pattern, search: re2._Regexp, text: _Joined, reading: Reading) -> Finding | None:
    """The first match that is not harmless."""
    for match in islice(search.finditer(text.text), MOST_LOOKED_AT):
        start, end = match.span()
        if start == end or (pattern.unless and pattern.unless.search(text.around(start, end))):
            continue
        start, end = text.original_span(start, end)
        if _touches(reading.harmless, start, end, whole=True):
            continue
        score = pattern.score
        if pattern.category in _GUARDED and _touches(reading.guarded, start, end, whole=False):
            score = min(score, ONLY_A_HINT)
        return Finding(pattern.category, pattern.severity, score, start, end, pattern.reason)
    return None


class _Joined:
    """A text without apostrophes ("don't" is "dont"), and the way back."""

    def __init__(self, text: Normalised) -> None:
        self._from = text
        self.text = text.text.replace("'", "")
        self.encoded = self.text.encode("utf-8", "replace")
        self._apostrophes: list[int] | None = None

    def around(self, start: int, end: int) -> str:
        return self.text[max(0, start - AROUND) : end + AROUND]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        return self._from.original_span(self._with(start), self._with(end - 1) + 1)

    def _with(self, at: int) -> int:
        """Where character `at` stands when the apostrophes are there. Each one before it moves it on by one."""
        if len(self.text) == len(self._from.text):
            return at
        if self._apostrophes is None:
            places = (place for place, char in enumerate(self._from.text) if char == "'")
            self._apostrophes = [place - before for before, place in enumerate(places)]
        return at + bisect_right(self._apostrophes, at)


def _joined(reading: Reading, view: View) -> _Joined:
    if view == "original":
        text = reading.text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text to RE2
        return _Joined(Normalised(text.translate(_APOSTROPHES), tuple(range(len(text)))))
    return _Joined(reading.bare if view == "bare" else reading.plain)


def find_patterns(reading: Reading) -> list[Finding]:
    """What the shipped patterns find in a text, each pattern once. Never raises; linear in the text's length."""
    return shipped_patterns().find(reading)


@lru_cache(maxsize=1)
def shipped_patterns() -> Patterns:
    """The patterns that came with the program. Raises ValueError where a file is wrong, naming the pattern."""
    return Patterns(shipped_files())


def _touches(stretches: Sequence[Stretch], start: int, end: int, *, whole: bool) -> bool:
    """Whether the place lies in one of the stretches, or (not `whole`) begins in one."""
    return any(one.start <= start and (end if whole else start + 1) <= one.end for one in stretches)


def _weighed(found: list[Finding]) -> list[Finding]:
    """An advert, a journalist, an insult or an approach to a child is that, even when it is worded as a question."""
    if any(one.category in _NO_ORDINARY_QUESTION and one.score >= CERTAIN_ENOUGH for one in found):
        return [
            replace(one, score=min(one.score, ONLY_A_HINT / 2)) if one.category in _ASKING else one for one in found
        ]
    return found
