"""Fit one head of both shipped models anew, with all lines there are now, and leave every other head as it is.

    python -m monitor.language.training.refit_head DATA MODELS --head spam

For a category that got many new lines. Nothing else that the models say can change: the other columns of the small
model, how telling its places are, and all layers of the large one stay byte by byte. In the large one the head is a
weighted sum over what the last layer makes of a text, and starts from what it said before. Both are logistic
regressions, convex and so the same on every machine but for rounding. Ten minutes on one core; calibrate afterwards
(`calibrate --only HEAD`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession, SessionOptions
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from monitor.language.models.features import BUCKETS, places_of
from monitor.language.models.linear import LinearModel, lengths_of
from monitor.language.models.minilm import MiniLM
from monitor.language.reading import read
from monitor.language.training.examples import Example, examples
from monitor.language.training.fit_linear import CLIPPED, STRENGTH
from monitor.language.training.heads import HEADS
from monitor.language.training.weighing import weight_of

THINNED = {"banking77": 4, "clinc150": 4}
"""Of these sets, whose texts resemble each other, one text in so many is looked at, and counts for as many."""

LONGEST_TEXT = 600  # characters of a text that the large model is shown
STRENGTH_LARGE = 0.01
_TRUST_IN_BEFORE = 3.0  # how many spreads of its own the old answer counts as wide, so that it is hardly pulled back

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
    weight = np.array([weight_of(row.source) * THINNED.get(row.source, 1) for row in rows], np.float64)
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
    """Write minilm.onnx again with another row for the head."""
    made = onnx.load(str(folder / "minilm.onnx"))
    last, added = [node for node in made.graph.node if node.op_type == "MatMul"][-1], made.graph.node[-1]
    kept = {each.name: each for each in made.graph.initializer}
    table, bias = kept[last.input[1]], kept[added.input[1]]
    weights, biases = numpy_helper.to_array(table).copy(), numpy_helper.to_array(bias).copy()
    column = HEADS.index(head)
    seen = _Pooled(folder, made, last.input[0]).of(texts)
    middle, spread = seen.mean(axis=0), seen.std(axis=0)
    before = seen @ weights[:, column] + biases[column]
    width = before.std() / _TRUST_IN_BEFORE
    shown = np.hstack([(seen - middle) / spread, (before / width)[:, None]])
    learner = LogisticRegression(C=STRENGTH_LARGE, max_iter=300).fit(shown, holds, sample_weight=weight)
    learnt, old = learner.coef_[0][:-1] / spread, learner.coef_[0][-1] / width
    biases[column] = learner.intercept_[0] - learnt @ middle + old * biases[column]
    weights[:, column] = learnt + old * weights[:, column]
    table.CopyFrom(numpy_helper.from_array(weights, table.name))
    bias.CopyFrom(numpy_helper.from_array(biases, bias.name))
    onnx.save(made, str(folder / "minilm.onnx"))


class _Pooled(MiniLM):
    """The model as it runs in a school, asked what its last layer makes of a text."""

    def __init__(self, folder: Path, made: onnx.ModelProto, name: str) -> None:
        super().__init__(folder)
        shown = onnx.ModelProto()
        shown.CopyFrom(made)
        shown.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", "width"]))
        options = SessionOptions()
        options.intra_op_num_threads = 1
        self._shown = InferenceSession(shown.SerializeToString(), options, providers=["CPUExecutionProvider"])
        self._name = name

    def of(self, texts: Sequence[str]) -> Floats:
        """One row a text."""
        return np.concatenate([self.logits(texts[at : at + 256]) for at in range(0, len(texts), 256)]).astype(float)

    def _ask(self, feed: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
        return np.asarray(self._shown.run([self._name], feed)[0], np.float32)


if __name__ == "__main__":
    main()
