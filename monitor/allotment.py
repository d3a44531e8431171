"""How much one run may ask of a network: made from the settings, what the day has used, and what the network says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.budget import NEARLY_USED, USED_UP, Budget
from monitor.rules.allowance import left_for, next_day, next_month, things_for
from monitor.store import allowance
from monitor.store.engine import Store


@dataclass(frozen=True)
class Allotment:
    """The limits of one account. `credential`: whose uses count together; empty: uses are not booked.

    `calls_per_run`, `calls_per_day` (UTC; None: without limit). `price_usd` of each thing the network charges for
    and `monthly_cap_usd` for all of them in a UTC month. `by_hand`: a person asked for this run, so what is
    otherwise held back may be used.
    """

    calls_per_run: int
    credential: str = ""
    calls_per_day: int | None = None
    price_usd: float = 0.0
    monthly_cap_usd: float = 0.0
    by_hand: bool = False

    def for_reading(self, store: Store, now: datetime, next_run: datetime) -> Budget:
        """What the reading of streams may use in the run begun at `now`."""
        return self._budget(store, now, next_run, reading=not self.by_hand, calls=self.calls_per_run)

    def for_checking(self, store: Store, now: datetime, next_run: datetime, calls_left: int) -> Budget:
        """What the checking of items we hold may use after the streams were read: what was held back as well."""
        return self._budget(store, now, next_run, reading=False, calls=calls_left)

    def book(self, store: Store, budget: Budget, now: datetime) -> None:
        """Write down what a run has used."""
        if self.credential and (budget.calls or budget.paid or budget.usage):
            with store.writing() as tx:
                allowance.book(tx, self.credential, budget.calls, budget.paid, budget.usage.values(), now)

    def _budget(self, store: Store, now: datetime, next_run: datetime, *, reading: bool, calls: int) -> Budget:
        budget = Budget(calls, next_run, nearly_used=NEARLY_USED if reading else USED_UP)
        if not self.credential:
            return budget
        with store.reading() as tx:
            used, paid = (
                allowance.calls_on(tx, self.credential, now),
                allowance.things_in_month(tx, self.credential, now),
            )
            for said in allowance.said_of(tx, self.credential, now):
                budget.note(said)
        if self.calls_per_day is not None:
            budget.day_calls_left = left_for(self.calls_per_day, used, reading=reading)
            budget.day_ends = next_day(now)
        if (affordable := things_for(self.monthly_cap_usd, self.price_usd)) is not None:
            budget.things_left = left_for(affordable, paid, reading=reading)
            budget.things_until = next_month(now)
        return budget
