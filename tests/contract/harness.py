"""What a network must bring to be put through the shared contract suite, and what every harness needs.

A network's harness lives in `harness_<network>.py` beside this file, as a module-level `HARNESS`. The suite
is `test_connector_contract.py`; a new network is finished when it passes there.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from connectors.base import Connector
from monitor.demo.server import Fault, Response, StandIn
from monitor.demo.world import World

NOW = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
"""The moment of the first read in every contract test; a Saturday."""

NETWORKS = (
    "facebook", "instagram", "x", "reddit", "youtube", "wordpress", "mastodon", "bluesky", "google_reviews",
)  # fmt: skip

Clock = Callable[[], datetime]


class Harness(Protocol):
    """One network under test.

    `own_id`: the stable id of the school's account. `secrets`: every credential the connector is built with,
    each a distinctive word of at least 12 letters; the suite looks for them wherever words come out.
    """

    network: str
    own_id: str
    secrets: tuple[str, ...]
    happens: frozenset[str]
    """What can happen to a message here: any of "edited", "deleted", "hidden" (by the school, and shown to us as
    hidden), "held" (for review, and released), "unsigned" (without author), "nested" (replies to replies of any
    depth; without it a reply hangs under a comment directly below the post), "unreadable", "mention" (a message
    without `post_id` that begins a thread of its own). What is not here never happens in this network's worlds."""

    def post_id(self, number: int, at: datetime) -> str:
        """The id the network would give the school's post number `number` (from 1), made then."""
        ...

    def message_id(self, number: int, at: datetime, post_id: str | None) -> str:
        """The id the network would give message number `number` (from 1), made then under this post.

        Numbers of messages and posts may be equal; ids may not. Of two made one after the other the later has the
        higher number.
        """
        ...

    def world(self) -> World:
        """A small invented world as it stands by `NOW`, the same at every call.

        It holds one post with at least 130 messages under it, most of them older than three days; nested
        replies; at least one own reply; someone else with the school's display name; one without author,
        where the network has such; exactly one message that cannot be read (`raw` without a usable time); one
        edited, one deleted and one hidden before `NOW`, as far as the network knows these. `StoryMessage.id`
        equals the `remote_id` that the connector gives the item.
        """
        ...

    def stand_in(self, world: World, now: Clock, fault: Fault | None = None) -> StandIn:
        """The stand-in network, not yet started. It shows `world` as of `now()`."""
        ...

    def connector(self, stand_in: StandIn, now: Clock, **session_options: Any) -> Connector:
        """The real connector, reading `stand_in`. `session_options` go to its NetworkSession as they are."""
        ...

    def auth_error(self) -> Response:
        """What the network answers when the credentials are dead."""
        ...

    def rate_limited(self) -> list[Response]:
        """What the network answers when called too often or when an allowance is used up: in every style."""
        ...


def installed() -> list[Harness]:
    """Every network that has a harness, in a fixed order."""
    names = [f"harness_{network}" for network in NETWORKS]
    return [importlib.import_module(name).HARNESS for name in names if importlib.util.find_spec(name)]
