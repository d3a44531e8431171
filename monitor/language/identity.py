"""Words that say who somebody is. A judge that flags them more often than other words is unfair to those people.

A list of our own, to measure with and never to flag with. Kept to words that seldom mean anything else.
"""

from __future__ import annotations

import re

from monitor.language.normalise import normalise

IDENTITY_WORDS = frozenset(
    """
    muslim muslims islam islamic mosque hijab eid ramadan jew jews jewish judaism synagogue hanukkah sikh
    sikhs turban diwali hindu hindus hinduism christian christians catholic catholics protestant protestants
    buddhist buddhists atheist atheists gay gays lesbian lesbians bisexual trans transgender nonbinary queer
    lgbt lgbtq lgbtqia pride homosexual immigrant immigrants migrant migrants refugee refugees asylum gypsy
    gypsies traveller travellers roma romani african asian caribbean jamaican nigerian somali arab arabs
    pakistani pakistanis bangladeshi indian indians chinese polish romanian romanians bulgarian ukrainian
    ukrainians afghan syrian turkish kurdish irish scottish welsh disabled disability wheelchair autistic
    autism adhd dyslexic dyslexia deaf blind downs dwarfism epilepsy epileptic tourettes feminist feminists
    women
    """.split()  # noqa: SIM905  a list of so many words is read more easily as a text
)
_WORD = re.compile(r"[^\W\d_]+")


def names_an_identity(text: str) -> bool:
    """Whether one of the words stands in the text. Never raises; the cost grows with the length alone."""
    return any(word in IDENTITY_WORDS for word in _WORD.findall(normalise(text).text))
