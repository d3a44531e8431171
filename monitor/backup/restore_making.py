"""Making a backup ready to take its place: database, evidence, journal of erasures, where nobody looks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor.backup.restore_books import Entered, NotRestored, check_evidence, enter, erase_again, withhold_cards
from monitor.backup.restore_plan import Workplace
from monitor.backup.restore_since import Since, look_into
from monitor.backup.withheld_pictures import never_copied
from monitor.custody.log import Actor
from monitor.evidence import erasure_journal
from monitor.evidence.backups.backup_folder import EVIDENCE, BackupFolder, read_manifest
from monitor.evidence.backups.copy_tree import Progress, copy_evidence, copy_file, evidence_folders, sync_disk
from monitor.evidence.erasure_journal import JOURNAL, Line
from monitor.evidence.incoming import INCOMING
from monitor.store import ledger
from monitor.store.engine import Store
from monitor.store.restored import every_school


@dataclass(frozen=True)
class Made:
    """What was made ready.

    `since`: what the replaced database said of the school; None: it could not be read, or there was none.
    `entered`: what came of that. `erased`: comments erased once more; `held`: cases where a legal hold of the
    backup's time kept us from it; `foreign`: lines of the journals about another database, which cannot be applied to
    this one. `missing`: evidence without its folder. `later`: pieces of evidence kept since the backup, which are in
    what is set aside. `others`: other schools in the same database.
    """

    since: Since | None
    entered: Entered
    erased: int
    held: tuple[int, ...]
    foreign: int
    missing: tuple[str, ...]
    later: int
    others: tuple[str, ...]


@dataclass(frozen=True)
class _Books:
    """What was entered for each school, and what the replaced database said. `pictures`: folders never copied."""

    since: Mapping[str, Since | None]
    entered: Mapping[str, Entered]
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class Making:
    """Makes one backup ready for one school."""

    place: Workplace
    backup: BackupFolder
    actor: Actor
    now: datetime
    progress: Progress

    def run(self, journals: Sequence[Path]) -> Made:
        """Everything up to the moment before it takes its place. `journals`: copies of the journal kept elsewhere.

        Raises NotRestored, `copying.CopyFailed`, `evidence_log.ClockSetBack`, OSError.
        """
        self.progress("Bringing the database up to date", 0, 1)
        store = self.place.database.stage(self.backup.path / self.backup.facts.database)
        try:
            books = self._enter(store)
            self._evidence(books.pictures)
            made = self._erase_and_check(store, books, self._journal(journals))
        finally:
            store.close()
        self.place.database.settle()
        self.progress("Writing to the disk", 0, 1)
        sync_disk(self.place.folder)
        return made

    def _enter(self, store: Store) -> _Books:
        """The restore, in the books of every school in the database: all of them go back to the backup's time."""
        with self.place.database.present() as replaced, store.writing() as tx:
            schools = every_school(tx)
            since = {school.key: _look_into(replaced, school.key) for school in schools}
            entered = {
                school.key: enter(tx, school, self.backup, since[school.key], self.actor, self.now)
                for school in schools
            }
            pictures = never_copied(tx, schools)
        if self.backup.facts.school not in entered:
            raise NotRestored("the database in the backup knows nothing of its school; take another backup")
        return _Books(since, entered, pictures)

    def _evidence(self, pictures: Sequence[str]) -> None:
        step = partial(self.progress, "Copying the evidence")
        copied = copy_evidence(self.backup.path / EVIDENCE, self.place.new_evidence, without=pictures, step=step)
        manifest = read_manifest(self.backup.path)
        if any(manifest.get(f"{EVIDENCE}/{name}") != digest for name, digest in copied.digests.items()):
            raise NotRestored("the backup was changed while it was being read; see that nobody writes to it")
        waiting = self.place.evidence / INCOMING  # pages that a crash left to be kept; the network may have lost them
        if waiting.is_dir():
            shutil.copytree(waiting, self.place.new_evidence / INCOMING, copy_function=_copy_if_there)

    def _journal(self, journals: Sequence[Path]) -> list[Line]:
        """All journals there are in one, in the new evidence folder. Raises NotRestored for one that is damaged."""
        lines: dict[Line, None] = {}
        for folder in (self.backup.path / EVIDENCE, self.place.evidence, *self._gathered(journals)):
            try:
                lines |= dict.fromkeys(erasure_journal.read(folder))
            except ValueError as damaged:
                raise NotRestored(f"{folder}: {damaged}") from None
        whole = sorted(lines, key=lambda line: line.at)
        erasure_journal.append(self.place.new_evidence, whole)
        return whole

    def _gathered(self, journals: Sequence[Path]) -> Iterator[Path]:
        """Copies of the journal kept elsewhere, each in a folder of its own under the name it is looked for."""
        for number, journal in enumerate(journals):
            folder = self.place.folder / f"journal-{number}"
            folder.mkdir(0o700)
            try:
                copy_file(journal, folder / JOURNAL)
            except OSError as error:
                raise NotRestored(f"the journal {journal} cannot be read ({error.strerror}); see --journal") from None
            yield folder

    def _erase_and_check(self, store: Store, books: _Books, lines: Sequence[Line]) -> Made:
        facts, folder = self.backup.facts, self.place.new_evidence
        results = [erase_again(store, key, folder, lines, self.now) for key in books.entered]
        with store.writing() as tx:
            for entered in books.entered.values():
                withhold_cards(tx, entered.withheld, folder)
            missing = check_evidence(tx, ledger.enrolled_school(tx, facts.school), folder)
        there = evidence_folders(folder)
        return Made(
            since=books.since[facts.school],
            entered=books.entered[facts.school],
            erased=sum(result.again.done + len(result.erased) for result in results),
            held=tuple(case for result in results for case in (*result.again.held, *result.held)),
            foreign=sum(result.again.foreign for result in results),
            missing=tuple(path for path in missing if path not in {*facts.left_out, *books.pictures}),
            later=len(set(evidence_folders(self.place.evidence)).difference(there, books.pictures)),
            others=tuple(key for key in books.entered if key != facts.school),
        )


def _look_into(replaced: Store | None, school_key: str) -> Since | None:
    try:
        return look_into(replaced, school_key) if replaced else None
    except ValueError:  # its log was tampered with: as good as unreadable, and set aside for whoever looks into that
        return None


def _copy_if_there(source: str, target: str) -> None:
    """For pages that wait: another program may have taken one up meanwhile."""
    with suppress(FileNotFoundError):
        copy_file(Path(source), Path(target))
