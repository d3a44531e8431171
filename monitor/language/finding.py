"""What a check is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from config.policy import Severity
from monitor.language.reading import Reading
from monitor.model import Category

CERTAIN_ENOUGH = 0.5
"""From this score on something is flagged, unless the school chose another threshold. A rule below it is a hint."""

RISING: tuple[Severity, ...] = ("note", "concern", "serious", "urgent")
"""The severities, the least grave first."""


@dataclass(frozen=True)
class Finding:
    """What a check found at `start` to `end` of the original text. `severity` is the least it can be."""

    category: Category
    severity: Severity
    score: float
    start: int
    end: int
    reason: str

    def scored(self, score: float) -> Finding:
        """The same with another score; done for every flag, so without `dataclasses.replace`, ten times as slow."""
        return Finding(self.category, self.severity, score, self.start, self.end, self.reason)

    def as_grave_as(self, other: Finding) -> Finding:
        """The same with the severity of another."""
        return Finding(self.category, other.severity, self.score, self.start, self.end, self.reason)


@dataclass(frozen=True)
class Check:
    """A named way of looking at a text. The version changes whenever the same text may be judged differently."""

    name: str
    version: int
    find: Callable[[Reading], Iterable[Finding]]

    @property
    def detector(self) -> str:
        """How flags name it, for example "words/1"."""
        return f"{self.name}/{self.version}"
