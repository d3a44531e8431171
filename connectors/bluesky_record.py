"""What the author of a Bluesky post wrote beside its words: whom it mentions, and what is attached to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.fetched import Attachment

_MENTION = "app.bsky.richtext.facet#mention"
_PICTURES = "https://cdn.bsky.app/img/feed_fullsize/plain"
_FILMS = "https://video.bsky.app/watch"


def mentioned(record: Mapping[str, Any], text: str, author: str | None) -> tuple[str, ...]:
    """Whom a post mentions. Where they stand is given in bytes of UTF-8; a mention outside of the text is none."""
    length = len(text.encode("utf-8", "surrogatepass"))
    facets = record.get("facets")
    found: dict[str, None] = {}
    for facet in facets if isinstance(facets, list) else ():
        index, features = _mapping(_mapping(facet).get("index")), _mapping(facet).get("features")
        start, end = index.get("byteStart"), index.get("byteEnd")
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= length:
            continue
        for feature in features if isinstance(features, list) else ():
            did = _mapping(feature).get("did")
            if _mapping(feature).get("$type") == _MENTION and isinstance(did, str) and did != author:
                found[did] = None
    return tuple(found)


def attachments(embed: Any, author: str) -> Iterator[Attachment]:
    """What is attached, at the addresses under which Bluesky's own servers show it (as of 2026)."""
    embed = _mapping(embed)
    kind = str(embed.get("$type", "")).rpartition("app.bsky.embed.")[2]
    images = embed.get("images")
    for image in images if kind == "images" and isinstance(images, list) else ():
        yield Attachment("image", f"{_PICTURES}/{author}/{_blob(_mapping(image).get('image'))}@jpeg")
    if kind == "video":
        yield Attachment("video", f"{_FILMS}/{author}/{_blob(embed.get('video'))}/playlist.m3u8")
    if kind == "external" and isinstance(uri := _mapping(embed.get("external")).get("uri"), str):
        yield Attachment("link", uri)
    if kind == "record" and isinstance(uri := _mapping(embed.get("record")).get("uri"), str):
        yield Attachment("quoted post", uri)
    if kind == "recordWithMedia":
        yield from attachments(embed.get("media"), author)
        yield from attachments(embed.get("record"), author)


def _blob(blob: Any) -> str:
    link = _mapping(_mapping(blob).get("ref")).get("$link")
    return link if isinstance(link, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
