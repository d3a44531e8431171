"""A bundle that any archive can check: a BagIt 1.0 bag (RFC 8493) in a zip file.

    <top>/
        bagit.txt, bag-info.txt       what this is, from whom, how much of it there is
        data/...                      the payload
        manifest-sha256.txt           digests of the payload
        tagmanifest-sha256.txt        digests of everything else
        ...                           other files about the payload

The same content gives the same bytes: names in order, no times, nothing compressed.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from monitor.evidence.files import PRIVATE_FILE, PRIVATE_FOLDER, alone_in, sync_folder

PAYLOAD = "data"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"  # RFC 8493, 2.1.1
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
_OWN = frozenset({"bagit.txt", "bag-info.txt", MANIFEST, TAG_MANIFEST})
# No name that RFC 8493 (2.1.3) would have percent-encoded, none that leaves the folder it is unpacked into.
_SAFE_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip file can hold
_UNIX = 3


class BagRefused(ValueError):
    """A bag that cannot be, or must not be, made. One sentence; nothing was written."""


def write_bag(
    output: Path,
    top: str,
    payload: Iterable[tuple[str, bytes]],
    tags: Callable[[], Mapping[str, bytes]],
    info: Sequence[tuple[str, str]],
) -> None:
    """Write a bag to `output`, which must not exist yet, whole or not at all, readable by its owner only.

    `payload`: names below data/, with their contents, one at a time. `tags`: the other files at the top, asked for
    once the payload is in. `info`: labels and values of bag-info.txt (RFC 8493, 2.2.2); Payload-Oxum is added.
    Raises FileExistsError, OSError, and BagRefused for an empty payload and a name that is not safe to unpack.
    """
    folder = output.parent
    part = folder / f".{output.name}.part"
    with alone_in(folder):
        part.unlink(missing_ok=True)
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
            with os.fdopen(handle, "wb") as file:
                _fill(file, top, payload, tags, info)
                file.flush()
                os.fsync(file.fileno())
            if os.path.lexists(output):
                raise FileExistsError(f"{output} is there already")
            part.rename(output)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
        sync_folder(folder)


def _fill(
    file: BinaryIO,
    top: str,
    payload: Iterable[tuple[str, bytes]],
    tags: Callable[[], Mapping[str, bytes]],
    info: Sequence[tuple[str, str]],
) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        bag = _Bag(archive, top)
        octets = sum(bag.add(f"{PAYLOAD}/{name}", content) for name, content in payload)
        count = len(bag.digests)
        if count == 0:
            raise BagRefused(
                "there is nothing to put into the bundle: none of the records can be read; it was not written"
            )
        bag.add(MANIFEST, bag.listing())
        payload_digests = {*bag.digests} - {MANIFEST}
        others = tags()
        if taken := _OWN & set(others):
            raise BagRefused(f"{min(taken)} is made by the bundle itself; give the file another name")
        described = _bag_info([*info, ("Payload-Oxum", f"{octets}.{count}")])
        for name, content in sorted({**others, "bagit.txt": DECLARATION, "bag-info.txt": described}.items()):
            bag.add(name, content)
        bag.add(TAG_MANIFEST, bag.listing(without=payload_digests))


class _Bag:
    """The zip file in the making. `digests`: by name, of what is in it."""

    def __init__(self, archive: zipfile.ZipFile, top: str) -> None:
        self._archive = archive
        self._top = top
        self._folders: set[str] = set()
        self.digests: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> int:
        """Add a file and return its length. Raises BagRefused."""
        whole = PurePosixPath(self._top, name)
        if not all(_SAFE_PART.fullmatch(part) for part in f"{self._top}/{name}".split("/")):
            raise BagRefused("a file of the bundle has a name that is not safe to unpack; the bundle was not written")
        if name in self.digests:
            raise BagRefused("two files of the bundle have one name; the bundle was not written")
        for folder in reversed(whole.parents[:-1]):
            if str(folder) not in self._folders:
                self._folders.add(str(folder))
                self._archive.writestr(_entry(f"{folder}/", stat.S_IFDIR | PRIVATE_FOLDER), b"")
        self._archive.writestr(_entry(str(whole), stat.S_IFREG | PRIVATE_FILE), content)
        self.digests[name] = hashlib.sha256(content).hexdigest()
        return len(content)

    def listing(self, without: Iterable[str] = ()) -> bytes:
        """Digests of what is in it so far, as `sha256sum -c` reads them inside the bag."""
        names = sorted(self.digests.keys() - set(without))
        return "".join(f"{self.digests[name]}  {name}\n" for name in names).encode("ascii")


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.create_system, entry.external_attr = _UNIX, mode << 16
    return entry


def _bag_info(info: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in info).encode()
