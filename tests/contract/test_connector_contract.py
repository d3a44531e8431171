"""What every connector promises, tried on every network that has a harness: the real SDK over HTTP on loopback."""

import json
import traceback
import tracemalloc
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from harness import NOW
from reading import BROKEN, TEMPORARY, Silence, from_request, gigabyte_in_a_megabyte, read, read_world

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import (
    AuthFailed,
    BudgetSpent,
    ConnectorError,
    Forbidden,
    RateLimited,
    TemporaryFailure,
    UnexpectedReply,
)
from connectors.fetched import Shown

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


def readable(world):
    """The messages that are there and can be read, by id."""
    return {m.id: m for m in world.messages if m.exists(NOW) and m.raw is None}


@cache
def clean_run(network):
    """One undisturbed run, shared by the tests that compare with it: what was read and what was asked."""
    return read_world(network)


# Where a network gives an odd answer a meaning of its own: Reddit redirects from what is private or misspelt, and
# an answer with "error" in it is how OAuth refuses.
ALSO = {"a redirect": Forbidden, "an empty error": AuthFailed}


def fits(error, fault):
    """Whether `error` is what a connector may make of `fault`."""
    if fault in TEMPORARY:
        return isinstance(error, TemporaryFailure)
    return isinstance(error, (TemporaryFailure, UnexpectedReply, ALSO.get(fault, UnexpectedReply)))


def is_a_page(request):
    """Whether a request is for comments, and not for a token."""
    return request.method == "GET"


def everything_said(reading):
    """Every word a reading could leave in a log, a database or an evidence folder."""
    error = reading.error
    words = [repr(reading), *(repr(exchange.body) for batch in reading.batches for exchange in batch.exchanges)]
    if error is not None:
        words += [str(error), repr(error), *traceback.format_exception(error)]
    return "\n".join(words)


def test_every_message_arrives_from_every_page(network):
    world = network.world()
    reading, _ = read_world(network, world=world)
    arrived = {remote_id for remote_id, item in reading.items.items() if not item.erased}
    assert reading.error is None
    assert arrived == set(readable(world))
    assert len(arrived) > 130


def test_words_times_and_places_are_those_of_the_network(network):
    world = network.world()
    reading, _ = read_world(network, world=world)
    for message in readable(world).values():
        item = reading.items[message.id]
        assert item.text == message.text_at(NOW)
        assert item.created_at.utcoffset() == timedelta(0)
        assert abs(item.created_at - message.at) < timedelta(seconds=1)
        # Someone whom the network names but does not tell apart has no id in its worlds.
        assert item.author_id == ((message.author.id or None) if message.author else None)
        if message.parent_id:
            assert item.parent_remote_id == message.parent_id


def test_own_replies_are_known_by_id_and_an_impersonator_is_not_the_school(network):
    world = network.world()
    with network.stand_in(world, lambda: NOW) as stand_in:
        connector = network.connector(stand_in, lambda: NOW)
        own_ids = connector.check().own_ids
        reading = read(connector)
    own = {remote_id for remote_id, item in reading.items.items() if item.author_id in own_ids}
    assert own == {m.id for m in readable(world).values() if m.author and m.author.id == network.own_id}
    assert any(m.author and m.author.name == world.school.name and m.id not in own for m in world.messages)


def test_reading_twice_gives_the_same_items(network):
    first, _ = clean_run(network)
    second, _ = read_world(network)
    assert first.items == second.items


def test_a_broken_item_is_set_aside_with_its_raw_form_and_a_reason(network):
    reading, _ = clean_run(network)
    (broken,) = reading.quarantined.values()
    (message,) = (m for m in network.world().messages if m.raw is not None)
    assert message.raw.items() <= broken.raw.items()
    assert broken.reason
    assert str(message.raw.get("message") or message.raw.get("text") or message.raw.get("body")) not in broken.reason


def test_the_raw_form_is_kept_and_is_json(network):
    reading, _ = clean_run(network)
    assert all(item.raw and json.loads(json.dumps(item.raw)) == item.raw for item in reading.items.values())


