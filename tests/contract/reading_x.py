"""How the tests of X read: the real connector and the real tweepy, over HTTP, from an invented world."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from harness import NOW
from harness_x import HARNESS, PARENTS, SCHOOL, TOKEN

from connectors.budget import Budget
from connectors.errors import ConnectorError
from monitor.demo.server import json_response
from monitor.demo.world import StoryMessage, World
from monitor.demo.x_server import XStandIn, snowflake

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Clock:
    def __init__(self, at=NOW):
        self.at = at

    def __call__(self):
        return self.at


@contextmanager
def reading(world, fault=None, page_size=100, own_keys=(), **options):
    clock = Clock()
    with XStandIn(world, clock, TOKEN, fault, page_size, own_keys=own_keys, **options) as stand_in:
        yield HARNESS.connector(stand_in, clock, own_keys), stand_in, clock


def budget(calls=200):
    return Budget(calls, NOW + HOUR)


def read(connector, stream="mentions", cursor=None):
    return list(connector.fetch(stream, cursor, budget()))


def items(batches):
    return {item.remote_id: item for batch in batches for item in batch.items}


def left_at(since_id, at=NOW):
    """The cursor of a list that was read to its end."""
    return {"v": 1, "since_id": since_id, "read_at": int(at.timestamp()), "met_at": int(at.timestamp())}


def world_of(*messages, posts=()):
    return World(SCHOOL, list(posts), list(messages))


def served(payload, status=200, headers=None):
    """A fault that answers every request like this."""
    return lambda request, number: json_response(payload, status, headers)


def raw_message(at=NOW - HOUR, n=1, author=PARENTS[0], **fields):
    """A message served exactly as given, beside the fields every post has."""
    post_id = snowflake(at, n)
    basic = {
        "id": post_id,
        "text": "hello",
        "created_at": "2026-11-14T11:00:00.000Z",
        "edit_history_tweet_ids": [post_id],
    }
    kept = {name: value for name, value in (basic | fields).items() if value is not ...}
    return StoryMessage(post_id, author, "", at, raw=kept)


def read_until_failure(connector, cursor=None):
    kept = []

    def drain():
        for batch in connector.fetch("mentions", cursor, budget()):
            kept.append(batch)

    return kept, failure_of(drain)


def failure_of(ask):
    with pytest.raises(ConnectorError) as caught:
        ask()
    return caught.value
