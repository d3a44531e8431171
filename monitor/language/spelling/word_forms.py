"""What one written word may stand for: itself, or the word it disguises. The only place that knows disguises.

Letters replaced ("sh1t", "$hit"), masked ("sh*t"), stretched ("shiiit") or slipped ("wnaker"). A word of everyday
English is never taken for a disguise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.language.spelling.slips import slips_of, swapped

SHORTEST_MASKED = 4  # letters; "t*t" and "A*" are grades and abbreviations too often
SHORTEST_SLIPPED = 5  # letters
LONGEST_READ = 40  # characters; nobody disguises a longer word, and it shall cost nothing
MOST_KEPT = 50_000  # words of which the meaning is remembered

_ALSO = {
    "u": ("you",), "ya": ("you",), "yer": ("your",), "ur": ("your", "youre"), "your": ("youre",),
    "youre": ("your",), "em": ("them",), "gunna": ("gonna",), "urself": ("yourself",), "til": ("till",),
    "yaself": ("yourself",), "goin": ("going",), "mom": ("mum",), "yous": ("you",), "youse": ("you",),
    "ure": ("youre",), "r": ("are",), "n": ("and",), "wiv": ("with",), "ma": ("my",), "me": ("my",), "da": ("the",),
    "dat": ("that",), "gona": ("gonna",), "noone": ("nobody",), "anymore": ("any",),
}  # fmt: skip
"""What people write for another word."""

_NOT_JOINED = {"who're": "who", "we're": "were", "she'll": "shell", "he'll": "hell"}
"""Losing its apostrophe would make the first a term of the list."""

_DIGITS_AND_SIGNS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s",
                     "€": "e", "£": "l", "+": "t"}  # fmt: skip
AS_I = str.maketrans({**_DIGITS_AND_SIGNS, "1": "i", "!": "i", "|": "i"})
AS_L = str.maketrans({**_DIGITS_AND_SIGNS, "1": "l", "!": "l", "|": "l"})
_STRETCHED = re.compile(r"(.)\1\1")
_REPEATED = re.compile(r"(.)\1+")
_MASK = re.compile(r"[*#]")
_ANY_SIGN = re.compile(r"[^\w\s]|_")
_LETTER = re.compile(r"[a-z]")
_NUMBERED = re.compile(r"([a-z]+)\d+")
_COUNTED = re.compile(r"\d+(?:[a-z]{1,2}|mph|kph|mins?|hrs?|yrs?|pts?|lbs?|ths?|mls?|kgs?|cms?|all|ish|pms?)")
"""Years, classes, units, codes and times: "year5", "y7", "covid19", "10am"."""
_LETTERS_INSTEAD = re.compile(r"(?=(?:[^a-z]*[a-z]){2})(?=.{5})[013457$@!]{0,2}[a-z]+[013457$@!]{1,2}[a-z].*")
"""A digit or sign between letters, in a word of four characters or more of which two are letters."""
_SPELT_OUT = re.compile(r"[a-z013457$@!]+")


class Form(NamedTuple):
    """A word as it was written, what it says without its disguise, and the listed words it may stand for.

    `known`: word of the list -> whether that needs a disguise. `ordinary`: it is plain English or listed as written.
    `word`: as written, without apostrophes.
    """

    text: str
    shown: str
    known: Mapping[str, bool]
    ordinary: bool
    word: str


@dataclass
class Vocabulary:
    """The words that matter. `listed`: those of the word list, the first ones first; `everyday`: plain English.

    `runs`: what runs of letters and signs were read as, to look up.
    """

    listed: Sequence[str]
    everyday: frozenset[str] = frozenset()
    strong: Sequence[str] = ()
    inside: Sequence[str] = ()
    ordinary: frozenset[str] = frozenset()
    runs: dict[str, tuple[tuple[int, int, Form], ...]] = field(default_factory=dict, repr=False)
    _forms: dict[str, Form] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._listed = dict.fromkeys([*self.strong, *self.listed])
        self._strong = dict.fromkeys(self.strong)
        self._all = {word: at for at, word in enumerate(dict.fromkeys([*self._listed, *sorted(self.everyday)]))}
        self._plain_english = self.everyday | self.ordinary
        self._squeezed = _grouped(self._all, lambda word: _REPEATED.sub(r"\1", word))
        self._by_shape = _grouped(self._all, lambda word: (len(word), word[0]))
        self._strong_by_length = _grouped(self._strong, len)
        self._slips = slips_of(self.strong, SHORTEST_SLIPPED)
        self._inside = re.compile("|".join(self.inside)) if self.inside else None

    def form(self, run: str) -> Form:
        """What a run of letters, digits, signs and apostrophes stands for."""
        form = self._forms.get(run)
        if form is None:
            form = self._read(run)
            if len(self._forms) >= MOST_KEPT:
                self._forms.clear()
            if len(run) <= LONGEST_READ:
                self._forms[run] = form
        return form

    def remember(self, run: str, words: tuple[tuple[int, int, Form], ...]) -> None:
        """Keep what a run of letters and signs was read as in `runs`, where nobody else writes."""
        if len(self.runs) >= MOST_KEPT:
            self.runs.clear()
        if len(run) <= LONGEST_READ:
            self.runs[run] = words

    def knows(self, word: str) -> bool:
        """Whether it is a word of the list or of everyday English."""
        return word in self._all

    def is_strong(self, word: str) -> bool:
        """Whether it is one of the words that are looked for even when split in two."""
        return word in self._strong

    def masked(self, shown: str) -> str | None:
        """The strong word that a word with signs for some of its letters ("f.ck", "sh@*") stands for."""
        if not SHORTEST_MASKED <= len(shown) <= LONGEST_READ or len(_LETTER.findall(shown)) < 2:
            return None
        return next(_fitting(shown, self._strong_by_length.get(len(shown), ()), _ANY_SIGN), None)

    def _unslipped(self, form: str) -> str | None:
        """The word behind a slip: any slip of a strong word, of others only two letters swapped."""
        if form in self._all or form in self.ordinary:
            return None
        if word := self._slips.get(form):
            return word
        # What was swapped is swapped back by the same.
        return min((word for word in swapped(form) if word in self._all), key=self._all.__getitem__, default=None)

    def _read(self, run: str) -> Form:
        if len(run) > LONGEST_READ:
            return Form(run, run, {}, False, run)
        joined = _NOT_JOINED.get(run, run.replace("'", ""))
        as_written = [joined, *_ALSO.get(joined, ())] + ([run[:-2]] if run.endswith("'s") else [])
        known = {word: False for word in as_written if word in self._listed}
        if known or joined in self._plain_english or (run[:-2] in self._plain_english and run.endswith("'s")):
            return Form(run, run, known, True, joined)
        word = self._undone(joined) if joined == run or not joined.isalpha() else None
        if word is None:
            return Form(run, self._clearer(run), self._held(joined), False, joined)
        return Form(
            run, word, {form: True for form in (word, *_ALSO.get(word, ())) if form in self._listed}, False, joined
        )

    def _undone(self, word: str) -> str | None:
        """The listed or everyday word behind a disguise."""
        if not word.isascii():
            return None
        if word.isalpha():
            return self._unslipped(word) or self._unstretched(word)
        if not any(map(str.isalpha, word)):
            return None
        if self._is_code(word):
            return next((form for form in _spellings(word) if form in self._strong), None)
        for form in _spellings(word):
            if form in self._all and len(form) > 1:
                return form
        masked = self._unmasked(word)
        if masked:
            return masked
        for form in _spellings(word):
            if form.isalpha() and len(form) > 3 and (found := self._unslipped(form) or self._unstretched(form)):
                return found
        return self.masked(word)

    def _is_code(self, word: str) -> bool:
        """Whether letters and digits are each what they seem."""
        if counted := _COUNTED.fullmatch(word):
            return len(word) < SHORTEST_MASKED or not any(
                form in self._listed for form in _spellings(counted.group())
            )
        numbered = _NUMBERED.fullmatch(word)
        if numbered is None:
            return False
        letters = numbered.group(1)
        return len(word) < SHORTEST_MASKED or (
            len(letters) > 2 and (letters in self._all or letters in self.ordinary)
        )

    def _unstretched(self, word: str) -> str | None:
        if not _STRETCHED.search(word):
            return None
        fitting = self._squeezed.get(_REPEATED.sub(r"\1", word), ())
        return next((form for form in fitting if _stretches(form, word)), None)

    def _unmasked(self, word: str) -> str | None:
        """The first word that fits one with * or # for letters, if that shows enough of itself."""
        hidden = len(_MASK.findall(word))
        bare = word.strip("*#")
        if len(bare) > 2 and bare in self._all:  # a footnote, or *stressed*
            return None
        if not hidden or len(word) < SHORTEST_MASKED or (len(word) - hidden < 2 and hidden != 3):
            return None
        for spelling in _spellings(word):
            for form in _fitting(spelling, self._by_shape.get((len(word), spelling[0]), ()), _MASK):
                if hidden < 3 or form in self._listed:
                    return form
        return None

    def _clearer(self, run: str) -> str:
        """An unknown word with its stretched letters cut to two and digits between letters read as letters."""
        if run.isalpha():
            return _STRETCHED_TO_TWO.sub(r"\1\1", run)
        if (
            _SPELT_OUT.fullmatch(run)
            and _LETTERS_INSTEAD.fullmatch(run)
            and not _NUMBERED.fullmatch(run)
            and not _COUNTED.fullmatch(run)
        ):
            return _STRETCHED_TO_TWO.sub(r"\1\1", run.translate(AS_I))
        return run

    def _held(self, word: str) -> dict[str, bool]:
        """Stems that an unknown word holds."""
        if self._inside is None or len(word) < SHORTEST_SLIPPED:
            return {}
        return {stem: False for stem in self._inside.findall(word) if stem in self._listed}


_STRETCHED_TO_TWO = re.compile(r"([^\W\d_])\1{2,}")


def _spellings(word: str) -> Iterator[str]:
    first = word.translate(AS_I)
    yield first
    if (second := word.translate(AS_L)) != first:
        yield second


def _fitting(shown: str, words: Iterable[str], mask: re.Pattern[str]) -> Iterator[str]:
    """Those of the words, as long as `shown`, that have each of its characters that is no mask where it has it."""
    for at, sign in enumerate(shown):
        if not mask.match(sign):
            words = [word for word in words if word[at] == sign]
    return iter(words)


def _stretches(word: str, stretched: str) -> bool:
    """Whether no row of one letter is shorter in `stretched` than in `word`. Both squeeze to the same letters."""
    rows = zip(_REPEATED_OR_ONE.finditer(word), _REPEATED_OR_ONE.finditer(stretched), strict=True)
    return all(len(row.group()) <= len(longer.group()) for row, longer in rows)


_REPEATED_OR_ONE = re.compile(r"(.)\1*")


def _grouped(words: Iterable[str], key: object) -> dict[object, list[str]]:
    groups: dict[object, list[str]] = {}
    for word in words:
        groups.setdefault(key(word), []).append(word)  # type: ignore[operator]
    return groups
