"""Figures about answers: F1, macro-F1, shares. Pure arithmetic on rows of true and false."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.bool_]


def precision_recall_f1(truth: Rows, said: Rows) -> tuple[float, float, float]:
    """For the rows that hold. 0 where nothing was said or nothing holds."""
    hit = float((truth & said).sum())
    precision = hit / max(float(said.sum()), 1.0)
    recall = hit / max(float(truth.sum()), 1.0)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


def macro_f1(truth: Rows, said: Rows) -> float:
    """The mean of the F1 of "holds" and of "does not hold"."""
    return (precision_recall_f1(truth, said)[2] + precision_recall_f1(~truth, ~said)[2]) / 2


def share(said: Rows) -> float:
    """How many of the rows, from 0 to 1; 0 of none."""
    return float(said.mean()) if len(said) else 0.0


def roc_area(truth: Rows, scores: NDArray[np.float64]) -> float:
    """The chance that a row that holds scores higher than one that does not; ties count half. NaN without both."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.bincount(inverse, weights=ranks) / counts)[inverse]
    holds, not_holds = int(truth.sum()), int((~truth).sum())
    if not holds or not not_holds:
        return float("nan")
    return float((ranks[truth].sum() - holds * (holds + 1) / 2) / (holds * not_holds))
