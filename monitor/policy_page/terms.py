"""The words of a pack in the words of people: who, which kind of comment, which clause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.handling import NEAREST, SILENT, Duty
from monitor.model import Category
from monitor.words import category_words

_DUTIES: dict[Duty, str] = {
    "moderator": "the moderators",
    "poster": "whoever publishes on the account",
    "line_manager": "the line manager",
    "communications": "the communications manager",
    "pastoral": "the class teacher or head of house",
    "senior": "the leadership",
    "head": "the head",
    "safeguarding": "the safeguarding lead",
    "chair_of_governors": "the chair of governors",
    "technician": "the technician",
}


_SHORT: dict[Duty, str] = {
    "moderator": "moderators",
    "poster": "publisher",
    "line_manager": "line manager",
    "communications": "communications",
    "pastoral": "teacher",
    "senior": "leadership",
    "head": "head",
    "safeguarding": "safeguarding",
    "chair_of_governors": "chair",
    "technician": "technician",
}


@dataclass(frozen=True)
class Said:
    """One sentence about a pack and the clause it rests on; empty: that of its surroundings."""

    words: str
    clause: str = ""

    def beside(self, clause: str) -> str:
        """The sentence, with its clause where that is another than `clause`."""
        return self.words if self.clause in ("", clause) else f"{self.words} {in_brackets(self.clause)}"

    def __str__(self) -> str:
        return self.beside("")


def who(duty: Duty) -> str:
    """Whom a pack means."""
    return _DUTIES[duty]


def in_short(duties: Iterable[Duty]) -> str:
    """Several of them in a table: "head, safeguarding"."""
    return ", ".join(_SHORT[duty] for duty in duties)


def people(duties: Iterable[Duty]) -> str:
    """Several of them at once: "the head and the safeguarding lead"."""
    return listed([who(duty) for duty in duties])


def in_turn(duties: Iterable[Duty]) -> str:
    """Several of them one after the other: "the head, then the leadership"."""
    return ", then ".join(who(duty) for duty in duties)


def listed(words: Sequence[str], joined: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return f" {joined} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def kind(category: str) -> str:
    """A kind of comment as a heading: "Media enquiry"."""
    return capital(category_words(Category(category)))


def capital(words: str) -> str:
    """Words as the beginning of a sentence."""
    return words[0].upper() + words[1:]


def in_brackets(*clauses: str) -> str:
    """A clause, or several, for the end of a sentence."""
    return f"[{'; '.join(dict.fromkeys(map(_clause, clauses)))}]"


def _clause(clause: str) -> str:
    if clause == SILENT:
        return "usual practice"
    if clause.endswith(NEAREST):
        return f"no clause of its own, nearest: {clause.removesuffix(NEAREST)}"
    return clause
