"""Every item of every network is found in its answer, whole, and nobody else's words with it."""

import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness import NOW
from reading import read, read_world

from connectors.facebook_page import FacebookPage
from connectors.reddit import Reddit
from connectors.transport import NetworkSession
from connectors.x import X
from monitor.demo.graph_server import GraphStandIn
from monitor.demo.recorded import recorded_worlds
from monitor.demo.reddit_server import RedditStandIn
from monitor.demo.world import Author, StoryMessage
from monitor.demo.x_server import XStandIn, snowflake
from monitor.evidence.wire_bytes import PageBytes, without_others

SHARED = os.environ.get("SCHOOL_MONITOR_SHARED")
TOKEN = "a-token-that-stands-nowhere-else"
MARK = re.compile(r"mark[0-9]{4}x")

pytestmark = pytest.mark.usefixtures("no_sleep")


def distinctive(world):
    """The world with other words for everyone, each text with a mark of its own and whatever is awkward to write."""
    marks = iter(range(10_000))

    def words():
        return f'mark{next(marks):04}x <&> "quoted" \\ {{"id": "1", "comments": [ \u263a \ud83d\n' + "~" * 300

    return replace(
        world,
        posts=[replace(post, text=words()) for post in world.posts],
        messages=[
            replace(message, text=words(), edits=tuple((at, words()) for at, _ in message.edits))
            for message in world.messages
        ],
    )


def marks_in(value):
    return set(MARK.findall(json.dumps(value)))


def strings(value):
    """Every text in an answer, and every number as text: some networks number their items."""
    if isinstance(value, str | int):
        yield str(value)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(inner)


def with_bytes(reading):
    """Every item of every batch with its bytes, or None in their place."""
    for batch in reading.batches:
        page = PageBytes(batch.exchanges)
        for item in batch.items:
            yield item, page.find(item.raw, item.remote_id)


@pytest.fixture(scope="module")
def readings():
    return {}


@pytest.fixture
def reading(network, readings):
    """One read of a distinctive world, shared by the tests of a network."""
    if network.network not in readings:
        readings[network.network], _ = read_world(network, world=distinctive(network.world()))
    assert readings[network.network].error is None
    return readings[network.network]


def test_every_item_of_every_page_is_found_with_its_id_and_its_words(reading):
    found = list(with_bytes(reading))
    assert len(found) > 130
    for item, own in found:
        decoded = json.loads(own.content)
        if not item.remote_id.endswith("/reply"):  # a reply on Google is a field of its review, without an id
            assert item.remote_id in set(strings(decoded)), item.remote_id
        assert marks_in(item.text) == marks_in(decoded) != set(), item.remote_id


def test_no_bytes_of_an_item_hold_anyone_elses_words(reading):
    words = [(marks_in(item.text), marks_in(own.content.decode())) for item, own in with_bytes(reading)]
    assert all(len(mine) == 1 and mine == held for mine, held in words)
    assert len({mark for mine, _ in words for mark in mine}) > 130


def test_bytes_of_which_nothing_was_left_out_are_a_piece_of_the_answer(reading):
    whole = [own for _, own in with_bytes(reading) if not own.left_out]
    assert len(whole) > 130
    for own in whole:
        assert own.content == own.exchange.body[own.offset : own.offset + own.length]


def test_the_bytes_say_what_the_connector_read(reading):
    for item, own in with_bytes(reading):
        assert json.loads(own.content) == without_others(item.raw)


def test_no_bytes_hold_a_credential(reading, network):
    for secret in network.secrets:
        assert all(secret.encode() not in own.content for _, own in with_bytes(reading))


