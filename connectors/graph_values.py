"""The values the Graph API's objects are made of, read with suspicion. No network here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors.base import AccountState
from connectors.fetched import Attachment, is_plausible
from connectors.public_words import about_of, links_of

GRAPH_ID = re.compile(r"[0-9]{1,40}(_[0-9]{1,40}){0,2}")


def graph_id(value: Any) -> str | None:
    return value if isinstance(value, str) and GRAPH_ID.fullmatch(value) else None


def text_of(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def author_of(raw: Mapping[str, Any]) -> tuple[str | None, str]:
    author = raw.get("from")
    if not isinstance(author, dict):
        return None, ""
    return graph_id(author.get("id")), text_of(author.get("name")) or ""


def moment_of(value: Any) -> datetime | None:
    """A Graph time (2026-11-14T12:00:00+0000) in UTC; None when missing, unreadable, without zone or absurd."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo and is_plausible(moment) else None
    except (TypeError, ValueError, OverflowError):
        return None


def attachments_of(raw: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Comments have one `attachment`; posts have `attachments`, a list. Each is a page, and often files as well."""
    several = raw.get("attachments")
    listed = several.get("data") if isinstance(several, dict) else None
    found = [raw.get("attachment"), *(listed if isinstance(listed, list) else [])]
    return tuple(each for a in found if isinstance(a, dict) for each in _addresses(a))


def _addresses(attachment: Mapping[str, Any]) -> Iterator[Attachment]:
    """The page of an attachment, then the files behind it (Graph API reference, StoryAttachmentMedia)."""
    kind = text_of(attachment.get("type")) or text_of(attachment.get("media_type")) or "unknown"
    yield Attachment(kind, text_of(attachment.get("url")) or "")
    media = attachment.get("media")
    media = media if isinstance(media, dict) else {}
    image = media.get("image")
    for what, address in (
        ("image", image.get("src") if isinstance(image, dict) else None),
        ("film", media.get("source")),
    ):
        if file := text_of(address):
            yield Attachment(f"{kind}, {what} file", file)


def people_tagged_in(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of `tagged_in` who are no pages, groups or events, by what the network says they are."""
    tags = raw.get("message_tags")
    listed = tags if isinstance(tags, list) else ()
    people = [tag for tag in listed if isinstance(tag, dict) and tag.get("type") in ("user", None)]
    return tagged_in({"message_tags": people})


def tagged_in(raw: Mapping[str, Any]) -> tuple[str, ...]:
    tags = raw.get("message_tags")
    ids = (graph_id(tag.get("id")) for tag in tags if isinstance(tag, dict)) if isinstance(tags, list) else ()
    return tuple(each for each in ids if each is not None)


def with_public_words(state: AccountState, shown: Mapping[str, Any], public: Sequence[str]) -> AccountState:
    """The same state with what the account says of itself in its fields `public`.

    A field called `website` holds addresses, the others words; empty ones are left out of answers.
    """
    texts = [shown.get(name) for name in public if name != "website"]
    return replace(state, about=about_of(*texts), links=links_of(shown.get("website")))
