"""Judging a text: rules and models together, with the reason for everything that is found.

Rules say where and why, the models how likely; `monitor/language/models/combined.py` makes one score of both for each
category. What the school's own list names is flagged whatever the models say, and so is a swear word or a threat in a
language that they do not read. A check that fails or could not finish is neither a hit nor a pass: it becomes a
finding that sends the comment to a person.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain

from config.judging import ModelsUsed
from config.policy import CATEGORIES
from monitor.language.checks import LANGUAGE, OWN_LIST, checks_for
from monitor.language.finding import CERTAIN_ENOUGH, RISING, Check, Finding
from monitor.language.models.answers import OFFENSIVE_HEAD, Answers
from monitor.language.own_words import NO_OWN_WORDS, OwnWords
from monitor.language.reading import Reading, read
from monitor.model import OFFENSIVE, Category

MOST_OF_ONE_CATEGORY = 5  # findings of one check; more say nothing new
_BETWEEN_LOOKS = 5_000  # things made and not yet given up, which take a few hundred kilobytes
_CATEGORIES = tuple(map(Category, CATEGORIES))
_IN_OFFENSIVE = tuple(sorted(OFFENSIVE))
_HEADS = (*CATEGORIES, OFFENSIVE_HEAD)
_FAILED = "A check could not be completed, so a person should read this."


@dataclass(frozen=True)
class Found:
    """A finding, and the check that found it ("patterns/1")."""

    finding: Finding
    detector: str


@dataclass(frozen=True)
class Judgement:
    """How likely each category and "offensive" is, 0 to 1, and what was found, in the order of the checks.

    Every score that reaches its threshold has a finding that says why.
    """

    scores: Mapping[str, float]
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Judge:
    """Judges with the rules, the models, the school's own words and its thresholds.

    `models`: "full" both, "fast" the small one alone, "none" rules alone. `thresholds`: from which score on a
    category is flagged, CERTAIN_ENOUGH where none is given. `languages`: codes of those the school's people read.
    """

    models: ModelsUsed = "full"
    own: OwnWords = NO_OWN_WORDS
    thresholds: Mapping[str, float] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()

    def assess(self, text: str) -> Judgement:
        """Judge one text. Never raises."""
        return self.assess_all([text])[0]

    def assess_all(self, texts: Sequence[str]) -> list[Judgement]:
        """Judge many texts, which costs less than one by one. Never raises."""
        readings = [read(text, self.own) for text in texts]
        checks = checks_for(self.own, self.languages)
        # Each check over all texts before the next: what it works with stays at hand, which saves a quarter.
        by_check = [[_found_by(check, reading) for reading in readings] for check in checks]
        found = [list(chain.from_iterable(of_text)) for of_text in zip(*by_check, strict=True)]
        rules = [surest(each) for each in found]
        answers = Answers.of([reading.model_view.text for reading in readings], rules, self.models)
        judged = [self._judgement(reading, found[row], answers, row) for row, reading in enumerate(readings)]
        _leave_in_peace()
        return judged

    def _judgement(self, reading: Reading, found: list[Found], answers: Answers, row: int) -> Judgement:
        scores = dict(answers.scores[row])
        for one in found:
            if one.detector.startswith(OWN_LIST):
                scores[one.finding.category] = 1.0
            elif one.detector.startswith(LANGUAGE) and one.finding.category in scores:
                # The models read English alone, so what they think of it counts for nothing.
                scores[one.finding.category] = max(scores[one.finding.category], one.finding.score)
        scores[OFFENSIVE_HEAD] = max(scores[OFFENSIVE_HEAD], *[scores[category] for category in _IN_OFFENSIVE])
        counted = [one for one in found if self._counts(one.finding, scores)]
        kept = [self._scored(one, scores, answers) for one in (_once(counted) if len(counted) > 1 else counted)]
        explained = {one.finding.category for one in kept}
        for category in self._reached(scores):
            if category not in explained:
                kept.append(Found(answers.finding(reading, category, scores[category], row), answers.detector))
        if trouble := answers.trouble(row):
            kept.append(Found(trouble, answers.detector))
        return Judgement(scores, tuple(kept))

    def _threshold(self, category: str) -> float:
        return self.thresholds.get(category, CERTAIN_ENOUGH)

    @cached_property
    def _thresholds(self) -> tuple[tuple[Category, float], ...]:
        return tuple((category, self._threshold(category)) for category in _CATEGORIES)

    def _counts(self, finding: Finding, scores: Mapping[str, float]) -> bool:
        category = finding.category
        return category is Category.COULD_NOT_BE_CHECKED or scores[category] >= self._threshold(category)

    def _reached(self, scores: Mapping[str, float]) -> list[Category]:
        """What the scores flag. Where only "offensive" is reached, the likeliest of what it stands for is named."""
        reached = [category for category, threshold in self._thresholds if scores[category] >= threshold]
        if scores[OFFENSIVE_HEAD] < self._threshold(OFFENSIVE_HEAD) or not OFFENSIVE.isdisjoint(reached):
            return reached
        likeliest = max(_IN_OFFENSIVE, key=scores.__getitem__)
        if scores[OFFENSIVE_HEAD] >= self.thresholds.get(likeliest, 0.0):
            reached.append(likeliest)
        return reached

    def _scored(self, one: Found, scores: Mapping[str, float], answers: Answers) -> Found:
        """With the models, a finding is as sure as they and the rules are together."""
        if answers.models is None or one.finding.category is Category.COULD_NOT_BE_CHECKED:
            return one
        return Found(one.finding.scored(scores[one.finding.category]), one.detector)


@lru_cache(maxsize=1)
def _leave_in_peace() -> None:
    """Once all lists are read: Python need not look among them for what nobody uses any more, for they stay in use.

    There are a hundred thousand of them, and to go through them took a tenth of the time that judging takes. Nor need
    it look again after every 700 new things, as it would: that is one page of comments, none of which is garbage yet.
    """
    gc.freeze()
    gc.set_threshold(max(_BETWEEN_LOOKS, gc.get_threshold()[0]), *gc.get_threshold()[1:])


def surest_rules(reading: Reading) -> dict[str, float]:
    """What the rules alone say of a text at a school without words of its own."""
    return surest([one for check in checks_for(NO_OWN_WORDS, frozenset()) for one in _found_by(check, reading)])


def surest(found: Sequence[Found]) -> dict[str, float]:
    """How sure the surest finding of each category is, and of "offensive"; 0 where there is none."""
    scores = dict.fromkeys(_HEADS, 0.0)
    if not found:
        return scores
    for one in found:
        name = one.finding.category.value
        if name in scores:
            scores[name] = max(scores[name], one.finding.score)
    scores[OFFENSIVE_HEAD] = max([scores[category] for category in _IN_OFFENSIVE])
    return scores


def _once(found: Sequence[Found]) -> list[Found]:
    """Where two checks found the same category at the same place, the surer one; if they are as sure, the graver.

    It is as grave as the gravest of those that are left out for it, hints excepted.
    """
    kept: dict[int, Found] = {}
    for at in sorted(range(len(found)), key=lambda at: (-found[at].finding.score, -_gravity(found[at].finding))):
        finding = found[at].finding
        same = next((place for place, other in kept.items() if _same(finding, other.finding)), None)
        if same is None:
            kept[at] = found[at]
        elif finding.score >= CERTAIN_ENOUGH and _gravity(finding) > _gravity(kept[same].finding):
            kept[same] = Found(kept[same].finding.as_grave_as(finding), kept[same].detector)
    return [kept[at] for at in sorted(kept)]


def _gravity(finding: Finding) -> int:
    return RISING.index(finding.severity)


def _same(one: Finding, other: Finding) -> bool:
    return one.category == other.category and one.start < other.end and other.start < one.end


def _found_by(check: Check, reading: Reading) -> list[Found]:
    found: list[Found] = []
    counted: dict[Category, int] = {}
    try:
        for finding in check.find(reading):
            counted[finding.category] = counted.get(finding.category, 0) + 1
            if counted[finding.category] <= MOST_OF_ONE_CATEGORY:
                found.append(Found(finding, check.detector))
    except Exception:  # whatever a check breaks on, a person must still see the comment; its words stay unsaid
        found.append(Found(_failure(), check.detector))
    return found


def _failure() -> Finding:
    return Finding(Category.COULD_NOT_BE_CHECKED, "concern", 1.0, 0, 0, _FAILED)
