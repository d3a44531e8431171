"""The layers of the fitted MiniLM as one ONNX graph, in whole numbers of eight bits.

Built by hand rather than traced, so that it holds the few fused steps that onnxruntime runs quickly, and no others:
its joined "skip and normalise" is slower than an addition and a normalisation. Each word piece is scaled by its own
largest value before it is rounded. So a text is answered alike alone and beside any others, and about twice as close
to the fitted model as with one scale for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

MOST_PIECES = 128
OPERATIONS, FUSED, FORMAT = 18, 1, 9  # of ONNX, of com.microsoft, of the file

_WEIGHT_STEPS = 63
"""Seven bits of weight: processors without VNNI add two products in sixteen bits, and eight would overflow."""

_VALUE_STEPS = 127
_EPSILON = 1e-12

Weights = Mapping[str, NDArray[np.float32]]


def network(weights: Weights, attending: int, whole_numbers: bool = True) -> onnx.ModelProto:
    """The model: `input_ids` (texts x pieces) and `lengths` (pieces of each text that count) to `logits`.

    `weights`: as `JudgingModel` names them. `attending`: attention heads of a layer. `whole_numbers`: False keeps
    single precision, to be compared with the fitted model.
    """
    graph = _Graph(weights, whole_numbers)
    shape = graph.add("Shape", ["input_ids"], start=1, end=2)
    states = graph.embedded(shape)
    number = 0
    while f"encoder.encoder.layer.{number}.output.dense.weight" in weights:
        states = graph.layer(states, f"encoder.encoder.layer.{number}.", attending)
        number += 1
    pooled = graph.mean(states, shape)
    said = graph.add("MatMul", [pooled, graph.keep(weights["heads.weight"].T)])
    graph.nodes.append(helper.make_node("Add", [said, graph.keep(weights["heads.bias"])], ["logits"]))
    made = helper.make_graph(
        graph.nodes,
        "minilm",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "pieces"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["texts"]),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", len(weights["heads.bias"])])],
        graph.kept,
    )
    sets = [helper.make_opsetid("", OPERATIONS), helper.make_opsetid("com.microsoft", FUSED)]
    return helper.make_model(made, opset_imports=sets, ir_version=FORMAT)


class _Graph:
    """Nodes and weights as they are added. Every method takes and returns names."""

    def __init__(self, weights: Weights, whole_numbers: bool) -> None:
        self.weights, self.whole_numbers = weights, whole_numbers
        self.nodes: list[Any] = []
        self.kept: list[Any] = []
        self.last_axis, self.first = self.keep(np.array([-1])), self.keep(np.array([0]))
        self.second_axis = self.keep(np.array([1]))
        self.step, self.middle = self.keep(np.float32(1 / _VALUE_STEPS)), self.keep(np.uint8(128))

    def keep(self, value: Any) -> str:
        """A weight or another constant."""
        name = f"kept_{len(self.kept)}"
        self.kept.append(numpy_helper.from_array(np.asarray(value).copy(order="C"), name))
        return name

    def add(self, kind: str, inputs: list[str], domain: str = "", **settings: Any) -> str:
        """A node with one output."""
        name = f"made_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], domain=domain, **settings))
        return name

    def fused(self, kind: str, inputs: list[str], **settings: Any) -> str:
        """A node that only onnxruntime has."""
        return self.add(kind, inputs, "com.microsoft", **settings)

    def embedded(self, shape: str) -> str:
        """Word pieces and their places as rows of numbers."""
        name = "encoder.embeddings."
        words = self.weights[name + "word_embeddings.weight"]
        if self.whole_numbers:
            steps = np.abs(words).max(axis=1, keepdims=True).clip(1e-6) / _VALUE_STEPS
            found = self.add("Gather", [self.keep(np.round(words / steps).astype(np.int8)), "input_ids"])
            size = self.add("Gather", [self.keep(steps.astype(np.float32)), "input_ids"])
            found = self.add("Mul", [self.add("Cast", [found], to=TensorProto.FLOAT), size])
        else:
            found = self.add("Gather", [self.keep(words), "input_ids"])
        places = self.weights[name + "position_embeddings.weight"][:MOST_PIECES]
        places = places + self.weights[name + "token_type_embeddings.weight"][0]
        place = self.add("Slice", [self.keep(places), self.first, shape])
        return self.normalised(self.add("Add", [found, place]), name)

    def layer(self, states: str, name: str, attending: int) -> str:
        """One layer: attention, then the two dense steps, each added to what came in."""
        own = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
        seen = self.rounded(states)
        bias = self.keep(np.concatenate([self.weights[part + ".bias"] for part in own]))
        parts = [self.dense(seen, part) for part in own]
        attended = self.fused("MultiHeadAttention", [*parts, bias, "lengths"], num_heads=attending)
        states = self.added(self.dense(self.rounded(attended), f"{name}attention.output.dense"), states,
                            f"{name}attention.output.")  # fmt: skip
        inner = self.dense(self.rounded(states), f"{name}intermediate.dense")
        inner = self.fused("BiasGelu", [inner, self.keep(self.weights[f"{name}intermediate.dense.bias"])])
        return self.added(self.dense(self.rounded(inner), f"{name}output.dense"), states, f"{name}output.")

    def rounded(self, states: str) -> tuple[str, str]:
        """Each row in steps of its own largest value, and that value."""
        if not self.whole_numbers:
            return states, ""
        largest = self.add("ReduceMax", [self.add("Abs", [states]), self.last_axis], keepdims=1)
        return self.add("QuantizeLinear", [self.add("Div", [states, largest]), self.step, self.middle]), largest

    def dense(self, rounded: tuple[str, str], name: str) -> str:
        """A dense step without its bias."""
        states, largest = rounded
        weight = self.weights[name + ".weight"].T
        if not self.whole_numbers:
            return self.add("MatMul", [states, self.keep(weight)])
        steps = np.abs(weight).max(axis=0).clip(1e-9) / _WEIGHT_STEPS
        whole = self.keep(np.round(weight / steps).astype(np.int8))
        zeros = self.keep(np.zeros(len(steps), np.int8))
        inputs = [states, whole, self.step, self.keep(steps.astype(np.float32)), self.middle, zeros]
        return self.add("Mul", [self.fused("MatMulIntegerToFloat", inputs), largest])

    def added(self, found: str, states: str, name: str) -> str:
        """A dense step with its bias, added to what came in, and normalised."""
        found = self.add("Add", [found, self.keep(self.weights[f"{name}dense.bias"])])
        return self.normalised(self.add("Add", [found, states]), name)

    def normalised(self, states: str, name: str) -> str:
        """Each row with mean 0 and spread 1, then scaled as learnt."""
        scale, bias = (self.keep(self.weights[f"{name}LayerNorm.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", [states, scale, bias], axis=-1, epsilon=_EPSILON)

    def mean(self, states: str, shape: str) -> str:
        """The mean of the pieces that count, one row a text."""
        many = self.add("Squeeze", [shape])
        places = self.add("Range", [self.keep(np.int64(0)), many, self.keep(np.int64(1))])
        lengths = self.add("Cast", [self.add("Unsqueeze", ["lengths", self.second_axis])], to=TensorProto.INT64)
        counted = self.add("Cast", [self.add("Less", [places, lengths])], to=TensorProto.FLOAT)
        total = self.add("MatMul", [self.add("Unsqueeze", [counted, self.second_axis]), states])
        total = self.add("Squeeze", [total, self.second_axis])
        return self.add("Div", [total, self.add("Cast", [lengths], to=TensorProto.FLOAT)])
