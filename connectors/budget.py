"""How much one run may ask a network for, by our limits and by what the network itself says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from connectors.errors import AllowanceLow, RunLimitReached


@dataclass(frozen=True)
class Usage:
    """What the network itself says of an allowance: the share used (1.0 is all of it) and when it begins anew (UTC).

    `name` tells the allowances of one credential apart: "app", "page", "search".
    """

    name: str
    share: float
    resets_at: datetime


NEARLY_USED = 0.75
"""Share of a network's allowance from which we only check what we hold."""
USED_UP = 0.95
"""Share of a network's allowance from which nothing is asked for at all."""


@dataclass
class Budget:
    """How much one run may ask for. `spend` is called before each call and raises when nothing is left.

    `calls_left` until the next run at `until`; `day_calls_left` until `day_ends`; `things_left`, what a network
    charges for singly (posts, on X), until `things_until`. None: without limit. `nearly_used` is the share of a
    network's own allowance at which this run ends. A connector tells what an answer cost with `pay` and what its
    headers say with `note`; `calls` and `paid` count what this run has used. All moments are aware, UTC.
    """

    calls_left: int
    until: datetime
    day_calls_left: int | None = None
    day_ends: datetime | None = None
    things_left: int | None = None
    things_until: datetime | None = None
    nearly_used: float = NEARLY_USED
    calls: int = 0
    paid: int = 0
    usage: dict[str, Usage] = field(default_factory=dict)

    def spend(self, calls: int = 1) -> None:
        """Take `calls` from the budget. Raises RunLimitReached, with `until` saying when the next run is, and
        AllowanceLow when of something that lasts longer than a run no more than what is held back is left."""
        if self.things_left is not None and self.things_left <= 0:
            words = "the money that may be spent on reading this account is used up; raise monthly_cap_usd for more"
            raise AllowanceLow(words, self.things_until or self.until)
        for each in self.usage.values():
            if each.share >= self.nearly_used:
                words = f"{each.share:.0%} of what the network allows ({each.name}) is used; the rest is held back"
                raise AllowanceLow(words, each.resets_at)
        if self.day_calls_left is not None and self.day_calls_left < calls:
            words = "the calls of this day are used up but for those held back; raise calls_per_day for more"
            raise AllowanceLow(words, self.day_ends or self.until)
        if self.calls_left < calls:
            raise RunLimitReached(
                "this run has used the calls it was given; the next run goes on from here", self.until
            )
        self.calls_left -= calls
        self.calls += calls
        if self.day_calls_left is not None:
            self.day_calls_left -= calls

    def pay(self, things: int) -> None:
        """Count what an answer held that the network charges for. What was read is never refused afterwards."""
        self.paid += things
        if self.things_left is not None:
            self.things_left -= things

    def note(self, usage: Usage) -> None:
        """Take over what the network says about an allowance."""
        self.usage[usage.name] = usage
