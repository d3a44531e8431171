"""For stand-ins that need all of a request: parameters that stand in it several times, and its body as it came."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from monitor.demo.server import LARGEST_REQUEST, StandIn


@dataclass(frozen=True)
class Whole:
    """`query`: every parameter in its order. `body`: the bytes sent with it."""

    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def values(self, name: str) -> list[str]:
        """Every value of a parameter."""
        return [value for each, value in self.query if each == name]


class WholeRequests(StandIn):
    """A stand-in that can look at `self.whole` while it answers. Each request is answered by a thread of its own."""

    _here = threading.local()

    @property
    def whole(self) -> Whole:
        """All of the request that this thread is answering."""
        whole: Whole = getattr(self._here, "whole", Whole())
        return whole

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        base, here = super()._handler(), self._here

        class Handler(base):  # type: ignore[misc, valid-type]
            rfile: Any
            _line: Any

            def setup(self) -> None:
                super().setup()
                self._line = self.rfile

            def parse_request(self) -> bool:
                understood: bool = super().parse_request()
                if understood:
                    length = min(int(self.headers.get("Content-Length") or 0), LARGEST_REQUEST)
                    body = self._line.read(length)
                    query = parse_qsl(urlsplit(self.path).query, keep_blank_values=True)
                    here.whole = Whole(tuple(query), body)
                    self.rfile = io.BytesIO(body)  # for the base, which reads it as well
                return understood

            def handle_one_request(self) -> None:
                self.rfile = self._line
                super().handle_one_request()

        return Handler
