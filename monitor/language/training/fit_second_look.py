"""Learn the patterns of a second look (`second_look.py`) with torch, on a processor, in some minutes.

Seeds are fixed; another kind of processor rounds differently and ends a little apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from monitor.language.training.second_look import NEIGHBOURS, WIDTH, SecondLook

EPOCHS, BATCH, RATE, DECAY = 6, 64, 2e-3, 0.05
_SEED = 0
_SHUFFLED = 3.0  # pieces by which texts of one batch differ in length: alike, so that little is filled up, yet mixed


class _Head(nn.Module):  # type: ignore[misc]  # torch brings no types where it is not installed
    def __init__(self, width: int) -> None:
        super().__init__()
        self.patterns = nn.Conv1d(width, WIDTH, NEIGHBOURS, padding=NEIGHBOURS // 2)
        self.said = nn.Linear(2 * WIDTH + width, 1)
        self.less_seen, self.less_told = nn.Dropout(0.2), nn.Dropout(0.4)

    def forward(self, pieces: torch.Tensor, counted: torch.Tensor, pooled: torch.Tensor) -> torch.Tensor:
        fits = functional.relu(self.patterns(self.less_seen(pieces).transpose(1, 2))) * counted[:, None]
        mean = fits.sum(2) / counted.sum(1, keepdim=True)
        told = torch.cat([fits.max(2).values, mean, pooled], 1)
        return self.said(self.less_told(told))[:, 0]


def fit(
    pieces: Sequence[NDArray[np.float16]],
    pooled: NDArray[np.float32],
    holds: NDArray[np.bool_],
    weight: NDArray[np.float64],
) -> SecondLook:
    """What tells the texts of which it `holds` from the others. `pieces`, `pooled`: as `Layers.of` gives them."""
    torch.manual_seed(_SEED)
    random = np.random.default_rng(_SEED)
    middle, spread = pooled.mean(axis=0), pooled.std(axis=0)
    means = torch.from_numpy(((pooled - middle) / spread).astype(np.float32))
    truth = torch.from_numpy(holds.astype(np.float32))
    counts = torch.from_numpy((weight / weight.mean()).astype(np.float32))
    lengths = np.array([len(each) for each in pieces])
    head = _Head(pooled.shape[1])
    learner = torch.optim.AdamW(head.parameters(), RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(pieces) // BATCH)
    pace = torch.optim.lr_scheduler.OneCycleLR(learner, RATE, total_steps=steps)
    for _ in range(EPOCHS):
        for rows in _batches(lengths, random):
            learner.zero_grad()
            said = head(*_together([pieces[row] for row in rows]), means[rows])
            loss = functional.binary_cross_entropy_with_logits(said, truth[rows], reduction="none")
            (loss * counts[rows]).mean().backward()
            learner.step()
            pace.step()
    return _learnt(head, middle, spread)


def _batches(lengths: NDArray[np.int64], random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    order = np.argsort(lengths + random.normal(0, _SHUFFLED, len(lengths)), kind="stable")
    batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    random.shuffle(batches)
    yield from batches


def _together(pieces: Sequence[NDArray[np.float16]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, pieces))
    states = torch.zeros(len(pieces), longest, pieces[0].shape[1])
    counted = torch.zeros(len(pieces), longest)
    for row, each in enumerate(pieces):
        states[row, : len(each)] = torch.from_numpy(each).float()
        counted[row, : len(each)] = 1
    return states, counted


def _learnt(head: _Head, middle: NDArray[np.float32], spread: NDArray[np.float32]) -> SecondLook:
    said = head.said.weight[0].detach().numpy()
    pooled = said[2 * WIDTH :] / spread
    return SecondLook(
        patterns=head.patterns.weight.detach().numpy(),
        bias=head.patterns.bias.detach().numpy(),
        share=said[: 2 * WIDTH],
        pooled=pooled,
        added=float(head.said.bias.item() - pooled @ middle),
    )
