"""Which of a school's people the words of a comment name.

By surname with a title ("Mrs Ali"), by whole name, by whatever they are known as, by surname alone where that is no
everyday word, and by office ("the head"). Rather one too many than one too few: whoever is kept out of a case by
mistake is let in again by hand, and whoever was told of an allegation cannot be untold.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from config.people import Person
from monitor.language.name_keys import (
    LONGEST,
    as_letters,
    is_one_slip,
    letters,
    parts_of,
    readings,
    shortened,
    slips,
    squeezed,
    unstretched,
    words_in,
)
from monitor.language.naming import TITLES
from monitor.language.normalise import normalise
from monitor.language.spelling.everyday import everyday_words

SHORTEST_ALONE = 4  # letters of a surname that is looked for without a title
SHORTEST_JOINED = 8  # letters of a word in which somebody's title and name are looked for
MOST_WORDS = 6  # of a name that is looked for as a whole
FAR_FROM_TITLE = 4  # words between a title and the surname it belongs to: "Mr and Mrs van der Berg"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BETWEEN = _words("and n de van der den da la le du von al el bin ibn bint st o mc mac ter ten")
_BEGINNINGS = _words("mc mac o d st de le la du van fitz al el ab ap abu bin ter")
"""Pieces of one surname that people write apart."""
_THE_SAME = {"mc": "mac", "mac": "mc"}
_SENTENCE_ENDS = frozenset('!?\n:;"')
_POINTS_BACK = _words("she he her him hers his herself himself shes hes")
_POINTING = _words("this that the your")
_SOMEBODY = _words("teacher woman man lady bloke guy person tutor coach ta assistant cow")

_HEAD_WORDS = _words("headteacher headmaster headmistress headteachers headmasters headmistresses")
_HEAD_ENDS = _words("teacher teachers master mistress")
_BEFORE_AN_OFFICE = _words("the this that your our their my a dear")
_NOT_THE_HEAD = _words("deputy assistant vice former ex acting old previous retired")
_ON_A_BODY = _words("on in over off through above round around into inside")

Hit = tuple[str, bool]
"""Somebody's e-mail address, and whether the words count with a title alone."""


@dataclass(frozen=True)
class Words:
    """One text in words, and whether a sentence ends before each of them."""

    plain: str
    words: Sequence[tuple[int, int, str]]

    def word(self, at: int) -> str:
        """The letters of word `at`; empty outside of the text."""
        return self.words[at][2] if 0 <= at < len(self.words) else ""

    def ends_before(self, at: int, *, after_title: bool) -> bool:
        """Whether a sentence ends between word `at` and the one before. The full stop of "Mrs." ends none."""
        between = self.plain[self.words[at - 1][1] : self.words[at][0]][:8]
        return not _SENTENCE_ENDS.isdisjoint(between) or ("." in between and not after_title) or len(between) > 4


