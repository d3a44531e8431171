"""Which words must stand in a text before a pattern can match it, read from how the pattern is written.

A text has few of them, so that looking its words up tells the few patterns worth a search from a thousand others.
What is found out is always safe: where it is not plain which words a pattern needs, it is said to need none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from monitor.language.pattern_pieces import APART, WORD, Piece, Pieces

_BEGINNING = 4  # letters of a word by which patterns ask for it that leave its end open
_MOST_OF_A_CHOICE = 3  # needs
_OPEN = "-"  # what a beginning ends with: "abso-"
_A_DIGIT = "0-"  # any digit
_DIGIT = re.compile("[0-9]")
_WORD_OR_SIGN = re.compile(r"\w+|[^\w ]", re.ASCII)
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_" + APART)

Need = frozenset[str]
"""Words, beginnings of words, and signs, of which one must be there."""


def words_of(text: str) -> frozenset[str]:
    """The words of a text, letters without accents, and each of its signs."""
    return frozenset(_WORD_OR_SIGN.findall(text))


def asked_by(word: str) -> Iterator[str]:
    """What a need may name for a word, or a sign, that a text has."""
    yield word
    if len(word) >= _BEGINNING:
        yield word[:_BEGINNING] + _OPEN
    if digits := _DIGIT.findall(word):
        yield _A_DIGIT
        yield from digits


class Needs:
    """What patterns need. `classes`: the word classes they may name; `how_common`: of a word, the less the better."""

    def __init__(self, classes: Mapping[str, str], how_common: Callable[[str], int]) -> None:
        self._pieces = Pieces(classes)
        self._how_common = how_common
        self._of_choices: dict[tuple[frozenset[str], bool, bool], list[Need]] = {}

    def of(self, written: str, whole_words: bool) -> list[Need]:
        """What a text must have, each of them, the rarest first; nothing where that cannot be told."""
        found = self._of(self._pieces.of(written), whole_words, whole_words)
        needs: list[Need] = []
        for need in sorted(dict.fromkeys(found), key=lambda each: (self._weight(each), len(each))):
            if not any(each <= need for each in needs):  # what meets that one meets this one as well
                needs.append(need)
        return needs

    def _weight(self, need: Need) -> int:
        return sum(map(self._how_common, need))

    def _of(self, piece: Piece, left: bool, right: bool) -> list[Need]:
        """What a piece needs. `left`, `right`: whether a word that it begins or ends with is a whole one there."""
        if piece.spellings is not None:
            return self._of_spellings(piece.spellings, left, right)
        if piece.digit:
            return [frozenset({_A_DIGIT})]
        if not piece.choice:
            return self._of_row(piece.parts, left, right)
        of_parts = [sorted(self._of(part, left, right), key=self._weight) for part in piece.parts]
        if not all(of_parts):
            return []
        # The rarest need of each choice, one of which is met; then the second of each, where there is one; and so on.
        most = min(max(map(len, of_parts)), _MOST_OF_A_CHOICE)
        return [frozenset().union(*(needs[min(nth, len(needs) - 1)] for needs in of_parts)) for nth in range(most)]

    def _of_row(self, parts: tuple[Piece, ...], left: bool, right: bool) -> list[Need]:
        rights: list[bool] = []
        for part in reversed(parts):
            rights.append(right)
            right = part.begins_apart and (right or not part.may_lack)
        found: list[Need] = []
        for part in parts:
            found += self._of(part, left, rights.pop())
            left = part.ends_apart and (left or not part.may_lack)
        return found

    def _of_spellings(self, spellings: frozenset[str], left: bool, right: bool) -> list[Need]:
        key = (spellings, left, right)
        if key not in self._of_choices:
            each = [
                one
                if left and right and one.isalpha() and one.isascii()  # as most are
                else min(_told_by(one, left, right), key=self._how_common, default="")
                for one in spellings
            ]
            self._of_choices[key] = [frozenset(each)] if all(each) else []
        return self._of_choices[key]


def _told_by(spelling: str, left: bool, right: bool) -> list[str]:
    """What a text must have where it has this spelling."""
    words: list[str] = WORD.findall(spelling)
    begins = bool(WORD.match(spelling))
    last = words.pop() if words and not right and WORD.match(spelling[-1]) else ""
    last_opens = bool(words) or left or not begins
    if words and begins and not left:
        del words[0]
    if last_opens and len(last) >= _BEGINNING:
        words.append(last[:_BEGINNING] + _OPEN)
    return words + [sign for sign in spelling if sign not in _LETTERS]
