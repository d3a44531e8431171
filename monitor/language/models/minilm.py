"""The second model: a small transformer in whole numbers, run by onnxruntime on one core.

A text is read in windows of at most 126 word pieces, each a few pieces into the one before; every head takes its
highest answer. Windows of like length are run together. Each word piece is rounded by its own scale
(`monitor/language/training/network.py`), so what is said of a comment does not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_READ = 30_000
"""Characters of a text that are read, several times what any network allows. The small model reads all of it."""

_MOST_PIECES = 126  # and one before and one after them
_OVERLAP = 16  # pieces
_TOGETHER = 8  # windows; more are no quicker, because what is worked on must fit the processor's cache


class MiniLM:
    """Loaded once; safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        """Read the model and its word pieces. OSError, RuntimeError, ValueError: missing or damaged."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # The file is joined as it should be; what the runtime would join besides is slower.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self._session = onnxruntime.InferenceSession(
            str(folder / "minilm.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "minilm-pieces.json"))
        self._first, self._last = (_number_of(self._tokenizer, piece) for piece in ("[CLS]", "[SEP]"))

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, one column a head. `texts` must not be empty."""
        windows = [list(self._windows_of(text[:LONGEST_READ])) for text in texts]
        said = self._run([window for of_text in windows for window in of_text])
        starts = np.cumsum([0, *map(len, windows[:-1])])
        return np.maximum.reduceat(said, starts, axis=0)

    def _windows_of(self, text: str) -> Iterator[list[int]]:
        for window in _windows(self._tokenizer.encode(text, add_special_tokens=False).ids):
            yield [self._first, *window, self._last]

    def _run(self, windows: Sequence[list[int]]) -> NDArray[np.float32]:
        """One row a window, in their order."""
        order = sorted(range(len(windows)), key=lambda row: len(windows[row]))
        runs = [order[at : at + _TOGETHER] for at in range(0, len(order), _TOGETHER)]
        said = np.concatenate([self._run_together([windows[row] for row in rows]) for rows in runs])
        answers = np.empty_like(said)
        answers[order] = said
        return answers

    def _run_together(self, windows: Sequence[list[int]]) -> NDArray[np.float32]:
        (said,) = self._session.run(["logits"], self._feed(windows))
        return np.asarray(said, dtype=np.float32)

    def _feed(self, windows: Sequence[list[int]]) -> dict[str, NDArray[Any]]:
        lengths = np.array([len(window) for window in windows], dtype=np.int32)
        ids = np.zeros((len(windows), lengths.max()), dtype=np.int64)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = window
        return {"input_ids": ids, "lengths": lengths}


def _number_of(tokenizer: Any, piece: str) -> int:
    number = tokenizer.token_to_id(piece)
    if number is None:
        raise ValueError(f"minilm-pieces.json has no piece {piece}; install the program again")
    return int(number)


def _windows(pieces: list[int]) -> Iterator[list[int]]:
    step = _MOST_PIECES - _OVERLAP
    for start in range(0, max(len(pieces) - _OVERLAP, 1), step):
        yield pieces[start : start + _MOST_PIECES]
