"""Reading Mastodon in tests: a connector on a stand-in, and statuses as a server shows them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

from harness import NOW
from harness_mastodon import HARNESS, PARENTS, POST, SCHOOL, TOKEN
from office import QUARTER

from connectors.budget import Budget
from monitor.clock import SetClock
from monitor.demo.mastodon_scene import status_id
from monitor.demo.mastodon_server import MastodonStandIn
from monitor.demo.server import json_response
from monitor.demo.world import World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def world_of(*messages, posts=(POST,)):
    return World(SCHOOL, list(posts), list(messages))


@contextmanager
def reading(world, fault=None, at=NOW, **shown):
    """A connector on a stand-in, and the clock of both."""
    clock = SetClock(at)
    with MastodonStandIn(world, clock, TOKEN, fault, **shown) as stand_in:
        yield HARNESS.connector(stand_in, clock), stand_in, clock


def budget(calls=1000):
    return Budget(calls, NOW + QUARTER)


def served(payload, status=200, headers=None, on=""):
    """Every request whose address holds `on` is answered so."""
    answer = json_response(payload, status, headers)
    return lambda request, _: answer if on in request.path else None


def raw_status(**more):
    """A public status as Mastodon sends it."""
    at = NOW - HOUR
    account = {"id": PARENTS[0].id, "acct": "parent_0@elsewhere.example", "display_name": "Invented Parent 0"}
    plain = {"id": status_id(at, 1), "created_at": "2026-11-14T11:00:00.000Z", "content": "<p>hello</p>"}
    whole = {
        **plain,
        "in_reply_to_id": None,
        "visibility": "public",
        "account": account,
        "url": "https://e.example/1",
    }
    return {name: value for name, value in (whole | more).items() if value is not ...}
