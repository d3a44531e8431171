"""When many comments under one post are one matter, when somebody hears of it again, and when it is over. Pure.

begins      so many comments within so many minutes, by the comments' own times: in whatever order they are read,
            and however late. What would be over already never begins: an old quarrel that is read today for the
            first time is history, and a storm of the night that is read in the morning is not
told        when it has begun, when it is ten and a hundred times as many, and when something worse is in it than
            was told: serious, then urgent. What is a concern or less waits for the digest here as everywhere
over        nothing new for a day
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

QUIET = timedelta(hours=24)
"""Without a new comment, after which it is over: what comes then is another matter."""
GROWTH = (1, 10, 100)
"""Times the number with which it begins at which people hear of it."""
NOT_YET = -1
"""The step of what has not begun."""
LEVELS = ("calm", "serious", "urgent")
"""What is worst in it, as far as it makes anybody write. Calm: nothing that does not wait for the digest."""


@dataclass(frozen=True)
class Told:
    """How much somebody was told, or would be now: a step of `GROWTH`, and one of `LEVELS`."""

    step: int = NOT_YET
    level: str = LEVELS[0]

    def is_news_after(self, before: Told) -> bool:
        """Whether this says more than `before`. Nothing is news of what has not begun."""
        if self.step == NOT_YET:
            return False
        return self.step > before.step or _rank(self.level) > _rank(before.level)

    def together_with(self, other: Told) -> Told:
        """The more of both."""
        return Told(max(self.step, other.step), max(self.level, other.level, key=_rank))

    def in_common_with(self, other: Told) -> Told:
        """The less of both: what two people were both told."""
        return Told(min(self.step, other.step), min(self.level, other.level, key=_rank))


def first_of_many(times: Iterable[datetime], many: int, within: timedelta) -> datetime | None:
    """When the earliest stretch of `within` begins that holds `many` of these moments; None: none does.

    Both ends belong to the stretch.
    """
    ordered = sorted(times)
    pairs: Sequence[tuple[datetime, datetime]] = list(zip(ordered, ordered[many - 1 :], strict=False))
    return next((first for first, last in pairs if last - first <= within), None)


def is_over(last_at: datetime, at: datetime) -> bool:
    """Whether what had its last comment at `last_at` is over at another moment."""
    return at - last_at >= QUIET


def step_of(comments: int, many: int) -> int:
    """Which step of `GROWTH` so many comments are; NOT_YET below the first."""
    return sum(comments >= many * times for times in GROWTH) - 1


def level_of(severities: Iterable[str]) -> str:
    """The worst of these severities, as one of `LEVELS`."""
    return max((severity for severity in severities if severity in LEVELS), key=_rank, default=LEVELS[0])


def _rank(level: str) -> int:
    return LEVELS.index(level)
