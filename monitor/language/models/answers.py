"""What rules and models together say of a batch of texts, and how a model's answer becomes a finding.

Models are read on first use. What breaks costs the models' answer, never the comment: the rules then stand alone, and
`trouble` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from config.judging import ModelsUsed
from config.policy import Severity
from monitor.language.finding import Finding
from monitor.language.models.combined import Models, shipped
from monitor.language.models.linear import Look
from monitor.language.models.minilm import LONGEST_READ
from monitor.language.models.telling_words import telling_stretch
from monitor.language.reading import Reading
from monitor.model import Category

OFFENSIVE_HEAD = "offensive"


@dataclass(frozen=True)
class Answers:
    """The scores of each text. `models` is None where none are asked or none could be; `trouble` has the second.

    `seen`: what the small model saw in the texts, None where `models` is.
    """

    models: Models | None
    scores: Sequence[Mapping[str, float]]
    troubles: Sequence[str]
    seen: Look | None = None

    @classmethod
    def of(cls, texts: Sequence[str], rules: Sequence[Mapping[str, float]], kind: ModelsUsed) -> Answers:
        """Ask the models about all texts. `rules`: for each text, how sure the surest rule of each head is.

        Never raises.
        """
        if kind == "none" or not texts:
            return cls(None, rules, [""] * len(texts))
        try:
            models = shipped(kind)
            heads = models.calibration.heads
            found = np.array([[rule[head] for head in heads] for rule in rules], dtype=np.float32)
            rows, seen = models.scores(texts, found)
        except Exception:  # a damaged file, no memory, a fault of the runtime: a person looks instead
            return cls(None, rules, [_FAILED] * len(texts))
        scores = [dict(zip(heads, row, strict=True)) for row in rows.tolist()]
        return cls(models, scores, [_cut(text) if kind == "full" else "" for text in texts], seen)

    @property
    def detector(self) -> str:
        """How findings name the models, for example "models/1"."""
        return f"models/{self.models.calibration.version if self.models else 0}"

    def trouble(self, row: int) -> Finding | None:
        """What kept the models from judging a text as they should."""
        reason = self.troubles[row]
        return Finding(Category.COULD_NOT_BE_CHECKED, "concern", 1.0, 0, 0, reason) if reason else None

    def finding(self, reading: Reading, category: Category, score: float, row: int) -> Finding:
        """What the models found in the text of that row, with the words that speak most for it."""
        view = reading.model_view
        start, end = 0, len(reading.text)
        if self.models and self.seen and view.text:
            head = self.models.calibration.heads.index(category.value)
            first, last = telling_stretch(view.text, self.seen.by_word(row, head))
            if first < last:
                start, end = view.original_span(first, last)
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
