"""Checking the evidence log in one pass: no gap, no change, every checkpoint over exactly what it was signed over.

That every root comes out of one list of entries shows at once that each checkpoint continues those before it. For
somebody who has the two roots and not the list, `continuation` shows the same.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from alerts.filters import counted
from monitor.custody.log import checkpoint_of
from monitor.evidence.log.merkle import Frontier, Tree, leaf_hash
from monitor.store import evidence_log
from monitor.store.engine import Transaction
from monitor.store.evidence_log import Opened
from monitor.store.evidence_tables import LogCheckpoint
from monitor.store.school_tables import School
from monitor.verify.records import Records

Printed = tuple[int, bytes]
"""Number of entries and root, as a weekly report on paper has them."""


@dataclass
class LogFound:
    """What was read and what is wrong with it, in sentences that name entries and checkpoints by number."""

    records: Records = field(default_factory=Records)
    entries: int = 0
    checkpoints: int = 0
    begins_as_printed: bool = False

    @property
    def problems(self) -> list[str]:
        """In the order in which they were met."""
        return self.records.problems

    @property
    def notes(self) -> list[str]:
        """What a person may want to know."""
        return self.records.notes


def check_log(tx: Transaction, school: School, printed: Printed | None = None) -> LogFound:
    """Check every entry and every checkpoint of a school's log, and that it begins with the `printed` one."""
    reading = _Pass(school, evidence_log.checkpoints(tx, school), printed)
    for entry in evidence_log.entries(tx, school):
        reading.take(entry)
    return reading.finish()


class Continuation(NamedTuple):
    """The log as it stands, and the proof that it continues an older one (RFC 6962, 2.1.2)."""

    size: int
    root: bytes
    proof: list[bytes]


def continuation(tx: Transaction, school: School, old_size: int) -> Continuation:
    """What shows somebody who has the older root, and not the log, that nothing of the older log was changed.

    `monitor.evidence.log.merkle.verify_consistency` checks it. Raises ValueError for a size the log has not had.
    """
    tree = Tree(leaf_hash(bytes.fromhex(each)) for each in evidence_log.commitments(tx, school))
    return Continuation(tree.size, tree.root(), tree.consistency_proof(old_size))


class _Pass:
    """One reading of a log, from its first entry to its last."""

    def __init__(self, school: School, checkpoints: Sequence[LogCheckpoint], printed: Printed | None) -> None:
        self._school = school
        self._checkpoints = deque(checkpoints)
        self._printed = printed
        self._frontier = Frontier()
        self._next = 0  # position of the entry that comes next
        self._time: datetime | None = None  # of the entry before it
        self._fitting = 0  # size of the newest checkpoint that fits
        self._unfitting = 0
        self._found = LogFound()

    def take(self, entry: Opened) -> None:
        """Check what ends before this entry, then the entry."""
        self._reach()
        if entry.position != self._next:
            last = entry.position - 1
            gone = f"entry {last} is" if last == self._next else f"entries {self._next} to {last} are"
            self._problem(f"{gone} missing from the log")
            self._next = entry.position
            self._reach()
        if self._time is not None and entry.at < self._time:
            self._problem(f"entry {entry.position}: its time is before that of the entry in front of it")
        try:
            self._frontier.add(leaf_hash(bytes.fromhex(entry.commitment)))
        except ValueError:
            self._problem(f"entry {entry.position}: its commitment was changed")
        self._found.records.take(entry)
        self._found.entries += 1
        self._next, self._time = entry.position + 1, entry.at

    def finish(self) -> LogFound:
        """What was found, once the last entry is taken."""
        self._reach()
        found, records = self._found, self._found.records
        for beyond in self._checkpoints:
            self._problem(f"{_name(beyond)}: the log ends at {self._next}; its newest entries were taken out")
        if self._unfitting > 1:
            self._problem(f"{counted(self._unfitting - 1, 'later checkpoint does', 'later checkpoints do')} not fit")
        found.checkpoints += len(self._checkpoints)
        if records.keys and not found.checkpoints:
            self._problem("the log names a signing key, but every checkpoint signed with it was taken out")
        self._judge_printed()
        records.finish()
        if not self._unfitting and self._next > self._fitting:
            unsigned = counted(self._next - self._fitting, "newest entry is", "newest entries are")
            found.notes.append(f"the {unsigned} not signed yet; the program does that within the hour")
        return found

    def _reach(self) -> None:
        """Look at whatever speaks of the log up to here."""
        while self._checkpoints and self._checkpoints[0].size <= self._next:
            self._check(self._checkpoints.popleft())
        if self._printed and self._printed[0] == self._next:
            self._found.begins_as_printed = self._is_now(*self._printed)

    def _check(self, row: LogCheckpoint) -> None:
        self._found.checkpoints += 1
        keys = self._found.records.keys
        try:
            head, signature = checkpoint_of(self._school, row), base64.b64decode(row.signature, validate=True)
        except ValueError:
            self._problem(f"{_name(row)}: it was changed: its root or signature cannot be read")
            return
        if not keys or keys[-1].fingerprint != row.key:
            self._problem(f"{_name(row)}: the signing key was replaced: {row.key} is not the one the log names there")
        elif not keys[-1].verify(head.text(), signature):
            self._problem(f"{_name(row)}: it or its signature was changed after it was signed")
        elif self._is_now(head.size, head.root):
            self._fitting = row.size
        elif self._unfitting:
            self._unfitting += 1
        else:
            self._unfitting = 1
            self._problem(
                f"{_name(row)}: this is no longer the log that was signed: of the entries from {self._fitting} to "
                f"{row.size - 1}, one was changed, moved, put in or taken out"
            )

    def _is_now(self, size: int, root: bytes) -> bool:
        return (self._frontier.size, self._frontier.root()) == (size, root)

    def _judge_printed(self) -> None:
        if self._printed is None or self._found.begins_as_printed:
            return
        size = self._printed[0]
        if size > self._next:
            said = f"the log has only {self._next}: its newest entries were taken out, or it is another log"
        else:
            said = "the log does not begin with them: one was changed, moved or taken out, or it is another log"
        self._problem(f"the printed report counts {counted(size, 'entry', 'entries')}; {said}")

    def _problem(self, sentence: str) -> None:
        self._found.problems.append(sentence)


def _name(row: LogCheckpoint) -> str:
    return f"checkpoint over {counted(row.size, 'entry', 'entries')}"
