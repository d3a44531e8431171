"""Reading lines from another program, one at a time and none without bound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

LONGEST_LINE = 1024 * 1024
"""Bytes. A question takes a few hundred."""


def bounded(lines: BinaryIO) -> Iterator[bytes | None]:
    """Lines with something on them; None stands for one longer than LONGEST_LINE, which is passed over unread."""
    while line := lines.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = lines.readline(LONGEST_LINE)
            yield None
        elif line.strip():
            yield line
