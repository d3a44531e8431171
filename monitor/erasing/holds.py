"""Legal holds: while one is on a case, nothing of it is erased, whoever asks and whatever its term.

Whether a case is on hold is what the evidence log says last of it, so who placed or lifted a hold, when and why, is
proved with everything else.
"""

from __future__ import annotations

from datetime import datetime

from monitor.custody.log import Actor, note
from monitor.evidence.log.commitment import read_record
from monitor.store import evidence_log, judged
from monitor.store.engine import Transaction
from monitor.store.school_tables import School

PLACED, LIFTED = "hold", "release"
"""Kinds of entries in the evidence log."""


class HoldRefused(Exception):
    """A hold cannot be placed or lifted. One sentence."""


def on_hold(tx: Transaction, school: School, case: int) -> bool:
    """Whether a hold is on this case."""
    entries = evidence_log.of_kinds(tx, school, {PLACED, LIFTED}, case)
    return bool(entries) and entries[-1].kind == PLACED


def all_on_hold(tx: Transaction, school: School) -> set[int]:
    """The cases a hold is on."""
    newest = {entry.case: entry.kind for entry in evidence_log.of_kinds(tx, school, {PLACED, LIFTED})}
    return {case for case, kind in newest.items() if case is not None and kind == PLACED}


def place(tx: Transaction, school: School, case: int, actor: Actor, now: datetime) -> int:
    """Place a hold. The caller has made sure of the person's role. Returns the entry's position.

    Raises HoldRefused for a case that is not there, was erased or is on hold; ClockSetBack.
    """
    evidence_log.next_moment(tx, school, now)  # nobody erases it between this look and the entry
    comment = judged.comment_of(tx, school, case)
    if comment is None:
        raise HoldRefused(f"there is no case {case}; school-monitor queue lists what waits")
    if comment.erased_at is not None:
        raise HoldRefused(f"case {case} was erased on {comment.erased_at:%d %b %Y}; there is nothing left to hold")
    if by := _placed_by(tx, school, case):
        raise HoldRefused(f"case {case} is on hold already: {by}; whoever lifts that hold lifts it for everybody")
    return note(tx, school, PLACED, now, case, actor=actor)


def lift(tx: Transaction, school: School, case: int, actor: Actor, now: datetime) -> int:
    """End a hold. The caller has made sure of the person's role. Returns the entry's position.

    Raises HoldRefused for a case that is not on hold; ClockSetBack.
    """
    evidence_log.next_moment(tx, school, now)
    if not on_hold(tx, school, case):
        raise HoldRefused(f"no hold is on case {case}; nothing was changed")
    return note(tx, school, LIFTED, now, case, actor=actor)


def _placed_by(tx: Transaction, school: School, case: int) -> str | None:
    entries = evidence_log.of_kinds(tx, school, {PLACED, LIFTED}, case)
    if not entries or entries[-1].kind == LIFTED:
        return None
    record = read_record(entries[-1].record or "")
    return f"{record['by']} placed it on {entries[-1].at:%d %b %Y} (entry {entries[-1].position})"
