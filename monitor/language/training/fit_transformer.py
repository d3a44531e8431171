"""Fine-tune MiniLM: three teachers, then one student that learns from the labels and from the three together.

The public sets know few heads each. The teachers, which have seen all of them, say how likely the unknown ones are,
so the student learns every head from every text. Only torch, transformers and tokenizers are needed here, so that
this step can run on another machine than the rest: six minutes on a large graphics card, a day on two cores.

    python -m monitor.language.training.fit_transformer PREPARED BASE OUT [--teachers 3] [--epochs 4]

Seeds are fixed; another kind of processor rounds differently and ends within a few tenths of a point of the figures.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from monitor.language.training import prepared as prepared_file
from monitor.language.training.heads import HEADS
from monitor.language.training.weighing import LATER_THAN_LARGE, weights, without

MOST_TOKENS = 128
BATCH = 256
AVERAGED_EVERY = 10  # steps
DROPPED_WORDS = 0.05
"""Share of word pieces replaced by the unknown one while learning, so that no single word decides."""


@dataclass(frozen=True)
class Plan:
    """One run: how long, how fast, from which seed."""

    epochs: int
    rate: float
    seed: int
    soft_share: float = 0.0


class JudgingModel(nn.Module):  # type: ignore[misc]  # torch brings no types where it is not installed
    """MiniLM, the mean of its word pieces, and one number a head."""

    def __init__(self, base: Path, attention: str = "sdpa") -> None:
        super().__init__()
        from transformers import AutoModel

        self.encoder = AutoModel.from_pretrained(
            base, attn_implementation=attention, add_pooling_layer=False, dtype=torch.float32
        )
        self.dropout = nn.Dropout(0.1)
        self.heads = nn.Linear(self.encoder.config.hidden_size, len(HEADS))

    def forward(self, input_ids: Any, attention_mask: Any) -> Any:
        """Logits, one column a head."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
        return self.heads(self.dropout(pooled))


class Fitting:
    """Everything the runs share: word pieces, labels, weights, the device."""

    def __init__(self, prepared: prepared_file.Prepared, base: Path, device: str) -> None:
        self.base, self.device = base, device
        tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        pieces = [found.ids for found in tokenizer.encode_batch(prepared.texts)]
        self.lengths = np.array([len(ids) for ids in pieces])
        table = np.zeros((len(pieces), MOST_TOKENS), dtype=np.int32)
        for row, ids in enumerate(pieces):
            table[row, : len(ids)] = ids
        self.pieces = torch.tensor(table, device=device)
        self.unknown_piece = tokenizer.token_to_id("[UNK]")
        self.labels = torch.tensor(prepared.labels, device=device)
        self.known = torch.tensor(prepared.known, device=device)
        self.weights = weights(prepared)
        self.train = without(prepared.rows("train"), prepared, LATER_THAN_LARGE)

    def fit(self, plan: Plan, soft: NDArray[np.float32] | None = None) -> JudgingModel:
        """One run over the training part. `soft`: what the teachers say, one row an example."""
        torch.manual_seed(plan.seed)
        random = np.random.default_rng(plan.seed)
        model = JudgingModel(self.base).to(self.device)
        rows = self.train if soft is not None else self.train[self.weights[self.train] > 0]
        chance = np.maximum(self.weights[rows], 0.3 if soft is not None else 0).astype(np.float64)
        steps = int(plan.epochs * chance.sum() / BATCH)
        optimiser = torch.optim.AdamW(_groups(model, plan.rate), betas=(0.9, 0.98), fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser,
            [plan.rate, plan.rate, plan.rate * 10],
            total_steps=steps,
            pct_start=0.08,
            anneal_strategy="cos",
        )
        average = torch.optim.swa_utils.AveragedModel(
            model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99)
        )
        soft_all = None if soft is None else torch.tensor(soft, dtype=torch.float32, device=self.device)
        started = time.perf_counter()
        for step, batch in enumerate(_batches(rows, chance, steps, self.lengths, random)):
            ids, mask = self._padded(batch, learning=True)
            with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.device == "cuda"):
                logits = model(ids, mask).float()
            loss = self._loss(logits, batch, plan, soft_all)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            if step >= steps // 4 and step % AVERAGED_EVERY == 0:
                average.update_parameters(model)
            if step % 500 == 0:
                print(f"seed {plan.seed} step {step}/{steps} loss {loss.item():.4f} "
                      f"{time.perf_counter() - started:.0f} s", file=sys.stderr)  # fmt: skip
        return average.module  # type: ignore[no-any-return]

    def logits(self, model: JudgingModel) -> NDArray[np.float32]:
        """What a model says of every example, one row each."""
        model.eval()
        out = np.zeros((len(self.pieces), len(HEADS)), dtype=np.float32)
        order = np.argsort(self.lengths, kind="stable")
        with torch.no_grad():
            for at in range(0, len(order), 512):
                batch = order[at : at + 512]
                ids, mask = self._padded(batch, learning=False)
                with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.device == "cuda"):
                    out[batch] = model(ids, mask).float().cpu().numpy()
        return out

    def _padded(self, batch: NDArray[np.int64], learning: bool) -> tuple[Any, Any]:
        ids = self.pieces[torch.tensor(batch, device=self.device), : int(self.lengths[batch].max())].long()
        mask = (ids != 0).long()
        if learning:
            dropped = (torch.rand(ids.shape, device=self.device) < DROPPED_WORDS) & (mask == 1)
            dropped[:, 0] = False
            ids = torch.where(dropped, self.unknown_piece, ids)
        return ids, mask

    def _loss(self, logits: Any, batch: NDArray[np.int64], plan: Plan, soft: Any) -> Any:
        rows = torch.tensor(batch, device=self.device)
        labels, known = self.labels[rows], self.known[rows]
        hard = functional.binary_cross_entropy_with_logits(logits, labels, reduction="none") * known
        # A row counts by the root of what is known of it: one that knows all sixteen heads, as four that know one.
        total = (hard.sum(1) / known.sum(1).clamp(min=1).sqrt()).mean()
        if soft is not None:
            taught = functional.binary_cross_entropy_with_logits(logits, soft[rows])
            total = total * (1 - plan.soft_share) + taught * plan.soft_share
        return total


