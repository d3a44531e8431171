"""Reads a downloaded archive file by file: which kind it is, and every item that can be had from it.

An archive is a zip file, a folder it was unpacked to, or one of its files. Nothing is written anywhere; a member is
read whole only up to `LARGEST_MEMBER` bytes after unpacking, and what is larger or unreadable is told and left out.
Items go through the same hands as those that were read from a network. Where an archive gives an item the id it has
on the network, a later reading meets the same item; where it gives none, its time and words are known again.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from connectors.archives import json_lines, meta, reddit_csv, x_archive
from connectors.base import Batch
from connectors.fetched import FetchedItem, Quarantined, sorted_out

LARGEST_MEMBER = 256 << 20  # bytes
ITEMS_AT_ONCE = 200
FORMATS: dict[str, Callable[[str, bytes, str], Sequence[FetchedItem | Quarantined] | None]] = {
    "x": x_archive.read,
    "meta": meta.read,
    "reddit": reddit_csv.read,
    "lines": json_lines.read,
}
"""By name: reads the bytes of one file of that name for the school's own author id; None: this is no such file."""

_BROKEN = (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
"""What a damaged or locked member of a zip file ends in."""


class ArchiveUnusable(Exception):
    """The file is no archive we can read. The words are fit for a screen."""


@dataclass(frozen=True)
class LeftOut:
    """A file of the archive that was not read, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Found:
    """One file of the archive that holds items."""

    name: str
    format: str
    batches: tuple[Batch, ...]


def read_archive(path: Path, own_id: str, formats: Sequence[str] = tuple(FORMATS)) -> Iterator[Found | LeftOut]:
    """Every file in the archive that one of the `formats` knows. `own_id`: author id of the school's account.

    Raises ArchiveUnusable when nothing can be opened at all.
    """
    for name, read in _files(path):
        try:
            content = read()
        except _BROKEN as broken:
            yield LeftOut(name, f"cannot be read ({type(broken).__name__})")
            continue
        if content is None:
            yield LeftOut(name, f"larger than {LARGEST_MEMBER >> 20} MB")
            continue
        for format_name in formats:
            items = FORMATS[format_name](name, content, own_id)
            if items is not None:
                yield Found(name, format_name, tuple(_batches(items)))
                break


def _files(path: Path) -> Iterator[tuple[str, Callable[[], bytes | None]]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(path).as_posix(), lambda file=file: _bounded(file)  # type: ignore[misc]
        return
    try:
        if not zipfile.is_zipfile(path):
            yield path.name, lambda: _bounded(path)
            return
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.infolist(), key=lambda each: each.filename):
                if not member.is_dir():
                    yield str(PurePosixPath(member.filename)), lambda member=member: _unpacked(archive, member)  # type: ignore[misc]
    except (OSError, zipfile.BadZipFile) as broken:
        raise ArchiveUnusable(f"{path.name} cannot be opened ({type(broken).__name__}); download it again") from None


def _bounded(file: Path) -> bytes | None:
    return file.read_bytes() if file.stat().st_size <= LARGEST_MEMBER else None


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | None:
    """Never more than the limit, whatever the archive says of its own sizes."""
    with archive.open(member) as stream:
        content = stream.read(LARGEST_MEMBER + 1)
    return content if len(content) <= LARGEST_MEMBER else None


def _batches(read: Sequence[FetchedItem | Quarantined]) -> Iterator[Batch]:
    for start in range(0, len(read), ITEMS_AT_ONCE):
        some = read[start : start + ITEMS_AT_ONCE]
        items, bad = sorted_out(some)
        yield Batch(
            items=items,
            next_cursor=None,
            complete=start + ITEMS_AT_ONCE >= len(read),
            quarantined=bad,
        )
