"""A text as patterns see it: without apostrophes, and with the way back to where things stood."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.language.needed_words import words_of

if TYPE_CHECKING:
    from monitor.language.normalise import Normalised


class Joined:
    """A text without apostrophes: "don't" is "dont".

    `searched`: the text, or its bytes where each is a character, because RE2 needs no translation for those.
    """

    def __init__(self, text: Normalised) -> None:
        self._from = text
        self.text = text.text.replace("'", "")
        self.searched: str | bytes = self.text.encode("ascii") if self.text.isascii() else self.text

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words and signs, as patterns ask for them."""
        return words_of(self.text)

    def around(self, start: int, end: int, how_far: int) -> str | bytes:
        """The text from so many characters before a place to as many after it."""
        return self.searched[max(0, start - how_far) : end + how_far]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text from which `text[start:end]` (not empty) came."""
        return self._from.original_span(self._with(start), self._with(end - 1) + 1)

    def _with(self, at: int) -> int:
        """Where character `at` stands when the apostrophes are there. Each one before it moves it on by one."""
        if len(self.text) == len(self._from.text):
            return at
        return at + bisect_right(self._apostrophes, at)

    @cached_property
    def _apostrophes(self) -> list[int]:
        places = (place for place, char in enumerate(self._from.text) if char == "'")
        return [place - before for before, place in enumerate(places)]
