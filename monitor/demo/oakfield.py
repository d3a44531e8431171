"""Oakfield Primary School, the fictional school of the demo: a fortnight on three networks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.demo.oakfield_facebook import facebook
from monitor.demo.oakfield_reddit import reddit
from monitor.demo.oakfield_x import x
from monitor.demo.story import Days
from monitor.demo.world import World

FORTNIGHT = 14  # days
READING_TIMES = ("07:35", "08:05", "12:30", "16:30", "20:30")


@dataclass(frozen=True)
class Expected:
    """What readings of one account must have met: comments by others, words of the school's own, broken items."""

    by_others: int
    own_replies: int
    broken: int


def oakfield(anchor: datetime, timezone: str = "Europe/London") -> dict[str, World]:
    """The worlds of the accounts "facebook", "x" and "reddit".

    `anchor` (aware) ends the fortnight: a working day, about 08:05 in `timezone`.
    """
    days = Days(anchor, timezone)
    return {"facebook": facebook(days), "x": x(days), "reddit": reddit(days)}


def demo_moments(anchor: datetime, timezone: str = "Europe/London") -> list[datetime]:
    """When the demo reads, in order: five times a day from fourteen days before the anchor, and at the anchor."""
    days = Days(anchor, timezone)
    planned = (days.at(before, clock) for before in range(FORTNIGHT, -1, -1) for clock in READING_TIMES)
    return [*(moment for moment in planned if moment < anchor), anchor.astimezone(UTC)]


def expected(world: World, moments: Iterable[datetime]) -> Expected:
    """What reading `world` at these moments must have met; what came and went between two of them is not counted.

    In Oakfield a message with a wire form of its own is a broken one.
    """
    times = list(moments)
    met = [message for message in world.messages if any(message.exists(time) for time in times)]
    whole = [message for message in met if message.raw is None]
    own = [message for message in whole if message.author and message.author.id == world.school.id]
    return Expected(len(whole) - len(own), len(own), len(met) - len(whole))