def test_what_the_network_hides_is_told_from_what_it_shows(network):
    world = network.world()
    with network.stand_in(world, lambda: NOW) as stand_in:
        connector = network.connector(stand_in, lambda: NOW)
        reading = read(connector)
    there = readable(world).values()
    hidden, held = ({m.id for m in there if m.is_hidden(NOW)}, {m.id for m in there if m.is_held(NOW)})
    assert bool(hidden | held) == connector.capabilities.shows_hidden
    kept_back = {
        i.remote_id: i.shown for i in reading.items.values() if i.shown is not Shown.VISIBLE and not i.erased
    }
    assert kept_back == dict.fromkeys(hidden, Shown.HIDDEN) | dict.fromkeys(held, Shown.HELD)


def test_what_was_deleted_is_not_shown_as_a_comment(network):
    world = network.world()
    reading, _ = read_world(network, world=world)
    deleted = {m.id for m in world.messages if not m.exists(NOW)}
    assert deleted
    assert all(item.erased and not item.text for item in reading.items.values() if item.remote_id in deleted)


def test_every_page_comes_with_the_answer_it_was_made_from(network):
    reading, _ = clean_run(network)
    exchanges = [exchange for batch in reading.batches for exchange in batch.exchanges]
    assert all(batch.exchanges for batch in reading.batches if batch.items)
    assert {exchange.received_at for exchange in exchanges} == {NOW}
    assert all(exchange.body and exchange.headers and exchange.status == 200 for exchange in exchanges)


def test_only_the_last_batch_of_a_stream_is_complete(network):
    with network.stand_in(network.world(), lambda: NOW) as stand_in:
        connector = network.connector(stand_in, lambda: NOW)
        for stream in connector.capabilities.streams:
            batches = list(connector.fetch(stream, None, Budget(1000, NOW)))
            assert [batch.complete for batch in batches] == [False] * (len(batches) - 1) + [True]


def test_the_next_run_asks_less_and_finds_nothing_new(network):
    first, asked = clean_run(network)
    second, asked_again = read_world(network, cursors=first.cursors)
    assert second.error is None
    assert len(list(filter(is_a_page, asked_again))) < len(list(filter(is_a_page, asked)))
    assert second.items.keys() <= first.items.keys()


def test_the_next_run_finds_what_came_since(network):
    world = network.world()
    plain = newest_plain(world)
    later = replace(plain, at=NOW - timedelta(minutes=1))
    before = replace(world, messages=[m for m in world.messages if m is not plain])
    first, _ = read_world(network, world=before)
    with network.stand_in(replace(before, messages=[*before.messages, later]), lambda: NOW) as stand_in:
        second = read(network.connector(stand_in, lambda: NOW), first.cursors)
    assert later.id not in first.items
    assert second.items[later.id].text == later.text


def newest_plain(world):
    """The newest ordinary comment by somebody else."""
    own = world.school.id
    parents = {m.parent_id for m in world.messages}
    plain = [
        m
        for m in readable(world).values()
        if m.author and m.author.id != own and not (m.edits or m.hidden_at or m.id in parents)
        if m.post_id or not world.posts
    ]
    return max(plain, key=lambda m: m.at)


@pytest.mark.parametrize("fault", [*TEMPORARY, *BROKEN])
def test_what_was_read_before_a_fault_is_kept_and_a_rerun_completes(network, fault):
    clean, asked = clean_run(network)
    broken, _ = read_world(network, from_request(len(asked) - 1, (TEMPORARY | BROKEN)[fault]))
    assert fits(broken.error, fault)
    assert broken.items
    assert clean.items.items() >= broken.items.items()
    rerun, _ = read_world(network, cursors=broken.cursors)
    assert rerun.error is None
    assert broken.items | rerun.items == clean.items


@pytest.mark.parametrize("fault", [*TEMPORARY, *BROKEN])
def test_a_network_that_fails_at_once_is_a_clear_error(network, fault):
    broken, _ = read_world(network, from_request(0, (TEMPORARY | BROKEN)[fault]))
    assert fits(broken.error, fault)
    assert not broken.items
    assert not any(batch.complete for batch in broken.batches)


def test_a_network_that_says_nothing_is_not_waited_for(network):
    _, asked = clean_run(network)
    silence = Silence()
    try:
        reading, _ = read_world(network, from_request(len(asked) - 1, silence), read_seconds=0.3)
    finally:
        silence.end()
    assert isinstance(reading.error, TemporaryFailure)
    assert reading.items


