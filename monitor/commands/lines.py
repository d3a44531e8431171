"""Reading lines from another program, none without bound: one at a time, or all that are waiting already."""

from __future__ import annotations

import os
import select
from collections import deque
from collections.abc import Iterator
from io import UnsupportedOperation
from typing import BinaryIO

LONGEST_LINE = 1024 * 1024
"""Bytes. A question takes a few hundred."""
CHUNK = 64 * 1024  # bytes read at a time


def bounded(lines: BinaryIO) -> Iterator[bytes | None]:
    """Lines with something on them; None stands for one longer than LONGEST_LINE, which is passed over unread."""
    while line := lines.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = lines.readline(LONGEST_LINE)
            yield None
        elif line.strip():
            yield line


def waiting(lines: BinaryIO, most: int) -> Iterator[list[bytes | None]]:
    """The same lines in batches of 1 to `most`: as many as can be had without waiting for the next one to be written.

    `lines` must not have been read from before.
    """
    source, pieces, found = _Source(lines), _Pieces(), deque[bytes | None]()
    ended = False
    while True:
        while not ended and len(found) < most and (not found or source.has_more()):
            chunk = source.read()
            ended = not chunk
            found.extend(pieces.last() if ended else pieces.add(chunk))
        if not found:
            return
        yield [found.popleft() for _ in range(min(most, len(found)))]


class _Source:
    """Reads what there is, below Python's own buffer: what lies in that one no system call knows of."""

    def __init__(self, lines: BinaryIO) -> None:
        self._lines = lines
        try:
            self._number: int | None = lines.fileno()
        except (UnsupportedOperation, AttributeError):  # in memory: everything is there already
            self._number = None

    def has_more(self) -> bool:
        """Whether a read would not wait. At the end of a file it would not."""
        if self._number is None:
            return True
        try:
            return bool(select.select([self._number], [], [], 0)[0])
        except (OSError, ValueError):  # Windows asks sockets only
            return False

    def read(self) -> bytes:
        """Some bytes, waiting for the first of them; none at the end."""
        return self._lines.read(CHUNK) if self._number is None else os.read(self._number, CHUNK)


class _Pieces:
    """Puts lines together again."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self._too_long = False

    def add(self, chunk: bytes) -> Iterator[bytes | None]:
        """The lines that end in this chunk."""
        first, *others = chunk.split(b"\n")
        self._grow(first)
        for piece in others:
            yield from self.last()
            self._grow(piece)

    def last(self) -> Iterator[bytes | None]:
        """The line begun, as it stands."""
        line, too_long = bytes(self._begun), self._too_long
        self._begun.clear()
        self._too_long = False
        if too_long or line.strip():
            yield None if too_long else line

    def _grow(self, piece: bytes) -> None:
        self._begun += piece
        if len(self._begun) > LONGEST_LINE:
            self._begun.clear()
            self._too_long = True
