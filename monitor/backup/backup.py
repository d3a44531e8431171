"""Taking a backup while the daemon goes on, and removing old ones.

A backup holds what was erased after it was taken, until it is removed itself. So each new one says how far back the
oldest of them reaches, and how many comments were erased since.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.settings import Settings
from monitor.backup.draft import Draft, Filled, NotBackedUp
from monitor.backup.restore_plan import ready_to_open
from monitor.clock import Clock
from monitor.evidence import erasure_journal
from monitor.evidence.backups.backup_folder import (
    EVIDENCE,
    BackupFacts,
    backup_name,
    backups_in,
    clear_unfinished,
    remove_backup,
)
from monitor.evidence.backups.copy_tree import Progress, evidence_folders
from monitor.evidence.files import alone_in, make_folder, sync_folder
from monitor.evidence.write_once import UNFINISHED


@dataclass(frozen=True)
class BackedUp:
    """What a backup holds, and how it stands with the others in its folder.

    `missing`: evidence of the database, as paths, whose folder was not there to copy. `strange`: how many names were
    passed over that evidence does not have. `has_configuration`: False when a secret stands in the file.
    `removed`: names of older backups. `oldest`: when the oldest one kept was taken. `erased_since`: comments erased
    then or after, which the oldest still holds.
    """

    path: Path
    facts: BackupFacts
    evidence: int
    bytes: int
    linked_bytes: int
    missing: tuple[str, ...]
    strange: int
    has_configuration: bool
    removed: tuple[str, ...]
    oldest: datetime
    erased_since: int


@dataclass(frozen=True)
class BackupTaker:
    """Takes backups of one school. `program`: name and version of this program."""

    settings: Settings
    program: str
    clock: Clock

    def run(self, folder: Path, keep: int | None, with_key: bool, progress: Progress) -> BackedUp:
        """Take one into `folder`, then remove all but the newest `keep` of this school, if that is given.

        Raises NotBackedUp, `copying.CopyFailed`, `engine.StoreUnusable` and OSError, and ValueError for a
        journal of erasures that cannot be read. Nothing is left of the backup then.
        """
        folder, school = folder.absolute(), self.settings.school.key
        unfinished = folder / UNFINISHED
        make_folder(unfinished)
        with ready_to_open(self.settings), alone_in(unfinished):
            clear_unfinished(unfinished, school)
            now = self.clock()
            name = backup_name(school, now)
            if (folder / name).exists():
                raise NotBackedUp(f"{folder / name} is there already; wait a second and try again")
            draft = Draft(self.settings, unfinished / name, backups_in(folder, school), progress)
            try:
                held = draft.fill(self.program, now, with_key)
                draft.path.rename(folder / name)
            except BaseException:
                shutil.rmtree(draft.path, ignore_errors=True)
                raise
            sync_folder(folder)
            removed = _remove_older(folder, school, keep, name)
            return _summary(folder, name, held, removed)


def _remove_older(folder: Path, school: str, keep: int | None, newest: str) -> tuple[str, ...]:
    older = [each for each in backups_in(folder, school) if each.path.name != newest]
    condemned = older[keep - 1 :] if keep else []
    for backup in condemned:
        remove_backup(backup)
    return tuple(backup.path.name for backup in condemned)


def _summary(folder: Path, name: str, held: Filled, removed: tuple[str, ...]) -> BackedUp:
    path, facts = folder / name, held.facts
    oldest = min(backup.facts.taken_at for backup in backups_in(folder, facts.school))
    erased = erasure_journal.standing(erasure_journal.read(path / EVIDENCE))
    return BackedUp(
        path=path,
        facts=facts,
        evidence=len(evidence_folders(path / EVIDENCE)),
        bytes=held.bytes,
        linked_bytes=held.copied.linked_bytes,
        missing=held.missing,
        strange=held.copied.left_out,
        has_configuration=held.has_configuration,
        removed=removed,
        oldest=oldest,
        erased_since=sum(each.school == facts.school and each.at >= oldest for each in erased),
    )
