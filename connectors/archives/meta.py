"""Meta's "download your information" (Facebook and Instagram), as JSON: comments the account wrote, without ids.

Facebook: {"comments_v2": [{"timestamp": …, "data": [{"comment": {"timestamp", "comment", "author"}}]}]}.
Instagram: a list, or one under a key that ends in "comments", of {"string_map_data": {"Comment": {"value"},
"Time": {"timestamp"}}}. Text is UTF-8 written as if it were Latin-1. Whatever is in these files the account wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from connectors.archives.values import made_up_id, mended, text_of, unix_time
from connectors.fetched import FetchedItem, ItemKind, Quarantined


def read(name: str, content: bytes, own_id: str) -> Sequence[FetchedItem | Quarantined] | None:
    """The comments in one file. None: this is no file of comments by Meta."""
    file = PurePosixPath(name).name
    if not file.endswith(".json") or "comment" not in file:
        return None
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        return [Quarantined({"file": name}, "a file of Meta's download is not JSON that can be read")]
    rows = _rows(whole)
    return None if rows is None else [each for row in rows for each in _read(row, own_id)]


def _rows(whole: Any) -> list[Any] | None:
    if isinstance(whole, dict):
        lists = [value for key, value in whole.items() if "comments" in key and isinstance(value, list)]
        return [row for each in lists for row in each] if lists else None
    if isinstance(whole, list) and any(isinstance(row, dict) and "string_map_data" in row for row in whole):
        return whole
    return None


def _read(row: Any, own_id: str) -> Iterator[FetchedItem | Quarantined]:
    if not isinstance(row, dict):
        yield Quarantined(row, "an entry of Meta's download is not an object")
        return
    if isinstance(fields := row.get("string_map_data"), dict):
        yield _item(row, _in(fields, "Comment", "value"), _in(fields, "Time", "timestamp"), own_id)
        return
    data = row.get("data")
    comments = (
        [each["comment"] for each in data if isinstance(each, dict) and "comment" in each]
        if isinstance(data, list)
        else []
    )
    if not comments:
        yield Quarantined(row, "an entry of Meta's download holds no comment")
    for comment in comments:
        words, at = (comment.get("comment"), comment.get("timestamp")) if isinstance(comment, dict) else (None, None)
        yield _item(row, words, at if at is not None else row.get("timestamp"), own_id)


def _in(fields: Mapping[str, Any], name: str, part: str) -> Any:
    field = fields.get(name)
    return field.get(part) if isinstance(field, dict) else None


def _item(row: Mapping[str, Any], words: Any, time: Any, own_id: str) -> FetchedItem | Quarantined:
    at = unix_time(time)
    if at is None:
        return Quarantined(row, "a comment in Meta's download has no time that can be read")
    text = mended(text_of(words) or "")
    return FetchedItem(
        remote_id=made_up_id(at, text), kind=ItemKind.COMMENT, text=text, created_at=at, author_id=own_id, raw=row
    )
