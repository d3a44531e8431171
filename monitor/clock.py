"""The only reader of the time. Everything else receives a moment, or a clock it was given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""


def system_clock() -> datetime:
    """The computer's clock, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place


class SetClock:
    """A clock that stands where it was put: for the demonstration's fortnight and for tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at
