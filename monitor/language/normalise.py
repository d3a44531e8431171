"""One plain form for text that people write in many: fancy letters, accents, look-alikes, hidden characters.

Every step looks at one character at a time, so the cost grows with the length of the text and nothing else, and a
text laced with zero-width characters has exactly the form of the text without them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.language.joined import Joined

_LOOK_ALIKES = dict(
    [
        *zip("авекмнорстухіјѕһԁԛԝѵг", "abekmhopctyxijshdqwvr", strict=True),  # Cyrillic
        *zip("οαεικνρτυχωβημ", "oaeikvptuxwbnu", strict=True),  # Greek
        *zip("łøđħıɡɑʟօսո", "lodhigaloun", strict=True),  # other Latin, phonetic, Armenian
        *zip("’‘ʼʹ´`′", "'''''''", strict=True),  # what people type as an apostrophe
    ]
)
"""Characters drawn like the plain one beside them."""

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
MOST_REMEMBERED = 8192  # characters
_LETTERS_IN_SHAPES = ((0x1F150, 0x1F169), (0x1F170, 0x1F189))
"""Black circles and squares with a white capital letter, A to Z."""

_PLAIN_WORD = re.compile(r"(?:[^\W_]|')+")


@dataclass(frozen=True)
class Normalised:
    """The plain form of a text. `offsets[i]` is where character i of it stands in the original text."""

    text: str
    offsets: Sequence[int]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text from which `text[start:end]` (not empty) came."""
        return self.offsets[start], self.offsets[end - 1] + 1

    @cached_property
    def joined(self) -> Joined:
        """The text without apostrophes, as patterns see it."""
        return Joined(self)


@dataclass(frozen=True)
class Word:
    """One word of a normalised text and where it stands there, end excluded."""

    text: str
    start: int
    end: int


def normalise(text: str) -> Normalised:
    """NFKC, case folded, no accents, no characters without a shape. Never raises, whatever the text holds."""
    if text.isascii() and text.isprintable():
        return Normalised(text.lower().replace("`", "'"), range(len(text)))
    parts = [_PLAIN[char] for char in text]
    plain = "".join(parts)
    if len(plain) == len(text) and "" not in parts:
        return Normalised(plain, range(len(text)))
    return Normalised(plain, tuple(at for at, part in enumerate(parts) for _ in part))


def plain_words(text: str) -> list[Word]:
    """The words of a normalised text: letters, digits and apostrophes; everything else parts them."""
    return [word for match in _PLAIN_WORD.finditer(text) if (word := _without_quotes(match)).text]


def _without_quotes(match: re.Match[str]) -> Word:
    word = match.group()
    left = len(word) - len(word.lstrip("'"))
    kept = word.strip("'")
    return Word(kept, match.start() + left, match.start() + left + len(kept))


def _plain(char: str) -> str:
    for first, last in _LETTERS_IN_SHAPES:
        if first <= ord(char) <= last:
            return chr(ord("a") + ord(char) - first)
    if char in _LOOK_ALIKES:
        return _LOOK_ALIKES[char]
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(_LOOK_ALIKES.get(part, part) for part in decomposed if _has_shape(part))


def _has_shape(char: str) -> bool:
    if char in "\t\n\r\x0b\x0c\x85":
        return True
    if char in _BLANK_LETTERS or "\U0001f3fb" <= char <= "\U0001f3ff":
        return False
    return unicodedata.category(char) not in {"Mn", "Me", "Cf", "Cc", "Cs"}


class _PlainCharacters(dict[str, str]):
    """The plain form of each character that was met so far."""

    def __missing__(self, char: str) -> str:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[char] = plain = _plain(char)
        return plain


_PLAIN = _PlainCharacters()
