"""Turn the fitted MiniLM into what a school runs: one ONNX file in whole numbers of eight bits, and its word pieces.

python -m monitor.language.training.export_transformer BASE FITTED OUT
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from monitor.language.training.fit_transformer import JudgingModel, load


class OneWindow(nn.Module):  # type: ignore[misc]  # torch brings no types where it is not installed
    """The fitted model for one window without padding: the same layers, and no mask that could be got wrong."""

    def __init__(self, model: JudgingModel) -> None:
        super().__init__()
        self.encoder, self.heads = model.encoder, model.heads
        self.attending = model.encoder.config.num_attention_heads

    def forward(self, input_ids: Any) -> Any:
        """Logits of one window, one row."""
        embed = self.encoder.embeddings
        places = torch.arange(input_ids.shape[1])
        states = embed.word_embeddings(input_ids) + embed.position_embeddings(places)[None]
        states = embed.LayerNorm(states + embed.token_type_embeddings.weight[0])
        for layer in self.encoder.encoder.layer:
            states = self._layer(layer, states)
        return self.heads(states.mean(1))

    def _layer(self, layer: Any, states: Any) -> Any:
        own, out = layer.attention.self, layer.attention.output
        query, key, value = (self._by_head(part(states)) for part in (own.query, own.key, own.value))
        attended = functional.softmax(query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5, dim=-1) @ value
        states = out.LayerNorm(out.dense(attended.transpose(1, 2).flatten(2)) + states)
        inner = functional.gelu(layer.intermediate.dense(states))
        return layer.output.LayerNorm(layer.output.dense(inner) + states)

    def _by_head(self, states: Any) -> Any:
        return states.unflatten(-1, (self.attending, -1)).transpose(1, 2)


def export(base: Path, fitted: Path, out: Path) -> None:
    """Write minilm.onnx and minilm-pieces.json into `out`. RuntimeError: the file and the model disagree."""
    model = load(base, fitted)
    with tempfile.TemporaryDirectory() as folder:
        whole, ready = Path(folder) / "whole.onnx", Path(folder) / "ready.onnx"
        torch.onnx.export(
            OneWindow(model),
            (torch.ones(1, 16, dtype=torch.long),),
            str(whole),
            input_names=["input_ids"],
            output_names=["logits"],
            dynamic_shapes={"input_ids": {1: "pieces"}},
            dynamo=True,
            external_data=False,
        )
        _compare(model, whole)
        quant_pre_process(str(whole), str(ready), skip_symbolic_shape=True)
        # Seven bits of weight: processors without VNNI add two products in sixteen bits, and eight would overflow.
        quantize_dynamic(
            str(ready), str(out / "minilm.onnx"), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )
    onnx.checker.check_model(str(out / "minilm.onnx"))
    pieces = Tokenizer.from_file(str(base / "tokenizer.json"))
    pieces.no_padding()
    pieces.no_truncation()
    pieces.save(str(out / "minilm-pieces.json"), pretty=False)


def _compare(model: JudgingModel, file: Path) -> None:
    from onnxruntime import InferenceSession

    session = InferenceSession(str(file), providers=["CPUExecutionProvider"])
    for length in (3, 40, 128):
        ids = torch.randint(1000, 20000, (1, length), generator=torch.Generator().manual_seed(length))
        with torch.no_grad():
            expected = model(ids, torch.ones_like(ids))
        (said,) = session.run(["logits"], {"input_ids": ids.numpy()})
        if not torch.allclose(expected, torch.tensor(said), atol=1e-3):
            raise RuntimeError(f"the exported model answers otherwise than the fitted one at {length} pieces")


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
