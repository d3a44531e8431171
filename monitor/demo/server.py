"""The small HTTP server under every stand-in network: loopback only, one thread a request, faults on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from struct import iter_unpack
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

LARGEST_REQUEST = 1 << 20  # bytes


@dataclass(frozen=True)
class Request:
    """What a client asked. Header names are lower case; `query` and `form` keep the last value of a key."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]


@dataclass(frozen=True)
class Response:
    """What to answer. `cut_to` sends only that many bytes of the body although the length says otherwise.

    `drip` is called before each single byte of the body, and ends the answer by saying no.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_to: int | None = None
    drip: Callable[[], bool] | None = None


def json_response(payload: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer. Broken surrogates in `payload` survive as escapes, as real networks send them."""
    body = json.dumps(payload).encode("ascii")
    return Response(status, body, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


Fault = Callable[[Request, int], Response | None]
"""Given a request and its number (from 0), answers in the network's place, or None to let it through."""


class StandIn:
    """Base of a stand-in network. Subclasses implement `answer`. Use as a context manager, or start and stop.

    `now` is the moment the network shows. `requests` lists what was asked, for tests that count calls.
    """

    def __init__(self, now: Callable[[], datetime], fault: Fault | None = None) -> None:
        self.now = now
        self.fault = fault
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Base address, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, request: Request) -> Response:
        """What the network says."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> StandIn:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _respond(self, request: Request) -> Response:
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
        if self.fault and (broken := self.fault(request, number)):
            return broken
        return self.answer(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body leave as two small packets; else the second waits 40 ms for the first one's receipt.
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                split = urlsplit(self.path)
                length = min(int(self.headers.get("Content-Length") or 0), LARGEST_REQUEST)
                form = dict(parse_qsl(self.rfile.read(length).decode("utf-8", "replace"), keep_blank_values=True))
                headers = {name.lower(): value for name, value in self.headers.items()}
                query = dict(parse_qsl(split.query, keep_blank_values=True))
                response = stand_in._respond(Request(self.command, unquote(split.path), query, headers, form))
                self.send_response(response.status)
                for name, value in response.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(response.body)))
                if self.close_connection:  # a client not told that its wish was granted might use the line again
                    self.send_header("Connection", "close")
                self.end_headers()
                body = response.body if response.cut_to is None else response.body[: response.cut_to]
                if response.drip is None:
                    self.wfile.write(body)
                else:
                    for byte in iter_unpack("c", body):
                        if not response.drip():
                            break
                        self.wfile.write(*byte)
                if response.cut_to is not None or response.drip is not None:
                    self.close_connection = True

            do_GET = do_POST = _serve

            def date_time_string(self, timestamp: float | None = None) -> str:
                """The Date of an answer is the moment the network shows."""
                return format_datetime(stand_in.now().astimezone(UTC), usegmt=True)

            def log_message(self, *_: Any) -> None:
                """Say nothing: requests carry tokens."""

        return Handler
