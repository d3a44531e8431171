"""Bringing a backup back: whole or not at all, and without what was erased since.

The backup is checked to its last byte first. Then evidence and database are made ready where nobody looks: brought up
to the present schema, rid of everything that the journals of erasures name, told which mails went out since, and
given an entry in the evidence log about the restore. Only then do they take their places (`restore_plan`); what was
there is set aside under another name and never deleted.

**Mails.** Where the replaced database can be read, it says which mails were sent since the backup and which are still
owed, and so it stays. Where it cannot, of the mails that were owed the newest of each kind to each person is sent,
perhaps for the second time and then under the same Message-ID; older ones are closed, with the reason. A mail too
many can be recognised, a missing one cannot.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.settings import Settings
from monitor.backup.restore_books import NotRestored
from monitor.backup.restore_making import Made, Making
from monitor.backup.restore_plan import Plan, Workplace, alone
from monitor.clock import Clock
from monitor.custody.log import Actor
from monitor.evidence.backups.backup_folder import SIGNING_KEY, BackupFolder, check_backup, read_backup
from monitor.evidence.backups.copy_tree import Progress, copy_file, give_to_owner_of
from monitor.evidence.files import make_folder, sync_folder


class BackupDamaged(Exception):
    """The backup is not as it was written. `problems`: what is wrong, each naming a file."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("the backup is not as it was written; nothing was touched")
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Restored:
    """What a restore did. `made` is None when it only finished one that had been cut off; `plan` says which.

    `aside`: where what was there before lies now. `has_key`: whether there is a key to sign the evidence log with.
    """

    plan: Plan
    made: Made | None
    aside: tuple[str, ...] = ()
    has_key: bool = True


@dataclass(frozen=True)
class Wanted:
    """What to restore: a backup, whether what is there may be set aside, and journals of erasures kept elsewhere."""

    backup: Path
    in_place_of_existing: bool = False
    journals: tuple[Path, ...] = field(default=())


@dataclass(frozen=True)
class Restorer:
    """Brings back backups of one school."""

    settings: Settings
    clock: Clock

    def run(self, wanted: Wanted, actor: Actor, progress: Progress) -> Restored:
        """Do it, or finish one that was cut off.

        Raises `backup_folder.NotABackup`, BackupDamaged, NotRestored, `restore_plan.RestoreUnderWay`,
        `copying.InUse`, `copying.CopyFailed`, `evidence_log.ClockSetBack`, OSError and ValueError; everything is as
        it was then.
        """
        backup = read_backup(wanted.backup)
        if backup.facts.school != self.settings.school.key:
            raise NotRestored(
                f"this is a backup of the school {backup.facts.school}; the configuration is of "
                f"{self.settings.school.key}"
            )
        if problems := check_backup(backup.path, lambda done, of: progress("Checking the backup", done, of)):
            raise BackupDamaged(problems)
        place = Workplace.of(self.settings)
        with alone(place):
            if plan := place.finish():
                return Restored(plan, None, _aside(place, plan), self._has_key())
            self._refuse(place, wanted)
            with place.database.held():
                return self._restore(place, backup, wanted, actor, progress)

    def _refuse(self, place: Workplace, wanted: Wanted) -> None:
        """Raises NotRestored where there is something that nobody said may be set aside, or that cannot be."""
        there = [str(place.evidence)] if place.evidence.exists() and any(place.evidence.iterdir()) else []
        there += [self.settings.storage.database] if place.database.exists() else []
        if there and not wanted.in_place_of_existing:
            raise NotRestored(
                f"{' and '.join(there)} would be replaced; with --in-place-of-existing what is there is given "
                "another name and the backup takes its place"
            )
        if place.evidence.is_mount():
            raise NotRestored(
                f"{place.evidence} is a disk of its own and cannot be set aside; let storage.evidence name a folder "
                "on it"
            )

    def _restore(
        self, place: Workplace, backup: BackupFolder, wanted: Wanted, actor: Actor, progress: Progress
    ) -> Restored:
        now = self.clock()
        place.begin()
        try:
            made = Making(place, backup, actor, now, progress).run(wanted.journals)
            self._bring_key(backup)
            give_to_owner_of(place.folder.parent, place.folder)
            place.decide(backup.path.name, f"-before-restore-{now:%Y%m%dT%H%M%SZ}")
        except BaseException:
            place.discard()
            raise
        plan = place.finish()
        if plan is None:
            raise NotRestored(f"{place.folder} was removed while the restore was going on; start it again")
        return Restored(plan, made, _aside(place, plan), self._has_key())

    def _bring_key(self, backup: BackupFolder) -> None:
        """Put the signing key in its place, if the backup has it and there is none."""
        key = self.settings.signing_key
        if os.path.lexists(key) or not (backup.path / SIGNING_KEY).is_file():
            return
        make_folder(key.parent)
        unfinished = key.with_name(f".{key.name}.restoring")
        unfinished.unlink(missing_ok=True)
        copy_file(backup.path / SIGNING_KEY, unfinished)
        give_to_owner_of(key.parent, unfinished)
        unfinished.rename(key)
        sync_folder(key.parent)

    def _has_key(self) -> bool:
        return os.path.lexists(self.settings.signing_key)


def _aside(place: Workplace, plan: Plan) -> tuple[str, ...]:
    files = tuple(str(move.aside) for move in plan.moves if os.path.lexists(move.aside))
    return files + place.database.set_aside(plan.suffix)
