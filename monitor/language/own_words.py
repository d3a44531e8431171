"""The school's own words: what means no harm here, and what is flagged here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from config.judging import OwnLists
from config.policy import Severity
from monitor.model import Category

DETECTOR = "own-words"
"""Name of the check that finds what a school denies, as flags carry it: "own-words/2"."""


@dataclass(frozen=True)
class DenyTerm:
    """A word or phrase that is flagged at this school. `severity` is the least it can be."""

    term: str
    category: Category
    severity: Severity


@dataclass(frozen=True)
class OwnWords:
    """`allow`: names, places and slang that mean no harm here. `deny`: what is flagged here although no list has it.

    A value for caches: two with the same words in the same order are equal, and the hash is worked out once.
    """

    allow: tuple[str, ...] = ()
    deny: tuple[DenyTerm, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.allow, self.deny)))

    def __hash__(self) -> int:
        known: int = self.__dict__["_hash"]
        return known

    def __bool__(self) -> bool:
        return bool(self.allow or self.deny)

    @classmethod
    def of(cls, lists: OwnLists) -> OwnWords:
        """The words of a configuration or of a candidate list."""
        deny = (DenyTerm(each.term, Category(each.category), each.severity) for each in lists.deny)
        return cls(lists.allow, tuple(deny))

    def with_more(self, allow: Iterable[str], deny: Iterable[DenyTerm]) -> OwnWords:
        """These words and more, each once, in order."""
        return OwnWords(tuple(dict.fromkeys((*self.allow, *allow))), tuple(dict.fromkeys((*self.deny, *deny))))


NO_OWN_WORDS = OwnWords()
