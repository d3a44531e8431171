"""Fit the small model: one weight for each hashed place and head, learnt from the labels and from the teachers.

    python -m monitor.language.training.fit_linear PREPARED OUT [--taught FILE]

`--taught`: what the teachers of `fit_transformer` say (teacher_chances.npy); a text then counts as holding to the
degree that they believe it, also for heads its own source does not know. Each head is a logistic regression, which is
convex and so the same on every machine but for rounding. Writes linear.npz: weights as whole numbers from -127 to 127
with one scale a head, and how telling each place is (inverse document frequency). Ten minutes on two cores.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from monitor.language.models.features import BUCKETS, Places, places_of
from monitor.language.models.linear import IDF_STEP, lengths_of
from monitor.language.training import prepared as prepared_file
from monitor.language.training.heads import HEADS
from monitor.language.training.weighing import LATER_THAN_SMALL, weights, without

STRENGTH = 6.0  # inverse of the pull towards nothing
TAUGHT_SHARE = 0.4  # how much the teachers count beside the labels
CLIPPED = 0.999  # of the largest weights of a head, this share keeps its full size in whole numbers
TAUGHT_ONLY = 20_000  # texts of each head that only the teachers know, drawn from all of them
TRUST_IN_TEACHERS = 0.5  # weight of a text whose source does not know the head
DOUBT = 0.02  # a teacher's belief this close to certain counts as certain
SEED = 7
LONGEST_TEXT = 2_000  # characters


def main() -> None:
    """Count, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--taught", type=Path)
    args = parser.parse_args()
    prepared = prepared_file.read(args.prepared)
    places = _all_places([text[:LONGEST_TEXT] for text in prepared.texts])
    train = without(prepared.rows("train"), prepared, LATER_THAN_SMALL)
    idf = np.clip(np.round(_telling(places, train) / IDF_STEP), 0, 255).astype(np.uint8)
    matrix = _matrix(places, idf)[train]
    taught = np.load(args.taught).astype(np.float64)[train] if args.taught else None
    table, bias = _fit(prepared, matrix, train, taught)
    scale = np.quantile(np.abs(table), CLIPPED, axis=0).clip(1e-6) / 60
    args.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        args.out / "linear.npz",
        weights=np.clip(np.round(table / scale), -127, 127).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=bias.astype(np.float32),
        idf=idf,
    )


def _all_places(texts: list[str]) -> Places:
    found = [places_of(texts[at : at + 2000]) for at in range(0, len(texts), 2000)]
    offsets = np.cumsum([0, *(len(batch.places) for batch in found)])[:-1]
    return Places(
        np.concatenate([batch.places for batch in found]),
        np.concatenate([batch.starts + offset for batch, offset in zip(found, offsets, strict=True)]),
        np.concatenate([batch.word for batch in found]),
    )


def _telling(places: Places, train: NDArray[np.int64]) -> NDArray[np.float64]:
    """ln((1 + texts) / (1 + texts with this place)) + 1, and 0 for a place that only one text has."""
    ends = np.append(places.starts[1:], len(places.places))
    texts_with = np.zeros(BUCKETS, dtype=np.int64)
    for row in train:
        texts_with[np.unique(places.places[places.starts[row] : ends[row]])] += 1
    idf = np.log((1 + len(train)) / (1 + texts_with)) + 1
    idf[texts_with < 2] = 0
    return np.asarray(idf)


def _matrix(places: Places, idf: NDArray[np.uint8]) -> sparse.csr_matrix:
    telling = idf.astype(np.float32) * np.float32(IDF_STEP)
    counts = np.diff(places.starts, append=len(places.places))
    values = telling[places.places] / np.repeat(lengths_of(places, telling), counts)
    bounds = np.append(places.starts, len(places.places))
    made = sparse.csr_matrix((values.astype(np.float32), places.places, bounds), shape=(len(counts), BUCKETS))
    made.sum_duplicates()
    return made


def _fit(
    prepared: prepared_file.Prepared,
    matrix: sparse.csr_matrix,
    train: NDArray[np.int64],
    taught: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    weight = weights(prepared)[train].astype(np.float64)
    random = np.random.default_rng(SEED)
    lines = []
    for head in range(len(HEADS)):
        known, holds = prepared.known[train, head] > 0, prepared.labels[train, head].astype(np.float64)
        belief, trust = np.where(known, holds, 0.0), np.where(known, weight, 0.0)
        if taught is not None:
            own = np.where(known, 1 - TAUGHT_SHARE, 0.0)
            belief = own * belief + (1 - own) * taught[:, head]
            asked = random.random(len(train)) < TAUGHT_ONLY / max((~known).sum(), 1)
            trust = np.where(known, weight, np.where(asked, TRUST_IN_TEACHERS, 0.0))
        lines.append(delayed(_line)(matrix, belief, trust))
    found = Parallel(n_jobs=2, mmap_mode="r")(lines)
    return np.stack([one[0] for one in found], axis=1), np.array([one[1] for one in found])


def _line(
    matrix: sparse.csr_matrix, belief: NDArray[np.float64], trust: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """The weights of one head. A text believed to hold to some degree counts on both sides, by that degree."""
    rows = np.flatnonzero(trust > 0)
    yes, no = rows[belief[rows] > DOUBT], rows[belief[rows] < 1 - DOUBT]
    learner = LogisticRegression(C=STRENGTH, max_iter=120, tol=1e-5)
    learner.fit(
        sparse.vstack([matrix[yes], matrix[no]]).tocsr(),
        np.repeat([1, 0], [len(yes), len(no)]),
        sample_weight=np.concatenate([trust[yes] * belief[yes], trust[no] * (1 - belief[no])]),
    )
    return learner.coef_[0], float(learner.intercept_[0])


if __name__ == "__main__":
    main()
