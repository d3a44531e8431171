"""The terms of the word list: what a line of it stands for, and the shipped list itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from config.policy import Severity
from monitor.language.spelling.everyday import read_words_file
from monitor.model import Category

MOST_SPELT_OUT = 2_500  # phrases of one term; a term with more is kept as it is written
CERTAIN, HINT = 1.0, 0.4
"""How sure a term is by itself: a flag, or a weak sign that only counts together with the models."""

WITH_TERMS = (
    "profanity", "abuse", "hate", "threat", "sexual", "bullying", "self_harm", "grooming", "allegation",
)  # fmt: skip
"""The categories of the list, in the order in which a masked word is looked up."""

_PIECE = re.compile(r"([()|])")


class Term(NamedTuple):
    """Phrases of whole words in their plain form, parted by a space each, what they stand for, and how sure that is.

    A term with very many phrases is not spelt out: it has one `phrase`, with its brackets.
    """

    phrases: tuple[str, ...]
    category: Category
    severity: Severity
    score: float

    @property
    def has_choices(self) -> bool:
        """Whether its phrases are not spelt out."""
        return "(" in self.phrases[0]


def expand(term: str, plural: bool = False) -> list[str]:
    """Every phrase a term stands for: "(a|b) c" gives "a c" and "b c"; an empty choice leaves the word out.

    A choice may hold another. Raises ValueError where a bracket is not closed or nothing opened it.
    """
    pieces = pieces_of(term)
    choices, end = _alternatives(pieces, 0)
    if end != len(pieces):
        raise ValueError(f"the brackets of {term!r} do not match")
    phrases = list(dict.fromkeys(" ".join(choice.split()) for choice in choices))
    if not plural:
        return phrases
    return phrases + [phrase + ("es" if phrase.endswith(("s", "x", "ch", "sh")) else "s") for phrase in phrases]


def pieces_of(term: str) -> list[str]:
    """A term parted at its brackets and bars."""
    return [piece for piece in _PIECE.split(term) if piece.strip() or piece == " "]


def how_many(term: str) -> int:
    """How many phrases a term stands for, without making them. Raises ValueError where the brackets do not match."""
    totals, products = [0], [1]
    for piece in pieces_of(term):
        if piece == "(":
            totals.append(0)
            products.append(1)
        elif piece == "|":
            totals[-1] += products[-1]
            products[-1] = 1
        elif piece == ")":
            inside = totals.pop() + products.pop()
            if not products:
                raise ValueError(f"nothing opened a bracket that {term!r} closes")
            products[-1] *= inside
    if len(products) > 1:
        raise ValueError(f"a bracket of {term!r} is not closed")
    return totals[0] + products[0]


def _alternatives(pieces: Sequence[str], at: int) -> tuple[list[str], int]:
    """What the pieces from `at` up to a closing bracket stand for, and where that bracket is."""
    found: list[str] = []
    so_far = [""]
    while at < len(pieces) and pieces[at] != ")":
        if pieces[at] == "|":
            found += so_far
            so_far = [""]
        elif pieces[at] == "(":
            choices, at = _alternatives(pieces, at + 1)
            if at == len(pieces):
                raise ValueError("a bracket is not closed")
            so_far = [before + choice for before in so_far for choice in choices]
        else:
            so_far = [before + pieces[at] for before in so_far]
        at += 1
    return found + so_far, at


def terms_of(category: str, content: dict[str, Any]) -> Iterator[Term]:
    """The terms of one file, in order. Raises ValueError for a category that the project does not know."""
    known = Category(category)
    weak = frozenset(phrase for each in content.get("weak", ()) for phrase in expand(each))
    for entry in content["terms"]:
        score = HINT if entry.get("hint", False) else CERTAIN
        term = entry["term"]
        severity = cast("Severity", entry["severity"])
        if how_many(term) > MOST_SPELT_OUT:
            yield Term((term,), known, severity, score)
            continue
        phrases = expand(term, entry.get("plural", False))
        for hinted in (False, True):
            some = tuple(phrase for phrase in phrases if (phrase in weak) is hinted)
            if some:
                yield Term(some, known, severity, HINT if hinted else score)


@lru_cache(maxsize=1)
def shipped_terms() -> tuple[Term, ...]:
    """The list that comes with the program, read once."""
    return tuple(term for name in WITH_TERMS for term in terms_of(name, read_words_file(f"{name}.toml")))
