"""Whole names of children in what a school publishes: a first name with its surname.

With the school's list of pupils, a name counts wherever it stands. Without one a pair of names is a guess, which is
made only where the first is a first name people have and a picture, a class or praise stands beside it.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources

from monitor.language.naming import TITLES
from monitor.language.normalise import normalise
from monitor.language.outgoing.facts import OwnPeople, Published
from monitor.language.outgoing.name_list import NameList
from monitor.language.outgoing.words import Spoken, without_s, words_of
from monitor.language.phrase_tree import Node, PhraseTree
from monitor.language.reading import read
from monitor.language.spelling.everyday import everyday_words
from monitor.language.stretch import Stretch

AROUND = 120  # characters on each side in which a word about pupils, or about an author, is looked for
LONGEST_NAME = 5  # words of somebody's name who is no pupil
_PARTS = frozenset("mc mac van de del der den da dos di la le al el bin bint ibn von ter st o ap ab".split())  # noqa: SIM905
"""What a surname may begin with."""

_PUPILS = re.compile(
    r"\b(?:pupils?|class(?:es)?|classmates?|reception|nursery|(?:year|yr)s? ?\d{1,2}|y\d{1,2}|ks[1-5]|sixth form"
    r"|eyfs|students?|prefects?|head (?:boy|girl)|certificates?|stars? of (?:the|this) week|writers? of the week"
    r"|(?:aged|age) \d{1,2}|sports? (?:day|captain)s?|eco ?council(?:lors?)?|school council(?:lors?)?"
    r"|house captains?)\b"
)
_PRAISE = re.compile(
    r"\b(?:well done|congratulations|congrats|proud of|birthday|winners?|(?:first|second|third) (?:place|prize)"
    r"|won|scored|medal|awarded)\b"
)
_AUTHOR = re.compile(
    r"\b(?:authors?|illustrators?|(?:written|illustrated|composed|painted|invented|sung|directed) by|poets?"
    r"|novel(?:s|ist)?|books? (?:\w+ ){0,3}by|story by|stories by|poems? by|music by|song by|biograph(?:y|ies)"
    r"|life of|works? of|was born|died in|inspired by|in the style of|learn(?:t|ed|ing)? about"
    r"|research(?:ed|ing)? (?:\w+ )?about|famous)\b"
)


@dataclass(frozen=True)
class Named:
    """A whole name. `is_listed`: it stands on the school's list of pupils, word for word."""

    start: int
    end: int
    is_listed: bool


@dataclass(frozen=True)
class _Words:
    first_names: frozenset[str]
    known_people: PhraseTree[None]
    after_a_name: frozenset[str]
    before_a_place: frozenset[str]
    before_an_author: frozenset[str]
    surnames: frozenset[str]
    """That are plain words as well."""


@lru_cache(maxsize=1)
def _shipped() -> _Words:
    file = resources.files("monitor.language.outgoing") / "names.toml"
    lists = tomllib.loads(file.read_text(encoding="utf-8"))
    known: PhraseTree[None] = PhraseTree()
    lines = (line.split(",") for line in f"{lists['known_people']}\n{lists['no_people']}".splitlines())
    known.add([" ".join(each.split()) for line in lines for each in line if each.strip()], None)
    return _Words(
        first_names=frozenset(lists["first_names"].split()),
        known_people=known,
        after_a_name=frozenset(lists["after_a_name"].split()),
        before_a_place=frozenset(lists["before_a_place"].split()),
        before_an_author=frozenset(lists["before_an_author"].split()),
        surnames=frozenset(lists["surnames"].split()),
    )


@lru_cache(maxsize=8)
def _tree_of(names: tuple[str, ...]) -> PhraseTree[None]:
    tree: PhraseTree[None] = PhraseTree()
    tree.add([" ".join(each.word for each in words_of(name)) for name in names if words_of(name)], None)
    return tree


def whole_names(published: Published, own: OwnPeople, pupils: NameList | None) -> Iterator[Named]:
    """Whole names of children, in the order they stand. Never raises; the cost grows with the text alone."""
    text = published.text
    if not any(char.isupper() for char in text) and pupils is None:
        return
    look = _Look(published, own, pupils)
    listed = list(pupils.met_in(text, look.words)) if pupils else []
    for each in listed:
        if not look.is_ours(each.start, each.end):
            yield Named(each.start, each.end, is_listed=True)
    starts = [each.start for each in listed]
    for start, end in look.pairs():
        before = bisect_right(starts, start) - 1
        after = starts[before + 1] if before + 1 < len(starts) else len(text)
        if (before < 0 or listed[before].end <= start) and end <= after:
            yield Named(start, end, is_listed=False)


