"""Words that say who somebody is. A judge that flags them more often than other words is unfair to those people.

A list of our own, to measure with and never to flag with. Kept to words that seldom mean anything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.language.normalise import normalise

IDENTITY_GROUPS: Mapping[str, frozenset[str]] = {
    group: frozenset(words.split())
    for group, words in {
        "religion or belief": """
            muslim muslims islam islamic mosque hijab eid ramadan jew jews jewish judaism synagogue hanukkah sikh
            sikhs turban diwali hindu hindus hinduism christian christians catholic catholics protestant protestants
            buddhist buddhists atheist atheists
        """,
        "sexuality": """
            gay gays lesbian lesbians bisexual queer lgbt lgbtq lgbtqia pride homosexual
        """,
        "sex and gender": """
            trans transgender nonbinary feminist feminists women
        """,
        "disability": """
            disabled disability wheelchair autistic autism adhd dyslexic dyslexia deaf blind downs dwarfism epilepsy
            epileptic tourettes
        """,
        "Traveller communities": """
            gypsy gypsies traveller travellers roma romani
        """,
        "ethnicity": """
            african asian caribbean arab arabs kurdish
        """,
        "nationality": """
            jamaican nigerian somali pakistani pakistanis bangladeshi indian indians chinese polish romanian romanians
            bulgarian ukrainian ukrainians afghan syrian turkish
        """,
        "Irish, Scottish, Welsh": """
            irish scottish welsh
        """,
        "migration": """
            immigrant immigrants migrant migrants refugee refugees asylum
        """,
    }.items()
}
"""By group of people, as a page names it: the words that say that somebody belongs to it."""
IDENTITY_WORDS = frozenset().union(*IDENTITY_GROUPS.values())
_WORD = re.compile(r"[^\W\d_]+")


def names_an_identity(text: str) -> bool:
    """Whether one of the words stands in the text. Never raises; the cost grows with the length alone."""
    return any(word in IDENTITY_WORDS for word in _WORD.findall(normalise(text).text))


def groups_named(*texts: str) -> frozenset[str]:
    """The groups of people that one of these texts names, by the names of IDENTITY_GROUPS. Never raises."""
    words = {word for text in texts for word in _WORD.findall(normalise(text).text)}
    return frozenset(group for group, of_it in IDENTITY_GROUPS.items() if words & of_it)