def test_dead_credentials_need_a_person(network):
    reading, _ = read_world(network, lambda *_: network.auth_error())
    assert isinstance(reading.error, AuthFailed)
    with network.stand_in(network.world(), lambda: NOW, lambda *_: network.auth_error()) as stand_in:
        connector = network.connector(stand_in, lambda: NOW)
        with pytest.raises(AuthFailed):
            connector.check()
        with pytest.raises(AuthFailed):
            connector.verify([network.world().messages[0].id], Budget(100, NOW))


def test_every_way_of_saying_too_often_gives_a_time_to_come_back(network):
    for answer in network.rate_limited():
        reading, _ = read_world(network, lambda *_, answer=answer: answer)
        assert isinstance(reading.error, (RateLimited, BudgetSpent))
        assert NOW < reading.error.until <= NOW + timedelta(days=31)
        assert reading.error.until.utcoffset() == timedelta(0)


def test_pages_that_lead_in_a_circle_end_in_an_error(network):
    _, asked = clean_run(network)
    listings = (
        request.path for request in asked if is_a_page(request) and request.query.keys().isdisjoint({"id", "ids"})
    )
    (longest, _), *_ = Counter(listings).most_common()
    second = [request for request in asked if request.path == longest][1]
    with network.stand_in(network.world(), lambda: NOW) as stand_in:
        stand_in.fault = lambda request, _: stand_in.answer(second) if request.path == longest else None
        reading = read(network.connector(stand_in, lambda: NOW), calls=100)
    assert isinstance(reading.error, UnexpectedReply)
    assert reading.items


def test_no_credential_shows_in_anything_read_or_said(network):
    readings = [clean_run(network)[0], read_world(network, lambda *_: network.auth_error())[0]]
    readings += [read_world(network, lambda *_, answer=answer: answer)[0] for answer in network.rate_limited()]
    readings += [read_world(network, from_request(1, answer))[0] for answer in (TEMPORARY | BROKEN).values()]
    for words in map(everything_said, readings):
        assert not any(secret in words for secret in network.secrets)


def test_no_credential_shows_in_the_connector_itself(network):
    with network.stand_in(network.world(), lambda: NOW) as stand_in:
        shown = repr(network.connector(stand_in, lambda: NOW))
    assert not any(secret in shown for secret in network.secrets)


def test_present_deleted_and_unknown_are_told_apart(network):
    world = network.world()
    deleted = next(m.id for m in world.messages if m.deleted_at and not m.exists(NOW))
    there = [m.id for m in readable(world).values()][:120]
    with network.stand_in(world, lambda: NOW) as stand_in:
        connector = network.connector(stand_in, lambda: NOW)
        verdicts = connector.verify([*there, deleted, "no id at all, ../me"], Budget(1000, NOW))
    assert {verdicts[each] for each in there} == {Verdict.PRESENT}
    assert verdicts[deleted] is Verdict.GONE
    assert verdicts.get("no id at all, ../me", Verdict.UNKNOWN) is Verdict.UNKNOWN


@pytest.mark.parametrize("text", ["long " * 20_000, "half a face \ud83d and \udc00 another", "", "\0\u202e<b>&amp;"])
def test_any_text_arrives_as_it_was_sent(network, text):
    world = network.world()
    plain = newest_plain(world)
    world.messages[world.messages.index(plain)] = replace(plain, text=text)
    reading, _ = read_world(network, world=world)
    assert reading.items[plain.id].text == text


def test_an_answer_that_unpacks_to_a_gigabyte_is_refused_before_it_fills_the_memory(network):
    _, asked = clean_run(network)
    bomb = gigabyte_in_a_megabyte(None)
    tracemalloc.start()
    try:
        reading, _ = read_world(network, from_request(len(asked) - 1, lambda _: bomb), largest_reply=1 << 20)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(reading.error, ConnectorError)
    assert peak < 32 << 20


def test_a_spent_budget_keeps_what_was_read_and_the_next_run_completes(network):
    clean, asked = clean_run(network)
    assert len(list(filter(is_a_page, asked))) <= clean.calls
    allowed = clean.calls - 1
    short, asked = read_world(network, calls=allowed)
    assert isinstance(short.error, BudgetSpent)
    assert len(list(filter(is_a_page, asked))) <= allowed
    assert short.items
    rest, _ = read_world(network, cursors=short.cursors)
    assert short.items | rest.items == clean.items


def test_without_a_budget_nothing_is_asked(network):
    reading, asked = read_world(network, calls=0)
    assert isinstance(reading.error, BudgetSpent)
    assert not list(filter(is_a_page, asked))
