"""Asking the second opinion that the school named, without ever waiting long for it or depending on it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.language.second_opinion import SecondOpinion, may_be_asked, usable_scores
from monitor.logs import where
from monitor.model import OFFENSIVE, Category
from monitor.words import category_words

if TYPE_CHECKING:
    from monitor.language.judging import Judgement

log = logging.getLogger("monitor.second_opinion")

WAIT_SECONDS = 5.0
"""For one answer. After one failure or one answer that did not come, the rest of the page is not asked about."""


@dataclass(frozen=True)
class Asked:
    """A text that was judged here, and the number or id by which a log may speak of it."""

    id: str
    text: str
    judgement: Judgement


def with_second_opinion(
    opinion: SecondOpinion,
    page: list[Asked],
    thresholds: Mapping[str, float],
    wait_seconds: float = WAIT_SECONDS,
) -> list[Judgement]:
    """The judgements of a page, in order, with what the opinion adds. Never raises and never takes anything away."""
    answers: list[Judgement] = []
    trouble = ""
    for each in page:
        answer = each.judgement
        if not trouble and may_be_asked(each.text, answer):
            scores, trouble = _ask(opinion, each.text, wait_seconds)
            answer = _added(each, scores, opinion, thresholds) if scores else answer
            if trouble:
                log.warning("second opinion %s: not heard on %r: %s", opinion.name, each.id[:80], trouble)
        answers.append(answer)
    return answers


def _ask(opinion: SecondOpinion, text: str, wait_seconds: float) -> tuple[dict[Category, float], str]:
    """Its scores, or why there are none: the kind of trouble, since the words of an error may quote the comment."""
    answered: queue.SimpleQueue[tuple[dict[Category, float], str]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answered.put((usable_scores(opinion.opinion(text)), ""))
        except BaseException as failed:  # somebody else's code, on a thread of its own
            answered.put(({}, f"{type(failed).__name__} at {where(failed)}"))

    threading.Thread(target=ask, name="second-opinion", daemon=True).start()
    try:
        return answered.get(timeout=wait_seconds)
    except queue.Empty:
        return {}, f"no answer in {wait_seconds:g} seconds"


def _added(
    each: Asked, scores: Mapping[Category, float], opinion: SecondOpinion, thresholds: Mapping[str, float]
) -> Judgement:
    from monitor.language.finding import CERTAIN_ENOUGH, Finding
    from monitor.language.judging import Found

    flagged = {found.finding.category for found in each.judgement.found}
    detector = f"second-opinion:{opinion.name}/{opinion.version}"
    extra = tuple(
        Found(Finding(category, "note", score, 0, len(each.text), _reason(category, opinion)), detector)
        for category, score in scores.items()
        if category not in flagged and score >= thresholds.get(category, CERTAIN_ENOUGH)
    )
    raised = dict(each.judgement.scores)
    for category, score in scores.items():
        raised[category.value] = max(raised[category.value], score)
    raised["offensive"] = max(raised["offensive"], *(raised[category.value] for category in OFFENSIVE))
    return replace(each.judgement, scores=raised, found=(*each.judgement.found, *extra))


def _reason(category: Category, opinion: SecondOpinion) -> str:
    return f"The second opinion {opinion.name} sees this: {category_words(category)}. It gives no place in the text."
