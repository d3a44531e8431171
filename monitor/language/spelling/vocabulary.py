"""The words that a text is read with: those of the word list, of the allow lists, and everyday English."""

from __future__ import annotations

from functools import lru_cache

from monitor.language.allowed import shipped_allowed
from monitor.language.own_words import OwnWords
from monitor.language.spelling.everyday import everyday_words, read_words_file
from monitor.language.spelling.term_words import spelt
from monitor.language.spelling.word_forms import Vocabulary
from monitor.language.terms import shipped_terms

_NO_BRACKETS = str.maketrans("()|", "   ")


@lru_cache(maxsize=8)
def vocabulary_for(own: OwnWords) -> Vocabulary:
    """The shipped vocabulary with a school's own words."""
    disguises = read_words_file("disguises.toml")
    phrases = [phrase for term in shipped_terms() for phrase in term.phrases]
    phrases += [spelt(deny.term) for deny in own.deny]
    ordinary = {word for phrase in own.allow for word in spelt(phrase).split()}
    return Vocabulary(
        listed=" ".join(phrases).translate(_NO_BRACKETS).split(),
        everyday=everyday_words(),
        strong=disguises["strong"],
        inside=disguises["inside"],
        ordinary=shipped_allowed().words | frozenset(disguises["ordinary"].split()) | ordinary,
    )


@lru_cache(maxsize=1)
def parts_of_words() -> frozenset[str]:
    """What stands for itself, so that it is not taken for half of a word split in two."""
    return frozenset(read_words_file("disguises.toml")["parts"].split())
