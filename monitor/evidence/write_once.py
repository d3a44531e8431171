"""Write-once folders: how every snapshot and every exhibit reaches the disk.

    <folder>/2026/11/<identity>/           year and month of its day (UTC)
        ...                                its files
        manifest-sha256.txt                their digests; `sha256sum -c manifest-sha256.txt` checks them

A folder is made under `.unfinished`, pushed to the disk and then given its name, so that it is whole or not there.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from monitor.evidence.files import alone_in, checksum_list, make_folder, sha256_of, sync_folder, write_new

MANIFEST = "manifest-sha256.txt"
UNFINISHED = ".unfinished"
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)


def folder_of(folder: Path, identity: str, day: datetime) -> Path:
    """Where the folder called `identity` lies, whether it is written yet or not.

    `day` is aware; its year and month are taken in UTC. Raises ValueError for a time without a zone and for an
    identity that is no plain file name.
    """
    if day.tzinfo is None:
        raise ValueError("a time in evidence needs its zone; this one has none")
    if not _SAFE_NAME.fullmatch(identity):
        raise ValueError("the identity of evidence must be letters, digits, dots and dashes; this one is not")
    day = day.astimezone(UTC)
    return folder / f"{day.year:04}" / f"{day.month:02}" / identity


@dataclass(frozen=True)
class Written:
    """Where evidence lies, by its identity. `sha256` is the digest of its manifest, with "sha256:" in front."""

    directory: Path
    identity: str
    sha256: str


def write_folder(folder: Path, identity: str, day: datetime, contents: Mapping[str, bytes]) -> Written:
    """Keep `contents` and a manifest of them, complete or not at all. A folder that is there already stays as it is.

    `contents`: names relative to the folder, with "/" between their parts. Safe from several processes and threads
    at once. Raises OSError (nothing is left but a leftover that the next write removes), and ValueError for a time
    without a zone or a name that is not safe to write.
    """
    directory = folder_of(folder, identity, day)
    _check_names(contents)
    unfinished = folder / UNFINISHED
    make_folder(unfinished)
    with alone_in(unfinished):
        if not directory.exists():
            for leftover in filter(Path.is_dir, unfinished.iterdir()):
                shutil.rmtree(leftover)
            make_folder(directory.parent)
            _write_all(unfinished / identity, contents)
            (unfinished / identity).rename(directory)
        sync_folder(directory.parent)
    return Written(directory, identity, f"sha256:{sha256_of(directory / MANIFEST)}")


def _check_names(contents: Mapping[str, bytes]) -> None:
    for name in contents:
        if name == MANIFEST or not all(_SAFE_NAME.fullmatch(part) for part in name.split("/")):
            raise ValueError("a file of evidence has a name that is not safe to write; nothing was written")


def _write_all(directory: Path, contents: Mapping[str, bytes]) -> None:
    make_folder(directory)
    inside = {directory / parent for name in contents for parent in PurePosixPath(name).parents}
    for below in sorted(inside):
        make_folder(below)
    for name, content in contents.items():
        write_new(directory / name, content)
    write_new(directory / MANIFEST, checksum_list(directory, list(contents)))
    for below in sorted(inside | {directory}, reverse=True):
        sync_folder(below)
