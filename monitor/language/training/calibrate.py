"""Fit what the models' answers mean, and where a person should look: calibration.json.

    python -m monitor.language.training.calibrate DATA MODELS --version N [--only HEAD]

Looks at the `tune` part only; for one head also at the `test` part of our training lines, which no report shows, as
there are few lines of one category. For each head the answers of both models and the surest rule become one number (a
logistic regression, no share of it negative); then the point where the score is 0.5 is chosen. For threat, self-harm
and grooming it is the lowest that keeps false alarms on our own lines below MOST_ALARMS_CAREFUL; for the others the
one in the middle of those with the best F1, to within AS_GOOD, that keep false alarms on pooled ordinary text below
MOST_ALARMS. The F1 is that on our own lines; for "offensive" and spam its mean over several parts (`_parts`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from monitor.language.judging import surest_rules
from monitor.language.models.linear import LinearModel
from monitor.language.models.minilm import MiniLM
from monitor.language.reading import read
from monitor.language.training.examples import BENIGN, GENERAL, SPAM_SETS, Example, examples
from monitor.language.training.figures import precision_recall_f1
from monitor.language.training.heads import HEADS, OFFENSIVE

CAREFUL = ("threat", "self_harm", "grooming")
MOST_ALARMS_CAREFUL = 0.02
MOST_ALARMS = 0.0006
MOST_ALARMS_OF = {"hate": 0.0037, "threat": 0.001, "offensive": 0.001, "spam": 0.001}
"""Hate and threats hide in the plainest words, and a missed one costs more than a look at a harmless comment."""

AS_GOOD = 0.005  # F1; points that differ by less are as good as each other
_OURS = 10.0  # how much a line of ours counts beside one of a public set
_OURS_KNOWN = 3.0  # the same for what many public sets know as well: spam and all that is offensive
_STEPS = np.linspace(-4, 4, 161)


def main() -> None:
    """Ask both models about the tuning part, and write calibration.json beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--version", type=int, required=True)
    parser.add_argument("--only", choices=HEADS, help="leave every other head as it is")
    args = parser.parse_args()
    heads = [args.only] if args.only else HEADS
    rows = [
        row
        for row in examples(args.data)
        if not row.known.isdisjoint(heads)
        and (row.part == "tune" or (args.only and row.part == "test" and row.source.startswith("train_")))
    ]
    readings = [read(row.text) for row in rows]
    rules = np.array([[found[head] for head in HEADS] for found in map(surest_rules, readings)])
    texts = [reading.model_view.text for reading in readings]
    small = _in_parts(LinearModel.load(args.models / "linear.npz"), texts)
    large = _in_parts(MiniLM(args.models), texts)
    file = args.models / "calibration.json"
    found = {
        "full": _calibrated(heads, rows, rules, small, large),
        "fast": _calibrated(heads, rows, rules, small, None),
    }
    before = json.loads(file.read_text(encoding="utf-8")) if args.only else {kind: {} for kind in found}
    content = {"version": args.version, "heads": HEADS, **{kind: {**before[kind], **found[kind]} for kind in found}}
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _in_parts(model: LinearModel | MiniLM, texts: Sequence[str]) -> NDArray[np.float64]:
    return np.concatenate([model.logits(texts[at : at + 256]) for at in range(0, len(texts), 256)]).astype(np.float64)


def _calibrated(
    heads: Sequence[str],
    rows: Sequence[Example],
    rules: NDArray[np.float64],
    small: NDArray[np.float64],
    large: NDArray[np.float64] | None,
) -> dict[str, dict[str, float]]:
    sources = np.array([row.source for row in rows])
    ours = np.char.startswith(sources, "train_")
    found = {}
    for name in heads:
        head = HEADS.index(name)
        known = np.array([name in row.known for row in rows])
        truth = np.array([name in row.labels for row in rows])
        answers = [rules[:, head], small[:, head], *([] if large is None else [large[:, head]])]
        weight = np.where(ours, _OURS_KNOWN if name in {*OFFENSIVE, "offensive", "spam"} else _OURS, 1.0)
        shares, added = _shares(np.stack(answers, axis=1)[known], truth[known], weight[known])
        total = sum(share * answer for share, answer in zip(shares, answers, strict=True)) + added
        clean = np.isin(sources, BENIGN) & known & ~truth
        shift = _shift(name, total, truth, ours & known, clean, [part & known for part in _parts(name, sources)])
        found[name] = {
            "rule": round(float(shares[0]), 4),
            "small": round(float(shares[1]), 4),
            "large": round(float(shares[2]), 4) if large is not None else 0.0,
            "added": round(float(added + shift), 4),
        }
    return found


def _parts(name: str, sources: NDArray[np.str_]) -> list[NDArray[np.bool_]]:
    """Where a category shall do well: on our lines, and on public sets, which are nearer to what people write.

    What was written for spam alone is a part of its own there, lest its hard lines outvote what a school mostly sees.
    """
    ours = np.char.startswith(sources, "train_")
    if name == "offensive":
        return [ours, np.isin(sources, GENERAL)]
    if name == "spam":
        for_spam = np.char.find(sources, "_spam") >= 0
        return [ours & for_spam, ours & ~for_spam, *[sources == each for each in SPAM_SETS]]
    return [ours]


def _shares(
    answers: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """How much each answer counts. One that would count against itself is left out."""
    learner = LogisticRegression(C=1.0).fit(answers, truth, sample_weight=weight)
    shares = learner.coef_[0].copy()
    if (shares <= 0).any():
        kept = shares > 0
        learner = LogisticRegression(C=1.0).fit(answers[:, kept], truth, sample_weight=weight)
        shares[~kept] = 0
        shares[kept] = learner.coef_[0]
    return shares, float(learner.intercept_[0])


def _shift(
    name: str,
    total: NDArray[np.float64],
    truth: NDArray[np.bool_],
    ours: NDArray[np.bool_],
    clean: NDArray[np.bool_],
    parts: Sequence[NDArray[np.bool_]],
) -> float:
    """What to add so that 0.5 is the point where a person should look."""
    worths = []
    for step in _STEPS:
        said = total + step >= 0
        alarms = float(said[clean].mean()) if clean.any() else 0.0
        fits = alarms <= MOST_ALARMS_OF.get(name, MOST_ALARMS)
        if name in CAREFUL:
            fits = fits and float(said[ours & ~truth].mean()) <= MOST_ALARMS_CAREFUL
            worth = float(step)
        else:
            worth = float(np.mean([precision_recall_f1(truth[part], said[part])[2] for part in parts]))
        worths.append(worth if fits else -np.inf)
    if max(worths) == -np.inf:
        return 0.0
    # The highest of a flat top is chance; the middle of what is as good holds better for other comments.
    good = np.flatnonzero(np.array(worths) >= max(worths) - (0 if name in CAREFUL else AS_GOOD))
    return float(_STEPS[good[len(good) // 2]])


if __name__ == "__main__":
    main()
