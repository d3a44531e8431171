"""Checking the folders of evidence: each file against its manifest, each manifest against the evidence log."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.evidence.folder_check import Examined, examine_folder
from monitor.store.evidence_rows import Kept
from monitor.store.snapshots import SNAPSHOT
from monitor.verify.records import Named, Records

_DRAWN = frozenset({"made", "text"})
"""States of a row in which there is a card, and an entry in the log with the digest of its list."""
_YEAR, _MONTH = re.compile("[0-9]{4}"), re.compile("[0-9]{2}")


@dataclass(frozen=True)
class Shelf:
    """The evidence folder, and what the log says of it. `erased`: files that the database calls erased, by row.

    The database is believed only of what was kept before there was a log.
    """

    folder: Path
    records: Records
    erased: Mapping[int, frozenset[str]]

    def examine(self, kept: Kept) -> Examined:
        """Check one snapshot or exhibit. Problems name it by position, and each file by its path."""
        name = name_of(kept)
        problems = [f"{name}: {each}" for each in self._row_problems(kept)]
        found = Examined([], 0, 0)
        if not _is_inside(kept.path):
            problems.append(f"{name}: the database gives it a path outside the evidence folder")
        else:
            try:
                found = self._folder(kept)
            except FileNotFoundError:
                if not self.was_not_brought_back(kept):
                    problems.append(f"{name}, {kept.path}: the whole folder is missing")
            except OSError as error:
                problems.append(f"{name}, {kept.path}: the folder cannot be read ({error.strerror})")
        problems += [f"{name}, {kept.path}/{each}" for each in found.problems]
        return Examined(problems, found.files, found.bytes)

    def was_not_brought_back(self, kept: Kept) -> bool:
        """Whether it is gone because pictures of withheld cases go into no backup and come out of none."""
        withheld = kept.case in self.records.withheld and kept.kind != SNAPSHOT
        return withheld and self.records.restored and not (self.folder / kept.path).exists()

    def _row_problems(self, kept: Kept) -> list[str]:
        """What the database says of it against what the log says."""
        if kept.position is None:
            return []
        named = self.records.evidence.get(kept.position)
        if named is None and kept.position in self.records.erased:
            return ["it was erased, and its row is still in the database"]
        if named is None:
            return ["the evidence log does not name it: its entry was changed or taken out"]
        version = kept.version if named.version is None else named.version
        in_log = Named(named.snapshot_id, named.manifest, named.kind, named.case, version)
        if in_log != Named(kept.snapshot_id, kept.digest, kept.kind, kept.case, kept.version):
            return ["its row in the database was changed: it does not say what the log says"]
        return []

    def _folder(self, kept: Kept) -> Examined:
        directory = self.folder / kept.path
        if not stat.S_ISDIR(directory.lstat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "it is no folder, or a link to one")
        if kept.position is None:
            return examine_folder(directory, self.erased.get(kept.row, frozenset()), kept.digest)
        named = self.records.evidence.get(kept.position)
        return examine_folder(
            directory,
            self.records.erased_files.get(kept.position, frozenset()),
            named.manifest if named else kept.digest,
            self.records.cards.get(kept.position) if kept.card in _DRAWN else None,
        )


def name_of(kept: Kept) -> str:
    """A piece of evidence as problems name it."""
    where = "not in the log yet" if kept.position is None else str(kept.position)
    return f"evidence {where} (case {kept.case})"


def strays(folder: Path, known: Collection[str]) -> Iterator[str]:
    """What lies where evidence lies and belongs to none: paths relative to the folder, sorted."""
    for year in _folders(folder, _YEAR):
        for month in _folders(folder / year, _MONTH):
            for name in sorted(path.name for path in (folder / year / month).iterdir()):
                if (path := f"{year}/{month}/{name}") not in known:
                    yield path


def _folders(folder: Path, name: re.Pattern[str]) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if name.fullmatch(entry.name) and entry.is_dir())
    except FileNotFoundError:
        return []  # nothing was ever kept


def _is_inside(path: str) -> bool:
    return bool(path) and not path.startswith("/") and ".." not in path.split("/")
