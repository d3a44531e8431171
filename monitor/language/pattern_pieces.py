"""A pattern as it is written down (docs/patterns.md), taken to pieces: what stands in a row, and what is a choice.

A space is whatever parts words; so are, for our purpose, the places where a word or the text ends or begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

APART = " "  # what parts words, in a spelling
WORD = re.compile(r"\w+", re.ASCII)
"""A word as RE2 has it: letters without accents, digits and low lines."""

_MOST_SPELLINGS = 1000
_MOST_OF_A_SET = 12  # characters
_SIGN = re.compile(
    r"(?P<list>\((?:[a-z0-9 ]\??|\|)+\))"
    r"|(?P<gap> <\d\d?> )|(?P<name>\{[A-Z_]+\})|(?P<times>[?*+]|\{\d+(?:,\d*)?\})|(?P<edge>[\^$ ]|\\b)"
    r"|(?P<other>\(\?|\\.)|(?P<set>\[(?:\\.|[^\]\\])*\])|(?P<bracket>[()|])|(?P<letters>\w+(?![?*+{])|.)",
    re.DOTALL,
)
_PLAIN_SET = re.compile(r"\[[^\^\]\\\-\s]+\]")
_SET_OF_DIGITS = re.compile(r"\[[0-9\-]+\]")
_SET_OF_SIGNS = re.compile(r"\[(?:\^(?:\\.|[^\]\\])*?\\w.*|(?:\\[nrts.]|[^\^\]\\\-\w])+\])", re.DOTALL | re.ASCII)
"""All that a word has is shut out, or it holds nothing of the kind."""


class Piece(NamedTuple):
    """Part of a pattern. `spellings`: all it can be, where they are few; else its `parts`, in a row or a `choice`.

    `may_lack`: it can be nothing. `begins_apart`, `ends_apart`: what it is, if anything, has no letter there.
    A piece with neither spellings nor parts can be anything else; `digit`: it is one.
    """

    spellings: frozenset[str] | None = None
    parts: tuple[Piece, ...] = ()
    choice: bool = False
    may_lack: bool = True
    begins_apart: bool = False
    ends_apart: bool = False
    digit: bool = False


_ANYTHING = Piece()
_GAP = Piece(ends_apart=True)


class Pieces:
    """Takes patterns to pieces. `classes`: the word classes they may name."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes
        self._named: dict[str, Piece] = {}
        self._simple: dict[str, tuple[Piece, ...]] = {}

    def of(self, written: str) -> Piece:
        """A pattern as one piece. Where it is written in a way unknown here, it can be anything."""
        signs = [(match.lastgroup or "", match[0]) for match in _SIGN.finditer(written)]
        piece, at = self._choice(signs, 0)
        return piece if at == len(signs) and ("other", "(?") not in signs else _ANYTHING

    def _choice(self, signs: Sequence[tuple[str, str]], at: int) -> tuple[Piece, int]:
        """The choices from `at` up to a closing bracket, and where that is."""
        choices: list[Piece] = []
        row: list[Piece] = []
        simple = self._simple
        while at < len(signs):
            kind, sign = signs[at]
            if sign == ")":
                break
            if kind == "times":
                row[-1:] = [_repeated(row[-1], sign)] if row else [_ANYTHING]
            elif sign == "|":
                choices.append(_in_a_row(row))
                row = []
            elif sign == "(":
                piece, at = self._choice(signs, at + 1)
                row.append(piece)
            else:
                if sign not in simple:
                    simple[sign] = self._read(kind, sign)
                row += simple[sign]
            at += 1
        choices.append(_in_a_row(row))
        return _one_of(choices), at

    def _read(self, kind: str, sign: str) -> tuple[Piece, ...]:
        if kind == "letters":
            return (spelt({sign}) if sign != "." else Piece(may_lack=False),)
        if kind == "list":
            return (spelt(spelling for way in sign[1:-1].split("|") for spelling in _with_or_without(way)),)
        if kind == "edge":
            return (spelt({APART}),)
        if kind == "gap":
            return (spelt({APART}), _GAP)
        if kind == "name":
            return (self.of(self._classes[sign[1:-1]]),)
        if kind == "set" and _PLAIN_SET.fullmatch(sign) and len(sign) <= _MOST_OF_A_SET:
            return (spelt(set(sign[1:-1])),)
        if (kind == "set" and _SET_OF_SIGNS.fullmatch(sign)) or sign == r"\s":
            return (Piece(may_lack=False, begins_apart=True, ends_apart=True),)
        if sign == r"\d" or (kind == "set" and _SET_OF_DIGITS.fullmatch(sign)):
            return (Piece(may_lack=False, digit=True),)
        if kind == "other" and not sign[1].isalnum() and sign != "(?":
            return (spelt({sign[1]}),)
        return (_ANYTHING,)