@dataclass(frozen=True)
class PeopleNamed:
    """Looks for some people. Make it with `looking_for`; `named_in` never raises, and is linear in the text."""

    surnames: dict[str, tuple[Hit, ...]]
    phrases: dict[str, tuple[Hit, ...]]
    first_names: dict[str, frozenset[str]]
    offices: dict[str, tuple[str, ...]]
    squeezed: dict[str, tuple[str, ...]] = field(repr=False)
    slipped: dict[str, set[str]] = field(repr=False)
    beginnings: frozenset[str] = field(repr=False)
    """What a name of several words begins with, in letters."""
    spelt_lengths: tuple[int, ...]
    phrase_lengths: tuple[int, ...]

    def named_in(self, text: str) -> frozenset[str]:
        """E-mail addresses, in small letters, of everybody the words name."""
        plain = normalise(text).text
        words = Words(plain, words_in(plain))
        found: set[str] = set()
        for at in range(len(words.words)):
            found.update(self._surname(words, at))
            found.update(self._phrase(words, at))
            found.update(self.offices.get(_office(words, at), ()))
        found.update(self._spelt_out(words))
        return frozenset(found)

    def _surname(self, words: Words, at: int) -> Iterable[str]:
        hits = self._hits(words.word(at))
        yield from self._titled_hits(hits, words, at)
        if not hits:
            yield from self._after_slip(words, at)

    def _hits(self, word: str) -> set[Hit]:
        hits: set[Hit] = set()
        for reading in readings(word):
            hits.update(self.surnames.get(reading, ()))
            if short := unstretched(reading):
                for name in self.squeezed.get(short, ()):
                    hits.update(self.surnames[name])
        return hits

    def _after_slip(self, words: Words, at: int) -> Iterable[str]:
        word = words.word(at)
        for reading in readings(word) if self.slipped and 5 <= len(word) <= 40 else ():
            for name in {name for short in shortened(reading) for name in self.slipped.get(short, ())}:
                if is_one_slip(reading, name):
                    for person, needs_title in self.surnames[name]:
                        if self._titled(words, at, person) or not (needs_title or reading in everyday_words()):
                            yield person

    def _titled(self, words: Words, at: int, person: str) -> bool:
        """Whether a title stands before word `at`, perhaps with a first name or "and Mrs" between."""
        for before in range(at - 1, max(-1, at - 2 - FAR_FROM_TITLE), -1):
            word = words.word(before)
            is_title = word in TITLES
            if words.ends_before(before + 1, after_title=is_title or len(word) == 1):
                return False
            if is_title:
                return True
            if not (len(word) == 1 or word in _BETWEEN or word in self.first_names.get(person, ())):
                return False
        return False

    def _phrase(self, words: Words, at: int) -> Iterable[str]:
        """Names of several words, with "MrsAli", "Mc Donald" and "#MrsAliOut"."""
        said = ""
        for end in range(at, min(at + MOST_WORDS, len(words.words))):
            said += as_letters(words.word(end)[:LONGEST])
            if said not in self.beginnings:
                # What has gone on too long may still be a name with an ending of possession.
                if said.endswith("s"):
                    yield from self._titled_hits(self.phrases.get(said[:-1], ()), words, at)
                break
            yield from self._titled_hits(self.phrases.get(said, ()), words, at)
        if words.word(at) in _BEGINNINGS:
            for beginning in {words.word(at), _THE_SAME.get(words.word(at), "")}:
                for reading in readings(beginning + words.word(at + 1)[:LONGEST]) if beginning else ():
                    yield from self._titled_hits(self.surnames.get(reading, ()), words, at)
        word = words.word(at)
        if SHORTEST_JOINED <= len(word) <= LONGEST and word not in everyday_words():
            for begin in range(len(word)):
                for length in self.phrase_lengths:
                    yield from (
                        person for person, alone in self.phrases.get(word[begin : begin + length], ()) if not alone
                    )

    def _titled_hits(self, hits: Iterable[Hit], words: Words, at: int) -> Iterable[str]:
        return (person for person, needs_title in hits if not needs_title or self._titled(words, at, person))

    def _spelt_out(self, words: Words) -> Iterable[str]:
        """Names in letters that stand apart: "O k a f o r", "o.k.a.f.o.r"."""
        row: list[str] = []
        for _, __, word in [*words.words, (0, 0, "end")]:
            if len(word) == 1:
                row.append(word)
                continue
            joined = "".join(row)
            for begin in range(len(joined) if len(joined) >= SHORTEST_ALONE else 0):
                for length in self.spelt_lengths:
                    name = joined[begin : begin + length]
                    for person, needs_title in (*self.surnames.get(name, ()), *self.phrases.get(name, ())):
                        if not needs_title or len(name) >= SHORTEST_ALONE:
                            yield person
            row.clear()


def points_back(text: str) -> bool:
    """Whether the words speak of somebody whom they need not name: "she", "that teacher"."""
    words = [word for _, __, word in words_in(normalise(text).text)]
    pairs = itertools.pairwise(words)
    return not _POINTS_BACK.isdisjoint(words) or any(a in _POINTING and b in _SOMEBODY for a, b in pairs)


def looking_for(people: Iterable[Person]) -> PeopleNamed:
    """Looks for these people."""
    return _looking_for(tuple((p.email.lower(), (p.name, *p.known_as), tuple(p.roles)) for p in people))


