"""The word list: which of its terms a text holds, and where.

Terms match whole words only, so Scunthorpe and Penistone are just places. A word also counts when it is disguised:
letters replaced ("sh!t", "5hit"), masked ("sh*t"), stretched ("shiiit") or spaced out ("s h i t"). Every word of
the text is turned into the words of the list it may stand for, and terms are followed word by word in a tree, so
the cost grows with the length of the text only.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from config.policy import Severity
from monitor.language.normalise import Word, plain_words, runs
from monitor.model import Category

SHORTEST_MASKED = 4  # letters; "t*t" and "A*" are grades and abbreviations too often
LONGEST_SPACED = 14  # letters
MOST_SKIPPED = 2  # strengthening words passed over inside a phrase

_SKIPPED = frozenset({"fucking", "fuckin", "bloody", "actually", "literally", "just", "really", "all"})
_ALSO = {
    "u": ("you",), "ya": ("you",), "yer": ("your",), "ur": ("your", "youre"), "your": ("youre",),
    "youre": ("your",), "em": ("them",), "gunna": ("gonna",), "urself": ("yourself",), "til": ("till",),
    "yaself": ("yourself",), "goin": ("going",), "mom": ("mum",),
}  # fmt: skip
"""What people write for another word."""

_NOT_JOINED = {"who're": "who"}
"""Losing its apostrophe would make this a term of the list."""

_DIGITS_AND_SIGNS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s",
                     "€": "e", "£": "l", "+": "t"}  # fmt: skip
_AS_I = str.maketrans({**_DIGITS_AND_SIGNS, "1": "i", "!": "i", "|": "i"})
_AS_L = str.maketrans({**_DIGITS_AND_SIGNS, "1": "l", "!": "l", "|": "l"})
_SIGN_IN_WORD = re.compile(r"[0-9@$!*#+|€£]")
_STRETCHED = re.compile(r"(.)\1\1")
_REPEATED = re.compile(r"(.)\1+")
_CHOICE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Match:
    """A term found: what it stands for, where it is in the normalised text, and whether it was disguised."""

    category: Category
    severity: Severity
    start: int
    end: int
    disguised: bool


@dataclass
class _Node:
    """A place in the tree of terms. `ends`: what the words up to here stand for."""

    then: dict[str, _Node] = field(default_factory=dict)
    ends: list[tuple[Category, Severity]] = field(default_factory=list)
    allowed: bool = False

    def grow(self, phrase: str) -> _Node:
        node = self
        for word in phrase.split():
            node = node.then.setdefault(word, _Node())
        return node


@dataclass(frozen=True)
class _Reading:
    """What one word of a text may stand for. `known`: word of the list -> whether that needs a disguise."""

    word: Word
    known: dict[str, bool]


class Lexicon:
    """A word list ready for use. `content` is a parsed words.toml."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._root = _Node()
        self._vocabulary: dict[str, None] = {}
        for term in content["terms"]:
            for phrase in expand(term["term"], term.get("plural", False)):
                self._add(phrase).ends.append((Category(term["category"]), term["severity"]))
        for allowed in content["allowed"]:
            for phrase in expand(allowed):
                self._add(phrase).allowed = True
        self._squeezed: dict[str, list[str]] = {}
        self._by_shape: dict[tuple[int, str], list[str]] = {}
        for word in self._vocabulary:
            self._squeezed.setdefault(_REPEATED.sub(r"\1", word), []).append(word)
            self._by_shape.setdefault((len(word), word[0]), []).append(word)

    def find(self, text: str) -> list[Match]:
        """Terms in a normalised text, in order. Of overlapping terms of one category, the first and longest."""
        words = [self._read(word) for word in plain_words(text)]
        sequences = [words]
        if _SIGN_IN_WORD.search(text):
            sequences.append([self._read(run) for run in runs(text)])
        found = list(self._spaced_out(words))
        kept_out: list[tuple[int, int]] = []
        for sequence in sequences:
            for at in range(len(sequence)):
                if sequence[at].known:
                    for end, node, disguised in self._follow(sequence, at):
                        span = (sequence[at].word.start, sequence[end].word.end)
                        if node.allowed:
                            kept_out.append(span)
                        found += [Match(*what, *span, disguised) for what in node.ends]
        return _settle(found, kept_out)

    def _add(self, phrase: str) -> _Node:
        self._vocabulary.update(dict.fromkeys(phrase.split()))
        return self._root.grow(phrase)

    def _follow(self, sequence: Sequence[_Reading], at: int) -> Iterator[tuple[int, _Node, bool]]:
        """Every place in the tree that the words from `at` onward lead to, with the last word's place."""
        paths = [(self._root, False, 0)]
        for end in range(at, len(sequence)):
            reached = [
                (child, disguised or disguise, skipped)
                for node, disguised, skipped in paths
                for known, disguise in sequence[end].known.items()
                if (child := node.then.get(known))
            ]
            yield from ((end, node, disguised) for node, disguised, _ in reached if node.ends or node.allowed)
            if end > at and sequence[end].word.text in _SKIPPED:
                reached += [(node, disguised, n + 1) for node, disguised, n in paths if n < MOST_SKIPPED]
            if not reached:
                return
            paths = reached

    def _read(self, word: Word) -> _Reading:
        text = word.text
        known: dict[str, bool] = {}
        joined = _NOT_JOINED.get(text, text.replace("'", ""))
        plain = [joined, *_ALSO.get(joined, ())] + ([text[:-2]] if text.endswith("'s") else [])
        candidates = [(form, False) for form in plain]
        if _SIGN_IN_WORD.search(joined) and any(map(str.isalpha, joined)):
            candidates += [(joined.translate(table), True) for table in (_AS_I, _AS_L)]
            candidates += [(form, True) for form in self._unmasked(joined)]
        if _STRETCHED.search(joined):
            candidates += [
                (form, True)
                for table in (_AS_I, _AS_L)
                for form in self._squeezed.get(_REPEATED.sub(r"\1", joined.translate(table)), ())
            ]
        for form, disguised in candidates:
            if form in self._vocabulary:
                known.setdefault(form, disguised)
        return _Reading(word, known)

    def _unmasked(self, masked: str) -> list[str]:
        """The first word of the list that fits a word with * or # for letters, if it shows enough of itself."""
        hidden = masked.count("*") + masked.count("#")
        if not hidden or len(masked) < SHORTEST_MASKED or (len(masked) - hidden < 2 and hidden != 3):
            return []
        fitting = self._by_shape.get((len(masked), masked[0]), ())
        fits = (word for word in fitting if all(m in "*#" or m == w for m, w in zip(masked, word, strict=True)))
        return list(itertools.islice(fits, 1))

    def _spaced_out(self, words: Sequence[_Reading]) -> Iterator[Match]:
        """Words written letter by letter ("s h i t"); those of three letters only where they stand alone."""
        for row in _rows_of_letters([reading.word for reading in words]):
            letters = "".join(word.text for word in row)
            if not any(map(str.isalpha, letters)):
                continue
            for table in (_AS_I, _AS_L):
                yield from self._in_row(letters.translate(table), row)

    def _in_row(self, letters: str, row: Sequence[Word]) -> Iterator[Match]:
        windows = [(0, len(letters))] if len(letters) < SHORTEST_MASKED else []
        for size in range(SHORTEST_MASKED, LONGEST_SPACED + 1):
            windows += [(first, first + size) for first in range(len(letters) - size + 1)]
        for first, end in windows:
            node = self._root.then.get(letters[first:end])
            for what in node.ends if node else ():
                yield Match(*what, row[first].start, row[end - 1].end, True)


