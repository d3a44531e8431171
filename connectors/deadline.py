"""An end to waiting for an answer, however steadily it drips.

A read time-out begins anew with every byte. A server that sends one now and then, in a header or between the
pieces of a body, would be waited for without end. So each read from the line looks at the clock first.
"""

from __future__ import annotations

import io
import time
from functools import partial
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter


class _UntilDeadline(io.RawIOBase):
    """What arrives on a line, up to `deadline` (monotonic seconds); then TimeoutError, as when nothing arrives."""

    def __init__(self, line: io.RawIOBase, deadline: float) -> None:
        super().__init__()
        self._line = line
        self._deadline = deadline

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Wait for some bytes. Raises TimeoutError."""
        if time.monotonic() > self._deadline:
            raise TimeoutError("the answer takes too long")
        return self._line.readinto(buffer)

    def fileno(self) -> int:
        """That of the line."""
        return self._line.fileno()

    def close(self) -> None:
        """Close the line too."""
        if not self.closed:
            self._line.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    """An answer of which status, headers and body together may take `seconds`."""

    def __init__(self, sock: Any, *args: Any, seconds: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        line = self.fp.detach()
        self.fp = io.BufferedReader(_UntilDeadline(line, time.monotonic() + seconds))


class DeadlineAdapter(HTTPAdapter):
    """Gives no answer more than `seconds`, a proxy's answer included."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._response = staticmethod(partial(_BoundedResponse, seconds=seconds))

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """The connections to one host, made so that their answers are bounded."""
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        if "ConnectionCls" not in vars(pool):
            kind = pool.ConnectionCls
            pool.ConnectionCls = type(f"Bounded{kind.__name__}", (kind,), {"response_class": self._response})
        return pool
