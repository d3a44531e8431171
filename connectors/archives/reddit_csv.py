"""Reddit's data request: `comments.csv`, the account's own comments, a line each, with the ids they have on Reddit.

Columns used: id, date ("2026-11-18 09:30:00 UTC"), permalink, link, parent, body. `ip` is never kept.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from connectors.archives.values import iso_time
from connectors.fetched import FetchedItem, ItemKind, Quarantined

LONGEST_FIELD = 1 << 27  # characters
_ID = re.compile(r"[0-9a-z]{1,13}")
_IN_LINK = re.compile(r"/comments/([0-9a-z]{1,13})(?:/|$)")
_NEEDED = frozenset({"id", "date", "body"})
_LEFT_OUT = frozenset({"ip"})


def read(name: str, content: bytes, own_id: str) -> Sequence[FetchedItem | Quarantined] | None:
    """The comments in one file. None: this is no file of Reddit's."""
    if PurePosixPath(name).name != "comments.csv":
        return None
    csv.field_size_limit(LONGEST_FIELD)  # a comment may be longer than what the module allows unasked
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""))
    try:
        if rows.fieldnames is None or not set(rows.fieldnames) >= _NEEDED:
            return None
        return [_read(row, own_id) for row in rows]
    except csv.Error:
        return [Quarantined({"file": name}, "a file of Reddit's data request cannot be read as lines of values")]


def _read(row: Mapping[str, str | None], own_id: str) -> FetchedItem | Quarantined:
    raw = {key: value for key, value in row.items() if key and key not in _LEFT_OUT}
    comment_id, at = (row.get("id") or "").strip(), iso_time(row.get("date"))
    if not _ID.fullmatch(comment_id):
        return Quarantined(raw, "a comment in Reddit's data request has no id")
    if at is None:
        return Quarantined(raw, f"comment {comment_id} in Reddit's data request has no time that can be read")
    post = _IN_LINK.search(row.get("link") or row.get("permalink") or "")
    parent = (row.get("parent") or "").strip()
    answers_comment = bool(_ID.fullmatch(parent)) and (post is None or parent != post[1])
    return FetchedItem(
        remote_id=f"t1_{comment_id}",
        kind=ItemKind.REPLY if answers_comment else ItemKind.COMMENT,
        text=row.get("body") or "",
        created_at=at,
        post_remote_id=f"t3_{post[1]}" if post else None,
        parent_remote_id=f"t1_{parent}" if answers_comment else None,
        author_id=own_id,
        permalink=row.get("permalink") or "",
        raw=raw,
    )
