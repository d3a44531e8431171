"""Faults inside proper answers, on every network that has a harness: refusals, odd rows, odd fields, odd headers."""

import json
from datetime import timedelta
from functools import cache

import pytest
from harness import NOW
from odd_answers import holds_rows, places_in, put, read_changed, set_aside
from reading import JSON_TYPE, read_world

from connectors.errors import AuthFailed, BudgetSpent, ConnectorError, Forbidden, RateLimited
from monitor.demo.graph_answers import graph_error
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
ODD_VALUES = [None, 7, "row", [], {}, True]
ODD_SHAPES = {
    "words": lambda name: f"odd in {name}",
    "a list": lambda name: [[{"odd in": name}]],
    "an unknown object": lambda name: {"odd in": name},
    "an unknown kind": lambda name: {"kind": "odd", "type": "odd", "$type": "odd", "reason": 7, "odd in": name},
    "an id that is none": lambda name: {"id": 7.5, "uri": [], "name": {}, "odd in": name},
    "an id far too long": lambda name: {
        "id": "9" * 5000,
        "uri": "at://" * 999,
        "reviewId": "x" * 999,
        "odd in": name,
    },
}


@cache
def clean_run(network):
    """What an undisturbed reading brings."""
    return read_world(network)[0]


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
    assert isinstance(reading.error, kind)
    assert not reading.items


def test_a_paid_allowance_that_is_used_up_parks_the_account_for_a_while(network):
    reading, _ = read_world(network, for_comments(json_response({}, 402, {"Retry-After": "600"})))
    assert reading.error.until == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001])
def test_the_graphs_codes_for_too_many_calls_are_known(network, code):
    if network.network not in {"facebook", "instagram"}:
        pytest.skip("these codes are those of Meta's Graph API")
    reading, _ = read_world(network, for_comments(graph_error(code, "Too many calls", status=400)))
    assert isinstance(reading.error, RateLimited)


@pytest.mark.parametrize("odd", ODD_VALUES, ids=repr)
def test_an_odd_row_is_set_aside_and_the_rest_of_its_page_is_read(network, odd):
    reading = read_changed(network, lambda each: each.rows.insert(len(each.rows) // 2, odd))
    assert reading.error is None
    assert clean_run(network).items.keys() <= reading.items.keys()
    assert json.dumps(odd) in reading.quarantined
    assert all(each.reason for each in reading.quarantined.values())


@pytest.mark.parametrize("shape", ODD_SHAPES)
@pytest.mark.parametrize("place", ["first", "last"])
def test_whatever_stands_in_a_list_of_what_people_wrote_is_read_or_set_aside(network, shape, place):
    names = set()

    def insert(each):
        each.rows.insert(0 if place == "first" else len(each.rows), ODD_SHAPES[shape](each.name))
        names.update([each.name] if each.is_of_people(network) else [])

    reading = read_changed(network, insert)
    assert reading.error is None
    assert clean_run(network).items.keys() <= reading.items.keys()
    kept = set_aside(reading) + json.dumps([item.raw for item in reading.items.values()])
    assert {name for name in names if name not in kept} == set()


@pytest.mark.parametrize(
    "value", [None, 7, True, [], {}, [7, None], "\ud800", "x" * 100_000, 1e300, -1], ids=lambda v: repr(v)[:12]
)
def test_a_field_of_another_type_spoils_its_own_row_at_most(network, value):
    """Every other row that holds no rows has one of its fields replaced, each another one."""
    changed = []

    def replace_one_field(each):
        for number, row in enumerate(each.rows[1::2]):
            if each.is_of_people(network) and isinstance(row, dict) and not holds_rows(row, network, each.name):
                places = list(places_in(row))
                changed.append(json.dumps(row))
                put(row, places[number % len(places)], value)

    reading = read_changed(network, replace_one_field)
    assert reading.error is None
    everything = "".join(changed)
    items = clean_run(network).items
    untouched = {n for n, i in items.items() if n not in everything and str(i.parent_remote_id) not in everything}
    assert reading.items.keys() >= untouched
    assert changed


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
