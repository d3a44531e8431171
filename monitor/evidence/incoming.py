"""A journal of what came in: each batch is safe on disk before anything in it is judged.

    <folder>/.incoming/<school>/<account>/<microseconds since 1970>-<8 random digits>.json     0600

A file is there only between the arrival of a batch and the moment it is kept; `done` removes it. One that is left
was cut off by a crash and is to be kept again, which changes nothing where it had been kept already.

Its first line says the format, and the SHA-256 of the rest, which is JSON in ASCII.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.base import Batch
from connectors.fetched import Attachment, Exchange, FetchedItem, FetchedPost, ItemKind, Quarantined, Shown
from monitor.evidence.files import alone_in, make_folder, sync_folder, write_new

INCOMING = ".incoming"
UNFINISHED = ".part"
LARGEST = 32 << 20  # bytes; a larger batch is set down without the answers it came in
FORMAT = b"incoming/1 sha256:"

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_NAME = re.compile(r"([0-9]{16})-[0-9a-f]{8}\.json")
_SINCE = datetime(1970, 1, 1, tzinfo=UTC)


def write_incoming(folder: Path, school_key: str, account_key: str, stream: str, batch: Batch, now: datetime) -> Path:
    """Set a batch down, complete or not at all, and say where. Safe from several processes at once.

    Its cursor is left out: only what the network sent has to survive. A batch of more than 32 MB is set down
    without its exchanges. `now`: when it came in, aware. Raises OSError, and ValueError for a key that is no file
    name, a time without a zone, or something in an item that is no JSON.
    """
    place = _place(folder, school_key, account_key)
    content = _content(stream, batch, now)
    make_folder(place)
    with alone_in(place):
        _clean(place)
        path = place / _next_name(place, now)
        unfinished = path.with_suffix(UNFINISHED)
        write_new(unfinished, content)
        unfinished.rename(path)
        sync_folder(place)
    return path


def read_incoming(path: Path) -> tuple[str, Batch, datetime]:
    """The stream, the batch, and when it came in (UTC).

    The batch equals the one that was written, but for `next_cursor` None and `complete` False.
    Raises OSError, and ValueError when the file is damaged or of another version of this program.
    """
    heading, _, written = path.read_bytes().partition(b"\n")
    try:
        if heading == _heading(written):
            held = json.loads(written)
            return held["stream"], _batch(held), datetime.fromisoformat(held["received_at"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass  # its digest is right, so another version of this program wrote it
    raise ValueError(
        f"the incoming batch {path.name} is damaged or was written by another version of this program; "
        "remove it, and the next run asks the network for the same page"
    )


def leftovers(folder: Path, school_key: str, account_key: str) -> list[Path]:
    """What was set down and is not done, oldest first. Also clears away what a crash left half written.

    Raises OSError, and ValueError for a key that is no file name.
    """
    place = _place(folder, school_key, account_key)
    if not place.is_dir():
        return []
    with alone_in(place):
        _clean(place)
        return sorted(path for path in place.iterdir() if _NAME.fullmatch(path.name))


def done(path: Path) -> None:
    """Forget a batch that is kept now. It does not matter when it is gone already. Raises OSError."""
    path.unlink(missing_ok=True)


def _place(folder: Path, school_key: str, account_key: str) -> Path:
    for key in (school_key, account_key):
        if not _KEY.fullmatch(key):
            raise ValueError(
                "the key of a school or an account cannot name a folder; use letters, digits and hyphens"
            )
    return folder / INCOMING / school_key / account_key


def _clean(place: Path) -> None:
    """Remove what was never finished. Whoever holds the folder is alone, so nobody is still writing it."""
    for unfinished in place.glob(f"*{UNFINISHED}"):
        unfinished.unlink()


def _next_name(place: Path, now: datetime) -> str:
    """A name after every name in the folder, even when the clock was put back."""
    taken = [int(match[1]) for path in place.iterdir() if (match := _NAME.fullmatch(path.name))]
    number = max([(now - _SINCE) // timedelta(microseconds=1), *(number + 1 for number in taken)])
    return f"{number:016}-{secrets.token_hex(4)}.json"


def _content(stream: str, batch: Batch, now: datetime) -> bytes:
    held = {
        "stream": stream,
        "received_at": _plain(now),
        "items": _plain(batch.items),
        "posts": _plain(batch.posts),
        "quarantined": _plain(batch.quarantined),
        "exchanges": _plain(batch.exchanges),
    }
    try:
        written = json.dumps(held).encode("ascii")
        if len(written) > LARGEST:
            # All of an exchange, not its body alone: an answer of no bytes would be evidence of what never was.
            written = json.dumps(held | {"exchanges": []}).encode("ascii")
    except (TypeError, RecursionError):
        raise ValueError("an item that came in is no JSON, or nested too deeply to be set down") from None
    return _heading(written) + b"\n" + written


def _heading(written: bytes) -> bytes:
    return FORMAT + hashlib.sha256(written).hexdigest().encode("ascii")


def _plain(value: Any) -> Any:
    """As JSON can hold it. What came as JSON (`raw`) is not looked into."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time in an incoming batch has no zone")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        return {name: _plain(held) for name, held in vars(value).items()}
    return value


def _batch(held: Mapping[str, Any]) -> Batch:
    return Batch(
        items=tuple(_item(item) for item in held["items"]),
        next_cursor=None,
        complete=False,
        posts=tuple(_post(post) for post in held["posts"]),
        quarantined=tuple(Quarantined(**bad) for bad in held["quarantined"]),
        exchanges=tuple(_exchange(exchange) for exchange in held["exchanges"]),
    )


def _post(held: dict[str, Any]) -> FetchedPost:
    rebuilt = {"created_at": _moment(held["created_at"]), "addressed_to": tuple(held.get("addressed_to", ()))}
    return FetchedPost(**held | rebuilt)


def _item(held: dict[str, Any]) -> FetchedItem:
    rebuilt = {
        "kind": ItemKind(held["kind"]),
        "created_at": _moment(held["created_at"]),
        "edited_at": _moment(held["edited_at"]),
        "shown": Shown(held["shown"]),
        "attachments": tuple(Attachment(**attachment) for attachment in held["attachments"]),
        "alt_ids": tuple(held["alt_ids"]),
        "addressed_to": tuple(held["addressed_to"]),
    }
    return FetchedItem(**held | rebuilt)


def _exchange(held: dict[str, Any]) -> Exchange:
    rebuilt = {"body": base64.b64decode(held["body"]), "received_at": _moment(held["received_at"])}
    return Exchange(**held | rebuilt)


def _moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
