"""What a backup looks like on the disk, and finding and checking the backups in a folder.

    <folder>/oakfield-20261126T221000Z/       school, and the moment it was taken (UTC)
        backup.json                           what it is: format, program, school, moment, size and root of the log
        database.db or database.dump          SQLite, or what pg_dump made
        evidence/2026/11/<identity>/...       the evidence folder
        evidence/...                          the journal of erasures
        configuration/                        the configuration file and the school's own policy pack: no secrets
        evidence-signing-key.pem              only where it was asked for
        manifest-sha256.txt                   digests of all of these; `sha256sum -c manifest-sha256.txt` checks them

A backup is made in `<folder>/.unfinished` and moved out of it last, so that it is whole or not there.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.evidence.backups.copy_tree import Step
from monitor.evidence.files import make_folder, sha256_of, sync_folder, write_new
from monitor.evidence.log.checkpoint import time_text
from monitor.evidence.log.merkle import HASH_SIZE
from monitor.evidence.write_once import MANIFEST, UNFINISHED

FACTS = "backup.json"
FORMAT = 1
EVIDENCE = "evidence"
CONFIGURATION = "configuration"
SIGNING_KEY = "evidence-signing-key.pem"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}-[0-9]{8}T[0-9]{6}Z")
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_LARGEST_FACTS = 1 << 20  # bytes


class NotABackup(Exception):
    """The folder is no backup that this program can use. One sentence, and what to do."""


@dataclass(frozen=True)
class BackupFacts:
    """What a backup says of itself.

    `school`: key of the school it was made for. `taken_at`: the moment before the database was copied, aware.
    `database`: name of the file. `log_size`, `log_root`: the school's evidence log as it stands in that database.
    `schools`: keys of all the schools in it. `schema`: its schema step. `left_out`: folders of evidence that a
    backup must not copy.
    """

    school: str
    taken_at: datetime
    program: str
    database: str
    schema: str
    log_size: int
    log_root: bytes
    schools: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of its folder."""
        return backup_name(self.school, self.taken_at)

    def text(self) -> bytes:
        """As `backup.json`."""
        held = vars(self) | {
            "taken_at": time_text(self.taken_at),
            "log_root": base64.b64encode(self.log_root).decode("ascii"),
        }
        return (json.dumps({"format": FORMAT} | held, indent=1) + "\n").encode("ascii")


@dataclass(frozen=True)
class BackupFolder:
    """A whole backup and what it says of itself."""

    path: Path
    facts: BackupFacts


def backup_name(school_key: str, taken_at: datetime) -> str:
    """Name of the folder of a backup taken at that moment (aware)."""
    return f"{school_key}-{taken_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def read_backup(path: Path) -> BackupFolder:
    """The backup in this folder. Raises NotABackup."""
    try:
        with (path / FACTS).open("rb") as file:
            held = json.loads(file.read(_LARGEST_FACTS))
        if not (path / MANIFEST).is_file():
            raise NotABackup(f"{path} has no {MANIFEST}: it is not whole; take another backup")
        if held.get("format") != FORMAT:
            raise NotABackup(f"{path} was made by another version of this program; restore it with that version")
        return BackupFolder(path, _facts(held))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotABackup(
            f"{path} is not a backup made by this program: its {FACTS} is missing or damaged; "
            "name a folder such as oakfield-20261126T221000Z"
        ) from None


def backups_in(folder: Path, school_key: str) -> list[BackupFolder]:
    """The whole backups of a school in a folder, the newest first. Whatever else lies there is passed over."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if _NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            try:
                backup = read_backup(path)
            except NotABackup:
                continue
            if backup.facts.school == school_key and backup.facts.name == path.name:
                found.append(backup)
    return sorted(found, key=lambda backup: backup.facts.taken_at, reverse=True)


def remove_backup(backup: BackupFolder) -> None:
    """Remove a backup. It loses its name first, so that a crash leaves no half of one. Raises OSError."""
    unfinished = backup.path.parent / UNFINISHED
    make_folder(unfinished)
    backup.path.rename(unfinished / backup.path.name)
    sync_folder(backup.path.parent)
    shutil.rmtree(unfinished / backup.path.name)


def clear_unfinished(unfinished: Path, school_key: str) -> None:
    """Remove what a crash left of backups of a school. Nobody else makes or removes one meanwhile."""
    for path in unfinished.iterdir():
        if _NAME.fullmatch(path.name) and path.name.rpartition("-")[0] == school_key:
            shutil.rmtree(path)


def write_manifest(folder: Path, digests: Mapping[str, str]) -> None:
    """Write the digests of all files of a backup, by their path below it. Raises OSError."""
    lines = (f"{digests[name]}  {name}\n" for name in sorted(digests))
    write_new(folder / MANIFEST, "".join(lines).encode("utf-8"))


def read_manifest(folder: Path) -> dict[str, str]:
    """Digest in hex of each file of a backup, by its path below it. Raises OSError, ValueError for a damaged one."""
    content = (folder / MANIFEST).read_bytes()
    lines = content.decode("utf-8").split("\n")
    parts = [_LINE.fullmatch(line) for line in lines[:-1]]
    if lines[-1] or not all(part and _stays_inside(part[2]) for part in parts):
        raise ValueError(f"{MANIFEST} of the backup is damaged")
    return {part[2]: part[1] for part in parts if part}


def check_backup(folder: Path, step: Step = lambda _done, _all: None) -> list[str]:
    """Hold every file of a backup against its manifest. Problems, each naming a file; empty: all is as written."""
    try:
        wanted = read_manifest(folder)
    except (OSError, ValueError):
        return [f"{MANIFEST}: cannot be read, or was changed"]
    present = _files_below(folder) - {MANIFEST}
    problems = [f"{name}: not in the manifest" for name in present - wanted.keys()]
    problems += [f"{name}: missing" for name in wanted.keys() - present]
    for number, name in enumerate(sorted(wanted.keys() & present), 1):
        try:
            if sha256_of(folder / name) != wanted[name]:
                problems.append(f"{name}: changed")
        except OSError as error:
            problems.append(f"{name}: cannot be read ({error.strerror})")
        step(number, len(wanted))
    return sorted(problems)


def _facts(held: Mapping[str, object]) -> BackupFacts:
    facts = BackupFacts(
        school=_text(held["school"]),
        taken_at=datetime.fromisoformat(_text(held["taken_at"])),
        program=_text(held["program"]),
        database=_text(held["database"]),
        schema=_text(held["schema"]),
        log_size=int(_text(str(held["log_size"]))),
        log_root=base64.b64decode(_text(held["log_root"]), validate=True),
        schools=_texts(held["schools"]),
        left_out=_texts(held["left_out"]),
    )
    if facts.taken_at.tzinfo is None or len(facts.log_root) != HASH_SIZE or not _NAME.fullmatch(facts.name):
        raise ValueError("a fact of a backup is not what it should be")
    if facts.database != Path(facts.database).name or not _stays_inside(facts.database):
        raise ValueError("the database of a backup lies inside it")
    return facts


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a fact of a backup is not text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("a fact of a backup is not a list")
    return tuple(_text(each) for each in value)


def _files_below(folder: Path) -> set[str]:
    """Paths of all files below a folder. A link is a file here, wherever it leads."""
    found: set[str] = set()
    for where, inside, names in os.walk(folder):
        links = [name for name in inside if Path(where, name).is_symlink()]
        found.update(str(Path(where, name).relative_to(folder)) for name in (*names, *links))
    return found


def _stays_inside(name: str) -> bool:
    return bool(name) and not name.startswith("/") and ".." not in name.split("/")
