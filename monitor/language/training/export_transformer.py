"""Turn the fitted MiniLM into what a school runs: one ONNX file in whole numbers of eight bits, and its word pieces.

    python -m monitor.language.training.export_transformer BASE FITTED OUT

`network.py` builds the file; here it is held against the fitted model before it is written.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions
from tokenizers import Tokenizer

from monitor.language.training.fit_transformer import JudgingModel, load
from monitor.language.training.network import network

MOST_APART = 1e-3  # logits, in single precision
LENGTHS = (3, 40, 128)  # pieces


def export(base: Path, fitted: Path, out: Path) -> None:
    """Write minilm.onnx and minilm-pieces.json into `out`. RuntimeError: the file and the model disagree."""
    model = load(base, fitted)
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    heads = model.encoder.config.num_attention_heads
    _compare(model, network(weights, heads, whole_numbers=False))
    made = network(weights, heads)
    onnx.checker.check_model(made)
    onnx.save(made, str(out / "minilm.onnx"))
    pieces = Tokenizer.from_file(str(base / "tokenizer.json"))
    pieces.no_padding()
    pieces.no_truncation()
    pieces.save(str(out / "minilm-pieces.json"), pretty=False)


def _compare(model: JudgingModel, made: onnx.ModelProto) -> None:
    """The same layers in single precision must answer as the fitted model does, texts of all lengths together."""
    options = SessionOptions()
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
    session = InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
    random = torch.Generator().manual_seed(1)
    ids = torch.randint(1000, 20000, (len(LENGTHS), max(LENGTHS)), generator=random)
    lengths = torch.tensor(LENGTHS)
    mask = (torch.arange(max(LENGTHS))[None] < lengths[:, None]).long()
    with torch.no_grad():
        expected = model(ids * mask, mask).numpy()
    feed = {"input_ids": (ids * mask).numpy(), "lengths": lengths.numpy().astype(np.int32)}
    (said,) = session.run(["logits"], feed)
    if not np.allclose(expected, said, atol=MOST_APART):
        raise RuntimeError("the exported model answers otherwise than the fitted one")


def main() -> None:
    """Read the arguments and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path)
    parser.add_argument("fitted", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    export(args.base, args.fitted, args.out)


if __name__ == "__main__":
    main()
