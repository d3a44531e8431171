"""The two halves of an erasure: in the database, in one transaction, and on the disk after it.

    1  Under the lock of the evidence log: no hold is on the case, everybody needed has agreed.
    2  The erasure is written down as done, with an entry in the evidence log that says so and nothing of the comment.
    3  Records and salts of the entries about its content are destroyed, the rows of its evidence removed, its words
       blanked, its words in the evidence of others marked as taken out.
    4  The journal of erasures is on the disk. Then the transaction is committed.
    5  The files go, the database is rewritten, the journal says that it is done.

Killed before 4, nothing has happened. Killed after it, the journal says what is left to do (`finishing.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from monitor.custody.log import Actor, note
from monitor.erasing import holds
from monitor.evidence import erasure_journal, removal
from monitor.evidence.erasure_journal import Begun, Ended, Line
from monitor.evidence.log.commitment import read_record
from monitor.store import erasing, evidence_log, evidence_rows, identity, ledger
from monitor.store.engine import Store, Transaction
from monitor.store.evidence_tables import Erasure, SnapshotPart
from monitor.store.item_tables import Comment
from monitor.store.school_tables import School
from monitor.store.sweeping import sweep

KIND = "erasure"
"""The entry in the evidence log. `state`: asked, agreed, cancelled or done; `positions`: entries destroyed."""
OUTSIDE = ("export", "share")
JOURNAL_SALT = "the journal of erasures"


@dataclass(frozen=True)
class Outside:
    """A copy that left the school before: an export, or evidence passed on to somebody (`to`)."""

    kind: str
    at: datetime
    by: str
    to: str | None


@dataclass(frozen=True)
class Erased:
    """What became of one comment. `held_in`: cases on hold whose evidence goes on showing its words.

    `named_in`: cases whose own evidence goes on naming the network's id of it.
    """

    case: int
    number: int
    versions: int
    attachments: int
    folders: int
    outside: tuple[Outside, ...]
    held_in: tuple[int, ...]
    named_in: tuple[int, ...]


def destroy(
    tx: Transaction,
    evidence: Path,
    comment: Comment,
    row: Erasure,
    actor: Actor,
    now: datetime,
    earlier: Begun | None = None,
) -> Erased:
    """Erase a comment in the database. The caller has made sure of steps 1; nothing may follow but the commit.

    `earlier`: what the journal says of the same comment from before a backup was brought back.
    Raises OSError when the journal cannot be written; then nothing of the transaction may stay.
    """
    school = comment.account.school
    found = erasing.traces(tx, school, comment)
    parts, held_in = _in_other_evidence(tx, school, erasing.words_elsewhere(tx, comment))
    outside = outside_copies(tx, school, comment.id)
    told = Erased(
        case=comment.id,
        number=row.id,
        versions=len(comment.versions),
        attachments=len(comment.attachments),
        folders=len(found.paths),
        outside=outside,
        held_in=held_in,
        named_in=found.named_in,
    )
    line = _line(tx, school, comment, row, found, parts, now)
    if earlier is not None:
        line = erasure_journal.merged(line, earlier)
    row.done_at = row.done_at or now
    tx.flush()
    facts = {"positions": list(found.positions), "parts": _parts_in_record(tx, parts), **_about(row)}
    position = note(tx, school, KIND, now, comment.id, facts, actor)
    row.position = position if row.position is None else row.position
    evidence_log.destroy_openings(tx, school, found.positions)
    erasing.take_out(tx, parts, now)
    erasing.forget_evidence(tx, comment)
    erasing.forget_words(tx, school, comment, now)
    tx.flush()
    erasure_journal.append(evidence, [line])
    return told


def take_out_words(
    tx: Transaction, evidence: Path, comment: Comment, row: Erasure, parts: Sequence[SnapshotPart], now: datetime
) -> None:
    """Take words of an erased comment out of evidence on which there is no hold any more. See `destroy`."""
    school = comment.account.school
    line = _line(tx, school, comment, row, erasing.traces(tx, school, comment), parts, now)
    facts = {"positions": [], "parts": _parts_in_record(tx, parts), **_about(row)}
    note(tx, school, KIND, now, comment.id, facts, Actor(row.asked_by, row.why, ""))
    erasing.take_out(tx, parts, now)
    erasure_journal.append(evidence, [line])


def clear(store: Store, school_key: str, evidence: Path, begun: Collection[Begun], now: datetime) -> bool:
    """Remove from the disk what these erasures left on it, and end them in the journal. True when nothing is left.

    False: the database could not be rewritten, so they stay begun and are taken up at the next start.
    Raises OSError, and ValueError for a journal that names what no evidence has.
    """
    if not begun:
        return True
    with store.reading() as tx:
        digest = partial(identity.digest, identity.salt_of(tx, ledger.enrolled_school(tx, school_key)))
        known = evidence_rows.known_paths(tx)
    removal.remove_parts(evidence, [part for line in begun for part in line.parts], digest)
    removal.remove_folders(evidence, [folder for line in begun for folder in line.folders], digest)
    for account in sorted({line.account for line in begun}):
        names = {name for line in begun if line.account == account for name in (line.item, *line.other_ids)}
        removal.forget_incoming(evidence, school_key, account, names, digest)
    names = {name for line in begun for name in (line.item, *line.other_ids)}
    for month in sorted({_month(line.received_at) for line in begun}):
        removal.remove_strays(evidence, month, known, school_key, names, digest)
    if not sweep(store):
        return False
    ended: list[Line] = [Ended(school_key, line.item, "done", now) for line in begun]
    erasure_journal.append(evidence, ended)
    return True


def secret_of(tx: Transaction, school: School) -> str:
    """Tells the digests of this database from those of another."""
    return identity.digest(identity.salt_of(tx, school), JOURNAL_SALT)


def outside_copies(tx: Transaction, school: School, case: int) -> tuple[Outside, ...]:
    """Where copies of a case's evidence went, by the evidence log."""
    found = []
    for entry in evidence_log.of_kinds(tx, school, OUTSIDE, case):
        record = read_record(entry.record or "")
        to = record.get("with")
        found.append(Outside(str(entry.kind), entry.at, str(record.get("by", "?")), None if to is None else str(to)))
    return tuple(found)


