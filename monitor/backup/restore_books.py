"""What is done to the database of a backup before it takes its place: the record, the erasures, the check."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor.backup.restore_since import Since, bring_over, log_of
from monitor.custody import media_gate
from monitor.custody.log import Actor, note
from monitor.erasing.finishing import Finished, finish_pending
from monitor.erasing.steps import secret_of
from monitor.evidence import erasure_journal
from monitor.evidence.backups.backup_folder import BackupFolder
from monitor.evidence.card.card_files import remove_card
from monitor.evidence.erasure_journal import Line
from monitor.evidence.files import sha256_of
from monitor.evidence.folder_check import CARD_LIST
from monitor.evidence.log.checkpoint import time_text
from monitor.evidence.log.commitment import read_record
from monitor.evidence.removal import remove_folders, remove_parts
from monitor.store import erasure_book, evidence_log, evidence_rows, identity, ledger, listening, restored, snapshots
from monitor.store.engine import Store, Transaction
from monitor.store.evidence_log import Opened
from monitor.store.evidence_tables import Snapshot
from monitor.store.school_tables import School

DRAWN = frozenset({"made", "text"})
"""States of a card that is there and entered in the log."""


class NotRestored(Exception):
    """The restore was not done, and everything is as it was. One sentence that says why and what to do."""


@dataclass(frozen=True)
class Entered:
    """What came of one school's books.

    `carried`: marks and holds entered again; `not_carried`: those about comments that the backup does not hold.
    `withheld`: cases marked MEDIA WITHHELD since. `mails`: how many were dealt with since the backup, or, where that
    is not known, closed because of it.
    """

    carried: int
    not_carried: tuple[Opened, ...]
    withheld: frozenset[int]
    mails: int


def enter(
    tx: Transaction, school: School, backup: BackupFolder, since: Since | None, actor: Actor, now: datetime
) -> Entered:
    """Write the restore into a school's evidence log, then what has to be known of the time since.

    `size` and `root` in the record are the log's in the backup, `replaced_size` and `replaced_root` those of the log
    that is set aside. Raises NotRestored, `evidence_log.ClockSetBack`.
    """
    facts, log = backup.facts, log_of(tx, school)
    if school.key == facts.school and (log.size, log.root()) != (facts.log_size, facts.log_root):
        raise NotRestored(
            "the evidence log in the backup's database is not the one that backup.json tells of; one of the two was "
            "changed: take another backup"
        )
    record: dict[str, object] = {
        "backup": backup.path.name,
        "taken_at": time_text(facts.taken_at),
        "size": log.size,
        "root": _base64(log.root()),
        "replaced_size": since.log.size if since else None,
        "replaced_root": _base64(since.log.root()) if since else None,
        "continued": since.continues(log.size, log.root()) if since else None,
    }
    note(tx, school, "restore", now, facts=record, actor=actor)
    listening.begin_anew(tx, school)
    if since is None:
        return Entered(0, (), frozenset(), restored.settle_unknown_mails(tx, school, now))
    marked = media_gate.all_withheld(tx, school).keys()
    carried, not_carried = bring_over(tx, school, since, now)
    withheld = media_gate.all_withheld(tx, school).keys() - marked
    mails = restored.take_over_mails(tx, school, since.mails)
    return Entered(carried, tuple(not_carried), frozenset(withheld), mails)


def erase_again(store: Store, school_key: str, evidence: Path, lines: Sequence[Line], now: datetime) -> Finished:
    """Do what the journals say, and remove what was copied into the backup at the moment it was being erased.

    `lines`: of all journals; they are in that of `evidence` already. Raises NotRestored, OSError, ClockSetBack.
    """
    finished = finish_pending(store, school_key, evidence, lambda: now)
    if not finished.cleared:
        raise NotRestored("what was erased could not be cleared out of the database; is the disk full?")
    with store.writing() as tx:
        school = ledger.enrolled_school(tx, school_key)
        stands_for = partial(identity.digest, identity.salt_of(tx, school))
        ours = [each for each in erasure_journal.standing(lines) if each.secret == secret_of(tx, school)]
        known = erasure_book.known_as_erased(tx, school_key, [each.item for each in ours])
    gone = [each for each in ours if (each.account, each.item) in known]
    remove_parts(evidence, [part for each in gone for part in each.parts], stands_for)
    remove_folders(evidence, [place for each in gone for place in each.folders], stands_for)
    return finished


def check_evidence(tx: Transaction, school: School, evidence: Path) -> list[str]:
    """Paths of evidence without its folder. A card that the log does not name is taken away and owed once more.

    Such a card was being drawn while the backup was taken.
    """
    named = {}
    for entry in evidence_log.of_kinds(tx, school, {"card"}):
        record = read_record(entry.record or "")
        named[record.get("evidence")] = record.get("files")
    missing = []
    for kept in evidence_rows.kept(tx, school):
        directory = evidence / kept.path
        if not directory.is_dir():
            missing.append(kept.path)
        elif kept.card in DRAWN and _card_in(directory) != named.get(kept.position):
            _draw_anew(tx.get_one(Snapshot, kept.row), evidence)
    return missing


def withhold_cards(tx: Transaction, cases: Iterable[int], evidence: Path) -> None:
    """Take away every card that shows words of these cases: they were marked MEDIA WITHHELD after the backup."""
    for case in cases:
        for snapshot in (*snapshots.of_comment(tx, case), *snapshots.with_words_of(tx, case)):
            if snapshot.card in DRAWN:
                _draw_anew(snapshot, evidence)


def _draw_anew(snapshot: Snapshot, evidence: Path) -> None:
    with suppress(FileNotFoundError):
        remove_card(evidence / snapshot.path)
    snapshot.card, snapshot.card_tried_at = "owed", None


def _card_in(directory: Path) -> str | None:
    try:
        return f"sha256:{sha256_of(directory / CARD_LIST)}"
    except OSError:
        return None


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