def answers_inside(network):
    """An item served with another person's answer inside it, as this network would do that."""
    at, other = NOW - timedelta(hours=1), "mark7001x"
    if network.network == "facebook":
        raw = {"id": "5001_9999", "message": "mark7000x", "created_time": "2026-11-14T11:00:00+0000"}
        raw |= {"comments": {"data": [{"id": "5001_8888", "message": other}]}, "like_count": 3}
        return StoryMessage(raw["id"], None, "", at, post_id="100200300_5001", raw=raw)
    if network.network == "instagram":
        raw = {"id": "17880000000999999", "text": "mark7000x", "timestamp": "2026-11-14T11:00:00+0000"}
        raw |= {"replies": {"data": [{"id": "17880000000999998", "timestamp": raw["timestamp"], "text": other}]}}
        post_id = network.world().posts[0].id
        return StoryMessage(raw["id"], None, "", at, post_id=post_id, raw={**raw, "like_count": 3})
    if network.network == "reddit":
        data = {"name": "t1_zzz1", "body": "mark7000x", "created_utc": at.timestamp(), "link_id": "t3_fair01"}
        inside = {"kind": "t1", "data": {"name": "t1_zzz2", "body": other, "replies": ""}}
        data |= {"replies": {"kind": "Listing", "data": {"children": [inside]}}, "score": 1}
        return StoryMessage("t1_zzz1", None, "", at, post_id="t3_fair01", raw={"kind": "t1", "data": data})
    post_id = snowflake(at, 7)
    raw = {"id": post_id, "text": "mark7000x", "created_at": "2026-11-14T11:00:00.000Z", "replies": [{"text": other}]}
    return StoryMessage(post_id, Author("7001", "Parent"), "", at, raw=raw)


def test_an_answer_that_the_network_puts_inside_an_item_is_left_out_of_its_bytes(network):
    if network.network not in {"facebook", "instagram", "reddit", "x"}:
        pytest.skip("this network puts no answer of another person inside an item")
    world, message = network.world(), answers_inside(network)
    world.messages.append(message)
    reading, _ = read_world(network, world=world)
    item, own = next((item, own) for item, own in with_bytes(reading) if item.remote_id == message.id)
    assert len(own.left_out) == 1
    assert b"mark7000x" in own.content
    assert b"mark7001x" not in own.content
    assert b"mark7001x" in own.exchange.body[own.offset : own.offset + own.length]
    assert json.loads(own.content) == without_others(item.raw)


def test_nothing_is_left_out_where_a_network_puts_no_item_inside_another(network, reading):
    if network.network not in {"bluesky", "mastodon"}:
        pytest.skip("here some items come with others inside them, or nobody has looked")
    assert [own.left_out for _, own in with_bytes(reading) if own.left_out] == []


def test_a_visitors_post_is_found_without_the_comments_under_it(network, reading):
    posts = [own for item, own in with_bytes(reading) if item.kind == "mention" and own.left_out]
    assert [own.left_out for own in posts] == ([("comments",)] if network.network == "facebook" else [])


def facebook(recorded, now):
    with GraphStandIn(recorded.world, now, TOKEN) as network:
        session = NetworkSession(now=now, rewrite={"https://graph.facebook.com": network.url}, secrets=(TOKEN,))
        page = recorded.school.id
        return read(
            FacebookPage(
                session=session, now=now, page_id=page, access_token=TOKEN, lookback_days=recorded.lookback_days
            )
        )


def x(recorded, now):
    with XStandIn(recorded.world, now, TOKEN) as network:
        session = NetworkSession(now=now, rewrite={"https://api.twitter.com": network.url}, secrets=(TOKEN,))
        user, days = recorded.school.id, recorded.lookback_days
        return read(X(session=session, now=now, user_id=user, bearer_token=TOKEN, lookback_days=days))


def reddit(recorded, now):
    with RedditStandIn(recorded.world, now, TOKEN, "recorded") as network:
        hosts = {"https://oauth.reddit.com": network.url, "https://www.reddit.com": network.url}
        return read(
            Reddit(
                session=NetworkSession(now=now, rewrite=hosts, secrets=(TOKEN,)),
                now=now,
                username=recorded.school.handle,
                client_id="recorded",
                client_secret=TOKEN,
                refresh_token=TOKEN,
                subreddit="recorded",
                lookback_days=recorded.lookback_days,
            )
        )


@pytest.mark.skipif(not SHARED, reason="the recorded payloads are not here: SCHOOL_MONITOR_SHARED names no folder")
@pytest.mark.parametrize("connect", [facebook, x, reddit])
def test_every_recorded_item_is_found_and_says_what_was_recorded(connect):
    recorded = recorded_worlds(Path(SHARED) / "fixtures")[connect.__name__]
    found = list(with_bytes(connect(recorded, lambda: recorded.anchor)))
    assert len(found) > 10
    for item, own in found:
        assert json.loads(own.content) == without_others(item.raw), item.remote_id
        assert own.left_out or own.content == own.exchange.body[own.offset : own.offset + own.length]
