"""A head that also looks for itself at each word piece, halfway through the large model.

The mean of the last layer says what a text is about. What makes it an advert is often three words of it ("message me
for"), which the mean of thirty drowns, and of which the last layer, made for fifteen other questions, keeps little.
So such a head gets, besides that mean, `WIDTH` patterns of three neighbouring pieces as the third layer has them: how
well each fits where it fits best, and how well on the whole. That costs about a hundredth of what the model does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession, SessionOptions

from monitor.language.models.minilm import MiniLM
from monitor.language.training.heads import HEADS

AFTER_LAYER = 3
WIDTH, NEIGHBOURS = 128, 3
_NORMALISED_A_LAYER = 2  # once after attention, once at its end; the first of all is the embeddings'

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class SecondLook:
    """What such a head has learnt. Its answer: `pooled` over the last layer, `share` over the patterns, `added`.

    `patterns`: (WIDTH, width of the model, NEIGHBOURS), `bias` one number each; `share`: two numbers each, for the
    best place and for the mean.
    """

    patterns: Floats
    bias: Floats
    share: Floats
    pooled: Floats
    added: float


class Layers(MiniLM):
    """The model as it runs in a school, asked what it makes of texts on the way."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        made = onnx.load(str(folder / "minilm.onnx"))
        self._names = [_states(made), _pooled(made)]
        for name in self._names:
            made.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
        options = SessionOptions()
        options.intra_op_num_threads = 1
        self._shown = InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def of(self, texts: Sequence[str]) -> tuple[list[NDArray[np.float16]], Floats]:
        """Of the first window of each text: one row a piece, after AFTER_LAYER; and the mean after the last."""
        windows = [next(self._windows_of(text)) for text in texts]
        order = sorted(range(len(windows)), key=lambda row: len(windows[row]))
        pieces: dict[int, NDArray[np.float16]] = {}
        means: dict[int, Floats] = {}
        for at in range(0, len(order), 16):
            rows = order[at : at + 16]
            states, pooled = self._shown.run(self._names, self._feed([windows[row] for row in rows]))
            for row, own, mean in zip(rows, states, pooled, strict=True):
                pieces[row] = own[: len(windows[row])].astype(np.float16)
                means[row] = mean
        return [pieces[row] for row in range(len(texts))], np.stack([means[row] for row in range(len(texts))])


def put_into(made: onnx.ModelProto, head: str, look: SecondLook) -> None:
    """Let a head of the model answer with its second look. All others answer as before."""
    column, kept = HEADS.index(head), {each.name: each for each in made.graph.initializer}
    heads, bias = _heads(made)
    weights, biases = numpy_helper.to_array(kept[heads]).copy(), numpy_helper.to_array(kept[bias]).copy()
    weights[:, column], biases[column] = look.pooled, look.added
    share = np.zeros((len(look.share), weights.shape[1]), np.float32)
    share[:, column] = look.share
    values = {heads: weights, bias: biases, f"{head}_patterns": look.patterns, f"{head}_bias": look.bias,
              f"{head}_share": share}  # fmt: skip
    if f"{head}_patterns" not in kept:
        _add_nodes(made, head)
    _keep(made, values)


def _keep(made: onnx.ModelProto, values: Mapping[str, NDArray[Any]]) -> None:
    kept = {each.name: each for each in made.graph.initializer}
    for name, value in values.items():
        tensor = numpy_helper.from_array(np.ascontiguousarray(value), name)
        if name in kept:
            kept[name].CopyFrom(tensor)
        else:
            made.graph.initializer.append(tensor)


def _add_nodes(made: onnx.ModelProto, head: str) -> None:
    states, counted, lengths = _states(made), _counted(made), _lengths(made)
    last = made.graph.node[-1]
    last.output[0] = f"{head}_before"
    _keep(made, {f"{head}_axis_{at}": np.array([at]) for at in (1, 2)})

    def add(kind: str, inputs: Sequence[str], name: str, **settings: Any) -> str:
        output = name if name == "logits" else f"{head}_{name}"
        made.graph.node.append(helper.make_node(kind, list(inputs), [output], **settings))
        return output

    # What stands behind the end of a shorter text must not be seen, or its neighbours would sway the answer.
    each_piece = add("Unsqueeze", [counted, f"{head}_axis_2"], "each_piece")
    seen = add("Mul", [states, each_piece], "seen")
    turned = add("Transpose", [seen], "turned", perm=[0, 2, 1])
    edge = NEIGHBOURS // 2
    fits = add("Conv", [turned, f"{head}_patterns", f"{head}_bias"], "fits", pads=[edge, edge])
    fits = add("Relu", [fits], "fits_at_all")
    each_place = add("Unsqueeze", [counted, f"{head}_axis_1"], "each_place")
    fits = add("Mul", [fits, each_place], "fits_inside")
    best = add("ReduceMax", [fits, f"{head}_axis_2"], "best", keepdims=0)
    total = add("ReduceSum", [fits, f"{head}_axis_2"], "total", keepdims=0)
    mean = add("Div", [total, lengths], "mean")
    both = add("Concat", [best, mean], "both", axis=1)
    said = add("MatMul", [both, f"{head}_share"], "said")
    add("Add", [f"{head}_before", said], "logits")


def _states(made: onnx.ModelProto) -> str:
    normalised = [node for node in made.graph.node if node.op_type == "LayerNormalization"]
    return str(normalised[_NORMALISED_A_LAYER * AFTER_LAYER].output[0])


def _counted(made: onnx.ModelProto) -> str:
    """Which pieces of each text count: 1 or 0."""
    less = next(node for node in made.graph.node if node.op_type == "Less")
    return str(next(node for node in made.graph.node if list(node.input) == list(less.output)).output[0])


def _lengths(made: onnx.ModelProto) -> str:
    """How many that are, one row a text."""
    return str(_mean(made).input[1])


def _pooled(made: onnx.ModelProto) -> str:
    return str(_mean(made).output[0])


def _mean(made: onnx.ModelProto) -> onnx.NodeProto:
    """The step that divides by how many they are: the only division of what a matrix made."""
    squeezed = {node.output[0] for node in made.graph.node if node.op_type == "Squeeze"}
    return next(node for node in made.graph.node if node.op_type == "Div" and node.input[0] in squeezed)


def _heads(made: onnx.ModelProto) -> tuple[str, str]:
    """The names of what weighs the mean of the last layer, and of what is added."""
    pooled = _pooled(made)
    said = next(node for node in made.graph.node if node.op_type == "MatMul" and node.input[0] == pooled)
    added = next(node for node in made.graph.node if node.op_type == "Add" and node.input[0] == said.output[0])
    return str(said.input[1]), str(added.input[1])
