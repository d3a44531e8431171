"""How the names of people are looked up in words: as letters alone, stretched ones cut short, slips found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from monitor.language.normalise import normalise

LONGEST = 60  # letters of a name or word that is looked at; nobody's surname is longer
SHORTEST_SLIPPED = 6  # letters of a surname in which one slip is forgiven

_NOT_A_LETTER = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SIGN_IN_A_WORD = re.compile(r"(?<=[^\W_])[@$](?=[^\W_])")
_STRETCHED = re.compile(r"(.)\1\1")
_REPEATED = re.compile(r"(.)\1+")
_DIGIT_AND_LETTER = re.compile(r"(?=.*\d)(?=.*[^\W\d_])")
_SIGNS = {"@": "a", "$": "s"}
_AS_I = str.maketrans("0134578", "oieastb")
_AS_L = str.maketrans("0134578", "oleastb")


def words_in(text: str) -> list[tuple[int, int, str]]:
    """The words of a normalised text: start, end and letters without apostrophes. Signs inside words are letters."""
    undone = _SIGN_IN_A_WORD.sub(lambda sign: _SIGNS[sign.group()], text)
    return [(m.start(), m.end(), m.group().replace("'", "")) for m in _WORD.finditer(undone)]


def letters(name: str) -> str:
    """A name as one row of plain letters: "O’Brien-Smith" is "obriensmith"."""
    return _NOT_A_LETTER.sub("", normalise(name).text)


def parts_of(name: str) -> list[str]:
    """The words of a name, hyphens and apostrophes taken out: "Ms Amara O’Brien-Smith" is ms, amara, obriensmith."""
    return [part for piece in name.split() if (part := letters(piece))]


def as_letters(word: str) -> str:
    """A word with its digits read as letters, where it has both."""
    return word.translate(_AS_I) if _DIGIT_AND_LETTER.match(word) else word


def readings(word: str) -> Iterator[str]:
    """What a word may stand for: itself, without an ending of possession, digits read as letters."""
    if len(word) > LONGEST:
        if not _STRETCHED.search(word):
            return
        word = _REPEATED.sub(r"\1\1", word)[:LONGEST]  # somebody leant on a key
    spelt = [word]
    if _DIGIT_AND_LETTER.match(word):
        spelt += [word.translate(_AS_I), word.translate(_AS_L)]
    for each in spelt:
        yield each
        if len(each) > 3 and each.endswith("s"):
            yield each[:-1]


def unstretched(word: str) -> str | None:
    """A word with three of a letter in a row, each row cut to one; None for any other."""
    return squeezed(word) if _STRETCHED.search(word) else None


def squeezed(word: str) -> str:
    """Each row of one letter cut to one."""
    return _REPEATED.sub(r"\1", word)


def shortened(word: str) -> set[str]:
    """The word, and the word with any one letter left out."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def slips(names: Iterable[str]) -> dict[str, set[str]]:
    """By what a slip of a name may have left of it: the names that are long enough to be known again."""
    found: dict[str, set[str]] = {}
    for name in names:
        for short in shortened(name) if len(name) >= SHORTEST_SLIPPED else ():
            found.setdefault(short, set()).add(name)
    return found


def is_one_slip(word: str, name: str) -> bool:
    """Whether one letter is missing, too much, wrong or swapped with its neighbour."""
    if word == name:
        return True
    if abs(len(word) - len(name)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    left, right = word[at:], name[at:]
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or swapped
