"""Erasing comments: asked for, agreed to by a second person where evidence of it was kept, carried out, finished.

A legal hold wins over all of it. What was agreed to and not carried out, because the program was killed or the
database could not be rewritten, is finished at the next start; what a backup brought back is erased again before
anything is served (`monitor/erasing/finishing.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.clock import Clock
from monitor.custody.log import Actor, note
from monitor.erasing import holds
from monitor.erasing.steps import KIND, Erased, clear, destroy
from monitor.evidence import erasure_journal
from monitor.store import erasure_book, evidence_log, judged, ledger, snapshots
from monitor.store.engine import Store, Transaction
from monitor.store.evidence_tables import Erasure
from monitor.store.item_tables import Comment
from monitor.store.school_tables import School

BASES = ("request", "retention", "subject")


class ErasureRefused(Exception):
    """It is not done. One sentence: why, and what to do."""


@dataclass(frozen=True)
class Asked:
    """A request as it stands in the book. `waits`: a second person has to agree before anything happens."""

    number: int
    case: int
    waits: bool


@dataclass(frozen=True)
class Held:
    """Not carried out: a hold came in between. It is done at the first start after the hold is lifted."""

    number: int
    case: int


@dataclass(frozen=True)
class NeedsSecond:
    """Not carried out: evidence of it was kept since it was asked for, so a second person has to agree."""

    number: int
    case: int


@dataclass(frozen=True)
class Carried:
    """What became of several. `cleared`: nothing of them is left on the disk; else that is done at the next start."""

    results: tuple[Erased | Held | NeedsSecond, ...]
    cleared: bool


@dataclass(frozen=True)
class Eraser:
    """Erases comments of one school. `evidence`: absolute path of the evidence folder."""

    store: Store
    school_key: str
    evidence: Path
    clock: Clock

    def ask(self, case: int, basis: str, actor: Actor) -> Asked:
        """Write down that somebody wants a comment erased. The caller has made sure of the person's role.

        Raises ErasureRefused, ClockSetBack.
        """
        now = self.clock()
        with self.store.writing() as tx:
            school = self._locked(tx, now)
            comment = judged.comment_of(tx, school, case)
            refused = self._why_not(tx, school, comment, case)
            if refused and comment is not None:
                note(tx, school, "refused", now, case, {"what": KIND}, actor)
            if comment is not None and not refused:
                return self._write_down(tx, school, comment, basis, actor, now)
        raise ErasureRefused(refused)

    def approve(self, number: int, actor: Actor) -> None:
        """Agree to what somebody else asked for. The caller has made sure of the person's role.

        Raises ErasureRefused for the same person, a hold, or a number that does not wait; ClockSetBack.
        """
        now = self.clock()
        with self.store.writing() as tx:
            school = self._locked(tx, now)
            row = self._waiting(tx, school, number)
            if actor.name.casefold() == row.asked_by.casefold():
                refused = f"{actor.name} asked for erasure {number}; a second person has to agree to it"
            elif holds.on_hold(tx, school, row.comment_id):
                refused = _held(row.comment_id)
            else:
                row.second_by, row.second_at = actor.name, now
                note(tx, school, KIND, now, row.comment_id, _facts("agreed", row), actor)
                return
            note(tx, school, "refused", now, row.comment_id, {"what": KIND, "erasure": number}, actor)
        raise ErasureRefused(refused)

    def cancel(self, number: int, actor: Actor) -> None:
        """Take back what was not carried out. Raises ErasureRefused, ClockSetBack."""
        now = self.clock()
        with self.store.writing() as tx:
            school = self._locked(tx, now)
            row = erasure_book.by_number(tx, school, number)
            if row is None or row.cancelled_at or row.done_at:
                raise ErasureRefused(f"no erasure {number} waits; see school-monitor erase --list")
            row.cancelled_by, row.cancelled_at = actor.name, now
            note(tx, school, KIND, now, row.comment_id, _facts("cancelled", row), actor)

    def waiting(self) -> Sequence[Erasure]:
        """What waits for a second person, oldest first."""
        with self.store.reading() as tx:
            return erasure_book.waiting(tx, ledger.enrolled_school(tx, self.school_key))

    def carry_out(self, numbers: Sequence[int], account: str) -> Carried:
        """Erase what everybody needed has agreed to. `account`: the computer account it is done from.

        Raises OSError, ClockSetBack; whatever was not finished then is finished at the next start.
        """
        results = tuple(self.carry_out_one(number, account) for number in numbers)
        return Carried(results, self.clear())

    def carry_out_one(self, number: int, account: str) -> Erased | Held | NeedsSecond:
        """Erase one comment in the database. `clear` has to follow, once for all of them."""
        now = self.clock()
        with self.store.writing() as tx:
            school = self._locked(tx, now)
            row = erasure_book.by_number(tx, school, number)
            comment = judged.comment_of(tx, school, row.comment_id) if row else None
            if row is None or comment is None or not _is_agreed(row):
                raise ErasureRefused(f"erasure {number} is not agreed to, or done already; nothing was changed")
            if holds.on_hold(tx, school, comment.id):
                return Held(number, comment.id)
            if not row.needs_second and snapshots.has_evidence(tx, comment):
                row.needs_second = True
                return NeedsSecond(number, comment.id)
            return destroy(tx, self.evidence, comment, row, Actor(row.asked_by, row.why, account), now)

    def clear(self) -> bool:
        """Remove what erasures left on the disk. True when nothing of them is left. Raises OSError, ValueError.

        Only of what the database knows as erased: what was begun and then stopped by a hold keeps its files.
        """
        begun = erasure_journal.unended(erasure_journal.read(self.evidence))
        mine = [line for line in begun if line.school == self.school_key]
        if not mine:
            return True
        with self.store.reading() as tx:
            known = erasure_book.known_as_erased(tx, self.school_key, [line.item for line in mine])
        done = [line for line in mine if (line.account, line.item) in known]
        return clear(self.store, self.school_key, self.evidence, done, self.clock())

    def _write_down(
        self, tx: Transaction, school: School, comment: Comment, basis: str, actor: Actor, now: datetime
    ) -> Asked:
        waits = snapshots.has_evidence(tx, comment)
        row = erasure_book.add(
            tx, school, comment, basis=basis, asked_by=actor.name, why=actor.why, needs_second=waits, now=now
        )
        if waits:  # what is done at once has one entry, when it is done
            note(tx, school, KIND, now, comment.id, _facts("asked", row), actor)
        return Asked(row.id, comment.id, waits)

    def _locked(self, tx: Transaction, now: datetime) -> School:
        """The school, with its evidence log to ourselves: no hold is placed between our look and our deed."""
        school = ledger.enrolled_school(tx, self.school_key)
        evidence_log.next_moment(tx, school, now)
        return school

    def _waiting(self, tx: Transaction, school: School, number: int) -> Erasure:
        row = erasure_book.by_number(tx, school, number)
        if row is None or _is_agreed(row) or row.cancelled_at or row.done_at:
            raise ErasureRefused(f"no erasure {number} waits for a second person; see school-monitor erase --list")
        return row

    def _why_not(self, tx: Transaction, school: School, comment: Comment | None, case: int) -> str:
        if comment is None:
            return f"there is no case {case}; school-monitor queue lists what waits"
        if comment.erased_at is not None:
            return f"case {case} was erased on {comment.erased_at:%d %b %Y} already"
        if holds.on_hold(tx, school, case):
            return _held(case)
        if row := erasure_book.open_for(tx, comment):
            return f"the erasure of case {case} was asked for already: number {row.id}, by {row.asked_by}"
        return ""


def _is_agreed(row: Erasure) -> bool:
    return row.done_at is None and row.cancelled_at is None and (not row.needs_second or row.second_at is not None)


def _held(case: int) -> str:
    return f"a legal hold is on case {case}: nothing of it is erased before somebody lifts it (evidence release)"


def _facts(state: str, row: Erasure) -> dict[str, object]:
    return {"state": state, "erasure": row.id, "basis": row.basis, "positions": []}