def expand(term: str, plural: bool = False) -> list[str]:
    """Every phrase a term stands for: "(a|b) c" gives "a c" and "b c"; an empty choice leaves the word out."""
    parts = [part.split("|") if odd else [part] for odd, part in zip(itertools.cycle((0, 1)), _CHOICE.split(term))]
    phrases = [" ".join("".join(choice).split()) for choice in itertools.product(*parts)]
    if not plural:
        return phrases
    return phrases + [phrase + ("es" if phrase.endswith(("s", "x", "ch", "sh")) else "s") for phrase in phrases]


@lru_cache(maxsize=1)
def shipped() -> Lexicon:
    """The list in words.toml, read once."""
    return Lexicon(tomllib.loads(resources.files("monitor.language").joinpath("words.toml").read_text("utf-8")))


def _rows_of_letters(words: Iterable[Word]) -> Iterator[list[Word]]:
    row: list[Word] = []
    for word in words:
        if len(word.text) == 1 and (not row or word.start - row[-1].end <= 3):
            row.append(word)
            continue
        if len(row) >= 3:
            yield row
        row = [word] if len(word.text) == 1 else []
    if len(row) >= 3:
        yield row


def _settle(found: Iterable[Match], allowed: Sequence[tuple[int, int]]) -> list[Match]:
    """Leave out what touches an allowed phrase, and of overlapping matches of one category all but the first."""
    starts = sorted(start for start, _ in allowed)
    ends = sorted(end for _, end in allowed)
    settled: list[Match] = []
    settled_to: dict[Category, int] = {}
    for match in sorted(found, key=lambda m: (m.start, -m.end, m.disguised)):
        untouched = bisect_left(starts, match.end) == bisect_right(ends, match.start)
        if untouched and match.start >= settled_to.get(match.category, 0):
            settled.append(match)
            settled_to[match.category] = match.end
    return settled
