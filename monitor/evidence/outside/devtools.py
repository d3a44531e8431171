"""Talking to Chromium over its debugging pipe (Chrome DevTools Protocol): JSON messages, each ended by a zero byte.

The browser draws hostile pages. What it says is taken for possibly hostile too: bounded in size, and no part of it
gets into an error message.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

LARGEST_MESSAGE = 64 << 20  # bytes
PIECE = 1 << 16

Event = Callable[[str, Mapping[str, Any]], None]


class BrowserFailed(Exception):
    """The browser ended, or did not do what it was asked to. One sentence."""


class DevTools:
    """One conversation with one browser. `asks` and `answers` are the open ends of its two pipes (file numbers).

    `on_event` gets name and parameters of every event that comes in while an answer is waited for; it may `send`,
    but not `call`. Nothing here watches the time: whoever started the process ends it.
    """

    def __init__(self, asks: int, answers: int, on_event: Event) -> None:
        self._asks = asks
        self._answers = answers
        self._on_event = on_event
        self._buffer = bytearray()
        self._number = 0
        self.session: str | None = None

    def send(self, method: str, parameters: Mapping[str, Any] | None = None) -> int:
        """Ask for something without waiting. Raises BrowserFailed."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": dict(parameters or {})}
        if self.session is not None:
            message["sessionId"] = self.session
        content = json.dumps(message).encode("ascii") + b"\0"
        try:
            while content:
                content = content[os.write(self._asks, content) :]
        except OSError:
            raise BrowserFailed("the browser ended before the page was drawn") from None
        return self._number

    def call(self, method: str, parameters: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Ask for something and wait for the answer. Raises BrowserFailed."""
        number = self.send(method, parameters)
        while True:
            message = self._next()
            if message.get("id") == number:
                result = message.get("result")
                if not isinstance(result, dict):
                    raise BrowserFailed(f"the browser refused to do what it was asked ({method})")
                return result

    def wait_until(self, done: Callable[[], bool]) -> None:
        """Take in events until `done`. Raises BrowserFailed."""
        while not done():
            self._next()

    def _next(self) -> Mapping[str, Any]:
        searched = 0
        while (end := self._buffer.find(b"\0", searched)) < 0:
            searched = len(self._buffer)
            self._buffer += self._read()
            if len(self._buffer) > LARGEST_MESSAGE:
                raise BrowserFailed("the browser sent more than a page can need")
        content = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        try:
            message = json.loads(content)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise BrowserFailed("the browser sent something that is no message")
        name, parameters = message.get("method"), message.get("params")
        if isinstance(name, str) and isinstance(parameters, dict):
            self._on_event(name, parameters)
        return message

    def _read(self) -> bytes:
        try:
            piece = os.read(self._answers, PIECE)
        except OSError:
            piece = b""
        if not piece:
            raise BrowserFailed("the browser ended before the page was drawn")
        return piece
