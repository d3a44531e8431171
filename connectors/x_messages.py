"""What X sends of direct messages, and what it means in our words. Pure.

Facts are from docs.x.com/x-api/direct-messages: events of the last 30 days, newest first, and no reading onward from
one. An event's id could be a post's as well, so ours begins with "dm:"; and so does the thread it belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.fetched import FetchedItem, ItemKind, Quarantined
from connectors.x_wire import Page, Unreadable, attachments, created_at, id_time, is_id, plain_text, user_name

FEW, MANY = 5, 100
"""Events asked for at first, and when all of the few are new: X charges for each one that it shows."""
FIELDS: dict[str, Any] = {
    "dm_event_fields": [
        "attachments",
        "created_at",
        "dm_conversation_id",
        "event_type",
        "id",
        "participant_ids",
        "sender_id",
        "text",
    ],
    "event_types": "MessageCreate",
    "expansions": ["attachments.media_keys", "sender_id"],
    "user_fields": ["name", "username"],
    "media_fields": ["preview_image_url", "type", "url"],
}


@dataclass(frozen=True)
class Messages:
    """One page of messages, and the plain ids of its events."""

    items: tuple[FetchedItem, ...]
    quarantined: tuple[Quarantined, ...]
    ids: tuple[str, ...]


def read_messages(page: Page) -> Messages:
    """Every message of the page, each read alone. Who came into or left a group is no message."""
    items: list[FetchedItem] = []
    quarantined: list[Quarantined] = []
    for raw in page.posts:
        try:
            if not (isinstance(raw, dict) and raw.get("event_type", "MessageCreate") != "MessageCreate"):
                items.append(_message(raw, page))
        except Unreadable as problem:
            quarantined.append(Quarantined(raw, f"this direct message on X could not be read: {problem}"))
    ids = (raw.get("id") for raw in page.posts if isinstance(raw, dict))
    return Messages(tuple(items), tuple(quarantined), tuple(each for each in ids if is_id(each)))


def reaches(ids: Sequence[str], since: str | None) -> bool:
    """Whether these events go back to the one with the id `since`."""
    return since is not None and any(int(each) <= int(since) for each in ids)


def _message(raw: Any, page: Page) -> FetchedItem:
    if not isinstance(raw, dict):
        raise Unreadable("the message is not an object")
    if not is_id(event_id := raw.get("id")):
        raise Unreadable("it has no id")
    sender = raw.get("sender_id")
    if sender is not None and not is_id(sender):
        raise Unreadable("its sender_id is not an id")
    talk = raw.get("dm_conversation_id")
    at = id_time(event_id) if raw.get("created_at") is None else created_at(raw)
    return FetchedItem(
        remote_id=f"dm:{event_id}",
        kind=ItemKind.MESSAGE,
        text=plain_text(raw),
        created_at=at,
        parent_remote_id=f"dm:{talk}" if isinstance(talk, str) and talk else None,
        author_id=sender,
        author_name=user_name(page, sender),
        attachments=attachments(raw, page),
        addressed_to=_addressed_to(talk, sender),
        raw=raw,
    )


def _addressed_to(talk: Any, sender: str | None) -> tuple[str, ...]:
    """A conversation of two is named by the two ids with a dash between them; who is in a group is not told."""
    people = talk.split("-") if isinstance(talk, str) else []
    if len(people) != 2 or not all(is_id(person) for person in people):
        return ()
    return tuple(person for person in people if person != sender)
