"""Blacking out third parties: their names become five black blocks, however long they were.

A name counts as the same whatever its case, spaces, full stops, hyphens or unseen characters: "Jane Smith" is also
"@JaneSmith" and "jane.smith". Whoever is addressed with @ or u/ goes too, unless they may be named. Plain names that
nobody gave cannot be known as such and stay: a person reads what leaves the school.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from urllib.parse import quote

BLACK = "\u2588" * 5
SHORTEST = 2  # letters and digits; a name of one would black out half of every text

_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
_UNSEEN_CHARACTER = re.compile(f"[{_UNSEEN}]")
# Bounded, so that no text of a stranger makes the search slow.
_BETWEEN = rf"(?:[\s._+\-‐‑–—{_UNSEEN}]|%20|&nbsp;){{0,40}}"
_WITHIN = f"[{_UNSEEN}]{{0,8}}"
_APOSTROPHE = "(?:['’‘`´ʼ]|&#0*39;|&#x27;|&rsquo;|%27)?"
_SEPARATORS = re.compile(r"[\s._+\-‐‑–—]+")
_HANDLE = re.compile(
    r"(?<![\w.@＠])[@＠]++(?P<at>\w(?:[\w.\-]*\w)?(?:@\w(?:[\w.\-]*\w)?)?)"  # @name, @name@server
    r"|(?<!\w)(?:u|user)/(?P<u>\w[\w\-]*)",  # u/name and /user/name, as Reddit writes them
    re.IGNORECASE,
)
Span = tuple[int, int]


class Blackout:
    """Blacks out `names`, and everybody addressed by a handle but those of `may_be_named`.

    `handles`, and names with fewer than two letters or digits, go where they are all that a field holds: such a word
    within a sentence may be just a word.
    """

    def __init__(self, names: Iterable[str], may_be_named: Iterable[str] = (), handles: Iterable[str] = ()) -> None:
        self._given = (tuple(names), tuple(may_be_named))
        self._known = {letters_of(name) for name in self._given[1]} - {""}
        others = set(filter(self._is_somebody_else, self._given[0]))
        self._whole = {letters_of(name) for name in (*others, *filter(self._is_somebody_else, handles))}
        long_enough = (name for name in others if len(letters_of(name)) >= SHORTEST)
        patterns = {pattern for name in long_enough for pattern in _patterns(name)}
        longest_first = sorted(patterns, key=lambda pattern: (-len(pattern), pattern))
        either = "|".join(longest_first)
        self._pattern = (
            # Looks ahead, so that of two names that share a word both are found.
            re.compile(rf"(?<![@＠])(?=([@＠]*(?<![^\W_])(?:{either})(?![^\W_])))", re.IGNORECASE) if either else None
        )

    def with_handles(self, handles: Iterable[str]) -> Blackout:
        """The same, which knows these handles as well."""
        return Blackout(*self._given, handles)

    def handles_in(self, texts: Iterable[str]) -> frozenset[str]:
        """Names that others are addressed by in these texts."""
        found = (_handle(match) for text in texts for match in _HANDLE.finditer(text))
        return frozenset(name for name in found if self._is_somebody_else(name))

    def spans(self, text: str) -> list[Span]:
        """Where there is something to black out, from left to right; no two of them touch."""
        found = [match.span(1) for match in self._pattern.finditer(text)] if self._pattern else []
        found += [match.span() for match in _HANDLE.finditer(text) if self._is_somebody_else(_handle(match))]
        merged: list[Span] = []
        for start, end in sorted(found):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return merged

    def names_in(self, text: str) -> bool:
        """Whether one of the names stands in a text; handles of people without a name here do not count."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def text(self, text: str) -> str:
        """The text with everything blacked out that has to be."""
        return without(text, self.spans(text))

    def is_name(self, text: str) -> bool:
        """Whether a field holds the name of somebody to black out, and nothing else."""
        return letters_of(text) in self._whole

    def _is_somebody_else(self, name: str) -> bool:
        letters = letters_of(name)
        return bool(letters) and letters not in self._known


def without(text: str, spans: Iterable[Span]) -> str:
    """The text with BLACK in place of each span. `spans` as `Blackout.spans` gives them."""
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], BLACK]
        done = end
    return "".join([*parts, text[done:]])


def moved(spans: Collection[Span]) -> Callable[[int], int]:
    """Where a position of a text stands once its `spans` are blacked out; one inside a span stands at its end."""

    def move(position: int) -> int:
        shift = 0
        for start, end in spans:
            if position >= end:
                shift += len(BLACK) - (end - start)
            elif position > start:
                return end + shift + len(BLACK) - (end - start)
        return position + shift

    return move


def _patterns(name: str) -> Iterable[str]:
    """Regular expressions for the ways one name is written. Each takes time in proportion to the text."""
    for form in {unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name), quote(name)}:
        parts = [part for part in _SEPARATORS.split(_UNSEEN_CHARACTER.sub("", form)) if part]
        yield _BETWEEN.join(_WITHIN.join(map(_letter, part)) for part in parts)


def _letter(char: str) -> str:
    return _APOSTROPHE if char in "'’‘`´ʼ" else re.escape(char)


def _handle(match: re.Match[str]) -> str:
    return match["at"] or match["u"]


def letters_of(name: str) -> str:
    """What makes a name the same name. One without any letter, of pictures perhaps, is taken as it is."""
    whole = _UNSEEN_CHARACTER.sub("", unicodedata.normalize("NFC", name)).casefold()
    return "".join(filter(str.isalnum, whole)) or "".join(whole.split())
