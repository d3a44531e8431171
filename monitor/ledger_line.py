"""A line in the coverage ledger around one piece of reading. What the network does wrong ends here, in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from connectors.errors import AllowanceLow, AuthFailed, ConnectorError, RunLimitReached, Waiting
from monitor.clock import Clock
from monitor.store import ledger
from monitor.store.engine import Store, Transaction
from monitor.store.school_tables import Account

log = logging.getLogger("monitor.collect")

_COLUMNS = (
    "items",
    "new",
    "edited",
    "quarantined",
    "calls",
    "complete",
    "posts",
    "network_count",
    "stored_count",
    "finished_at",
    "failure",
    "failure_words",
)
_SUMMED = ("new", "edited", "gone", "flagged", "quarantined")


@dataclass
class RunResult:
    """What one run did, for the screen. `failures` are sentences a person can act on."""

    account: str
    items: int = 0
    new: int = 0
    edited: int = 0
    gone: int = 0
    flagged: int = 0
    quarantined: int = 0
    complete: bool = True
    stopped: bool = False
    failures: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    """Why each quarantined item could not be read."""

    def add(self, other: RunResult | Line) -> None:
        """Add the figures of a part to the whole."""
        for name in _SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Line:
    """What one piece of reading has done so far. `give_up`: the account is not to be called again in this run."""

    read_id: int
    items: int = 0
    new: int = 0
    edited: int = 0
    gone: int = 0
    flagged: int = 0
    quarantined: int = 0
    calls: int = 0
    complete: bool = False
    give_up: bool = False
    posts: int = 0
    network_count: int | None = None
    stored_count: int | None = None
    finished_at: datetime | None = None
    failure: str | None = None
    failure_words: str | None = None

    def write(self, tx: Transaction) -> None:
        """Bring the row up to date, in the transaction that holds what it speaks of."""
        row = ledger.read_line(tx, self.read_id)
        for name in _COLUMNS:
            setattr(row, name, getattr(self, name))


@dataclass(frozen=True)
class LedgerBook:
    """Where the lines of one account are written."""

    store: Store
    school_key: str
    account_key: str
    clock: Clock
    _number: list[int] = field(default_factory=list, repr=False, compare=False)
    """The account's number once it was looked up: it is asked for a dozen times in every run."""

    @contextmanager
    def line(self, stream: str, started: datetime, result: RunResult) -> Iterator[Line]:
        """A line for one stream, added to `result` at its end. A crash leaves it unfinished, which is the truth."""
        with self.store.writing() as tx:
            line = Line(ledger.begin_read(tx, self.account(tx), stream, started))
        try:
            yield line
        except ConnectorError as error:
            self._failed(error, stream, line)
            result.failures.append(f"{self.account_key}: {error}")
        finally:
            result.complete = result.complete and line.complete
            result.add(line)
        with self.store.writing() as tx:
            if line.complete:
                self._log_change(tx, stream, line)
            line.finished_at = self.clock()
            line.write(tx)

    def account(self, tx: Transaction) -> Account:
        """The account's row. Raises LookupError when it was never enrolled."""
        if self._number:
            return tx.get_one(Account, self._number[0])
        account = ledger.enrolled_account(tx, self.school_key, self.account_key)
        self._number.append(account.id)
        return account

    def _failed(self, error: ConnectorError, stream: str, line: Line) -> None:
        line.failure, line.failure_words, line.complete = type(error).__name__, str(error), False
        line.give_up = isinstance(error, AuthFailed | Waiting)
        with self.store.writing() as tx:
            self._log_change(tx, stream, line)
            if isinstance(error, Waiting) and not isinstance(error, RunLimitReached | AllowanceLow):
                self.account(tx).parked_until = error.until
            line.write(tx)

    def _log_change(self, tx: Transaction, stream: str, line: Line) -> None:
        """Log the first failure of its kind and the recovery; a weekend without network is two lines, not 3,000."""
        before = ledger.failure_before(tx, self.account(tx), stream, line.read_id)
        if line.failure and line.failure != before:
            log.warning("account %s, %s: %s: %s", self.account_key, stream, line.failure, line.failure_words)
        elif before and not line.failure:
            log.info("account %s, %s: read again after %s", self.account_key, stream, before)
