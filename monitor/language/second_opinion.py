"""A second opinion by somebody else's service: an extension point, off unless the school names one. None is built in.

A package offers one through the entry point group "school_monitor.second_opinion"; the name of the entry point is
what `[judging] second_opinion` says. The object it loads, called without arguments, gives a SecondOpinion.

Asked is only about a text that some category leaves in doubt, and never about one that shows any sign of personal
details, self-harm, grooming, or of sexual words about a child. An opinion can raise a flag and never lower one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Protocol

from config.policy import CATEGORIES
from monitor.language.normalise import normalise
from monitor.model import Category

if TYPE_CHECKING:
    from monitor.language.judging import Judgement

GROUP = "school_monitor.second_opinion"
IN_DOUBT = (0.15, 0.85)
"""Scores between these leave a category in doubt; below the first there is no sign of it at all."""
LONGEST_ASKED = 3_000  # characters
LONGEST_NAME = 40  # characters
NEVER_ASKED = (Category.PERSONAL_DATA, Category.SELF_HARM, Category.GROOMING)

_A_CHILD = re.compile(
    r"\b(child(ren)?|kids?|kiddies?|bab(y|ies)|toddlers?|infants?|minors?|teen(s|ager|agers|age)?|under ?age|pupils?"
    r"|students?|boys?|girls?|lads?|lass(es)?|bairns?|weans?|school ?(boy|girl)s?|sons?|daughters?|nephews?|nieces?"
    r"|grand(son|daughter|child)\w*|little (brother|sister|one)s?|ks ?[1-4]|yr ?\d+|year (\d+|[a-z]+)|y\d{1,2}"
    r"|reception|nursery|primary|[1-9] ?(yo|y/o|years? old)|1[0-7] ?(yo|y/o|years? old)|\d{1,2}[a-h])\b"
)
"""Words that speak of a child, generously: here a word too many costs nothing but an opinion."""


class SecondOpinion(Protocol):
    """What a package that offers a second opinion provides."""

    name: str
    version: str
    """Goes into the detector of a flag: "second-opinion:NAME/VERSION"."""
    what_leaves: str
    """One sentence for the school: what is sent, to whom, where. `school-monitor check` prints it."""

    def opinion(self, text: str) -> Mapping[str, float]:
        """Scores between 0 and 1 for some of our categories. May raise; may be slow, and is then not waited for."""
        ...


class NoSuchOpinion(Exception):
    """The second opinion that the school named cannot be used. One sentence, no words of any comment."""


def installed(name: str) -> SecondOpinion:
    """The second opinion with this name. Raises NoSuchOpinion when it is not installed or does not start."""
    found = [each for each in entry_points(group=GROUP) if each.name == name]
    if not found:
        there = ", ".join(sorted(entry_points(group=GROUP).names)) or "none"
        raise NoSuchOpinion(f'there is no second opinion "{name}" installed (installed: {there})')
    try:
        opinion: SecondOpinion = found[0].load()()
        complete = all(_is_short(opinion.name, opinion.version)) and bool(opinion.what_leaves.strip())
    except Exception as broken:  # somebody else's code: whatever it does, judging goes on
        raise NoSuchOpinion(f'the second opinion "{name}" does not start ({type(broken).__name__})') from None
    if not complete or not callable(getattr(opinion, "opinion", None)):
        raise NoSuchOpinion(f'the second opinion "{name}" is not made as docs/judging.md describes')
    return opinion


def _is_short(*words: object) -> Iterator[bool]:
    """Whether each is text that fits into the detector of a flag."""
    return (isinstance(word, str) and 0 < len(word) <= LONGEST_NAME and word.isprintable() for word in words)


def may_be_asked(text: str, judgement: Judgement) -> bool:
    """Whether a text may be shown to a second opinion, and whether there is anything to ask."""
    scores = judgement.scores
    doubted = any(IN_DOUBT[0] <= scores.get(name, 0.0) <= IN_DOUBT[1] for name in CATEGORIES)
    if not doubted or len(text) > LONGEST_ASKED:
        return False
    # What no check could look at may hold anything.
    found = {each.finding.category for each in judgement.found}
    if found.intersection((*NEVER_ASKED, Category.COULD_NOT_BE_CHECKED)):
        return False
    if any(scores.get(name, 0.0) >= IN_DOUBT[0] for name in NEVER_ASKED):
        return False
    sexual = Category.SEXUAL in found or scores.get(Category.SEXUAL, 0.0) >= IN_DOUBT[0]
    return not (sexual and _A_CHILD.search(normalise(text).text))


def usable_scores(answer: object) -> dict[Category, float]:
    """Those scores of an answer that mean something to us: our categories, numbers from 0 to 1."""
    pairs = answer.items() if isinstance(answer, Mapping) else ()
    return {
        Category(name): float(score)
        for name, score in pairs
        if name in CATEGORIES and isinstance(score, int | float) and not isinstance(score, bool)
        if math.isfinite(score) and 0 <= score <= 1
    }