def _groups(model: JudgingModel, rate: float) -> list[dict[str, Any]]:
    plain, decayed, heads = [], [], []
    for name, parameter in model.named_parameters():
        if name.startswith("heads"):
            heads.append(parameter)
        elif parameter.ndim < 2:
            plain.append(parameter)
        else:
            decayed.append(parameter)
    return [
        {"params": decayed, "lr": rate, "weight_decay": 0.05},
        {"params": plain, "lr": rate, "weight_decay": 0.0},
        {"params": heads, "lr": rate * 10, "weight_decay": 0.01},
    ]


def _batches(
    rows: NDArray[np.int64],
    chance: NDArray[np.float64],
    steps: int,
    lengths: NDArray[np.int64],
    random: np.random.Generator,
) -> Any:
    """Batches drawn by weight, texts of like length together so that little is padding."""
    made = 0
    while made < steps:
        drawn = random.choice(rows, size=BATCH * 50, p=chance / chance.sum())
        drawn = drawn[np.argsort(lengths[drawn], kind="stable")].reshape(50, BATCH)
        for batch in random.permutation(drawn):
            if made == steps:
                return
            made += 1
            yield batch


def main() -> None:
    """Teachers, student, and what the student says of every example."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("base", type=Path, help="folder with the weights and tokenizer.json of MiniLM")
    parser.add_argument("out", type=Path)
    parser.add_argument("--teachers", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4)
    args = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    fitting = Fitting(prepared_file.read(args.prepared), args.base, device)
    soft = None
    for seed in range(1, args.teachers + 1):
        said = fitting.logits(fitting.fit(Plan(args.epochs, 1.5e-4, seed)))
        soft = _sigmoid(said) / args.teachers + (0 if soft is None else soft)
    student = fitting.fit(Plan(args.epochs + 2, 2e-4, 99, soft_share=0.6), soft)
    args.out.mkdir(parents=True, exist_ok=True)
    save(student, args.out)
    np.save(args.out / "student_logits.npy", fitting.logits(student).astype(np.float16))
    if soft is not None:
        np.save(args.out / "teacher_chances.npy", soft.astype(np.float16))


def save(model: JudgingModel, folder: Path) -> None:
    """The weights as half precision in four files of about the same size, big matrices cut in two."""
    parts: list[dict[str, NDArray[Any]]] = [{} for _ in range(4)]
    pieces = [
        (f"{name}/{at}", piece)
        for name, value in model.state_dict().items()
        for at, piece in enumerate(
            np.array_split(value.detach().cpu().half().numpy(), 2 if value.numel() > 1e6 else 1)
        )
    ]
    for name, piece in sorted(pieces, key=lambda item: -item[1].size):
        min(parts, key=lambda part: sum(value.size for value in part.values()))[name] = piece
    for number, part in enumerate(parts):
        np.savez(folder / f"weights-{number}.npz", allow_pickle=False, **part)


def load(base: Path, folder: Path) -> JudgingModel:
    """The model that `save` wrote, in single precision on the processor."""
    found: dict[str, dict[int, NDArray[Any]]] = {}
    for file in sorted(folder.glob("weights-*.npz")):
        for key, piece in np.load(file).items():
            name, _, at = key.rpartition("/")
            found.setdefault(name, {})[int(at)] = piece
    model = JudgingModel(base, attention="eager")
    state = {name: torch.tensor(np.concatenate([pieces[at] for at in sorted(pieces)])).float()
             for name, pieces in found.items()}  # fmt: skip
    model.load_state_dict(state)
    model.eval()
    return model


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return (1 / (1 + np.exp(-values.astype(np.float64)))).astype(np.float32)


if __name__ == "__main__":
    main()