def _month(moment: datetime) -> str:
    day = moment.astimezone(UTC)
    return f"{day.year:04}/{day.month:02}"


def _in_other_evidence(
    tx: Transaction, school: School, parts: Sequence[SnapshotPart]
) -> tuple[list[SnapshotPart], tuple[int, ...]]:
    """Those files that may go, and the cases whose hold keeps the others."""
    held = holds.all_on_hold(tx, school)
    cases = [erasing.snapshot_of_part(tx, part).comment_id for part in parts]
    free = [part for part, case in zip(parts, cases, strict=True) if case not in held]
    return free, tuple(sorted(held.intersection(cases)))


def _line(
    tx: Transaction,
    school: School,
    comment: Comment,
    row: Erasure,
    found: erasing.Traces,
    parts: Sequence[SnapshotPart],
    now: datetime,
) -> Begun:
    digest = partial(identity.digest, identity.salt_of(tx, school))
    return Begun(
        school=school.key,
        secret=secret_of(tx, school),
        account=comment.account.key,
        item=found.item,
        other_ids=found.other_ids,
        kind=comment.kind,
        received_at=comment.created_at,
        seen_at=comment.first_seen_at,
        case=comment.id,
        erasure=row.id,
        basis=row.basis,
        positions=found.positions,
        folders=tuple(removal.place_of(path, digest) for path in found.paths),
        parts=tuple((removal.place_of(erasing.snapshot_of_part(tx, part).path, digest), part.name) for part in parts),
        at=now,
    )


def _about(row: Erasure) -> dict[str, object]:
    second = {"second": row.second_by} if row.second_by else {}
    return {"state": "done", "erasure": row.id, "basis": row.basis, **second}


def _parts_in_record(tx: Transaction, parts: Sequence[SnapshotPart]) -> list[dict[str, object]]:
    return [{"evidence": erasing.snapshot_of_part(tx, part).position, "file": part.name} for part in parts]
