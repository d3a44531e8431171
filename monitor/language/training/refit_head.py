"""Fit one head of both shipped models anew, with all lines there are now, and leave every other head as it is.

    python -m monitor.language.training.refit_head DATA MODELS --head spam

For a category that got many new lines. Nothing else that the models say can change: the other columns of the small
model, how telling its places are, and all layers of the large one stay byte by byte. In the small one the head is a
logistic regression, convex and so the same on every machine but for rounding; in the large one it takes a second look
(`second_look.py`). Three minutes on two cores; calibrate afterwards (`calibrate --only HEAD`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from monitor.language.models.features import BUCKETS, places_of
from monitor.language.models.linear import LinearModel, lengths_of
from monitor.language.reading import read
from monitor.language.training.examples import Example, examples
from monitor.language.training.fit_linear import CLIPPED, STRENGTH
from monitor.language.training.fit_second_look import fit
from monitor.language.training.heads import HEADS
from monitor.language.training.second_look import Layers, put_into
from monitor.language.training.weighing import weight_of

THINNED = {"banking77": 4, "clinc150": 4}
"""Of these sets, whose texts resemble each other, one text in so many is looked at, and counts for as many."""

_COUNTS = {**THINNED, "sms_spam": 3, "youtube_spam": 3}
"""What real people sent is little beside what we wrote, and counts for as much."""

LONGEST_TEXT = 600  # characters of a text that the large model is shown

Floats = NDArray[np.float64]


def main() -> None:
    """Read the arguments, fit, and write both files again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--head", choices=HEADS, required=True)
    args = parser.parse_args()
    rows = list(_rows(examples(args.data), args.head))
    texts = [read(row.text).model_view.text for row in rows]
    holds = np.array([args.head in row.labels for row in rows])
    weight = np.array([weight_of(row.source) * _COUNTS.get(row.source, 1) for row in rows], np.float64)
    print(len(rows), "texts,", int(holds.sum()), "of them", args.head)
    refit_small(args.models / "linear.npz", args.head, texts, holds, weight)
    refit_large(args.models, args.head, [text[:LONGEST_TEXT] for text in texts], holds, weight)


def _rows(found: Iterable[Example], head: str) -> Iterator[Example]:
    met: dict[str, int] = {}
    for row in found:
        if row.part == "train" and head in row.known:
            met[row.source] = met.get(row.source, 0) + 1
            if met[row.source] % THINNED.get(row.source, 1) == 0:
                yield row


def refit_small(file: Path, head: str, texts: Sequence[str], holds: NDArray[np.bool_], weight: Floats) -> None:
    """Write the small model again with another column for the head."""
    model = LinearModel.load(file)
    matrix = sparse.vstack([_matrix(model, texts[at : at + 2000]) for at in range(0, len(texts), 2000)]).tocsr()
    learner = LogisticRegression(C=STRENGTH, max_iter=150, tol=1e-4).fit(matrix, holds, sample_weight=weight)
    with np.load(file) as content:
        kept = {name: content[name].copy() for name in content.files}
    column, learnt = HEADS.index(head), learner.coef_[0]
    kept["scale"][column] = max(float(np.quantile(np.abs(learnt), CLIPPED)), 1e-6) / 60
    kept["weights"][:, column] = np.clip(np.round(learnt / kept["scale"][column]), -127, 127)
    kept["bias"][column] = learner.intercept_[0]
    np.savez_compressed(file, **kept)


def _matrix(model: LinearModel, texts: Sequence[str]) -> sparse.csr_matrix:
    places = places_of(texts)
    counts = np.diff(places.starts, append=len(places.places))
    values = model.idf[places.places] / np.repeat(lengths_of(places, model.idf), counts)
    bounds = np.append(places.starts, len(places.places))
    made = sparse.csr_matrix((values.astype(np.float32), places.places, bounds), shape=(len(texts), BUCKETS))
    made.sum_duplicates()
    return made


def refit_large(folder: Path, head: str, texts: Sequence[str], holds: NDArray[np.bool_], weight: Floats) -> None:
    """Write minilm.onnx again with a head that takes a second look."""
    look = fit(*Layers(folder).of(texts), holds, weight)
    made = onnx.load(str(folder / "minilm.onnx"))
    put_into(made, head, look)
    onnx.save(made, str(folder / "minilm.onnx"))


if __name__ == "__main__":
    main()
