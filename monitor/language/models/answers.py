"""What the models say of a batch of texts, and how a model's answer becomes a finding that a teacher can follow.

Models are read on first use. What breaks costs the answer, never the comment: every chance is then 0, the rules stand
alone, and `trouble` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from config.policy import Severity
from monitor.language.finding import Finding
from monitor.language.models.combined import Models, shipped
from monitor.language.models.minilm import LONGEST_READ
from monitor.language.models.telling_words import telling_stretch
from monitor.language.reading import Reading
from monitor.model import Category

Kind = Literal["full", "fast", "none"]
OFFENSIVE_HEAD = "offensive"


@dataclass(frozen=True)
class Answers:
    """One row of chances a text. `models` is None where none are asked or none could be; `trouble` has the second."""

    models: Models | None
    chances: NDArray[np.float64]
    troubles: Sequence[str]

    @classmethod
    def of(cls, texts: Sequence[str], kind: Kind) -> Answers:
        """Ask the models about all texts. Never raises."""
        nothing = np.zeros((len(texts), 0))
        if kind == "none" or not texts:
            return cls(None, nothing, [""] * len(texts))
        try:
            models = shipped(kind)
            return cls(models, models.chances(texts), [_cut(text) if kind == "full" else "" for text in texts])
        except Exception:  # a damaged file, no memory, a fault of the runtime: a person looks instead
            return cls(None, nothing, [_FAILED] * len(texts))

    @property
    def detector(self) -> str:
        """How findings name the models, for example "models/1"."""
        return f"models/{self.models.calibration.version if self.models else 0}"

    def trouble(self, row: int) -> Finding | None:
        """What kept the models from judging a text as they should."""
        reason = self.troubles[row]
        return Finding(Category.COULD_NOT_BE_CHECKED, "concern", 1.0, 0, 0, reason) if reason else None

    def chance(self, row: int, head: str) -> float:
        """How likely a head is for a text, 0 to 1."""
        return float(self.chances[row, self.models.calibration.heads.index(head)]) if self.models else 0.0

    def finding(self, reading: Reading, category: Category, score: float) -> Finding:
        """What the models found, with the words that speak most for it."""
        seen = reading.model_view
        start, end = 0, len(reading.text)
        if self.models and seen.text:
            head = self.models.calibration.heads.index(category.value)
            first, last = telling_stretch(self.models.linear, seen.text, head)
            if first < last:
                start, end = seen.original_span(first, last)
        return Finding(category, _severity(category), score, start, end, _REASONS[category])


def _cut(text: str) -> str:
    return _TOO_LONG if len(text) > LONGEST_READ else ""


def _severity(category: Category) -> Severity:
    return "concern" if category in _SAFEGUARDING else "note"


_FAILED = "The models that judge words could not be used, so a person should read this. The rules were applied."
_TOO_LONG = f"Longer than {LONGEST_READ:,} characters: one of the models did not read to the end, so a person should."

_SAFEGUARDING = frozenset({Category.THREAT, Category.SELF_HARM, Category.GROOMING})
_REASONS = {
    Category.ABUSE: "Reads like an insult or a put-down.",
    Category.PROFANITY: "Reads like swearing.",
    Category.HATE: "Reads like hostility towards people for who they are.",
    Category.THREAT: "Reads like a threat, even without the usual words.",
    Category.SEXUAL: "Reads like sexual or leering language.",
    Category.BULLYING: "Reads like bullying of somebody: shutting out, mocking, or stirring others up.",
    Category.GROOMING: "Reads like somebody trying to win a child's trust in secret.",
    Category.SELF_HARM: "Somebody may be at risk: self-harm, suicide, hunger, or not being safe at home.",
    Category.PERSONAL_DATA: "May give away personal details of somebody.",
    Category.ALLEGATION: "Reads like an allegation against somebody at the school.",
    Category.SPAM: "Reads like advertising or a scam.",
    Category.MEDIA_ENQUIRY: "Reads like a request from a journalist or broadcaster.",
    Category.TAKEDOWN_REQUEST: "Asks for a picture, a name or a post to be taken down.",
    Category.COMPLAINT: "Reads like a complaint.",
    Category.QUESTION: "Asks something.",
}
"""Sentences for a teacher. The words marked are those that weigh most; the whole comment was judged."""
