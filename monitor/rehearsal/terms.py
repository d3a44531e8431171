"""How often each denied term hits, and how often what it hits had been marked a false alarm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from monitor.language.normalise import normalise
from monitor.language.own_words import DETECTOR, DenyTerm

if TYPE_CHECKING:
    from monitor.model import Flag
    from monitor.rehearsal.replay import Replayed

LONGEST_COMPARED = 200  # characters of a flagged place


@dataclass
class Hits:
    """Texts in which a term was found, those of them that were marked false alarms, and those it newly flags."""

    texts: int = 0
    marked: int = 0
    newly: int = 0


class TermHits:
    """Hits by term."""

    def __init__(self, terms: Sequence[DenyTerm]) -> None:
        self._hits = {term: Hits() for term in terms}
        self._exact = {(term.category, _plain(term.term)): term for term in terms}

    def add(self, each: Replayed) -> None:
        """Count one text, once for each term that hits it."""
        found = (self._term_of(flag, each.text) for flag in each.flags) if self._hits else ()
        for term in {term for term in found if term}:
            hits = self._hits[term]
            hits.texts += 1
            hits.marked += each.is_false_alarm
            hits.newly += not each.today.flagged

    def __iter__(self) -> Iterator[tuple[DenyTerm, Hits]]:
        return iter(self._hits.items())

    def _term_of(self, flag: Flag, text: str) -> DenyTerm | None:
        place = _plain(text[flag.start : min(flag.end, flag.start + LONGEST_COMPARED)])
        if (exact := self._exact.get((flag.category, place))) or not flag.detector.startswith(f"{DETECTOR}/"):
            return exact
        # Written otherwise than on the list, in a disguise perhaps: the term of the category that it resembles most.
        near = [term for term in self._hits if term.category is flag.category]
        return max(near, key=lambda term: SequenceMatcher(None, _plain(term.term), place).ratio(), default=None)


def _plain(text: str) -> str:
    return " ".join(normalise(text).text.split())
