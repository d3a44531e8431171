"""X's archive: `data/tweets.js`, `tweets-part1.js` and the like: JavaScript that assigns a list of its posts.

Each entry is {"tweet": {…}} in the shape of X's first interface: `id_str`, `full_text` with `&amp;` and its kind
written out, `created_at` as "Wed Nov 18 09:30:00 +0000 2026". All of them are the account's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from connectors.archives.values import text_of
from connectors.fetched import Attachment, FetchedItem, ItemKind, Quarantined, is_plausible
from connectors.x_wire import plain_text

_NAME = re.compile(r"tweets?(-part\d+)?\.js")
_ASSIGNMENT = re.compile(rb"\s*window\.YTD\.tweets?\.part\d+\s*=\s*")
_TIME = "%a %b %d %H:%M:%S %z %Y"
_ID = re.compile(r"[0-9]{1,20}")


def read(name: str, content: bytes, own_id: str) -> Sequence[FetchedItem | Quarantined] | None:
    """The replies in one file; posts that answer nobody are left out. None: this is no file of X's archive."""
    begins = _ASSIGNMENT.match(content)
    if not _NAME.fullmatch(PurePosixPath(name).name) or begins is None:
        return None
    try:
        rows = json.loads(content[begins.end() :].rstrip().removesuffix(b";"))
    except (ValueError, RecursionError):
        return [Quarantined({"file": name}, "a file of X's archive does not hold a list that can be read")]
    read_rows = (_read(row, own_id) for row in rows) if isinstance(rows, list) else ()
    return [each for each in read_rows if each is not None]


def _read(row: Any, own_id: str) -> FetchedItem | Quarantined | None:
    tweet = row.get("tweet") if isinstance(row, dict) else None
    if not isinstance(tweet, dict):
        return Quarantined(row, "an entry of X's archive holds no post")
    post_id, parent_id = tweet.get("id_str"), tweet.get("in_reply_to_status_id_str")
    if not isinstance(post_id, str) or not _ID.fullmatch(post_id):
        return Quarantined(row, "a post in X's archive has no id")
    if not isinstance(parent_id, str) or not _ID.fullmatch(parent_id):
        return None
    at = _time(tweet.get("created_at"))
    text = text_of(tweet.get("full_text"))
    if at is None or text is None:
        return Quarantined(row, f"post {post_id} in X's archive has no time or no words that can be read")
    spoken_to = tweet.get("in_reply_to_user_id_str")
    return FetchedItem(
        remote_id=post_id,
        kind=ItemKind.REPLY,
        text=plain_text({"text": text}),
        created_at=at,
        parent_remote_id=parent_id,
        author_id=own_id,
        attachments=tuple(_attachments(tweet)),
        addressed_to=(spoken_to,) if isinstance(spoken_to, str) else (),
        permalink=f"https://x.com/i/web/status/{post_id}",
        raw=row,
    )


def _time(value: Any) -> datetime | None:
    try:
        moment = datetime.strptime(value, _TIME).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if is_plausible(moment) else None


def _attachments(tweet: Mapping[str, Any]) -> list[Attachment]:
    entities = tweet.get("extended_entities")
    media = entities.get("media") if isinstance(entities, dict) else None
    return [
        Attachment(text_of(each.get("type")) or "unknown", text_of(each.get("media_url_https")) or "")
        for each in (media if isinstance(media, list) else [])
        if isinstance(each, dict)
    ]
