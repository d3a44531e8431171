"""Copying all finished evidence to another folder: into a backup, and out of one.

Finished is what `write_once` gave its name: `2026/11/<identity>` and the files in it, the card among them. What is
still being made has a name that begins with a dot, and stays behind. What an earlier backup holds, byte for byte, is
not written again: the new one gets another name for the same file.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from monitor.evidence.files import PRIVATE_FILE, PRIVATE_FOLDER

BLOCK = 1 << 17  # bytes read at once
PORTION = 250
"""Folders copied before they are pushed to the disk: so that nobody who writes beside us waits for long."""

Step = Callable[[int, int], None]
"""Told after each piece of work: how many are done, of how many."""
Progress = Callable[[str, int, int], None]
"""The same for work of several kinds: told what is being done as well."""

_YEAR, _MONTH = re.compile("[0-9]{4}"), re.compile("[0-9]{2}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
# Whatever took a file's place must not keep us waiting (a pipe) or lead us elsewhere (a link).
_WARY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass
class CopiedTree:
    """`digests`: SHA-256 in hex of each file copied, by its path below the folder, "/" between the parts.

    `linked` of the files were in an earlier copy already, `linked_bytes` long. `left_out`: how many names are there
    that evidence does not have, links and pipes among them; they are not copied.
    """

    digests: dict[str, str] = field(default_factory=dict)
    bytes: int = 0
    linked: int = 0
    linked_bytes: int = 0
    left_out: int = 0


def copy_evidence(
    source: Path,
    target: Path,
    earlier: Sequence[Path] = (),
    without: Collection[str] = (),
    step: Step = lambda _done, _all: None,
) -> CopiedTree:
    """Copy the evidence under `source` to `target`, which is made. Call `sync_disk` afterwards.

    `earlier`: folders with earlier copies on the same disk, the likeliest first. `without`: folders to leave where
    they are, such as `2026/11/<identity>`. What is erased while this runs is not in the copy. Raises OSError.
    """
    copied = CopiedTree()
    _make_folder(target)
    wanted = [folder for folder in evidence_folders(source) if folder not in without]
    for number, folder in enumerate(wanted, 1):
        _copy_folder(source, target, folder, earlier, copied)
        if number % PORTION == 0:
            sync_disk(target)
        step(number, len(wanted))
    for name in [name for name in copied.digests if not os.path.lexists(source / name)]:
        copied.bytes -= (target / name).stat().st_size
        (target / name).unlink()
        del copied.digests[name]
    _remove_empty(target)
    return copied


def evidence_folders(folder: Path) -> list[str]:
    """Where finished evidence lies below `folder`: `2026/11/<identity>`, sorted. None where there is no folder."""
    return [
        f"{year}/{month}/{name}"
        for year in _folders(folder, _YEAR)
        for month in _folders(folder / year, _MONTH)
        for name in _folders(folder / year / month, _NAME)
    ]


def copy_file(source: Path, target: Path) -> str:
    """Copy a plain file to one that must not exist, readable by its owner only. Returns its SHA-256 in hex.

    Raises OSError, FileNotFoundError among them when `source` is not there.
    """
    with _plain_file(source) as file:
        return _write(file, target)


def sync_disk(folder: Path) -> None:
    """Push all that was written on the disk of `folder` to it, names and contents, in one go. Raises OSError.

    Of 26,000 small files one after the other (fsync) this takes 6 to 14 s, at once (syncfs, Linux) half a second.
    """
    push = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if push is None:
        os.sync()
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if push(handle) != 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))
    finally:
        os.close(handle)


def give_to_owner_of(pattern: Path, path: Path) -> None:
    """Where an administrator runs us, give a file or all of a folder to whoever owns `pattern`. Raises OSError."""
    owner = pattern.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    for where, folders, names in os.walk(path):
        for name in (*folders, *names):
            os.chown(Path(where, name), owner.st_uid, owner.st_gid, follow_symlinks=False)


def _folders(folder: Path, name: re.Pattern[str]) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(e.name for e in entries if name.fullmatch(e.name) and e.is_dir(follow_symlinks=False))
    except FileNotFoundError:
        return []  # nothing was ever kept, or it was erased a moment ago


def _copy_folder(source: Path, target: Path, folder: str, earlier: Sequence[Path], copied: CopiedTree) -> None:
    for name in _files_below(source, folder, copied):
        _make_folder((target / name).parent)
        try:
            with _plain_file(source / name) as file:
                length = os.fstat(file.fileno()).st_size
                twin = _twin(file, length, [other / name for other in earlier], target / name)
                copied.digests[name] = twin or _write(file, target / name)
        except FileNotFoundError:
            continue  # erased, or a card that is drawn anew
        copied.bytes += length
        if twin:
            copied.linked += 1
            copied.linked_bytes += length


def _make_folder(folder: Path) -> None:
    """Like `files.make_folder`, and pushed to the disk with everything else."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(PRIVATE_FOLDER)


def _files_below(source: Path, folder: str, copied: CopiedTree) -> Iterator[str]:
    """Files of one folder of evidence, by their path below `source`."""
    waiting = [folder]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(source / inside) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            continue
        for entry in found:
            if entry.name.startswith("."):
                continue  # being made
            if _NAME.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                waiting.append(f"{inside}/{entry.name}")
            elif _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                yield f"{inside}/{entry.name}"
            else:
                copied.left_out += 1


@contextmanager
def _plain_file(path: Path) -> Iterator[BinaryIO]:
    with os.fdopen(os.open(path, _WARY), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a plain file")
        yield file


def _twin(file: BinaryIO, length: int, others: Sequence[Path], target: Path) -> str | None:
    """Give the first of `others` that has the same content a second name, `target`. Its digest; None: there is none.

    The other is read as well: what went bad on the disk of the backups must not be handed on to a new one.
    """
    for other in others:
        try:
            with _plain_file(other) as candidate:
                if os.fstat(candidate.fileno()).st_size != length or (digest := _same(file, candidate)) is None:
                    continue
            os.link(other, target, follow_symlinks=False)
        except OSError:
            continue  # not there, or a disk that gives a file one name only
        return digest
    return None


def _same(one: BinaryIO, other: BinaryIO) -> str | None:
    """Digest of two files with the same content; None when they differ."""
    digest = hashlib.sha256()
    one.seek(0)
    while block := one.read(BLOCK):
        if block != other.read(BLOCK):
            return None
        digest.update(block)
    return digest.hexdigest() if not other.read(1) else None


def _write(file: BinaryIO, target: Path) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as copy:
        while block := file.read(BLOCK):
            digest.update(block)
            copy.write(block)
    return digest.hexdigest()


def _remove_empty(folder: Path) -> None:
    """Remove the folders that erasures emptied."""
    for where, inside, names in os.walk(folder, topdown=False):
        if not names and Path(where) != folder and not any(Path(where, name).exists() for name in inside):
            Path(where).rmdir()
