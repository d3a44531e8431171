"""Keeping the evidence log signed: its head at least once an hour while something is added to it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor.clock import Clock
from monitor.custody.log import KeyReplaced, known_keys, note, seal
from monitor.custody.timestamps import TokenQueue
from monitor.evidence.log.signing import KeyUnusable, SigningKey
from monitor.store import evidence_log, ledger, snapshots
from monitor.store.engine import Store, Transaction
from monitor.store.evidence_log import ClockSetBack
from monitor.store.evidence_tables import LogCheckpoint
from monitor.store.school_tables import School

log = logging.getLogger("monitor.evidence")

SEAL_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Sealer:
    """Signs the evidence log of one school, and has its head certified outside where the school named somebody."""

    store: Store
    school_key: str
    key: Path
    tokens: TokenQueue
    clock: Clock

    def run(self, *, at_once: bool = False) -> list[str]:
        """Sign what has been added if the last signature is an hour old, or `at_once`; ask for the tokens owed.

        Returns what a person has to put right, one sentence each.
        """
        try:
            with self.store.writing() as tx:
                school = ledger.school_by_key(tx, self.school_key)
                if school is None:
                    return []
                self._take_up_older(tx, school)
                if at_once or self._is_time(tx, school):
                    self.seal(tx, school)
        except (KeyReplaced, KeyUnusable, ClockSetBack) as problem:
            log.warning("the evidence log could not be signed: %s", problem)
            return [f"evidence log: {problem}"]
        return self.tokens.run()

    def seal(self, tx: Transaction, school: School, *, stamped: bool = False) -> LogCheckpoint | None:
        """Sign the head now, in the caller's transaction. Raises KeyReplaced, KeyUnusable, ClockSetBack.

        `stamped`: ask for time stamps on it in any case, not only for the first of a day.
        """
        begun = bool(known_keys(tx, school))
        key = SigningKey.load(self.key) if begun else SigningKey.load_or_create(self.key)
        checkpoint = seal(tx, school, key, self.clock())
        if checkpoint is not None:
            self.tokens.owe(tx, school, checkpoint, anyway=stamped)
        return checkpoint

    def _is_time(self, tx: Transaction, school: School) -> bool:
        newest, size = evidence_log.newest_checkpoint(tx, school), evidence_log.size(tx, school)
        if size == 0 or (newest and newest.size == size):
            return False
        return newest is None or self.clock() - newest.at >= SEAL_EVERY

    def _take_up_older(self, tx: Transaction, school: School) -> None:
        """Enter snapshots that were kept before there was a log: it vouches for them from now on."""
        now = self.clock()
        for snapshot in snapshots.outside_the_log(tx, school):
            facts = {
                "snapshot": snapshot.snapshot_id,
                "manifest": snapshot.digest,
                "version": snapshot.version.number,
                "trigger": "Kept before the evidence log was begun.",
                "triggered_by": "an earlier version of this program",
            }
            snapshot.position = note(tx, school, "snapshot", now, snapshot.comment_id, facts)
