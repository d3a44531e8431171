"""How the tests of Reddit read: the real connector and the real praw, over HTTP, from an invented world."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from harness import NOW
from harness_reddit import HARNESS, PARENTS, POST, REFRESH_TOKEN, SCHOOL, SUBREDDIT

from connectors.budget import Budget
from connectors.errors import ConnectorError
from monitor.demo.reddit_server import RedditStandIn
from monitor.demo.server import json_response
from monitor.demo.world import StoryMessage, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SIGN_IN = "/api/v1/access_token"
COMMENTS = f"/r/{SUBREDDIT}/comments"


class Clock:
    def __init__(self, at=NOW):
        self.at = at

    def __call__(self):
        return self.at


@contextmanager
def reading(world, fault=None, page_size=100, at=NOW, network=None, **options):
    """`network` goes to the stand-in as it is, `options` to the connector."""
    clock = Clock(at)
    with RedditStandIn(world, clock, REFRESH_TOKEN, SUBREDDIT, fault, page_size, **(network or {})) as stand_in:
        yield HARNESS.connector(stand_in, clock, **options), stand_in, clock


def budget(calls=200):
    return Budget(calls, NOW + HOUR)


def read(connector, stream="comments", cursor=None):
    return list(connector.fetch(stream, cursor, budget()))


def items(batches):
    return {item.remote_id: item for batch in batches for item in batch.items}


def quarantined(batches):
    return [entry for batch in batches for entry in batch.quarantined]


def world_of(*messages, posts=(POST,)):
    return World(SCHOOL, list(posts), list(messages))


def comment(number, at, text="hello", author=PARENTS[0], **more):
    """A comment under the school's post, unless `more` puts it elsewhere."""
    return StoryMessage(f"t1_c{number}", author, text, at, **({"post_id": POST.id} | more))


def swept(since, at=NOW):
    """The cursor of the comments after a read to the end of the look-back."""
    return {"v": 1, "since": since.isoformat(), "swept_at": at.isoformat()}


def asked(stand_in, path):
    return [request for request in stand_in.requests if request.path == path]


def answering(path, payload, status=200, headers=None):
    """A fault that answers one path like this and lets everything else through."""
    return lambda request, number: json_response(payload, status, headers) if request.path == path else None


def failure_of(call):
    with pytest.raises(ConnectorError) as caught:
        call()
    return caught.value
