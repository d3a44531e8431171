"""Having the head of the evidence log certified by somebody outside the school, once a day and with every export.

A queue: what is owed is a row, asked for again until it is there. A checkpoint without a token is complete all the
same; it then rests on our own signature and on the printed reports.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from connectors.transport import NetworkSession
from monitor.clock import Clock
from monitor.custody.log import checkpoint_of
from monitor.evidence.log.timestamp import TimestampRefused, ask, next_try
from monitor.store import ledger, tokens
from monitor.store.engine import Store, Transaction
from monitor.store.evidence_tables import LogCheckpoint
from monitor.store.school_tables import School

log = logging.getLogger("monitor.evidence")

ALARM_AFTER = timedelta(hours=48)
"""A token that is owed for so long is something a person has to look at."""


@dataclass(frozen=True)
class Authority:
    """A time-stamp authority. `ca_file`: absolute path of its root certificate, to verify its tokens by."""

    url: str
    ca_file: Path


@dataclass(frozen=True)
class TokenQueue:
    """The tokens one school is owed by the authorities it named."""

    store: Store
    school_key: str
    authorities: tuple[Authority, ...]
    session: Callable[[], NetworkSession]
    clock: Clock

    def owe(self, tx: Transaction, school: School, checkpoint: LogCheckpoint, *, anyway: bool = False) -> None:
        """Ask for a token on this checkpoint, unless one made on the same day (UTC) has been asked for already.

        `anyway`: even then, because this checkpoint leaves the school with an export.
        """
        if not self.authorities:
            return
        if not anyway and tokens.asked_on(tx, school, checkpoint.at.date()):
            return
        for authority in self.authorities:
            tokens.owe(tx, checkpoint, authority.url, self.clock())

    def run(self) -> list[str]:
        """Ask for what is owed now. Returns what a person has to look at, one sentence each."""
        if not self.authorities:
            return []
        with self.store.reading() as tx:
            school = ledger.school_by_key(tx, self.school_key)
            due = tokens.due(tx, school, self.clock()) if school else []
            texts = {row.id: checkpoint_of(school, row.checkpoint).text() for row in due} if school else {}
        for row in due:
            self._ask(row.id, row.authority, row.tries, texts[row.id])
        return self._overdue()

    def _ask(self, token: int, url: str, tries: int, text: bytes) -> None:
        now = self.clock()
        try:
            reply = ask(self.session(), url, text, now)
        except TimestampRefused as refused:
            log.warning("time stamp %d: %s", token, refused)
            again = next_try(tries + 1, now, random.random())  # noqa: S311 - spreads schools, guards nothing
            later = max(again, refused.not_before or again) if refused.retryable else None
            with self.store.writing() as tx:
                tokens.failed(tx, token, str(refused), later)
        else:
            with self.store.writing() as tx:
                tokens.got(tx, token, reply, now)

    def _overdue(self) -> list[str]:
        with self.store.reading() as tx:
            school = ledger.school_by_key(tx, self.school_key)
            if school is None:
                return []
            missing = tokens.missing_since(tx, school, self.clock() - ALARM_AFTER)
        return [f"evidence log: no time stamp for two days; {words}" for words in missing]
