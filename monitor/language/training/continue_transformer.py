"""Let the fitted MiniLM learn a few lines more, without forgetting: minutes on one processor core.

    python -m monitor.language.training.continue_transformer PREPARED BASE FITTED OUT [--steps 240]

PREPARED holds what FITTED/prepared.jsonl.gz held, in the same order within each source, and lines of sources that are
new. From the new ones it learns the labels; from the others what the fitted model answers (student_logits.npy), so
that it goes on answering so. OUT receives the weights, and for `fit_linear` the teacher_chances.npy of all rows: the
teachers' own where there are any, and the continued model's for the new lines.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from monitor.language.training import prepared as prepared_file
from monitor.language.training.fit_transformer import Fitting, JudgingModel, load, save

RATE, WARM_UP = 2e-5, 20  # of learning; steps until it is reached
EACH = 8  # texts of a batch that are new, that are ours, that are public
LONGEST = 36  # pieces of a text that is learnt from; longer ones cost most and teach no more
AVERAGED_FROM = 0.5  # of the steps
SEED = 5


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("base", type=Path, help="folder with the weights and tokenizer.json of MiniLM")
    parser.add_argument("fitted", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=240)
    args = parser.parse_args()
    torch.set_num_threads(1)
    prepared, before = prepared_file.read(args.prepared), prepared_file.read(args.fitted / "prepared.jsonl.gz")
    rows = prepared_file.rows_before(prepared.sources, before.sources)
    fitting = Fitting(prepared, args.base, "cpu")
    answers = np.load(args.fitted / "student_logits.npy").astype(np.float32)[rows]
    model = continued(fitting, prepared, rows, answers, load(args.base, args.fitted), args.steps)
    args.out.mkdir(parents=True, exist_ok=True)
    save(model, args.out)
    chances = np.load(args.fitted / "teacher_chances.npy").astype(np.float32)[rows]
    new = np.flatnonzero(rows < 0)
    chances[new] = fitting.chances(model, new)
    np.save(args.out / "teacher_chances.npy", chances.astype(np.float16))


def continued(
    fitting: Fitting,
    prepared: prepared_file.Prepared,
    rows: NDArray[np.int64],
    answers: NDArray[np.float32],
    model: JudgingModel,
    steps: int,
) -> JudgingModel:
    """The model after some more steps; `answers` are its own from before, one row a row of `prepared`."""
    torch.manual_seed(SEED)
    random = np.random.default_rng(SEED)
    train = fitting.train[fitting.lengths[fitting.train] <= LONGEST]
    ours = np.char.startswith(np.array(prepared.sources)[train], "train_")
    kinds = [train[chosen] for chosen in (rows[train] < 0, ours & (rows[train] >= 0), ~ours)]
    wanted = torch.tensor(1 / (1 + np.exp(-answers)))
    wanted[torch.tensor(kinds[0])] = fitting.labels[torch.tensor(kinds[0])]
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    average = torch.optim.swa_utils.AveragedModel(model)
    model.train()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP, (steps - step) / (steps / 2))
        batch = np.concatenate([random.choice(kind, EACH) for kind in kinds])
        loss = _learn(fitting, model, optimiser, batch, wanted)
        if step >= steps * AVERAGED_FROM:
            average.update_parameters(model)
        if step % 20 == 0:
            print(f"step {step}/{steps} loss {loss:.4f}", file=sys.stderr, flush=True)
    average.module.eval()
    return average.module  # type: ignore[no-any-return]


def _learn(fitting: Fitting, model: JudgingModel, optimiser: Any, batch: NDArray[np.int64], wanted: Any) -> float:
    ids, mask = fitting.padded(batch, learning=True)
    loss = functional.binary_cross_entropy_with_logits(model(ids, mask), wanted[torch.tensor(batch)])
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return float(loss.item())


if __name__ == "__main__":
    main()
