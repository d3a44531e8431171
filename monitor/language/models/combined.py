"""Rules and models together: for each head one score from 0 to 1, scaled so that 0.5 is where a person should look.

calibration.json holds, for each head and for both ways of running ("full": both models, "fast": the small one alone),
how much each model's answer counts, how much the surest rule counts, and what is added. So a rule that is often wrong
needs a model's agreement, and one that never is does not. `monitor/language/training/calibrate.py` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from monitor.language.models.linear import LinearModel, Look
from monitor.language.models.minilm import MiniLM

Kind = Literal["full", "fast"]
SHIPPED = Path(__file__).parent / "shipped"


@dataclass(frozen=True)
class Calibration:
    """What `version` of the models means by an answer. Arrays have one place a head, in the order of `heads`."""

    version: int
    heads: tuple[str, ...]
    small: NDArray[np.float32]
    large: NDArray[np.float32]
    rule: NDArray[np.float32]
    added: NDArray[np.float32]

    @classmethod
    def load(cls, file: Path, kind: Kind) -> Calibration:
        """Read one of the two ways. OSError, ValueError, KeyError: the file is missing or damaged."""
        content = json.loads(file.read_text(encoding="utf-8"))
        rows = [content[kind][head] for head in content["heads"]]
        parts = [np.array([row[part] for row in rows], np.float32) for part in ("small", "large", "rule", "added")]
        return cls(content["version"], tuple(content["heads"]), *parts)

    def scores(
        self, small: NDArray[np.float32], large: NDArray[np.float32] | None, rules: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """One row a text, one column a head. `rules`: how sure the surest rule is, 0 where none found anything."""
        total = small * self.small + rules * self.rule + self.added
        if large is not None:
            total = total + large * self.large
        return np.asarray(1 / (1 + np.exp(-np.clip(total.astype(np.float64), -40, 40))))


@dataclass(frozen=True)
class Models:
    """Both models, or the small one alone, with what their answers mean."""

    calibration: Calibration
    linear: LinearModel
    minilm: MiniLM | None

    @classmethod
    def load(cls, folder: Path, kind: Kind) -> Models:
        """Read the models of a folder. OSError, ValueError, KeyError, RuntimeError: a part is missing or damaged."""
        return cls(
            Calibration.load(folder / "calibration.json", kind),
            LinearModel.load(folder / "linear.npz"),
            MiniLM(folder) if kind == "full" else None,
        )

    def scores(self, texts: Sequence[str], rules: NDArray[np.float32]) -> tuple[NDArray[np.float64], Look]:
        """One row a text (at least one), one column a head, and what the small model saw in them.

        `texts`: as `Reading.model_view` gives them.
        """
        seen = self.linear.look(texts)
        large = self.minilm.logits(texts) if self.minilm else None
        return self.calibration.scores(seen.answers, large, rules), seen


@lru_cache(maxsize=2)
def shipped(kind: Kind) -> Models:
    """The models that came with this program, read on first use and kept."""
    return Models.load(SHIPPED, kind)
