"""Patterns: turns of phrase that say what a comment is without any bad word. How they are written: docs/patterns.md.

All are searched by RE2, whose time grows with the length of the text and nothing else, whatever anybody types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import get_args

from monitor.language.finding import CERTAIN_ENOUGH, Finding
from monitor.language.joined import Joined
from monitor.language.needed_words import Need
from monitor.language.pattern_files import Pattern, View, Way, shipped_files
from monitor.language.possible_patterns import Possible
from monitor.language.reading import Reading, Stretch
from monitor.language.searching import holds, matches
from monitor.model import Category

AROUND = 80  # characters on each side of a match in which `unless` is looked for
MOST_LOOKED_AT = 20  # matches of one pattern in one text
ONLY_A_HINT = 0.4  # the most a match counts where the words are quoted, or where the text is plainly something else

_NO_ORDINARY_QUESTION = frozenset(Category) - {
    Category.QUESTION, Category.COMPLAINT, Category.PROFANITY, Category.ALLEGATION, Category.SELF_HARM,
}  # fmt: skip
_ASKING = frozenset({Category.QUESTION, Category.COMPLAINT})
_GUARDED = frozenset({Category.ABUSE, Category.BULLYING, Category.HATE, Category.SEXUAL, Category.COMPLAINT})
"""Where quoting words, or saying them of oneself, takes the harm out of them. It never does out of a threat."""


class Patterns:
    """Patterns ready to search with: the few that the words of a text make possible, one by one."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.all = tuple(patterns)
        in_order = sorted(patterns, key=lambda one: _VIEWS.index(one.view))
        self.ways = [(pattern, way) for pattern in in_order for way in pattern.ways]
        self._possible = Possible([_asked(pattern, way) for pattern, way in self.ways])

    def find(self, reading: Reading) -> list[Finding]:
        """What the patterns find, each at its first harmful place. Never raises."""
        told: set[str] = set()
        found: list[Finding] = []
        for number in self._possible.among(reading.words):
            pattern, way = self.ways[number]
            if pattern.id in told:
                continue
            if finding := _first_place(pattern, way, _seen(reading, pattern.view), reading):
                told.add(pattern.id)
                found.append(finding)
        return _weighed(found)

    def possible(self, reading: Reading) -> Iterator[int]:
        """Which of the `ways` can match at all."""
        return self._possible.among(reading.words)


_VIEWS: tuple[View, ...] = get_args(View)


def _asked(pattern: Pattern, way: Way) -> Sequence[Need]:
    """What a way needs of the words of a text in small letters, which is how all but one view have them."""
    return way.needs if pattern.view != "original" else [_small(need) for need in way.needs]


def _small(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)


def _seen(reading: Reading, view: View) -> Joined:
    """A text in the form that a pattern is looked for in."""
    if view == "original":
        return reading.typed
    return reading.bare.joined if view == "bare" else reading.plain.joined


def _first_place(pattern: Pattern, way: Way, text: Joined, reading: Reading) -> Finding | None:
    """The first match that is not harmless."""
    for match in islice(matches(way.search, text.searched), MOST_LOOKED_AT):
        start, end = match.span()
        if start == end or (pattern.unless and holds(pattern.unless, text.around(start, end, AROUND))):
            continue
        start, end = text.original_span(start, end)
        if _touches(reading.harmless, start, end, whole=True):
            continue
        score = pattern.score
        if pattern.category in _GUARDED and _touches(reading.guarded, start, end, whole=False):
            score = min(score, ONLY_A_HINT)
        return Finding(pattern.category, pattern.severity, score, start, end, pattern.reason)
    return None


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
        return [one.scored(min(one.score, ONLY_A_HINT / 2)) if one.category in _ASKING else one for one in found]
    return found
