"""The second model: a small transformer in whole numbers, run by onnxruntime on one core.

A text is read in windows of at most 126 word pieces, each a few pieces into the one before; every head takes its
highest answer. Windows are run one by one: in a batch, whole numbers are scaled by the largest value anywhere in it,
and a comment's answer would depend on its neighbours.
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
        self._session = onnxruntime.InferenceSession(
            str(folder / "minilm.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "minilm-pieces.json"))
        self._first, self._last = (_number_of(self._tokenizer, piece) for piece in ("[CLS]", "[SEP]"))

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, one column a head. `texts` must not be empty."""
        return np.stack([self._read(text[:LONGEST_READ]) for text in texts])

    def _read(self, text: str) -> NDArray[np.float32]:
        pieces = self._tokenizer.encode(text, add_special_tokens=False).ids
        said = [self._run([self._first, *window, self._last]) for window in _windows(pieces)]
        return np.asarray(np.max(said, axis=0), dtype=np.float32)

    def _run(self, pieces: list[int]) -> NDArray[np.float32]:
        ids = np.array([pieces], dtype=np.int64)
        (said,) = self._session.run(["logits"], {"input_ids": ids})
        return np.asarray(said[0], dtype=np.float32)


def _number_of(tokenizer: Any, piece: str) -> int:
    number = tokenizer.token_to_id(piece)
    if number is None:
        raise ValueError(f"minilm-pieces.json has no piece {piece}; install the program again")
    return int(number)


def _windows(pieces: list[int]) -> Iterator[list[int]]:
    step = _MOST_PIECES - _OVERLAP
    for start in range(0, max(len(pieces) - _OVERLAP, 1), step):
        yield pieces[start : start + _MOST_PIECES]
