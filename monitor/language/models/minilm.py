"""The second model: a small transformer in whole numbers, run by onnxruntime on one core.

A text is read in windows of at most 126 word pieces, each a few pieces into the one before; every head takes its
highest answer. Windows of like length are run together. Each word piece is rounded by its own scale
(`monitor/language/training/network.py`), so a comment's answer does not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_READ = 30_000
"""Characters of a text that are read, several times what any network allows. The small model reads all of it."""

_MOST_PIECES = 126  # and one before and one after them
_OVERLAP = 16  # pieces
_TOGETHER = 8  # windows; what is worked on still fits the processor's cache, and more are no quicker
