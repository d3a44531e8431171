"""The judge of one school: its settings, or those of a list it tries out, as what judges."""

from __future__ import annotations

from config.judging import CandidateList, JudgingSettings, ModelsUsed
from monitor.language.judging import Judge
from monitor.language.own_words import OwnWords


def judge_for(settings: JudgingSettings, models: ModelsUsed | None = None) -> Judge:
    """The judge of a configuration. `models`: others than it names. Cheap: models are read on first use."""
    return Judge(
        models=models or settings.models,
        own=OwnWords.of(settings),
        thresholds=settings.thresholds.by_category(),
        languages=frozenset(settings.read_languages),
    )


def with_candidate(settings: JudgingSettings, candidate: CandidateList) -> JudgingSettings:
    """The settings as they would be with a candidate list added: its words come on top, the rest as it names it.

    Where the two contradict each other, the candidate is right.
    """
    denied, allowed = {each.term.casefold() for each in candidate.deny}, {t.casefold() for t in candidate.allow}
    kept = tuple(term for term in settings.allow if term.casefold() not in denied | allowed)
    renamed = {(each.term.casefold(), each.category) for each in candidate.deny}
    denying = tuple(
        each
        for each in settings.deny
        if each.term.casefold() not in allowed and (each.term.casefold(), each.category) not in renamed
    )
    return settings.model_copy(
        update={
            "allow": (*kept, *candidate.allow),
            "deny": (*denying, *candidate.deny),
            "models": candidate.models or settings.models,
            "thresholds": settings.thresholds.changed_by(candidate.thresholds),
        }
    )
