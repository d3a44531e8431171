"""The ordered list of checks that rules make up. The models come after them (`monitor/language/judging.py`).

A check that fails says so with a finding of its own, and the others go on: what could not be judged goes to a person.
"""

from __future__ import annotations

from functools import lru_cache, partial

from monitor.language.finding import Check
from monitor.language.lexicon import find_words
from monitor.language.other_languages.languages import find_language
from monitor.language.own_terms import DeniedTerms
from monitor.language.own_words import OwnWords
from monitor.language.patterns import find_patterns
from monitor.language.personal_data import find_personal_data

OWN_LIST = "own-words"
LANGUAGE = "language"


@lru_cache(maxsize=32)
def checks_for(own: OwnWords, languages: frozenset[str]) -> tuple[Check, ...]:
    """The checks of one school, in their order. `languages`: codes of those its own people read."""
    return (
        # The school's own words first: what it has asked for must not be crowded out by what every school has.
        *((Check(OWN_LIST, 2, DeniedTerms(own.deny).find),) if own.deny else ()),
        # Whole words and phrases, the same for every school: every flag shows its words.
        Check("words", 3, find_words),
        # Turns of phrase: threats without a swear word, cries for help, journalists, advertising.
        Check("patterns", 2, find_patterns),
        # Phone numbers, addresses and the like, which have a form of their own.
        Check("personal-data", 2, find_personal_data),
        # Last, because it says what all of the others could not read.
        Check(LANGUAGE, 2, partial(find_language, read_by=languages)),
    )
