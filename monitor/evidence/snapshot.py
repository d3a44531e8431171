"""The write-once snapshot of one version of one comment: what the network sent, the facts, and why it was kept.

    <folder>/2026/11/<snapshot id>/        year and month of the comment (UTC), so that its versions lie together
        raw/item.body                      exactly the bytes the item had in the network's answer, nobody else's
        raw/exchange.json                  request, status, all reply headers, digest and length of the whole answer
        item.json                          the item as it reads once decoded
        thread/000.json ...                what else was said around it, one file a message
        capture.json                       the facts: who, where, when, which words
        why.json                           the flags, and what or who had it captured
        manifest-sha256.txt                digests of all of these; `sha256sum -c manifest-sha256.txt` checks them
        card.pdf, card.png, card.txt, annex.txt, card-sha256.txt    added later by `monitor.evidence.card.render`

JSON is written in ASCII, every other character as its code: what a comment hides cannot act on whoever reads it.
Each message of the thread has a random salt in its file: one of them can be erased, and neither its digest in the
manifest gives it away nor does the rest of the snapshot lose its proof.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from connectors.fetched import Attachment
from monitor.evidence.hidden_text import hidden_positions
from monitor.evidence.write_once import Written, write_folder
from monitor.model import Flag

CAPTURE = "capture.json"
WHY = "why.json"
ITEM = "item.json"
ITEM_BYTES = "raw/item.body"
EXCHANGE = "raw/exchange.json"
THREAD = "thread"

Who = Literal["the school", "the author", "someone else"]


@dataclass(frozen=True)
class ThreadLine:
    """One other message of the thread, for context. Nobody but the school and the author is named."""

    who: Who
    at: datetime
    text: str


@dataclass(frozen=True)
class Received:
    """The answer of the network in which an item reached us. `headers` are the reply's, without credentials.

    `received_at` is aware. `body_digest` and `body_length` are of the whole answer; `offset`: where the item began
    in it, None when its bytes could not be cut out; `left_out`: members of it that held what other people said.
    """

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    received_at: datetime
    body_digest: str
    body_length: int
    offset: int | None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Capture:
    """All facts about one version of one comment at the moment it was captured. Times are aware.

    `text` is as stored. `timezone` is an IANA name. `captured_at` is when the snapshot was made.
    `raw` is the item as it stood in the answer that `received` tells of (see `monitor.store.item_tables.Version`).
    `trigger` says in words why it was captured, `triggered_by` who or what did it; `program_version` is name and
    version of the program, `environment` what it ran on. `live_page` says whether its public page is photographed.
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
    triggered_by: str
    program_version: str
    environment: str
    config_hash: str
    raw: str
    live_page: str = ""
    received: Received | None = None
    shown: str = "visible"
    edited_at: datetime | None = None
    post_id: str | None = None
    post_text: str = ""
    parent_id: str | None = None
    thread: tuple[ThreadLine, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def snapshot_id(capture: Capture) -> str:
    """The same for the same version of the same comment, whenever it is captured: 32 hexadecimal digits."""
    what = [capture.school_key, capture.account_key, capture.remote_id, capture.version, _digest(capture.text)]
    return hashlib.sha256(json.dumps(what).encode("ascii")).hexdigest()[:32]


def thread_file(number: int) -> str:
    """Name of the file of one message of the thread, from 0."""
    return f"{THREAD}/{number:03}.json"


def write_snapshot(folder: Path, capture: Capture, flags: Sequence[Flag]) -> Written:
    """Keep a snapshot under `folder`, complete or not at all. One that is there already stays as it is.

    Safe from several processes at once. Raises OSError (nothing is left but a leftover that the next write
    removes) and ValueError for a time without a zone.
    """
    identity = snapshot_id(capture)
    return write_folder(folder, identity, capture.created_at, _contents(identity, capture, flags))


def clock_offset(headers: Mapping[str, str], received_at: datetime) -> float | None:
    """Seconds by which our clock was ahead of the network's, which dates its answers to the second (RFC 9110, 6.6.1).

    None: the answer had no date that can be read.
    """
    for name, value in headers.items():
        if name.lower() == "date":
            try:
                theirs = parsedate_to_datetime(value)
            except (ValueError, TypeError, IndexError, OverflowError):
                return None
            theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
            return round((received_at - theirs).total_seconds(), 3)
    return None


def _contents(identity: str, capture: Capture, flags: Sequence[Flag]) -> dict[str, bytes]:
    contents = {
        thread_file(number): _thread_line(line, ZoneInfo(capture.timezone))
        for number, line in enumerate(capture.thread)
    }
    if capture.received and capture.received.offset is not None:
        contents[ITEM_BYTES] = capture.raw.encode("utf-8", "surrogatepass")
    if capture.received:
        contents[EXCHANGE] = _json(
            {**asdict(capture.received), "received_at": _utc_text(capture.received.received_at)}
        )
    contents[ITEM] = _item_json(capture.raw)
    contents[CAPTURE] = _json(_facts(identity, capture))
    contents[WHY] = _json(
        {
            "trigger": capture.trigger,
            "triggered_by": capture.triggered_by,
            "text_sha256": _digest(capture.text),
            "flags": [asdict(flag) for flag in flags],
        }
    )
    return contents


def _thread_line(line: ThreadLine, zone: ZoneInfo) -> bytes:
    return _json({"salt": secrets.token_hex(32), "who": line.who, "at": _both(line.at, zone), "text": line.text})


def _facts(identity: str, capture: Capture) -> dict[str, Any]:
    zone = ZoneInfo(capture.timezone)
    elsewhere = {"thread", "attachments", "received", "raw"}
    plain = {name: value for name, value in vars(capture).items() if name not in elsewhere}
    times = {name: _both(value, zone) for name, value in plain.items() if isinstance(value, datetime)}
    received = capture.received
    return {
        "snapshot_id": identity,
        **plain,
        **times,
        "received_at": _both(received.received_at, zone) if received else None,
        "clock_ahead_seconds": clock_offset(received.headers, received.received_at) if received else None,
        "text_nfc": unicodedata.normalize("NFC", capture.text),
        "text_sha256": _digest(capture.text),
        "hidden_characters": hidden_positions(capture.text),
        "thread": [
            {"file": thread_file(number), "who": line.who, "at": _both(line.at, zone)}
            for number, line in enumerate(capture.thread)
        ],
        "attachments": [{"kind": a.kind, "address": a.url, "opened": False} for a in capture.attachments],
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


def _item_json(raw: str) -> bytes:
    try:
        return _json(json.loads(raw))
    except (RecursionError, ValueError, TypeError):
        return _json({"not_written": "this item is nested too deeply or is no JSON; see raw/ and capture.json"})
