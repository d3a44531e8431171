"""Pictures that may be indecent images of children: never copied, not into a backup and not out of one."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.custody import media_gate
from monitor.store import evidence_rows
from monitor.store.engine import Transaction
from monitor.store.school_tables import School
from monitor.store.snapshots import SNAPSHOT


def never_copied(tx: Transaction, schools: Iterable[School]) -> tuple[str, ...]:
    """Folders, below the evidence folder, with pictures of comments that are marked MEDIA WITHHELD; sorted."""
    return tuple(sorted(path for school in schools for path in _of_one(tx, school)))


def _of_one(tx: Transaction, school: School) -> list[str]:
    marked = media_gate.all_withheld(tx, school)
    return [kept.path for kept in evidence_rows.kept(tx, school) if kept.case in marked and kept.kind != SNAPSHOT]