class _Look:
    """One text, looked at for pairs of names."""

    def __init__(self, published: Published, own: OwnPeople, pupils: NameList | None) -> None:
        self.text = published.text
        self._plain = normalise(self.text)
        self.words = words_of(self.text, self._plain)
        self._published = published
        self._pupils = pupils
        self._own = own
        self._ours = _tree_of(own.names)
        self._talking = _tree_of(published.talking)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Where a first name and a surname stand that may be a child's."""
        words = self.words
        at = 0
        while at < len(words) - 1:
            end = self._pair_at(at)
            if end and not self._is_somebody_else(at, end):
                yield words[at].start, words[end - 1].end
            at = end or at + 1

    @cached_property
    def _places(self) -> tuple[dict[int, int], dict[int, int]]:
        """Which word begins, and which ends, at a place of the text."""
        return (
            {word.start: index for index, word in enumerate(self.words)},
            {word.end: index for index, word in enumerate(self.words)},
        )

    def is_ours(self, start: int, end: int) -> bool:
        """Whether a listed name is meant for one of the staff here: theirs word for word, or after a title."""
        begins, ends = self._places
        at = begins[start]
        return self._has_title(at) or self._reach(self._ours, at) > ends[end]

    def _pair_at(self, at: int) -> int:
        """The end of first name and surname that begin at a word; 0: none do."""
        words = self.words
        first, second = words[at], words[at + 1]
        if not (first.capital and second.capital and second.follows) or not self._is_first_name(first.word):
            return 0
        if self._is_shouted(first) and self._is_shouted(second):
            return 0
        end = at + 2
        while end < min(len(words), at + LONGEST_NAME) and self._goes_on(at, end):
            end += 1
        surname = without_s(words[end - 1], self.text)
        if self._pupils is not None:
            return end if self._has_listed_surname(at, end) else 0
        if surname in _shipped().after_a_name or (end == at + 2 and self._is_double(first, second)):
            return 0
        if surname in everyday_words():
            return end if surname in _shipped().surnames and first.word not in everyday_words() else 0
        return end if len(surname) > 1 else 0

    def _is_first_name(self, word: str) -> bool:
        return word in _shipped().first_names or (self._pupils is not None and word in self._pupils.firsts)

    def _goes_on(self, at: int, end: int) -> bool:
        """Whether the word at `end` is still part of the name: after a middle name, or the "van" of a surname."""
        last, after = self.words[end - 1], self.words[end]
        if not (after.capital and after.follows) or after.word in _shipped().after_a_name:
            return False
        joined = self.text[last.end : after.start] == "-"
        if last.word in _PARTS or joined:
            return True
        plain = after.word in everyday_words() and after.word not in _shipped().surnames
        return not plain and self._is_first_name(last.word)

    def _is_double(self, first: Spoken, second: Spoken) -> bool:
        """Whether two words are one first name: "Ella-Mae"."""
        return self.text[first.end : second.start] == "-"

    def _has_listed_surname(self, at: int, end: int) -> bool:
        pupils = self._pupils
        return pupils is not None and any(
            without_s(word, self.text) in pupils.surnames for word in self.words[at + 1 : end]
        )

    def _is_somebody_else(self, at: int, end: int) -> bool:
        """Whether the pair is a member of staff, somebody in the conversation, well known, an author, or a place."""
        shipped, words = _shipped(), self.words
        if any(self._reach(tree, at) >= end for tree in (self._ours, self._talking)):
            return True
        if self._reach(shipped.known_people, at) or self._has_title(at):
            return True
        if end < len(words) and words[end].follows and words[end].word in shipped.after_a_name:
            return True
        before = words[at - 1].word if at and words[at].follows else ""
        if before in shipped.before_an_author:
            return True
        is_place = without_s(words[end - 1], self.text) in shipped.after_a_name
        if is_place and (before in shipped.before_a_place or before == "the"):
            return True
        if any(one.start <= words[at].start < one.end for one in self._harmless):
            return True
        near = self._around(words[at].start, words[end - 1].end)
        if _AUTHOR.search(near):
            return True
        if self._pupils is not None:
            return False
        if before in shipped.before_a_place:
            return True
        return not (self._published.has_picture or _PUPILS.search(near) or _PRAISE.search(near))

    def _has_title(self, at: int) -> bool:
        return at > 0 and self.words[at].follows and self.words[at - 1].word in TITLES

    def _reach(self, tree: PhraseTree[None], at: int) -> int:
        """The end of the longest name of a tree that begins at a word; 0: none does."""
        longest = 0
        nodes: list[Node[None]] = [tree]
        for end in range(at, min(len(self.words), at + LONGEST_NAME)):
            word = self.words[end]
            bare = without_s(word, self.text)
            said = (word.word,) if bare == word.word else (word.word, bare)
            nodes = [then for each in nodes for one in said for then in each.after(one)]
            if not nodes:
                break
            if any(each.ends for each in nodes):
                longest = end + 1
        return longest

    def _around(self, start: int, end: int) -> str:
        """The plain text around a place of the original."""
        offsets = self._plain.offsets
        first, last = bisect_right(offsets, start) - 1, bisect_right(offsets, end)
        return self._plain.text[max(0, first - AROUND) : last + AROUND]

    def _is_shouted(self, word: Spoken) -> bool:
        written = self.text[word.start : word.end]
        return len(written) > 1 and written.isupper()

    @cached_property
    def _harmless(self) -> list[Stretch]:
        """Places, sayings and things; a name that only looks rude is still a name."""
        return [each for each in read(self.text, self._own.words).harmless if each.kind != "name"]
