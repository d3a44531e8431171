"""Being asked to stop: SIGTERM and Ctrl-C, heard at any moment."""

from __future__ import annotations

import os
import select
import signal


class StopSignal:
    """Listens for SIGTERM and SIGINT from the moment it is made, in the main thread.

    A handler written in Python runs between two steps of the main thread. A signal that comes after the last step
    and before the thread is asleep would be noticed when the thread next wakes, which is never. So the interpreter
    itself writes a byte to a pipe the moment the signal comes (`signal.set_wakeup_fd`), and we sleep on that pipe.
    """

    def __init__(self) -> None:
        self._heard, told = os.pipe()
        os.set_blocking(told, False)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        for wanted in (signal.SIGTERM, signal.SIGINT):
            signal.signal(wanted, lambda *_: None)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until somebody asks us to stop, at most `seconds` (None: for ever). Whether they did."""
        ready, _, _ = select.select([self._heard], [], [], seconds)
        return bool(ready)
