"""Why a comment needs eyes: an ordered list of small checks, each with a name and a version.

A check that fails says so with a flag of its own, and the others go on: what could not be judged goes to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from config.policy import PolicyPack, Severity
from monitor.language.lexicon import shipped
from monitor.language.normalise import normalise
from monitor.model import Category, Flag

MOST_OF_ONE_CATEGORY = 5  # flags from one check; more say nothing new
DISGUISED_SCORE = 0.9
_RISING: tuple[Severity, ...] = ("note", "concern", "serious", "urgent")

_REASONS = {
    Category.ABUSE: "Insults or belittles somebody.",
    Category.PROFANITY: "Contains swearing.",
    Category.HATE: "Contains a slur or hostile words about a group of people.",
    Category.THREAT: "Reads like a threat to hurt, find or frighten somebody.",
    Category.SEXUAL: "Contains sexual language.",
    Category.BULLYING: "Reads like bullying: shuts somebody out or wishes them harm.",
    Category.GROOMING: "Reads like an attempt to be alone or in secret with a child.",
    Category.SELF_HARM: "Somebody may be at risk: suicide, self-harm or not being safe.",
    Category.ALLEGATION: "Says that somebody harmed a child.",
}
_DISGUISED = " The words are disguised: letters are replaced, masked, stretched or spaced out."
_FAILED = "A check could not be completed, so a person should read this."


@dataclass(frozen=True)
class Finding:
    """What a check found at `start` to `end` of the original text. `severity` is the least it can be."""

    category: Category
    severity: Severity
    score: float
    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class Check:
    """A named way of looking at a text. The version changes whenever the same text may be judged differently."""

    name: str
    version: int
    find: Callable[[str], Iterable[Finding]]

    @property
    def detector(self) -> str:
        """How flags name it, for example "words/1"."""
        return f"{self.name}/{self.version}"


def find_words(text: str) -> Iterable[Finding]:
    """Terms of the word list, disguised or not. Score 1.0 as written, 0.9 disguised."""
    plain = normalise(text)
    for match in shipped().find(plain.text):
        start, end = plain.original_span(match.start, match.end)
        reason = _REASONS.get(match.category, "Contains words from the word list.")
        score = DISGUISED_SCORE if match.disguised else 1.0
        yield Finding(
            match.category, match.severity, score, start, end, reason + (_DISGUISED if match.disguised else "")
        )


CHECKS: tuple[Check, ...] = (
    # Words first: whole words and phrases, the same for every school, and every flag shows its words.
    Check("words", 1, find_words),
)


def judge(text: str, policy: PolicyPack) -> tuple[Flag, ...]:
    """Every reason why a person should look at `text`, in the order of CHECKS. Never raises.

    A flag is as severe as the policy says for its category, or more where the finding itself is. Of one category a
    check gives at most the first five. A question or a complaint is no flag here.
    """
    flags: list[Flag] = []
    for check in CHECKS:
        try:
            flags += _flags_of(check, text, policy)
        except Exception:  # whatever a check breaks on, a person must still see the comment; its words stay unsaid
            flags.append(
                Flag(Category.COULD_NOT_BE_CHECKED, "concern", 1.0, check.detector, 0, 0, _FAILED, clause="")
            )
    return tuple(flags)


def _flags_of(check: Check, text: str, policy: PolicyPack) -> list[Flag]:
    flags: list[Flag] = []
    counted: dict[Category, int] = {}
    for finding in check.find(text):
        counted[finding.category] = counted.get(finding.category, 0) + 1
        if counted[finding.category] > MOST_OF_ONE_CATEGORY:
            continue
        rule = policy.categories.get(finding.category)
        severity = max(finding.severity, rule.severity if rule else "note", key=_RISING.index)
        flags.append(
            Flag(
                finding.category,
                severity,
                finding.score,
                check.detector,
                finding.start,
                finding.end,
                finding.reason,
                clause=rule.clause if rule else "",
            )
        )
    return flags
