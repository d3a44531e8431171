"""What the Graph API's JSON means for direct messages, on Messenger and on Instagram. No network here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.errors import UnexpectedReply
from connectors.fetched import Attachment, FetchedItem, ItemKind, Quarantined, sorted_out
from connectors.graph_pages import Page, read_page
from connectors.graph_values import graph_id, moment_of, text_of
from connectors.listing_end import has_passed

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_=:.$+/-]{1,400}")
_SAYS_SOMETHING = ("message", "from", "attachments", "sticker", "shares", "story")
_FILES = (("image", "image_data", "url"), ("film", "video_data", "url"))


@dataclass(frozen=True)
class Talk:
    """One conversation in a list of them: its newest messages, and how to go on to older ones (None: there are none).

    `updated_at`: when something was last written in it, as far as that is told.
    """

    talk_id: str
    updated_at: datetime | None
    messages: tuple[FetchedItem | Quarantined, ...]
    following: Mapping[str, str] | None

    def reaches(self, moment: datetime) -> bool:
        """Whether the messages here go back to `moment`, or as far as there are any."""
        return self.following is None or is_before(self.messages, moment)


def read_talks(page: Page, where: str, own_id: str) -> tuple[tuple[Talk, ...], tuple[Quarantined, ...]]:
    """The conversations on one page, and what on it is none. `own_id`: the number of the school's account."""
    return sorted_out(_talk(raw, where, own_id) for raw in page.rows)


def read_messages(page: Page, talk_id: str, own_id: str) -> tuple[FetchedItem | Quarantined, ...]:
    """The messages on one page of a conversation."""
    return tuple(_message(raw, talk_id, own_id) for raw in page.rows)


def is_before(messages: tuple[FetchedItem | Quarantined, ...], moment: datetime) -> bool:
    """Whether the last of these were written before `moment`."""
    return has_passed([each.created_at for each in messages if isinstance(each, FetchedItem)], moment)


def _talk(raw: Any, where: str, own_id: str) -> Talk | Quarantined:
    if not isinstance(raw, dict):
        return Quarantined(raw, "a conversation is not an object")
    talk_id = raw.get("id")
    if not isinstance(talk_id, str) or not _MESSAGE_ID.fullmatch(talk_id):
        return Quarantined(raw, "a conversation has no id")
    updated_at = moment_of(raw.get("updated_time"))
    try:
        nested = read_page(raw.get("messages"), where)
    except UnexpectedReply:
        return Talk(talk_id, updated_at, (), {})
    return Talk(talk_id, updated_at, read_messages(nested, talk_id, own_id), nested.following)


def _message(raw: Any, talk_id: str, own_id: str) -> FetchedItem | Quarantined:
    """A message. Those of one conversation hang under it together, and each speaks to whom it was sent."""
    if not isinstance(raw, dict):
        return Quarantined(raw, "a message is not an object")
    message_id, created_at = raw.get("id"), moment_of(raw.get("created_time"))
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        return Quarantined(raw, "a message has no id")
    if created_at is None:
        return Quarantined(raw, f"message {message_id} has no time that can be read")
    if all(raw.get(name) is None for name in _SAYS_SOMETHING):
        # Of messages that are not among the newest in their conversation, Instagram tells no more. An item made of
        # that would say that the words we may already hold had been taken back.
        return Quarantined(raw, f"of message {message_id} only its time is shown")
    text = text_of(raw.get("message"))
    if text is None and raw.get("message") is not None:
        return Quarantined(raw, f"message {message_id} has words that are not text")
    author_id, author_name = _person(raw.get("from"), own_id)
    return FetchedItem(
        remote_id=message_id,
        kind=ItemKind.MESSAGE,
        text=text or "",
        created_at=created_at,
        parent_remote_id=talk_id,
        author_id=author_id,
        author_name=author_name,
        attachments=tuple(_attachments(raw)),
        addressed_to=tuple(each for each, _ in (_person(p, own_id) for p in _listed(raw.get("to"))) if each),
        raw=raw,
    )


def _person(raw: Any, own_id: str) -> tuple[str | None, str]:
    """Id and name. On Instagram the account itself may have another id here, with its number beside it."""
    if not isinstance(raw, dict):
        return None, ""
    name = text_of(raw.get("name")) or text_of(raw.get("username")) or ""
    return own_id if raw.get("user_id") == own_id else graph_id(raw.get("id")), name


def _attachments(raw: Mapping[str, Any]) -> Iterator[Attachment]:
    for attached in _listed(raw.get("attachments")):
        for kind, member, address in _FILES:
            inside = attached.get(member)
            if isinstance(inside, dict) and (url := text_of(inside.get(address))):
                yield Attachment(kind, url)
        if url := text_of(attached.get("file_url")):
            yield Attachment(text_of(attached.get("mime_type")) or "file", url)
    if sticker := text_of(raw.get("sticker")):
        yield Attachment("sticker", sticker)
    for shared in _listed(raw.get("shares")):
        if url := text_of(shared.get("link")):
            yield Attachment("share", url)
    story = raw.get("story")
    for about in ("mention", "reply_to"):
        named = story.get(about) if isinstance(story, dict) else None
        if isinstance(named, dict) and (url := text_of(named.get("link"))):
            yield Attachment("story", url)


def _listed(raw: Any) -> list[dict[str, Any]]:
    """The objects of a list inside an object, which Meta wraps in `data`."""
    rows = raw.get("data") if isinstance(raw, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
