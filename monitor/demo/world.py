"""What exists on one stand-in network: posts and messages with their whole life, shown as of a given moment.

A world is written once, in advance. What a server shows of it depends only on the clock it is given, so a
fortnight can be replayed at any speed: an edit, a deletion or a hiding happens when its time has come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Author:
    """Someone on the network. `id` is the network's stable id; `name` is what everyone sees."""

    id: str
    name: str
    handle: str = ""


@dataclass(frozen=True)
class StoryPost:
    """Something the school's account published. `id` is shaped as the network shapes it."""

    id: str
    text: str
    at: datetime
    deleted_at: datetime | None = None
    edits: tuple[tuple[datetime, str], ...] = ()
    has_picture: bool = False

    def exists(self, now: datetime) -> bool:
        """Whether the network shows it at `now`."""
        return self.at <= now and (self.deleted_at is None or now < self.deleted_at)

    def text_at(self, now: datetime) -> str:
        """The words as they stand at `now`, after every edit made by then."""
        return next((text for at, text in reversed(self.edits) if at <= now), self.text)


@dataclass(frozen=True)
class StoryMessage:
    """One message in a thread, by anyone, with what becomes of it. Times are aware.

    `post_id` None: a message that starts a thread of its own (a mention). `parent_id` None: directly under the post.
    `raw` given: served exactly like this instead of being built from the other fields (a broken item, or one of
    the recorded payloads); the other fields then only place it in time and thread.
    `hidden_at`, `shown_again_at`: hidden by the school from, and to (None: for good). `held_until`: kept back for
    review from the moment it was written until then, on networks that do so; None: not kept back.
    """

    id: str
    author: Author | None
    text: str
    at: datetime
    post_id: str | None = None
    parent_id: str | None = None
    edits: tuple[tuple[datetime, str], ...] = ()
    deleted_at: datetime | None = None
    hidden_at: datetime | None = None
    shown_again_at: datetime | None = None
    held_until: datetime | None = None
    raw: Mapping[str, Any] | None = None

    def exists(self, now: datetime) -> bool:
        """Whether the network shows it at `now`."""
        return self.at <= now and (self.deleted_at is None or now < self.deleted_at)

    def is_hidden(self, now: datetime) -> bool:
        """Whether the school has hidden it at `now`."""
        return (
            self.hidden_at is not None
            and self.hidden_at <= now
            and (self.shown_again_at is None or now < self.shown_again_at)
        )

    def is_held(self, now: datetime) -> bool:
        """Whether it still waits for review at `now`."""
        return self.held_until is not None and now < self.held_until

    def text_at(self, now: datetime) -> str:
        """The words as they stand at `now`, after every edit made by then."""
        return next((text for at, text in reversed(self.edits) if at <= now), self.text)

    def edited_at(self, now: datetime) -> datetime | None:
        """When it was last edited, as of `now`."""
        return next((at for at, _ in reversed(self.edits) if at <= now), None)


@dataclass
class World:
    """One account of the school on one network, and everything said there."""

    school: Author
    posts: list[StoryPost] = field(default_factory=list)
    messages: list[StoryMessage] = field(default_factory=list)
    about: str = ""
    """What the account says of itself in public."""
    website: str = ""
    """The address it gives there, on networks that have a place for one."""

    def posts_at(self, now: datetime) -> list[StoryPost]:
        """Published by `now`, newest first."""
        return sorted((p for p in self.posts if p.exists(now)), key=lambda p: (p.at, p.id), reverse=True)

    def messages_at(self, now: datetime, post_id: str | None = None) -> list[StoryMessage]:
        """There at `now`, newest first; only under one post when `post_id` is given."""
        there = (m for m in self.messages if m.exists(now) and (post_id is None or m.post_id == post_id))
        return sorted(there, key=lambda m: (m.at, m.id), reverse=True)

    def message(self, message_id: str) -> StoryMessage | None:
        """The message with this id, whether or not it exists at any given moment."""
        return next((m for m in self.messages if m.id == message_id), None)