@lru_cache(maxsize=8)
def _looking_for(people: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]) -> PeopleNamed:
    surnames: defaultdict[str, set[Hit]] = defaultdict(set)
    phrases: defaultdict[str, set[Hit]] = defaultdict(set)
    first_names: defaultdict[str, set[str]] = defaultdict(set)
    offices: defaultdict[str, list[str]] = defaultdict(list)
    for email, names, roles in people:
        for name in names:
            _add_name(email, name, surnames, phrases, first_names[email])
        for role in roles:
            offices[role].append(email)
    by_squeezed: defaultdict[str, list[str]] = defaultdict(list)
    for name in surnames:
        by_squeezed[squeezed(name)].append(name)
    return PeopleNamed(
        surnames={name: tuple(sorted(hits)) for name, hits in surnames.items()},
        phrases={name: tuple(sorted(hits)) for name, hits in phrases.items()},
        first_names={email: frozenset(first) for email, first in first_names.items()},
        offices={role: tuple(holders) for role, holders in offices.items()},
        squeezed={name: tuple(whole) for name, whole in by_squeezed.items()},
        slipped=slips(surnames),
        beginnings=frozenset(name[:end] for name in (*phrases, *surnames) for end in range(1, len(name) + 1)),
        spelt_lengths=_lengths((*surnames, *phrases), SHORTEST_ALONE),
        phrase_lengths=_lengths(phrases, SHORTEST_JOINED - 2),
    )


def _add_name(
    email: str,
    name: str,
    surnames: defaultdict[str, set[Hit]],
    phrases: defaultdict[str, set[Hit]],
    first_names: set[str],
) -> None:
    """Enter one name of a person, as they are called or known."""
    pieces = name.split()
    parts = parts_of(name)
    titles = [part for part in parts[:-1] if part in TITLES]
    own = [part for part in parts if part not in titles]
    if not own:
        return
    phrases[letters(name)].add((email, len(parts) == 1 and _is_everyday(letters(name))))
    if len(own) > 1:
        phrases["".join(own)].add((email, False))
        first_names.update(own[:-1])
    if not titles and len(parts) > 1 and (_is_everyday(own[-1]) and all(map(_is_everyday, own))):
        return  # "the boss" is known as that, and as no Mr Boss
    surname = own[-1]
    surnames[surname].add((email, _is_everyday(surname) or len(surname) < SHORTEST_ALONE))
    halves = [letters(half) for half in re.split(r"[-‐‑–]", pieces[-1])]
    for half in halves if len(halves) > 1 else ():
        if half:
            surnames[half].add((email, True))
    for part in own[:-1]:
        if len(part) > 1 and part not in _BETWEEN:
            surnames[part].add((email, True))  # "Miss Amara", as small children say
    for title in TITLES:
        phrases[title + surname].add((email, False))


def _lengths(names: Iterable[str], shortest: int) -> tuple[int, ...]:
    return tuple(sorted({len(name) for name in names if shortest <= len(name) <= LONGEST}))


def _is_everyday(word: str) -> bool:
    return word in everyday_words()


def _office(words: Words, at: int) -> str:
    """The office that begins at word `at`, as a role of people in the configuration; empty: none does."""
    word, after, before = words.word(at), words.word(at + 1), words.word(at - 1)
    if word == "chair" and after in {"of", "governor", "governors"}:
        return "chair_of_governors" if _says_governors(words, at + 1) else ""
    if word in {"dsl", "dsls"} or (word == "safeguarding" and after in {"lead", "officer", "leads"}):
        return "safeguarding"
    if before in _NOT_THE_HEAD:
        return ""
    if word in _HEAD_WORDS or word[:-1] in _HEAD_WORDS or (word == "head" and after in _HEAD_ENDS):
        return "head"
    if word == "principal" and before in _BEFORE_AN_OFFICE:
        return "head"
    if word in {"head", "heads"} and before in _BEFORE_AN_OFFICE - {"a", "my", "their"}:
        of_something = after == "of" and "school" not in {words.word(at + 2), words.word(at + 3)}
        on_a_body = words.word(at - 2) in _ON_A_BODY
        return "" if of_something or on_a_body else "head"
    return ""


def _says_governors(words: Words, at: int) -> bool:
    return any(words.word(each) in {"governor", "governors", "governing"} for each in range(at, at + 3))
