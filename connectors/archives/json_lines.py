"""JSON lines, one item each: what `school-monitor export` writes, or what a school puts together itself.

    {"remote_id": "…", "text": "…", "created_at": "2026-11-18T09:30:00Z", "author_id": "…", "author_name": "…",
     "parent_id": "…", "post_id": "…", "permalink": "…", "kind": "comment", "state": "visible"}

`text` and `created_at` are needed; without `remote_id` one is made of them. `is_own` true is an item of the school's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from connectors.archives.values import iso_time, made_up_id, text_of
from connectors.fetched import FetchedItem, ItemKind, Quarantined, Shown

LONGEST_ID = 300


def read(name: str, content: bytes, own_id: str) -> Sequence[FetchedItem | Quarantined] | None:
    """The items in one file. None: this is no file of JSON lines."""
    if PurePosixPath(name).suffix not in {".jsonl", ".ndjson"}:
        return None
    lines = content.decode("utf-8-sig", "replace").split("\n")
    return [_read(line, number, own_id) for number, line in enumerate(lines, 1) if line.strip()]


def _read(line: str, number: int, own_id: str) -> FetchedItem | Quarantined:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return Quarantined({"line": number}, f"line {number} is not JSON")
    if not isinstance(row, dict):
        return Quarantined(row, f"line {number} is not an object")
    at, text = iso_time(row.get("created_at")), row.get("text")
    if at is None or not isinstance(text, str):
        return Quarantined(row, f"line {number} has no created_at with a time zone, or no text")
    parent_id = _id(row, "parent_id")
    return FetchedItem(
        remote_id=_id(row, "remote_id") or _id(row, "id") or made_up_id(at, text),
        kind=_kind(row.get("kind"), parent_id),
        text=text,
        created_at=at,
        post_remote_id=_id(row, "post_id"),
        parent_remote_id=parent_id,
        author_id=own_id if row.get("is_own") is True else _id(row, "author_id"),
        author_name=text_of(row.get("author_name")) or "",
        permalink=text_of(row.get("permalink")) or "",
        shown=Shown(row["state"]) if row.get("state") in set(Shown) else Shown.VISIBLE,
        raw=row,
    )


def _id(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_ID else None


def _kind(value: Any, parent_id: str | None) -> ItemKind:
    if isinstance(value, str) and value in set(ItemKind):
        return ItemKind(value)
    return ItemKind.REPLY if parent_id else ItemKind.COMMENT
