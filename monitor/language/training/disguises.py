"""The ways people disguise a word, done on purpose: to ask how much of what is caught clean is still caught."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_LATIN = "aceiopxys"
_CYRILLIC = "асеіорхуѕ"
_ALIKE = str.maketrans(_LATIN, _CYRILLIC)
_DIGITS = str.maketrans("aeiost", "431057")
_SIGNS = str.maketrans("ais", "@!$")
_WORD = re.compile(r"[A-Za-z]{4,}")


def _each_word(text: str, change: Callable[[str], str]) -> str:
    return _WORD.sub(lambda found: change(found.group()), text)


def _starred(word: str) -> str:
    at = next((place for place in range(1, len(word)) if word[place].lower() in "aeiou"), 1)
    return word[:at] + "*" + word[at + 1 :]


def _stretched(word: str) -> str:
    at = next((place for place in range(1, len(word)) if word[place].lower() in "aeiou"), 1)
    return word[:at] + word[at] * 4 + word[at + 1 :]


def _swapped(word: str) -> str:
    at = 1 + sum(map(ord, word)) % (len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "zero-width": lambda text: _each_word(text, "\u200b".join),
    "full-width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "look-alike": lambda text: text.translate(_ALIKE),
    "spaced": lambda text: _each_word(text, " ".join),
    "dotted": lambda text: _each_word(text, ".".join),
    "digits": lambda text: _each_word(text, lambda word: word.translate(_DIGITS)),
    "signs": lambda text: _each_word(text, lambda word: word.translate(_SIGNS)),
    "starred": lambda text: _each_word(text, _starred),
    "stretched": lambda text: _each_word(text, _stretched),
    "swapped": lambda text: _each_word(text, _swapped),
}
"""Each changes every word of four letters or more, which is more than people do."""
