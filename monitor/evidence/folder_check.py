"""Holding one folder of evidence against its own manifest.

It shows that the files agree with their manifest. Whether the manifest is the one that was written is shown by its
digest, which the evidence log commits to (`monitor/verify/verifier.py`).
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from monitor.evidence.write_once import MANIFEST

CARD_LIST = "card-sha256.txt"
LARGEST_LIST = 1 << 20  # bytes of a list of digests; a snapshot's own has about 1,000
BLOCK = 1 << 18  # bytes read at once while hashing

_CARD = ("card.", "annex.")
_LEFT_BY_A_KILLED_CARD = re.compile(r"\.card/.*|\.(?:card|annex)[^/]*\.part", re.DOTALL)
"""Begun and not finished by `monitor.evidence.card.render`: no part of the evidence, gone when the card is made."""
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
# Whatever took a file's place must not keep us waiting (a pipe) or lead us elsewhere (a link).
_WARY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True)
class Examined:
    """What came of one folder: `problems` each name a file; how many `files` were read, and how many `bytes`."""

    problems: list[str]
    files: int
    bytes: int


def check_folder(directory: Path, erased: Collection[str] = ()) -> list[str]:
    """Problems of one folder, each naming a file: changed, missing, extra, unlisted. Empty: all is as written.

    `erased`: files that an erasure took out; they must be gone. Raises OSError when the folder cannot be read.
    """
    return examine_folder(directory, erased).problems


def examine_folder(
    directory: Path, erased: Collection[str] = (), manifest: str | None = None, card: str | None = None
) -> Examined:
    """Like `check_folder`, and holds the two lists against the digests the evidence log has of them.

    `manifest` and `card` are digests with "sha256:" in front; None: the log has none. Raises OSError when the
    folder cannot be read.
    """
    present = _files_below(os.fspath(directory))
    of_card = {name for name in present if name == CARD_LIST or name.startswith(_CARD)}
    check = _Check(os.fspath(directory))
    check.against(MANIFEST, present - of_card, frozenset(erased), manifest)
    if of_card or card:
        check.against(CARD_LIST, of_card, frozenset(), card)
    return Examined(sorted(check.problems), check.files, check.bytes)


def _files_below(root: str) -> set[str]:
    """Names of all files, relative to the folder. A link is a file here, wherever it leads."""
    found, folders = set(), [""]
    while folders:
        prefix = folders.pop()
        with os.scandir(f"{root}/{prefix}") as entries:
            for entry in entries:
                name = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    folders.append(f"{name}/")
                else:
                    found.add(name)
    return {name for name in found if not _LEFT_BY_A_KILLED_CARD.fullmatch(name)}


class _Check:
    """Reads the files of one folder and collects what is wrong with them."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.problems: list[str] = []
        self.files = self.bytes = 0
        self._buffer = memoryview(bytearray(BLOCK))

    def against(self, list_name: str, present: set[str], erased: frozenset[str], wanted: str | None) -> None:
        """Hold the files `present` against a list of digests; `wanted` is the digest of the list itself."""
        if list_name not in present:
            self._tell(list_name, "missing")
            for name in present:
                self._tell(name, "not listed")
            return
        try:
            content = self._content(list_name)
        except OSError as error:
            self._tell(list_name, _cause(error))
            return
        if wanted and f"sha256:{hashlib.sha256(content).hexdigest()}" != wanted:
            self._tell(list_name, "changed")
        listed = self._check_lines(list_name, content, present, erased)
        for name in present - listed - {list_name}:
            self._tell(name, "not listed")

    def _check_lines(self, list_name: str, content: bytes, present: set[str], erased: frozenset[str]) -> set[str]:
        listed = set()
        for number, line in enumerate(content.decode("utf-8", "replace").split("\n")[:-1], 1):
            parts = _LINE.fullmatch(line)
            if parts is None or not _stays_inside(parts[2]):
                self._tell(list_name, f"line {number} cannot be read")
                continue
            digest, name = parts[1], parts[2]
            listed.add(name)
            if name in erased:
                if name in present:
                    self._tell(name, "still there although it was erased")
            elif name not in present:
                self._tell(name, "missing")
            else:
                self._check_file(name, digest)
        if not content.endswith(b"\n"):
            self._tell(list_name, "cut short")
        return listed

    def _check_file(self, name: str, wanted: str) -> None:
        try:
            if self._digest(name) != wanted:
                self._tell(name, "changed")
        except OSError as error:
            self._tell(name, _cause(error))

    def _digest(self, name: str) -> str | None:
        """Digest of a plain file's content in hex; None for anything else of that name. Raises OSError."""
        handle = self._open(name)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            digest = hashlib.sha256()
            while length := os.readv(handle, [self._buffer]):
                digest.update(self._buffer[:length])
                self.bytes += length
        finally:
            os.close(handle)
        self.files += 1
        return digest.hexdigest()

    def _content(self, name: str) -> bytes:
        """A list's content, none for anything else of that name, cut where no list goes on. Raises OSError."""
        with os.fdopen(self._open(name), "rb") as file:
            content = file.read(LARGEST_LIST) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
        self.files += 1
        self.bytes += len(content)
        return content

    def _open(self, name: str) -> int:
        return os.open(f"{self.root}/{name}", _WARY)

    def _tell(self, name: str, what: str) -> None:
        self.problems.append(f"{name}: {what}")


def _stays_inside(name: str) -> bool:
    return not name.startswith("/") and ".." not in name.split("/")


def _cause(error: OSError) -> str:
    """A link in place of a file is a change, whatever it leads to; what the disk refuses is told as it is."""
    return "changed" if error.errno == errno.ELOOP else f"cannot be read ({error.strerror})"
