"""Starting and stopping the three stand-in networks together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from monitor.clock import Clock
from monitor.demo.graph_server import GraphStandIn
from monitor.demo.reddit_server import RedditStandIn
from monitor.demo.server import Fault, StandIn
from monitor.demo.workplace import Workplace
from monitor.demo.world import World
from monitor.demo.x_server import XStandIn


@contextmanager
def stand_ins(
    worlds: Mapping[str, World], place: Workplace, subreddit: str, clock: Clock, faults: Mapping[str, Fault]
) -> Iterator[dict[str, StandIn]]:
    """The networks "facebook", "x" and "reddit", up for as long as the block lasts."""
    networks: dict[str, StandIn] = {
        "facebook": GraphStandIn(worlds["facebook"], clock, place.token("facebook"), faults.get("facebook")),
        "x": XStandIn(worlds["x"], clock, place.token("x"), faults.get("x")),
        "reddit": RedditStandIn(worlds["reddit"], clock, place.token("reddit"), subreddit, faults.get("reddit")),
    }
    with ExitStack() as stack:
        for network in networks.values():
            stack.enter_context(network)
        yield networks
