"""What a feed of comments means: RSS 2.0 and Atom (RFC 4287, threads RFC 4685), read by feedparser. No network."""

from __future__ import annotations

import calendar
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import feedparser

from connectors.errors import UnexpectedReply
from connectors.feed_limits import too_much
from connectors.fetched import FetchedItem, ItemKind, Quarantined, is_plausible, sorted_out
from connectors.html_text import text_of

WHERE = "Comment feed"
_WORDPRESS_ID = re.compile(r"#comment-([0-9]{1,18})$")
_LONGEST_ID = 290
_KEPT = ("id", "link", "title", "author", "published", "updated")


@dataclass(frozen=True)
class FeedRead:
    """What one feed held: its title, its entries, and those that could not be read."""

    title: str
    items: tuple[FetchedItem, ...]
    quarantined: tuple[Quarantined, ...]


def read_feed(body: bytes, headers: Mapping[str, str]) -> FeedRead:
    """The entries of a feed. `headers`: of the answer, names in lower case. Raises UnexpectedReply.

    feedparser neither fetches anything for bytes it is given, nor follows external entities; entities that grow
    without end are stopped by expat.
    """
    if excess := too_much(body):
        raise UnexpectedReply(
            f"{WHERE}: the answer has far more {excess} than any feed of comments; check its address"
        )
    told = {"content-type": headers.get("content-type", "")}
    try:
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=told, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as broken:  # feedparser lets through what its parts raise on hostile input
        raise UnexpectedReply(f"{WHERE}: the answer cannot be read as a feed ({type(broken).__name__})") from None
    if not parsed.get("version") or (
        parsed.get("bozo") and not parsed.entries and b"</channel>" not in body and b"</feed>" not in body
    ):
        raise UnexpectedReply(f"{WHERE}: the answer is not a feed; check its address")
    ids = frozenset(str(_own(entry, "id")) for entry in parsed.entries)
    items, bad = sorted_out(_read(entry, ids) for entry in parsed.entries)
    title = parsed.feed.get("title")
    return FeedRead(title if isinstance(title, str) else "", items, bad)


def _read(entry: Any, ids: frozenset[str]) -> FetchedItem | Quarantined:
    """One entry. What it answers is a comment when it is named as one or stands in the same feed; else a post."""
    raw = {name: value for name in _KEPT if isinstance(value := _own(entry, name), str)}
    words = _content(entry)
    raw["content"] = words
    created_at = _moment(_own(entry, "published_parsed")) or _moment(_own(entry, "updated_parsed"))
    if created_at is None:
        return Quarantined(raw, "an entry of the feed has no time that can be read")
    answered = _own(entry, "thr_in-reply-to")
    answered_id = _known_id(answered.get("ref") or "") if isinstance(answered, dict) else None
    is_comment = answered_id is not None and (answered_id in ids or wordpress_id(answered_id) is not None)
    parent_id = answered_id if is_comment else None
    edited_at = _moment(_own(entry, "updated_parsed"))
    return FetchedItem(
        remote_id=_known_id(raw.get("id", "")) or _known_id(raw.get("link", "")) or _made_up(created_at, words),
        kind=ItemKind.REPLY if parent_id else ItemKind.COMMENT,
        text=text_of(words),
        created_at=created_at,
        post_remote_id=None if is_comment else answered_id,
        parent_remote_id=parent_id,
        author_name=raw.get("author", ""),
        edited_at=edited_at if edited_at and edited_at > created_at else None,
        permalink=raw.get("link", ""),
        raw=raw,
    )


def wordpress_id(feed_id: str) -> str | None:
    """The number a comment has on the WordPress site whose feed this is."""
    found = _WORDPRESS_ID.search(feed_id)
    return found[1] if found else None


def _own(entry: Any, name: str) -> Any:
    """What the entry itself has; feedparser would give another field in place of one that is missing."""
    return dict.get(entry, name)


def _known_id(value: str) -> str | None:
    value = value.strip()
    if len(value) <= _LONGEST_ID:
        return value or None
    return "feed:" + hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _made_up(at: datetime, words: str) -> str:
    known_by = f"{at.isoformat()}\0{words}".encode("utf-8", "surrogatepass")
    return "feed:" + hashlib.sha256(known_by).hexdigest()[:40]


def _content(entry: Any) -> str:
    """The whole of it where the feed has it, else what it calls a summary."""
    listed = entry.get("content")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each.get("value"), str):
            return str(each["value"])
    summary = entry.get("summary")
    return summary if isinstance(summary, str) else ""


def _moment(parsed: Any) -> datetime | None:
    """feedparser gives times in UTC, as nine numbers."""
    try:
        moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return moment if is_plausible(moment) else None
