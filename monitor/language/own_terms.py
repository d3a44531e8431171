"""A school's own terms in the form in which texts are read, and what is found of those that it denies.

A term is typed as people write: with accents, hyphens, apostrophes, in any script. The words of a text that is read
have none of these any more, so a term has to lose them in the same way, or it would never be met.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from monitor.language.finding import Finding
from monitor.language.lexicon import Lexicon, find_words
from monitor.language.own_words import DenyTerm
from monitor.language.reading import Reading
from monitor.language.spelling.term_words import is_read_as_typed, spelt
from monitor.language.terms import CERTAIN, Term

_REASON = "Is on the school's own list of words."
_MARKS = {"Mn", "Mc", "Me"}


class DeniedTerms:
    """What a school denies, ready to be looked for."""

    def __init__(self, terms: Iterable[DenyTerm]) -> None:
        self._terms = tuple(terms)

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Every place of a denied term. Linear in the text's length."""
        for found in find_words(reading, self._lexicon):
            yield replace(found, reason=_REASON)
        for pattern, term in self._as_typed:
            for match in pattern.finditer(reading.text):
                if _stands_alone(reading.text, *match.span()):
                    yield Finding(term.category, term.severity, CERTAIN, *match.span(), _REASON)

    @cached_property
    def _lexicon(self) -> Lexicon:
        words = ((spelt(term.term), term) for term in self._terms if not is_read_as_typed(term.term))
        return Lexicon([Term((word,), term.category, term.severity, CERTAIN) for word, term in words if word])

    @cached_property
    def _as_typed(self) -> list[tuple[re.Pattern[str], DenyTerm]]:
        return [(_pattern(term.term), term) for term in self._terms if is_read_as_typed(term.term)]


def _pattern(term: str) -> re.Pattern[str]:
    """The term as it is typed, its letters in one piece or apart from their marks, whatever parts its words."""
    ways = dict.fromkeys((term, unicodedata.normalize("NFC", term), unicodedata.normalize("NFD", term)))
    return re.compile("|".join(r"\s+".join(map(re.escape, way.split())) for way in ways), re.IGNORECASE)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no letter, digit or mark goes on beside a place, so that it is words and not part of one."""
    return not (start and _goes_on(text[start - 1])) and not (end < len(text) and _goes_on(text[end]))


def _goes_on(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in _MARKS
