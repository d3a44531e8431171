"""No answer takes a connector too long or too much memory: trickles, floods of rows, long texts, on every network."""

import threading
import tracemalloc
from datetime import timedelta
from functools import cache

import pytest
from harness import NOW
from reading import JSON_TYPE, from_request, read_world

from connectors.budget import Budget
from connectors.errors import ConnectorError, TemporaryFailure, UnexpectedReply
from monitor.demo.server import Response

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")

MIB = 1 << 20
USUAL = 10
"""MiB of the largest answer, as accounts are set up: 150 for reading it are 15 for each."""
BESIDES = 5
"""MiB that connector and stand-in take besides, whatever the answer."""
READ_SECONDS = 0.3
ROWS_IN = {
    "facebook": '{"data": [%s]}',
    "instagram": '{"data": [%s]}',
    "x": '{"data": [%s], "meta": {"result_count": 9}}',
    "reddit": '{"kind": "Listing", "data": {"children": [%s]}}',
    "youtube": '{"items": [%s]}',
    "wordpress": "[%s]",
    "mastodon": "[%s]",
    "bluesky": '{"notifications": [%s], "feed": []}',
    "google_reviews": '{"reviews": [%s]}',
}
TEXT = '{"id": "1", "text": "' + "\N{GRINNING FACE}, [" * 20_000 + '"}'
FLOODS = {
    "empty objects": lambda size: "{}," * (size // 3) + "{}",
    "empty lists": lambda size: "[]," * (size // 3) + "[]",
    "objects in objects": lambda size: '{"a":{}},' * (size // 9) + "{}",
    "short words": lambda size: '"ab",' * (size // 5) + '"ab"',
    "as many objects as are let through": lambda size: '{"id":"1"},' * (size // 160) + "{}",
    "long texts": lambda size: f"{TEXT}," * (size // len(f"{TEXT},".encode())) + "{}",
    "one text of quotation marks": lambda size: '"' + '\\"' * (size // 2 - 2) + '"',
}


@cache
def flood(kind, network, size):
    """An answer of nearly `size` MiB, full of one thing."""
    return (ROWS_IN[network] % FLOODS[kind](size * MIB - 1000)).encode()


class Peak:
    """The most memory taken inside the block, in MiB."""

    def __enter__(self):
        tracemalloc.start()
        return self

    def __exit__(self, *_):
        self.mebibytes = tracemalloc.get_traced_memory()[1] / MIB
        tracemalloc.stop()


def tells_who_we_are(request):
    """Whether a request is for the account itself, which a connector asks for before it reads."""
    return request.method != "GET" or "verify_credentials" in request.path or "/2/users/by" in request.path


@pytest.mark.parametrize(("kind", "size"), [*((kind, 1) for kind in FLOODS), ("long texts", USUAL)])
def test_no_answer_takes_more_than_150_megabytes(network, kind, size):
    headers = JSON_TYPE | {"X-WP-Total": "9", "X-WP-TotalPages": "1"}
    answer = Response(200, flood(kind, network.network, size), headers)

    def fault(request, _):
        return None if tells_who_we_are(request) else answer

    with network.stand_in(network.world(), lambda: NOW, fault) as stand_in, Peak() as peak:
        refused = read_through(network.connector(stand_in, lambda: NOW, largest_reply=size * MIB))
    assert peak.mebibytes <= 150 / USUAL * size + BESIDES
    assert refused is None or isinstance(refused, ConnectorError)


def read_through(connector):
    """Read the first pages of a stream and keep nothing of them, as the collector does. What ended it."""
    try:
        for _ in connector.fetch(connector.capabilities.streams[0], None, Budget(2, NOW + timedelta(minutes=15))):
            pass
    except ConnectorError as error:
        return error


def test_a_page_full_of_commas_and_brackets_that_people_typed_is_read(network):
    world = network.world()
    plain = [m for m in world.messages if m.raw is None and m.exists(NOW)][:20]
    for message in plain:
        world.messages[world.messages.index(message)] = message.__class__(**vars(message) | {"text": "{[,]}" * 1000})
    reading, _ = read_world(network, world=world, largest_reply=1 << 20)
    assert reading.error is None
    assert "{[,]}" * 1000 in {item.text for item in reading.items.values()}


def dripping(body, stop):
    """An answer that comes byte by byte, each of them in time."""
    return Response(200, body, JSON_TYPE, drip=lambda: not stop.wait(READ_SECONDS / 10))


@pytest.mark.parametrize("when", ["at once", "after all else was read"])
def test_an_answer_that_trickles_is_given_up_and_what_came_before_is_kept(network, when):
    """All of it would take an hour: that this test ends at all is half of what it shows."""
    begins = 0 if when == "at once" else len(read_world(network)[1]) - 1
    stop = threading.Event()
    slow = from_request(begins, lambda _: dripping(b" " * 100_000, stop))
    try:
        reading, _ = read_world(network, slow, read_seconds=READ_SECONDS)
    finally:
        stop.set()
    assert isinstance(reading.error, TemporaryFailure)
    assert "in time" in str(reading.error)
    assert bool(reading.items) is (when != "at once")
    rest, _ = read_world(network, cursors=reading.cursors)
    assert rest.error is None


def test_a_flood_is_told_in_words_a_person_can_act_on(network):
    answer = Response(200, flood("empty objects", network.network, 1), JSON_TYPE)
    reading, _ = read_world(network, lambda r, _: answer if r.method == "GET" else None, largest_reply=MIB)
    assert isinstance(reading.error, UnexpectedReply)
    assert "largest_reply_mb" in str(reading.error)
    assert not reading.cursors
