"""Faults inside proper answers, on every network that has a harness: odd rows, odd fields, odd headers, many rows."""

import json
import tracemalloc
from datetime import timedelta

import pytest
from harness import NOW
from reading import JSON_TYPE, read, read_world

from connectors.base import AuthFailed, Budget, BudgetSpent, ConnectorError, Forbidden, RateLimited, UnexpectedReply
from monitor.demo.graph_server import graph_error
from monitor.demo.server import Response, json_response

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")

COMES_BACK = {
    "seconds": {"Retry-After": "120"},
    "a date": {"Retry-After": "Sat, 14 Nov 2026 12:02:00 GMT"},
    "X, Unix time": {"x-rate-limit-reset": str(int((NOW + timedelta(minutes=2)).timestamp()))},
    "Mastodon, ISO time": {"X-RateLimit-Reset": (NOW + timedelta(minutes=2)).isoformat()},
    "Reddit, seconds": {"x-ratelimit-reset": "120"},
    "nothing": {},
    "nonsense": {"Retry-After": "soon", "x-rate-limit-reset": "9" * 400},
}
LARGEST_REPLY = 3 << 20  # bytes on the wire; the stand-in, in this process, holds it several times over
ODD_ROWS = [None, 7, "row", [], {}, {"id": 7}, {"id": None, "created_at": [], "text": {}}, True, [[{}]]]


def for_comments(answer):
    """Every request for comments gets this answer; those for a token are let through."""
    return lambda request, _: answer if request.method == "GET" else None


@pytest.mark.parametrize("style", COMES_BACK)
def test_a_429_in_any_style_gives_a_time_to_come_back(network, style):
    reading, _ = read_world(network, for_comments(Response(429, b"", COMES_BACK[style])))
    assert isinstance(reading.error, RateLimited)
    wait = reading.error.until - NOW
    assert timedelta(0) < wait <= timedelta(days=1)
    if style not in {"nothing", "nonsense"}:
        assert wait == timedelta(minutes=2)


@pytest.mark.parametrize(("status", "kind"), [(401, AuthFailed), (402, BudgetSpent), (403, Forbidden)])
def test_a_refusal_without_words_has_its_meaning(network, status, kind):
    reading, _ = read_world(network, for_comments(json_response({}, status)))
    # A network may give a status of another kind a meaning of its own, but it is never taken for an empty page.
    assert isinstance(reading.error, kind | (UnexpectedReply if status == 402 else kind))
    assert not reading.items


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001])
def test_the_graphs_codes_for_too_many_calls_are_known(network, code):
    if network.network not in {"facebook", "instagram"}:
        pytest.skip("these codes are those of Meta's Graph API")
    reading, _ = read_world(network, for_comments(graph_error(code, "Too many calls", status=400)))
    assert isinstance(reading.error, RateLimited)


def lists_of_rows(payload):
    """Every list in an answer that holds objects, at any depth."""
    if isinstance(payload, list):
        if any(isinstance(row, dict) for row in payload):
            yield payload
        for row in payload:
            yield from lists_of_rows(row)
    elif isinstance(payload, dict):
        for value in payload.values():
            yield from lists_of_rows(value)


def changed(stand_in_of, change):
    """A fault that lets the network answer and then changes what it says."""

    def fault(request, _):
        answer = stand_in_of().answer(request)
        if answer.status != 200 or request.method != "GET":
            return answer
        payload = json.loads(answer.body)
        change(payload)
        return Response(200, json.dumps(payload).encode("ascii"), answer.headers)

    return fault


def read_changed(network, change, world=None):
    """One reading of a network whose every answer was changed."""
    with network.stand_in(world or network.world(), lambda: NOW) as stand_in:
        stand_in.fault = changed(lambda: stand_in, change)
        return read(network.connector(stand_in, lambda: NOW))


@pytest.mark.parametrize("odd", ODD_ROWS, ids=repr)
def test_an_odd_row_among_good_ones_spoils_nothing(network, odd):
    def insert(payload):
        for rows in list(lists_of_rows(payload)):
            rows.insert(len(rows) // 2, odd)

    clean, _ = read_world(network)
    reading = read_changed(network, insert)
    if reading.error is not None:
        assert isinstance(reading.error, UnexpectedReply), "said in our words, where the row decides what the page is"
        return
    set_aside = json.dumps([each.raw for each in reading.quarantined.values()], default=repr)
    assert all(each in reading.items or each in set_aside for each in clean.items), "nothing is lost"
    assert all(each.reason for each in reading.quarantined.values())


@pytest.mark.parametrize("value", [None, 7, True, [], {}, "\ud800", "x" * 100_000], ids=lambda v: repr(v)[:12])
def test_fields_of_another_type_never_make_reading_fail(network, value):
    def replace_leaves(payload):
        for rows in list(lists_of_rows(payload)):
            for row in rows[::3]:
                for name in list(row) if isinstance(row, dict) else ():
                    if name not in {"id", "uri"}:
                        row[name] = value

    reading = read_changed(network, replace_leaves)
    assert reading.error is None or isinstance(reading.error, ConnectorError)


def test_only_errors_in_a_proper_answer_are_no_empty_page(network):
    answer = Response(200, b'{"errors": [{"message": "no", "title": "no", "detail": "no"}]}', JSON_TYPE)
    reading, _ = read_world(network, for_comments(answer))
    assert isinstance(reading.error, ConnectorError)
    assert not any(batch.complete for batch in reading.batches)


def test_headers_of_any_length_and_shape_are_read(network):
    def answer(request, _):
        with network.stand_in(network.world(), lambda: NOW) as clean:
            real = clean.answer(request)
        noise = dict.fromkeys(("X-App-Usage", "x-ratelimit-remaining", "X-RateLimit-Reset"), "9" * 30000)
        return Response(real.status, real.body, {**real.headers, **noise})

    reading, _ = read_world(network, answer)
    assert reading.error is None or isinstance(reading.error, ConnectorError)


def test_two_thousand_rows_in_one_answer_stay_within_memory(network):
    def many(payload):
        for rows in list(lists_of_rows(payload))[:1]:
            one = len(json.dumps(rows)) // len(rows) + 1
            wanted = min(2_000, LARGEST_REPLY // one)
            while len(rows) < wanted:
                rows.extend(rows[: wanted - len(rows)])

    answers = {}

    def made_before(request, _):
        """What the network would answer is put together before memory is counted: it is made in this process too."""
        key = (request.method, request.path, tuple(sorted(request.query.items())))
        if key not in answers:
            answers[key] = changed(lambda: stand_in, many)(request, 0)
        return answers[key]

    with network.stand_in(network.world(), lambda: NOW, made_before) as stand_in:
        read_through(network.connector(stand_in, lambda: NOW))
        tracemalloc.start()
        try:
            read_through(network.connector(stand_in, lambda: NOW))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 150 << 20


def read_through(connector):
    """Read every stream and keep nothing, as the collector does."""
    try:
        for stream in connector.capabilities.streams:
            for _ in connector.fetch(stream, None, Budget(200, NOW + timedelta(minutes=15))):
                pass
    except ConnectorError:
        pass
