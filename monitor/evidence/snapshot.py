"""The write-once snapshot of one version of one comment: what the network sent, the facts, and why it was kept.

    <folder>/2026/11/<snapshot id>/        year and month of the comment (UTC), so that its versions lie together
        raw/000.body                       exactly what came over the wire, one pair of files for each exchange
        raw/000.http.json                  request, status, all reply headers (their Date is a clock not ours)
        item.json                          the comment as the network gave it
        capture.json                       the facts: who, where, when, which words
        why.json                           the flags
        manifest-sha256.txt                digests of all of these; `sha256sum -c manifest-sha256.txt` checks them
        card.pdf, card.png, card-sha256.txt    added later by `monitor.evidence.render`

JSON is written in ASCII, every other character as its code: what a comment hides cannot act on whoever reads it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from connectors.base import Attachment, Exchange
from monitor.evidence.files import alone_in, checksum_list, make_folder, sha256_of, sync_folder, write_new
from monitor.evidence.hidden_text import hidden_positions
from monitor.model import Flag

CAPTURE = "capture.json"
WHY = "why.json"
ITEM = "item.json"
MANIFEST = "manifest-sha256.txt"
CARD_LIST = "card-sha256.txt"
CARD_FILES = ("card.pdf", "card.png")
UNFINISHED = ".unfinished"

Who = Literal["the school", "the author", "someone else"]


@dataclass(frozen=True)
class ThreadLine:
    """One other message of the thread, for context. Nobody but the school and the author is named."""

    who: Who
    at: datetime
    text: str


@dataclass(frozen=True)
class Capture:
    """All facts about one version of one comment at the moment it was captured. Times are aware.

    `text` is as stored. `timezone` is an IANA name. `captured_at` is when the reply that held it came in.
    `trigger` says in words why it was captured, `program_version` name and version of the program.
    `exchanges` carry no secrets (see `connectors.base.Exchange`).
    Attachments are addresses only: nobody opens them.
    """

    school_key: str
    school_name: str
    timezone: str
    account_key: str
    account_label: str
    network: str
    remote_id: str
    permalink: str
    kind: str
    author_name: str
    author_id: str | None
    text: str
    created_at: datetime
    captured_at: datetime
    first_seen_at: datetime
    version: int
    trigger: str
    program_version: str
    config_hash: str
    shown: str = "visible"
    edited_at: datetime | None = None
    post_id: str | None = None
    post_text: str = ""
    parent_id: str | None = None
    thread: tuple[ThreadLine, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class Written:
    """Where a snapshot lies. `sha256` is the digest of its manifest, with "sha256:" in front."""

    directory: Path
    snapshot_id: str
    sha256: str


def snapshot_id(capture: Capture) -> str:
    """The same for the same version of the same comment, whenever it is captured: 32 hexadecimal digits."""
    what = [capture.school_key, capture.account_key, capture.remote_id, capture.version, _digest(capture.text)]
    return hashlib.sha256(json.dumps(what).encode("ascii")).hexdigest()[:32]


def write_snapshot(folder: Path, capture: Capture, flags: Sequence[Flag], raw_item: Mapping[str, Any]) -> Written:
    """Keep a snapshot under `folder`, complete or not at all. One that is there already stays as it is.

    Safe from several processes at once. Raises OSError (nothing is left but a leftover that the next write
    removes) and ValueError for a time without a zone.
    """
    identity = snapshot_id(capture)
    day = _utc(capture.created_at)
    directory = folder / f"{day.year:04}" / f"{day.month:02}" / identity
    contents = _contents(identity, capture, flags, raw_item)
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


def verify_snapshot(directory: Path) -> list[str]:
    """Problems of one snapshot, each naming a file: changed, missing, extra, unlisted. Empty: all is as written.

    It shows that the files agree with their manifest. Whether the manifest is the one that was written is shown
    by its digest, kept elsewhere.
    """
    present = {
        str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_symlink() or not path.is_dir()
    }
    card = present & {CARD_LIST, *CARD_FILES}
    problems = _check_list(directory, MANIFEST, present - card)
    if card:
        problems += _check_list(directory, CARD_LIST, card)
    return sorted(problems)


def _check_list(directory: Path, list_name: str, present: set[str]) -> list[str]:
    if list_name not in present:
        return [f"{list_name}: missing", *(f"{name}: not listed" for name in sorted(present))]
    problems, listed = [], {list_name}
    for number, line in enumerate((directory / list_name).read_bytes().split(b"\n")[:-1], 1):
        digest, separator, name = line.decode("utf-8", "replace").partition("  ")
        if not separator or Path(name).is_absolute() or ".." in Path(name).parts:
            problems.append(f"{list_name}: line {number} cannot be read")
            continue
        listed.add(name)
        if name not in present:
            problems.append(f"{name}: missing")
        elif not _is_plain_file(directory / name) or sha256_of(directory / name) != digest:
            problems.append(f"{name}: changed")
    if not (directory / list_name).read_bytes().endswith(b"\n"):
        problems.append(f"{list_name}: cut short")
    return problems + [f"{name}: not listed" for name in sorted(present - listed)]


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _write_all(directory: Path, contents: Mapping[str, bytes]) -> None:
    make_folder(directory / "raw")
    for name, content in contents.items():
        write_new(directory / name, content)
    write_new(directory / MANIFEST, checksum_list(directory, list(contents)))
    sync_folder(directory / "raw")
    sync_folder(directory)


def _contents(
    identity: str, capture: Capture, flags: Sequence[Flag], raw_item: Mapping[str, Any]
) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for number, exchange in enumerate(capture.exchanges):
        contents[f"raw/{number:03}.body"] = exchange.body
        contents[f"raw/{number:03}.http.json"] = _json(
            {
                "method": exchange.method,
                "url": exchange.url,
                "status": exchange.status,
                "headers": dict(exchange.headers),
                "received_at": _utc_text(exchange.received_at),
            }
        )
    contents[ITEM] = _item_json(raw_item)
    contents[CAPTURE] = _json(_facts(identity, capture))
    contents[WHY] = _json({"text_sha256": _digest(capture.text), "flags": [asdict(flag) for flag in flags]})
    return contents


def _facts(identity: str, capture: Capture) -> dict[str, Any]:
    zone = ZoneInfo(capture.timezone)
    facts = {
        name: value
        for name, value in vars(capture).items()
        if name not in {"thread", "attachments", "exchanges"} and not isinstance(value, datetime)
    }
    times = {name: _both(value, zone) for name, value in vars(capture).items() if isinstance(value, datetime)}
    return {
        "snapshot_id": identity,
        **facts,
        **times,
        "text_nfc": unicodedata.normalize("NFC", capture.text),
        "text_sha256": _digest(capture.text),
        "hidden_characters": hidden_positions(capture.text),
        "thread": [{"who": line.who, "at": _both(line.at, zone), "text": line.text} for line in capture.thread],
        "attachments": [{"kind": a.kind, "address": a.url, "opened": False} for a in capture.attachments],
        "exchanges": len(capture.exchanges),
    }


def _both(moment: datetime, zone: ZoneInfo) -> dict[str, str | None]:
    try:
        local = _utc(moment).astimezone(zone).isoformat()
    except OverflowError:  # a network may send the first or the last day of the calendar
        local = None
    return {"utc": _utc_text(moment), "local": local, "zone": zone.key}


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time in evidence needs its zone; this one has none")
    return moment.astimezone(UTC)


def _utc_text(moment: datetime) -> str:
    return _utc(moment).isoformat().replace("+00:00", "Z")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, default=str) + "\n").encode("ascii")


def _item_json(raw_item: Mapping[str, Any]) -> bytes:
    try:
        return _json(dict(raw_item))
    except (RecursionError, ValueError, TypeError):
        return _json({"not_written": "this item is nested too deeply or has keys that are no text; see raw/"})