def spelt(spellings: Iterable[str]) -> Piece:
    """The piece that has these spellings and no others."""
    strings = frozenset(spellings)
    together = "".join(strings)
    if together.isalnum() and together.isascii():  # as most are
        return Piece(strings, may_lack="" in strings)
    return Piece(
        spellings=strings,
        may_lack="" in strings,
        begins_apart=not any(map(WORD.match, strings)),
        ends_apart=not any(WORD.match(each[-1:]) for each in strings),
    )


def _with_or_without(letters: str) -> list[str]:
    """Every spelling of letters some of which may lack: "heads?" is "head" and "heads"."""
    *before, last = letters.split("?")
    spellings = [""]
    for part in before:
        spellings = [spelling + part[:-1] + letter for spelling in spellings for letter in (part[-1], "")]
    return [spelling + last for spelling in spellings]


def _repeated(piece: Piece, times: str) -> Piece:
    """A piece with what says how often it stands there."""
    if times == "?" and piece.spellings is not None:
        return spelt({*piece.spellings, ""})
    if times in "?*" or times.startswith("{0"):
        return Piece(begins_apart=piece.begins_apart, ends_apart=piece.ends_apart)
    return piece if piece.digit else piece._replace(spellings=None, parts=())


def _in_a_row(pieces: Sequence[Piece]) -> Piece:
    """Pieces one after another; those that may be of one word as one piece, as long as it is not too much."""
    if len(pieces) == 1:
        return pieces[0]
    row: list[Piece] = []
    for piece in pieces:
        joined = _spelt_together(row[-1], piece) if row else None
        row[-1 if joined else len(row) :] = [joined or piece]
    if len(row) == 1:
        return row[0]
    if not row:
        return spelt({""})
    begins = ends = True
    for one in reversed(row):
        begins = one.begins_apart and (begins or not one.may_lack)
    for one in row:
        ends = one.ends_apart and (ends or not one.may_lack)
    return Piece(parts=tuple(row), may_lack=all(one.may_lack for one in row), begins_apart=begins, ends_apart=ends)


def _spelt_together(one: Piece, after: Piece) -> Piece | None:
    if one.spellings is None or after.spellings is None:
        return None
    if (one.ends_apart and not one.may_lack) or (after.begins_apart and not after.may_lack):
        return None
    if len(one.spellings) * len(after.spellings) > _MOST_SPELLINGS:
        return None
    return spelt({first + last for first in one.spellings for last in after.spellings})


def _one_of(choices: Sequence[Piece]) -> Piece:
    if len(choices) == 1:
        return choices[0]
    spellings: set[str] = set()
    for one in choices:
        if one.spellings is None:
            break
        spellings |= one.spellings
    else:
        return spelt(spellings)
    return Piece(
        parts=tuple(choices),
        choice=True,
        may_lack=any(one.may_lack for one in choices),
        begins_apart=all(one.begins_apart for one in choices),
        ends_apart=all(one.ends_apart for one in choices),
    )
