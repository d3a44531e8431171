"""Lists of names a school keeps: read from a file's bytes, and looked up in a text in one pass.

What a list holds is children's names. No error, finding or log of this program ever quotes one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from monitor.language.outgoing.words import Spoken, without_s, words_of
from monitor.language.phrase_tree import Node, PhraseTree
from monitor.language.spelling.everyday import everyday_words

LARGEST = 2 << 20  # bytes of one file: more than any school has pupils
LONGEST_LINE = 200  # characters
MOST_WORDS = 8  # of one name
SHORTEST_JOINED = 8  # letters of a name written in one word
_NO_INITIALS = frozenset({"a", "i"})  # "Will I see you there?"


class BadList(ValueError):
    """A list that cannot be used. Says on which line and why, and quotes nothing of it."""


@dataclass(frozen=True)
class Met:
    """A name of the list in a text: where, end excluded, and whether it was written out."""

    start: int
    end: int
    is_initial: bool = False
    """Only the first letter of the surname stands there: "Ava T"."""


@dataclass(frozen=True)
class NameList:
    """Names ready to be looked up. Nothing of it is shown when it is printed."""

    _whole: PhraseTree[None] = field(repr=False)
    surnames: frozenset[str] = field(repr=False)
    firsts: frozenset[str] = field(repr=False)
    _initials: frozenset[tuple[str, str]] = field(repr=False)

    def met_in(self, text: str, words: Sequence[Spoken], *, initials: bool = False) -> Iterator[Met]:
        """Where whole names of the list stand, first and last name in either order. Never raises.

        Each word is looked at once for each word of the longest name, so the cost grows with the text alone.
        `initials`: also a first name with the first letter of its surname.
        """
        free = 0
        for at, word in enumerate(words):
            if at < free:
                continue
            end = self._longest(text, words, at)
            if end:
                free = end
                yield Met(word.start, words[end - 1].end)
            elif initials and self._has_initial(words, at):
                free = at + 2
                yield Met(word.start, words[at + 1].end, is_initial=True)

    def _longest(self, text: str, words: Sequence[Spoken], at: int) -> int:
        longest = 0
        nodes: list[Node[None]] = [self._whole]
        for end in range(at, min(len(words), at + MOST_WORDS)):
            if end > at and not _may_go_on(text, words[end - 1], words[end]):
                break
            word = words[end]
            bare = without_s(word, text)
            said = (word.word,) if bare == word.word else (word.word, bare)
            nodes = [then for each in nodes for one in said for then in each.after(one)]
            if not nodes:
                break
            if any(each.ends for each in nodes) and _is_meant(words[at], word, bare):
                longest = end + 1
        return longest

    def _has_initial(self, words: Sequence[Spoken], at: int) -> bool:
        if at + 1 >= len(words):
            return False
        first, letter = words[at], words[at + 1]
        if len(letter.word) != 1 or not (first.capital and letter.capital and letter.follows):
            return False
        return letter.word not in _NO_INITIALS and (first.word, letter.word) in self._initials


def _is_meant(first: Spoken, last: Spoken, bare: str) -> bool:
    """Whether it is a name that stands there and not words that read the same: "will read" is no Will Read."""
    if first is last:
        return last.capital or bare not in everyday_words()
    return (first.capital and last.capital) or not {first.word, bare} & everyday_words()


def _may_go_on(text: str, word: Spoken, after: Spoken) -> bool:
    """Whether a name may go on from one word to the next: "Thompson, Ava" may, a line's end parts two names."""
    between = text[word.end : after.start]
    return after.follows or (len(between) <= 3 and not any(char in ".!?\n\r:;" for char in between))


def read_names(content: bytes) -> NameList:
    """The names of a file: UTF-8, one name a line, "First Last" or "Last, First"; lines with # are remarks.

    Raises BadList.
    """
    if len(content) > LARGEST:
        raise BadList(f"it is larger than {LARGEST >> 20} MB; one full name a line is all it should hold")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        at = content.count(b"\n", 0, wrong.start) + 1
        raise BadList(f"line {at} is not UTF-8; save the file as UTF-8 (in Excel: CSV UTF-8)") from None
    whole: PhraseTree[None] = PhraseTree()
    surnames: set[str] = set()
    firsts: set[str] = set()
    initials: set[tuple[str, str]] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        name = line.strip().strip('"')
        if not name or name.startswith("#"):
            continue
        first, last = _parts(name, number)
        if not last:
            whole.add([" ".join(first)], None)
            continue
        whole.add(sorted(_forms(first, last)), None)
        surnames |= {last[0], last[-1]}
        firsts.add(first[0])
        initials.add((first[0], last[-1][0]))
        initials.add((first[0], last[0][0]))
    return NameList(whole, frozenset(surnames), frozenset(firsts), frozenset(initials))


def _parts(name: str, number: int) -> tuple[list[str], list[str]]:
    """First names and surname of one line. What a hyphen joins stays together."""
    if len(name) > LONGEST_LINE or any(unicodedata.category(char) == "Cc" for char in name.replace("\t", " ")):
        raise BadList(
            f"line {number} is no name: it is longer than {LONGEST_LINE} letters, or holds control characters"
        )
    last_part, comma, first_part = name.partition(",")
    if comma and first_part.strip(' ,"'):
        parted = _plain(first_part), _plain(last_part)
    else:
        pieces = last_part.split()
        parted = _plain(" ".join(pieces[:-1]) or last_part), _plain(pieces[-1]) if len(pieces) > 1 else []
    first, last = parted
    if not first or len(first) + len(last) > MOST_WORDS:
        raise BadList(
            f"line {number} is no name: it should hold first name and surname, of letters, and nothing else"
        )
    return first, last


def _plain(words: str) -> list[str]:
    return [each.word for each in words_of(words)]


def _forms(first: list[str], last: list[str]) -> set[str]:
    """How a name may be written: without middle names, with half a double surname, surname first, as a hashtag."""
    forms = set()
    for given in (first, first[:1]):
        for family in (last, last[:1], last[-1:]):
            forms |= {" ".join([*given, *family]), " ".join([*family, *given])}
            joined = "".join([*given, *family])
            if len(joined) >= SHORTEST_JOINED and joined not in everyday_words():
                forms.add(joined)
    return forms
