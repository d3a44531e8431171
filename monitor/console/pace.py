"""How often one address may ask. Guessing a link is hopeless anyway: this keeps the database from being kept busy."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic

ASKS = 60
WINDOW = 60.0
"""Seconds, after which everybody may ask anew."""
MOST_KNOWN = 10_000
"""Addresses remembered at once; beyond that nobody new is let in until the window ends."""


class Pace:
    """Counts who asked how often in the present window. `clock`: seconds, from any beginning."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._asked: dict[str, int] = {}
        self._lock = Lock()

    def allows(self, who: str) -> bool:
        """Whether this address may ask once more."""
        with self._lock:
            if self._clock() - self._began >= WINDOW:
                self._began = self._clock()
                self._asked.clear()
            if who not in self._asked and len(self._asked) >= MOST_KNOWN:
                return False
            self._asked[who] = self._asked.get(who, 0) + 1
            return self._asked[who] <= ASKS
