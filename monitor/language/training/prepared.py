"""The file between reading and fitting: every example as the models see it. Fitting needs nothing else of ours.

JSON lines, gzipped: `text` (as `Reading.model_text` gives it), `labels` and `known` (one bit a head, in the order of
HEADS), `source`, `group`, `part`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.language.training.heads import HEADS


@dataclass(frozen=True)
class Prepared:
    """All examples, row by row. `labels` and `known` are 0 or 1, one column a head."""

    texts: list[str]
    labels: NDArray[np.float32]
    known: NDArray[np.float32]
    sources: list[str]
    groups: list[str]
    parts: list[str]

    def rows(self, part: str) -> NDArray[np.int64]:
        """The numbers of the rows of one part."""
        return np.flatnonzero(np.array(self.parts) == part)


def write(file: Path, rows: Iterable[tuple[str, frozenset[str], frozenset[str], str, str, str]]) -> int:
    """Write (text, labels, known, source, group, part) rows. Returns how many."""
    count = 0
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=9) as out:
        for text, labels, known, source, group, part in rows:
            row = {"text": text, "labels": _bits(labels), "known": _bits(known),
                   "source": source, "group": group, "part": part}  # fmt: skip
            out.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
            count += 1
    return count


def read(file: Path) -> Prepared:
    """Read what `write` wrote."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return Prepared(
        [row["text"] for row in rows],
        _columns([row["labels"] for row in rows]),
        _columns([row["known"] for row in rows]),
        [row["source"] for row in rows],
        [row["group"] for row in rows],
        [row["part"] for row in rows],
    )


def _bits(names: frozenset[str]) -> int:
    return sum(1 << at for at, head in enumerate(HEADS) if head in names)


def _columns(bits: list[int]) -> NDArray[np.float32]:
    numbers = np.array(bits, dtype=np.int64)[:, None]
    return ((numbers >> np.arange(len(HEADS))) & 1).astype(np.float32)
