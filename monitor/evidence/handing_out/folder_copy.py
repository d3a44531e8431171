"""A folder of evidence as it is handed out: all that its lists name, and nothing else that may lie there."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.evidence.folder_check import CARD_LIST
from monitor.evidence.write_once import MANIFEST

_LINE = re.compile(r"([0-9a-f]{64})  ((?:[A-Za-z0-9][A-Za-z0-9._-]*/)*[A-Za-z0-9][A-Za-z0-9._-]*)", re.ASCII)


@dataclass(frozen=True)
class FolderCopy:
    """`files`: contents by name. `problems`: what is not as it was kept, in a few words each."""

    files: Mapping[str, bytes]
    problems: tuple[str, ...]


def copy_folder(directory: Path, without: Collection[str] = (), card: bool = True) -> FolderCopy:
    """The files that the manifest names, less `without`, and those of the card, if it is wanted.

    Raises OSError when there is no manifest that can be read.
    """
    files, problems = {MANIFEST: content_of(directory / MANIFEST)}, []
    lists = [MANIFEST]
    if card and (directory / CARD_LIST).is_file():
        files[CARD_LIST] = content_of(directory / CARD_LIST)
        lists.append(CARD_LIST)
    for digest, name in (line for each in lists for line in _lines(files[each])):
        if name in without or name in files:
            continue
        try:
            files[name] = content_of(directory / name)
        except OSError:
            problems.append(f"{name} is missing")
            continue
        if hashlib.sha256(files[name]).hexdigest() != digest:
            problems.append(f"{name} was changed")
    return FolderCopy(files, tuple(problems))


def content_of(path: Path) -> bytes:
    """Content of a plain file; a link is not followed and a pipe not waited for. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{path.name} is not a plain file")
        return file.read()


def listing(files: Mapping[str, bytes]) -> bytes:
    """Digests of these files, as `sha256sum -c` reads them."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode("ascii")


def _lines(content: bytes) -> Iterator[tuple[str, str]]:
    for line in content.decode("utf-8", "replace").splitlines():
        if parts := _LINE.fullmatch(line):
            yield parts[1], parts[2]
