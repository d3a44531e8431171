"""Filling a backup: database first, then evidence, then the journal of erasures.

In that order every row of the copied database finds its evidence in the copy, because evidence is written before its
row and never changed. What is erased in between is missing from the copy and named in the journal, read last.

The private signing key is left out unless it is asked for: whoever had the backup could sign another log with it. A
school that loses its key begins a new one (`evidence new-key`), and everything signed before still proves itself.

Pictures of a comment that was marked as a suspected indecent image of a child are left out as well: such an image is
never copied, not even into a backup.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from config.packs import POLICIES, pack_file
from config.secrets import all_secrets
from config.settings import Settings
from monitor.backup.withheld_pictures import never_copied
from monitor.evidence import erasure_journal
from monitor.evidence.backups.backup_folder import (
    CONFIGURATION,
    EVIDENCE,
    FACTS,
    SIGNING_KEY,
    BackupFacts,
    BackupFolder,
    write_manifest,
)
from monitor.evidence.backups.copy_tree import (
    CopiedTree,
    Progress,
    copy_evidence,
    copy_file,
    evidence_folders,
    sync_disk,
)
from monitor.evidence.erasure_journal import JOURNAL
from monitor.evidence.files import make_folder, sha256_of, sync_folder, write_new
from monitor.evidence.log.merkle import Frontier, leaf_hash
from monitor.evidence.removal import place_of
from monitor.store import evidence_log, evidence_rows, identity, ledger
from monitor.store.copying import Copied, database_at
from monitor.store.restored import every_school
from monitor.store.school_tables import School

SHORTEST_SECRET = 6  # characters; a shorter one is found in any text
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)


class NotBackedUp(Exception):
    """There is no backup. One sentence that says why and what to do."""


@dataclass(frozen=True)
class Filled:
    """What was put into a backup."""

    facts: BackupFacts
    copied: CopiedTree
    bytes: int
    missing: tuple[str, ...]
    has_configuration: bool


@dataclass(frozen=True)
class _Books:
    """What the copied database says: its schema step, its schools, and of this school its log and its evidence."""

    schema: str
    schools: tuple[str, ...]
    log: Frontier
    evidence: tuple[str, ...]
    withheld: tuple[str, ...]
    salt: str | None


class Draft:
    """A backup in the making. `earlier`: backups of this school, the newest first."""

    def __init__(self, settings: Settings, path: Path, earlier: Sequence[BackupFolder], progress: Progress) -> None:
        self.path = path
        self._settings = settings
        self._earlier = [backup.path / EVIDENCE for backup in earlier]
        self._progress = progress
        self._digests: dict[str, str] = {}

    def fill(self, program: str, now: datetime, with_key: bool) -> Filled:
        """Put everything in, push it to the disk and write the manifest."""
        make_folder(self.path)
        database, books = self._database()
        copied = self._evidence(books)
        missing = self._missing(books)
        has_configuration = self._configuration()
        if with_key:
            self._key()
        facts = BackupFacts(
            school=self._settings.school.key,
            taken_at=now,
            program=program,
            database=database,
            schema=books.schema,
            log_size=books.log.size,
            log_root=books.log.root(),
            schools=books.schools,
            left_out=books.withheld,
        )
        self._write(FACTS, facts.text())
        self._progress("Writing to the disk", 0, 1)
        sync_disk(self.path)
        write_manifest(self.path, self._digests)
        sync_folder(self.path)
        size = sum((self.path / name).stat().st_size for name in self._digests)
        return Filled(facts, copied, size, missing, has_configuration)

    def _database(self) -> tuple[str, _Books]:
        self._progress("Copying the database", 0, 1)
        database = database_at(self._settings.database_url)
        name = database.name_in_backup
        with database.copied_to(self.path / name) as copied:
            school = ledger.school_by_key(copied.tx, self._settings.school.key)
            if school is None:
                raise NotBackedUp(
                    f"the database knows no school {self._settings.school.key}; see school.key and storage.database"
                )
            books = _read(copied, school)
        self._digests[name] = sha256_of(self.path / name)
        self._progress("Copying the database", 1, 1)
        return name, books

    def _evidence(self, books: _Books) -> CopiedTree:
        """Folders first, the journal last: an erasure in between is then named in it."""
        source, target = self._settings.evidence_folder, self.path / EVIDENCE
        step = partial(self._progress, "Copying the evidence")
        copied = copy_evidence(source, target, self._earlier, books.withheld, step)
        self._digests |= {f"{EVIDENCE}/{name}": digest for name, digest in copied.digests.items()}
        if (source / JOURNAL).exists():
            self._copy(source / JOURNAL, f"{EVIDENCE}/{JOURNAL}")
        return copied

    def _missing(self, books: _Books) -> tuple[str, ...]:
        """Evidence that is neither in the copy nor accounted for."""
        there = {*evidence_folders(self.path / EVIDENCE), *books.withheld}
        gone = [path for path in books.evidence if path not in there]
        if not gone:
            return ()
        erased = {
            folder
            for each in erasure_journal.standing(erasure_journal.read(self.path / EVIDENCE))
            for folder in each.folders
        }
        stands_for = partial(identity.digest, books.salt or "")
        return tuple(path for path in gone if place_of(path, stands_for) not in erased)

    def _configuration(self) -> bool:
        """The configuration file and the school's own policy pack, unless a secret was written into one of them."""
        file = self._settings.path
        pack = pack_file(self._settings.school.policy, file.parent)
        files = [(file, _plain_name(file, "school-monitor.toml"))]
        if pack.parent != POLICIES:
            files.append((pack, _plain_name(pack, "policy.toml")))
        contents = {name: path.read_bytes() for path, name in files}
        secrets = [each.encode() for each in all_secrets(self._settings) if len(each) >= SHORTEST_SECRET]
        if any(secret in content for content in contents.values() for secret in secrets):
            return False
        make_folder(self.path / CONFIGURATION)
        for name, content in contents.items():
            self._write(f"{CONFIGURATION}/{name}", content)
        return True

    def _key(self) -> None:
        try:
            self._copy(self._settings.signing_key, SIGNING_KEY)
        except OSError as error:
            raise NotBackedUp(
                f"the signing key {self._settings.signing_key} cannot be copied ({error.strerror}); leave --with-key "
                "out, or see evidence.signing_key"
            ) from None

    def _copy(self, source: Path, name: str) -> None:
        self._digests[name] = copy_file(source, self.path / name)

    def _write(self, name: str, content: bytes) -> None:
        write_new(self.path / name, content)
        self._digests[name] = hashlib.sha256(content).hexdigest()


def _plain_name(path: Path, otherwise: str) -> str:
    return path.name if _SAFE_NAME.fullmatch(path.name) else otherwise


def _read(copied: Copied, school: School) -> _Books:
    tx, log = copied.tx, Frontier()
    for commitment in evidence_log.commitments(tx, school):
        log.add(leaf_hash(bytes.fromhex(commitment)))
    schools = every_school(tx)
    return _Books(
        schema=copied.schema,
        schools=tuple(each.key for each in schools),
        log=log,
        evidence=tuple(kept.path for kept in evidence_rows.kept(tx, school)),
        withheld=never_copied(tx, schools),
        salt=school.tombstone_salt,
    )
