"""The journal of erasures: which comments were erased, so that a backup brought back does not bring them back.

    <evidence folder>/erasure-journal.jsonl        0600, one JSON object a line, in ASCII; lines are only ever added

It lies outside the database on purpose: a database restored from a backup knows nothing of what was erased since. A
line is on the disk before the erasure it tells of is committed. It holds no name, no word and no id of any network:
what stands for an id, or for a folder named after one, is a digest with a secret of the database.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from monitor.evidence.files import PRIVATE_FILE, make_folder, sync_folder, write_new

JOURNAL = "erasure-journal.jsonl"
CHECKED = ".erasures-{}-checked"
VERSION = 1

Place = tuple[str, str]
"""A file to remove that lies in somebody else's folder: the folder, and the file's name inside it."""


@dataclass(frozen=True)
class Begun:
    """An erasure that everybody needed has agreed to, about to be carried out. Times are aware.

    `secret` tells one database's digests from another's. `item` and `other_ids` stand for the comment's ids.
    `folders` and the folders of `parts` are year/month/digest of the name. `kind`, `received_at` and `seen_at` are
    what is left of the comment itself (`monitor/store/item_tables.py`); `positions`: entries of the evidence log.
    """

    school: str
    secret: str
    account: str
    item: str
    other_ids: tuple[str, ...]
    kind: str
    received_at: datetime
    seen_at: datetime
    case: int
    erasure: int
    basis: str
    positions: tuple[int, ...]
    folders: tuple[str, ...]
    parts: tuple[Place, ...]
    at: datetime


@dataclass(frozen=True)
class Ended:
    """How it ended. done: nothing is left to remove. held: a legal hold came in between; it is not to be repeated."""

    school: str
    item: str
    state: Literal["done", "held"]
    at: datetime


Line = Begun | Ended


def append(folder: Path, lines: Iterable[Line]) -> None:
    """Add lines and push them to the disk. Safe from several processes at once. Raises OSError."""
    content = b"".join(json.dumps(_plain(line), sort_keys=True).encode("ascii") + b"\n" for line in lines)
    if not content:
        return
    make_folder(folder)
    path = folder / JOURNAL
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _cut_torn_end(file)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync_folder(folder)


def read(folder: Path) -> list[Line]:
    """Every line, oldest first; none where there is no journal. A last line cut short by a crash is passed over.

    Raises OSError, and ValueError for a line that cannot be read: one sentence, with its number.
    """
    try:
        content = (folder / JOURNAL).read_bytes()
    except FileNotFoundError:
        return []
    lines = content[: _whole(content)].split(b"\n")[:-1]
    return [_read(line, number) for number, line in enumerate(lines, 1)]


def length(folder: Path) -> int:
    """Bytes of the journal; 0 where there is none. Raises OSError."""
    try:
        return (folder / JOURNAL).stat().st_size
    except FileNotFoundError:
        return 0


def checked(folder: Path, school: str) -> str:
    """What `set_checked` was told last; empty when never. Raises OSError."""
    try:
        return (folder / CHECKED.format(school)).read_text("ascii", "replace")
    except FileNotFoundError:
        return ""


def set_checked(folder: Path, school: str, state: str) -> None:
    """Remember in what state journal and database agreed, so that not every start reads all of it. Raises OSError.

    Lost, it costs one more reading and nothing else.
    """
    make_folder(folder)
    unfinished = folder / f"{CHECKED.format(school)}.{os.getpid()}"
    unfinished.unlink(missing_ok=True)
    write_new(unfinished, state.encode("ascii"))
    unfinished.replace(folder / CHECKED.format(school))


def unended(lines: Iterable[Line]) -> list[Begun]:
    """Erasures that were begun and did not end, oldest first."""
    waiting: dict[tuple[str, str], Begun] = {}
    for line in lines:
        if isinstance(line, Begun):
            _take(waiting, line)
        else:
            waiting.pop((line.school, line.item), None)
    return list(waiting.values())


def standing(lines: Iterable[Line]) -> list[Begun]:
    """Erasures that every database has to know of, oldest first: all that were begun and not held."""
    found: dict[tuple[str, str], Begun] = {}
    for line in lines:
        if isinstance(line, Begun):
            _take(found, line)
        elif line.state == "held":
            found.pop((line.school, line.item), None)
    return list(found.values())


def merged(line: Begun, other: Begun) -> Begun:
    """A beginning with all that another beginning of the same erasure was to remove."""
    folders, parts = line.folders + other.folders, line.parts + other.parts
    return replace(line, folders=tuple(dict.fromkeys(folders)), parts=tuple(dict.fromkeys(parts)))


def _take(found: dict[tuple[str, str], Begun], line: Begun) -> None:
    """One is begun again after a crash, and when a hold on the evidence of others is lifted."""
    before = found.get((line.school, line.item))
    found[line.school, line.item] = merged(before, line) if before else line


def _cut_torn_end(file: BinaryIO) -> None:
    """Take away a last line that a crash cut short: nothing was committed to by it."""
    length = file.seek(0, os.SEEK_END)
    if length == 0:
        return
    file.seek(length - 1)
    if file.read(1) != b"\n":
        file.seek(0)
        file.truncate(_whole(file.read()))


def _whole(content: bytes) -> int:
    """Length of the part that ends with a whole line."""
    return content.rfind(b"\n") + 1


def _plain(line: Line) -> dict[str, Any]:
    state = "begun" if isinstance(line, Begun) else line.state
    plain = {name: _text(value) if isinstance(value, datetime) else value for name, value in vars(line).items()}
    return {**plain, "v": VERSION, "state": state}


def _read(line: bytes, number: int) -> Line:
    try:
        held = json.loads(line)
        if held.pop("v") == VERSION:
            return _begun(held) if held["state"] == "begun" else _ended(held)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise ValueError(
        f"line {number} of the journal of erasures ({JOURNAL}) is damaged or was written by a newer version of this "
        "program; put the file back from a backup, or take that line out and do the erasure it told of again"
    )


def _begun(held: Mapping[str, Any]) -> Begun:
    return Begun(
        school=_typed(held["school"], str),
        secret=_typed(held["secret"], str),
        account=_typed(held["account"], str),
        item=_typed(held["item"], str),
        other_ids=tuple(_typed(each, str) for each in held["other_ids"]),
        kind=_typed(held["kind"], str),
        received_at=datetime.fromisoformat(held["received_at"]),
        seen_at=datetime.fromisoformat(held["seen_at"]),
        case=_typed(held["case"], int),
        erasure=_typed(held["erasure"], int),
        basis=_typed(held["basis"], str),
        positions=tuple(_typed(each, int) for each in held["positions"]),
        folders=tuple(_typed(each, str) for each in held["folders"]),
        parts=tuple((_typed(folder, str), _typed(name, str)) for folder, name in held["parts"]),
        at=datetime.fromisoformat(held["at"]),
    )


def _ended(held: Mapping[str, Any]) -> Ended:
    state = held["state"]
    if state not in {"done", "held"}:
        raise ValueError
    at = datetime.fromisoformat(held["at"])
    return Ended(_typed(held["school"], str), _typed(held["item"], str), cast(Literal["done", "held"], state), at)


def _typed(value: Any, kind: Callable[..., Any]) -> Any:
    if type(value) is not kind:
        raise TypeError
    return value


def _text(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time in the journal of erasures needs its zone; this one has none")
    return moment.astimezone(UTC).isoformat()
