"""What came from a network: posts and items as it gave them, and the exchanges that brought them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

_Read = TypeVar("_Read")

PICTURES = ("photo", "image", "video", "film", "album", "picture", "gif", "reel", "carousel")
"""Parts of the networks' words for a picture or film."""


def is_plausible(moment: datetime) -> bool:
    """Whether a comment can have been written then. Near the ends of the calendar no zone can be worked out."""
    return 2000 <= moment.year < 2100


class ItemKind(StrEnum):
    COMMENT = "comment"
    REPLY = "reply"
    MENTION = "mention"
    MESSAGE = "message"
    REVIEW = "review"
    OTHER = "other"


class Shown(StrEnum):
    """What the network shows of an item. `Gone` is never said of a fetched item, only by `verify`."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    HELD = "held"


@dataclass(frozen=True)
class Attachment:
    """Something attached to a comment: its kind and address. The address is never opened by us."""

    kind: str
    url: str


def has_picture(attachments: Iterable[Attachment]) -> bool:
    """Whether a picture or film is among these, by the networks' words for them."""
    return any(word in each.kind.casefold() for each in attachments for word in PICTURES)


@dataclass(frozen=True)
class FetchedPost:
    """Something the school's account published, or the thread a comment hangs under.

    `by_others`: somebody else began the thread, so its words are not the school's. `has_picture`: a picture or film
    is shown with it. `addressed_to`: ids of the people it tags, where the network shows them.
    """

    remote_id: str
    text: str
    created_at: datetime | None
    permalink: str
    comment_count: int | None = None
    by_others: bool = False
    has_picture: bool = False
    addressed_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class FetchedItem:
    """One comment or reply as the network gave it.

    `remote_id` never changes through the item's life (on X the first id of the edit history; later ids are in
    `alt_ids`). `author_id` is the network's stable id, None when it was withheld. `parent_remote_id` is None
    for an item directly under its post or starting a thread of its own. `erased` is True when the network shows
    only a stub in place of the text ("[deleted]"): the text is then empty and must not replace what we hold.
    `addressed_to`: author ids the item names as the people it speaks to (tagged, or replied to), where shown.
    """

    remote_id: str
    kind: ItemKind
    text: str
    created_at: datetime
    post_remote_id: str | None = None
    parent_remote_id: str | None = None
    author_id: str | None = None
    author_name: str = ""
    edited_at: datetime | None = None
    permalink: str = ""
    shown: Shown = Shown.VISIBLE
    erased: bool = False
    attachments: tuple[Attachment, ...] = ()
    alt_ids: tuple[str, ...] = ()
    addressed_to: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Quarantined:
    """An item that could not be read, kept as it came, with one sentence saying why."""

    raw: Any
    reason: str


def sorted_out(read: Iterable[_Read | Quarantined]) -> tuple[tuple[_Read, ...], tuple[Quarantined, ...]]:
    """What could be read, and what could not."""
    everything = list(read)
    bad = tuple(each for each in everything if isinstance(each, Quarantined))
    return tuple(each for each in everything if not isinstance(each, Quarantined)), bad


@dataclass(frozen=True)
class Exchange:
    """One request and the answer to it, without secrets: what evidence is made from.

    `url` has every credential removed; `headers` are the reply's; `body` is what came over the wire after transport
    decoding, with credentials the network repeats in it taken out; `received_at` is aware, UTC.
    """

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


IMPORTED = "import:"
"""Begins the id of an item to which the archive it came from gives none."""
