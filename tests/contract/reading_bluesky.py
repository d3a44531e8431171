"""Reading Bluesky in tests: a connector on a stand-in, and posts as the network shows them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

from harness import NOW
from harness_bluesky import APP_PASSWORD, PARENTS, POST, SCHOOL
from office import QUARTER

from connectors.bluesky import Bluesky
from connectors.bluesky_server import SignIns
from connectors.budget import Budget
from connectors.transport import NetworkSession
from monitor.clock import SetClock
from monitor.demo.bluesky_scene import post_uri
from monitor.demo.bluesky_server import BlueskyStandIn
from monitor.demo.world import World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ME = SCHOOL.id


def world_of(*messages, posts=(POST,)):
    return World(SCHOOL, list(posts), list(messages))


@contextmanager
def reading(world, fault=None, at=NOW, handle=SCHOOL.handle, **shown):
    """A connector on a stand-in, and the clock of both."""
    clock = SetClock(at)
    with BlueskyStandIn(world, clock, APP_PASSWORD, fault, **shown) as stand_in:
        session = NetworkSession(now=clock, secrets=(APP_PASSWORD,))
        options = {"handle": handle, "app_password": APP_PASSWORD, "api_url": stand_in.url}
        yield Bluesky(session=session, now=clock, sign_ins=SignIns(), **options), stand_in, clock


def budget(calls=1000):
    return Budget(calls, NOW + QUARTER)


def on(part, response):
    return lambda request, _: response if part in request.path else None


def asked_for(stand_in):
    """The names of the methods asked for, in order."""
    return [request.path.rpartition(".")[2] for request in stand_in.requests]


def raw_post(**record):
    """A post as the network shows it."""
    wrote = {"$type": "app.bsky.feed.post", "text": "hello", "createdAt": "2026-11-14T11:00:00.000Z"} | record
    author = {"did": PARENTS[0].id, "handle": PARENTS[0].handle, "displayName": PARENTS[0].name}
    uri = post_uri(PARENTS[0].id, NOW - HOUR, 1)
    return {"uri": uri, "cid": "bafy", "author": author, "record": wrote, "indexedAt": "2026-11-14T11:00:01.000Z"}
