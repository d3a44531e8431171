"""Reading a stand-in network the way the collector does, and ways in which a network can fail."""

from __future__ import annotations

import gzip
import json
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from harness import NOW

from connectors.base import Batch
from connectors.budget import Budget
from connectors.errors import ConnectorError
from connectors.fetched import FetchedItem
from monitor.demo.server import Response


@dataclass
class Reading:
    """What one run brought. `error` ended it early; `cursors` are what would have been stored by then."""

    items: dict[str, FetchedItem] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    cursors: dict[str, Any] = field(default_factory=dict)
    error: ConnectorError | None = None
    calls: int = 0

    @property
    def quarantined(self):
        """Everything that could not be read, each raw form once."""
        return {json.dumps(q.raw, sort_keys=True): q for batch in self.batches for q in batch.quarantined}


def read(connector, cursors=None, calls=10_000):
    """Read every stream onward from `cursors`. Cursors pass through JSON, as they do through the database."""
    reading = Reading(cursors=dict(cursors or {}))
    budget = Budget(calls, NOW + timedelta(minutes=15))
    try:
        for stream in connector.capabilities.streams:
            for batch in connector.fetch(stream, reading.cursors.get(stream), budget):
                reading.batches.append(batch)
                reading.items |= {item.remote_id: item for item in batch.items}
                reading.cursors[stream] = json.loads(json.dumps(batch.next_cursor))
    except ConnectorError as error:
        reading.error = error
    reading.calls = calls - budget.calls_left
    return reading


def read_world(network, fault=None, world=None, cursors=None, calls=10_000, **session_options):
    """Start the network's stand-in, read it once, and give back what was read and what was asked."""
    with network.stand_in(world or network.world(), lambda: NOW, fault) as stand_in:
        reading = read(network.connector(stand_in, lambda: NOW, **session_options), cursors, calls)
        return reading, list(stand_in.requests)


def from_request(first, answer):
    """A network that answers properly until its request number `first` and from then on with `answer`."""
    return lambda request, number: answer(request) if number >= first else None


JSON_TYPE = {"Content-Type": "application/json"}
HTML = b"<!doctype html><title>Please log in to the school's web filter</title>"


def reset(request):
    """The connection is torn down without an answer."""
    raise ConnectionResetError


class Silence:
    """A network that takes the request and says nothing until `end` is called."""

    def __init__(self):
        self._ended = threading.Event()

    def __call__(self, request):
        """Wait; a test that forgets to end the silence is let go after five seconds."""
        self._ended.wait(5)

    def end(self):
        """Let every waiting request go."""
        self._ended.set()


TEMPORARY = {
    "500 in HTML": lambda _: Response(500, HTML, {"Content-Type": "text/html"}),
    "503 without words": lambda _: Response(503, b""),
    "connection reset": reset,
}
BROKEN = {
    "body cut short": lambda _: Response(200, b'{"data": [' + b" " * 500, JSON_TYPE, cut_to=100),
    "JSON that stops": lambda _: Response(200, b'{"data": [', JSON_TYPE),
    "HTML instead of JSON": lambda _: Response(200, HTML, {"Content-Type": "text/html"}),
    "null": lambda _: Response(200, b"null", JSON_TYPE),
    "a list": lambda _: Response(200, b"[]", JSON_TYPE),
    "a number": lambda _: Response(200, b"7", JSON_TYPE),
    "an empty object": lambda _: Response(200, b"{}", JSON_TYPE),
    "data that is no list": lambda _: Response(200, b'{"data": 7}', JSON_TYPE),
    "an empty error": lambda _: Response(200, b'{"error": {}, "errors": null}', JSON_TYPE),
    "nothing": lambda _: Response(200, b"", JSON_TYPE),
    "another content type": lambda _: Response(200, b"%PDF-1.7", {"Content-Type": "application/pdf"}),
    "no content type": lambda _: Response(200, b"?"),
    "a redirect": lambda _: Response(302, b"", {"Location": "http://127.0.0.1:9/elsewhere"}),
    "nested too deeply": lambda _: Response(200, b"[" * 200_000, JSON_TYPE),
    "bad compression": lambda _: Response(200, b"not gzip", {**JSON_TYPE, "Content-Encoding": "gzip"}),
}


def gigabyte_in_a_megabyte(request):
    """A small answer that unpacks to a gibibyte of spaces: one compressed block of 16 MiB, 64 times over."""
    return Response(200, gzip.compress(b" " * (16 << 20)) * 64, {**JSON_TYPE, "Content-Encoding": "gzip"})
