"""How words are judged at this school: its own words, from which score on it wants to know, and with what models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from config.policy import CATEGORIES, CategoryName, Severity
from config.values import Section

MOST_TERMS = 2000
USUAL_THRESHOLD = 0.5
"""Scores are scaled so that from here on a person should look."""
LEAST_THRESHOLD, MOST_THRESHOLD = 0.05, 0.95
MOST_SAFEGUARDING_THRESHOLD = 0.7
SAFEGUARDING = ("threat", "sexual", "grooming", "self_harm", "allegation")
"""Categories in which a comment that nobody saw may cost a child more than a false alarm costs a moderator."""


def _a_word(text: str) -> str:
    if not text.isprintable() or text != " ".join(text.split()):
        raise ValueError("a word or phrase is printable text with single spaces and none at its ends")
    if sum(map(str.isalnum, text)) < 2:
        raise ValueError("a word or phrase has at least two letters or digits; less would fit almost everything")
    return text


Term = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_a_word)]
Threshold = Annotated[float, Field(strict=True, ge=LEAST_THRESHOLD, le=MOST_THRESHOLD)]
ModelsUsed = Literal["full", "fast", "none"]
"""full: both models. fast: the small one alone, ten times as quick. none: word lists and patterns alone."""


class DenyTerm(Section):
    """A word or phrase that is flagged at this school."""

    term: Term
    category: CategoryName
    severity: Severity = "concern"
    """The least it can be; the policy's own severity for the category may raise it."""


class OwnLists(Section):
    """The school's own words, as its configuration and a list to rehearse hold them."""

    allow: Annotated[tuple[Term, ...], Field(max_length=MOST_TERMS)] = ()
    """Names, places and slang that mean no harm here."""
    deny: Annotated[tuple[DenyTerm, ...], Field(max_length=MOST_TERMS)] = ()

    @field_validator("allow")
    @classmethod
    def _each_once(cls, terms: tuple[str, ...]) -> tuple[str, ...]:
        if twice := _twice([term.casefold() for term in terms]):
            raise ValueError(f"{', '.join(twice)} appears more than once")
        return terms

    @field_validator("deny")
    @classmethod
    def _once_a_category_and_not_allowed(cls, terms: tuple[DenyTerm, ...], others: ValidationInfo) -> Any:
        if twice := _twice([f"{each.term.casefold()} ({each.category})" for each in terms]):
            raise ValueError(f"{', '.join(twice)} appears more than once")
        allowed = {term.casefold() for term in others.data.get("allow", ())}
        if both := sorted({each.term for each in terms if each.term.casefold() in allowed}):
            raise ValueError(f"{', '.join(both)} cannot be both allowed and denied")
        return terms


class Thresholds(Section):
    """From which score on a comment is flagged, 0.05 to 0.95, by category. Lower: more flags, fewer misses."""

    offensive: Threshold = USUAL_THRESHOLD
    """Insults, swearing, hate, threats, sexual words and bullying taken together."""
    abuse: Threshold = USUAL_THRESHOLD
    profanity: Threshold = USUAL_THRESHOLD
    hate: Threshold = USUAL_THRESHOLD
    threat: Threshold = USUAL_THRESHOLD
    sexual: Threshold = USUAL_THRESHOLD
    bullying: Threshold = USUAL_THRESHOLD
    grooming: Threshold = USUAL_THRESHOLD
    self_harm: Threshold = USUAL_THRESHOLD
    personal_data: Threshold = USUAL_THRESHOLD
    allegation: Threshold = USUAL_THRESHOLD
    spam: Threshold = USUAL_THRESHOLD
    media_enquiry: Threshold = USUAL_THRESHOLD
    takedown_request: Threshold = USUAL_THRESHOLD
    complaint: Threshold = USUAL_THRESHOLD
    question: Threshold = USUAL_THRESHOLD

    @field_validator(*SAFEGUARDING)
    @classmethod
    def _rather_too_often_than_never(cls, threshold: float) -> float:
        if threshold > MOST_SAFEGUARDING_THRESHOLD:
            raise ValueError(
                f"a safeguarding category is flagged from {MOST_SAFEGUARDING_THRESHOLD:g} at the latest, because a "
                "child at risk whom nobody noticed weighs more than a false alarm"
            )
        return threshold

    def by_category(self) -> dict[str, float]:
        """Every threshold by its name."""
        return {name: float(getattr(self, name)) for name in ("offensive", *CATEGORIES)}

    def changed_by(self, other: Thresholds) -> Thresholds:
        """These, with what `other` names in their place."""
        return self.model_copy(update={name: getattr(other, name) for name in other.model_fields_set})


class JudgingSettings(OwnLists):
    """The table [judging]."""

    models: ModelsUsed = "full"
    thresholds: Thresholds = Thresholds()
    read_languages: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...], Field(max_length=50)] = ()
    """Languages besides English that staff read themselves, by their ISO 639 codes: "cy" is Welsh."""
    second_opinion: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$")] = ""
    """Name of an installed second opinion; empty: no comment leaves this machine to be judged."""


class CandidateList(OwnLists):
    """A list to rehearse before it goes live. Thresholds and models it does not name stay as they are."""

    models: ModelsUsed | None = None
    thresholds: Thresholds = Thresholds()

    @model_validator(mode="after")
    def _says_something(self) -> CandidateList:
        if not self.model_fields_set:
            raise ValueError("the list is empty; it has at least one of allow, deny, thresholds, models")
        return self


def _twice(names: list[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({name for name in names if name in seen or seen.add(name)})  # type: ignore[func-returns-value]
