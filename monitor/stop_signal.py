"""Being asked to stop: SIGTERM and Ctrl-C, heard without taking a lock."""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress


class StopSignal:
    """Listens for SIGTERM and SIGINT from the moment it is made, in the main thread.

    A handler runs between any two steps of the main thread. Setting a `threading.Event` in it, while that thread is
    half-way into waiting for the same event, waits for ever: both want the event's lock. A byte in a pipe needs none.
    """

    def __init__(self) -> None:
        self._heard, self._told = os.pipe()
        os.set_blocking(self._told, False)
        for wanted in (signal.SIGTERM, signal.SIGINT):
            signal.signal(wanted, self._tell)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until somebody asks us to stop, at most `seconds` (None: for ever). Whether they did."""
        ready, _, _ = select.select([self._heard], [], [], seconds)
        return bool(ready)

    def _tell(self, *_: object) -> None:
        with suppress(BlockingIOError):  # the pipe is full of earlier wishes
            os.write(self._told, b".")
