"""A text as names are looked for in it: word by word, accents and capitals folded, and where a capital stood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from monitor.language.naming import TITLES
from monitor.language.normalise import Normalised, normalise, plain_words

_CLOSE = re.compile(r"'?[ \t\u00a0-]{0,2}")
_CLOSE_WITH_STOP = re.compile(r"['.]?[ \t\u00a0-]{0,2}")
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")


class Spoken(NamedTuple):
    """One word: in plain small letters without apostrophes, and where it stands in the original text, end excluded.

    `follows`: nothing but a space, a hyphen or the full stop of an initial or title parts it from the word before.
    """

    word: str
    start: int
    end: int
    capital: bool
    follows: bool


def words_of(text: str, plain: Normalised | None = None) -> list[Spoken]:
    """The words of a text in order. Never raises; the cost grows with the length of the text alone."""
    plain = plain or normalise(text)
    found: list[Spoken] = []
    before, last = -1, ""
    for each in plain_words(plain.text):
        start, end = plain.original_span(each.start, each.end)
        between = plain.text[before : each.start] if before >= 0 else "\n"
        word = each.text.replace("'", "")
        if word:
            close = _CLOSE_WITH_STOP if len(last) == 1 or last in TITLES else _CLOSE
            first = text[start : start + 1]
            is_capital = first.isupper() or first.istitle()
            found.append(Spoken(word, start, end, is_capital, close.fullmatch(between) is not None))
        before, last = each.end, word
    return found


def without_s(word: Spoken, text: str) -> str:
    """The word without the s of "Ava's"; as it is where there is none."""
    tail = text[word.end - 2 : word.end]
    return word.word[:-1] if len(tail) == 2 and tail[0] in "'’‘ʼ`´" and tail[1] in "sS" else word.word


def humps(text: str) -> Sequence[str]:
    """The words of a name written together ("AvaThompson"), as `words_of` would give them."""
    return [each.word for each in words_of(_HUMP.sub(" ", text))]
