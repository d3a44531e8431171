"""What a Mastodon server knows at one moment, and how it writes ids, times and texts."""

from __future__ import annotations

import html
import zlib
from datetime import UTC, datetime

from monitor.demo.world import StoryMessage, StoryPost, World

Shown = StoryPost | StoryMessage


class Scene:
    """What is there at one moment, and what replies to what.

    `there`: every status shown, by id. `below`: the replies to each, in the order of time. `parent_of`: what each
    replies to; of a deleted status the database forgets that it was replied to.
    """

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        everything: list[Shown] = [*world.posts, *world.messages]
        self._all = {each.id: each for each in everything}
        self.there = {key: each for key, each in self._all.items() if each.exists(now)}
        self.below: dict[str, list[StoryMessage]] = {}
        self.parent_of: dict[str, str] = {}
        for message in sorted(world.messages, key=lambda each: (each.at, each.id)):
            parent_id = message.parent_id or message.post_id
            parent = self._all.get(parent_id or "")
            deleted_at = parent.deleted_at if parent else None
            forgotten = deleted_at is not None and message.at < deleted_at <= now
            if parent_id and message.exists(now) and not forgotten:
                self.parent_of[message.id] = parent_id
                self.below.setdefault(parent_id, []).append(message)

    def spoken_to(self, message: StoryMessage | None) -> str | None:
        """The id of whom it replies to; this stays when what it replied to is deleted."""
        above = self._all.get((message.parent_id or message.post_id or "") if message else "")
        if isinstance(above, StoryMessage):
            return above.author.id if above.author else None
        return self.world.school.id if above else None


def status_id(at: datetime, number: int) -> str:
    """An id as Mastodon makes them: milliseconds since 1970, and sixteen bits."""
    return str((int(at.timestamp() * 1000) << 16) + number % (1 << 16))


def notification_id(message: StoryMessage) -> str:
    """Notifications are numbered on their own, in the order of time."""
    return str((int(message.at.timestamp() * 1000) << 12) + zlib.crc32(message.id.encode()) % (1 << 12))


def mastodon_time(moment: datetime) -> str:
    """As Mastodon writes times: 2026-11-14T12:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_html(text: str) -> str:
    """Plain text as Mastodon shows it: paragraphs, line breaks, and everything else escaped."""
    if not text:
        return ""
    paragraphs = (html.escape(part, quote=False).replace("\n", "<br />") for part in text.split("\n\n"))
    return "".join(f"<p>{part}</p>" for part in paragraphs)
