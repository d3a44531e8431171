"""The ordered list of checks that rules make up. The models come after them (`monitor/language/judging.py`).

A check that fails says so with a finding of its own, and the others go on: what could not be judged goes to a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache, partial

from monitor.language.finding import Check, Finding
from monitor.language.lexicon import Lexicon, find_words
from monitor.language.normalise import normalise, plain_words
from monitor.language.other_languages.languages import find_language
from monitor.language.own_words import OwnWords
from monitor.language.patterns import find_patterns
from monitor.language.personal_data import find_personal_data
from monitor.language.reading import Reading
from monitor.language.terms import CERTAIN, Term

OWN_LIST = "own-words"
_ON_OWN_LIST = "Is on the school's own list of words."


@lru_cache(maxsize=32)
def checks_for(own: OwnWords, languages: frozenset[str]) -> tuple[Check, ...]:
    """The checks of one school, in their order. `languages`: codes of those its own people read."""
    return (
        # The school's own words first: what it has asked for must not be crowded out by what every school has.
        *((Check(OWN_LIST, 1, partial(_find_own, Lexicon(_terms(own)))),) if own.deny else ()),
        # Whole words and phrases, the same for every school: every flag shows its words.
        Check("words", 2, find_words),
        # Turns of phrase: threats without a swear word, cries for help, journalists, advertising.
        Check("patterns", 1, find_patterns),
        # Phone numbers, addresses and the like, which have a form of their own.
        Check("personal-data", 1, find_personal_data),
        # Last, because it says what all of the others could not read.
        Check("language", 1, partial(find_language, read_by=languages)),
    )


def _terms(own: OwnWords) -> list[Term]:
    return [Term((_plain(deny.term),), deny.category, deny.severity, CERTAIN) for deny in own.deny]


def _plain(term: str) -> str:
    return " ".join(word.text for word in plain_words(normalise(term).text))


def _find_own(lexicon: Lexicon, reading: Reading) -> Iterable[Finding]:
    return (replace(finding, reason=_ON_OWN_LIST) for finding in find_words(reading, lexicon))
