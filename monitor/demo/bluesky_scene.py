"""What a Bluesky network knows at one moment, and how it writes addresses, times and tokens."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

from monitor.demo.world import Author, StoryMessage, StoryPost, World

Shown = StoryPost | StoryMessage
TOKEN_LASTS = timedelta(hours=2)
NOTIFIED_ABOVE = 4
"""So many levels up from a new reply its ancestors' authors are notified."""
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"


class Scene:
    """What is there at one moment. `there`: every post shown, by address. `below`: the replies to each, which stay
    its replies when it is deleted, but are reached through it no more."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        everything: list[Shown] = [*world.posts, *world.messages]
        self.all = {each.id: each for each in everything}
        self.there = {key: each for key, each in self.all.items() if each.exists(now)}
        self.below: dict[str, list[StoryMessage]] = {}
        for message in sorted(world.messages, key=lambda each: (each.at, each.id)):
            if message.exists(now) and (parent_id := message.parent_id or message.post_id):
                self.below.setdefault(parent_id, []).append(message)
        self.authors = {each.id: each for each in (world.school, *(m.author for m in world.messages if m.author))}

    def author(self, shown: Shown) -> Author:
        """Who wrote it."""
        return (shown.author if isinstance(shown, StoryMessage) else self.world.school) or Author("", "")

    def parent(self, shown: Shown) -> str | None:
        """The address of what it replies to, whether or not that is still there."""
        return (shown.parent_id or shown.post_id) if isinstance(shown, StoryMessage) else None

    def root(self, shown: Shown) -> str | None:
        """The address of what its thread begins with; None when it begins one."""
        root, met = None, {shown.id}
        above = self.parent(shown)
        while above is not None and above not in met:
            met.add(above)
            root = above
            above = self.parent(self.all[above]) if above in self.all else None
        return root

    def hidden_under(self, post_id: str) -> list[str]:
        """What the school hides at this moment from the thread of one of its posts."""
        return sorted(m.id for m in self.world.messages if m.post_id == post_id and m.is_hidden(self.now))

    def ancestors(self, message: StoryMessage, at: datetime) -> Iterator[Shown]:
        """What stood above it when it was written, as far as nothing between was deleted."""
        parent = self.parent(message)
        for _ in range(NOTIFIED_ABOVE):
            above = self.all.get(parent or "")
            if above is None or (above.deleted_at is not None and above.deleted_at <= at):
                return
            yield above
            parent = self.parent(above)

    def reason(self, message: StoryMessage, silent: Collection[str]) -> str | None:
        """Why the school is notified of it: "mention", "reply", or None: not at all."""
        school = self.world.school
        if message.id in silent or message.raw is not None or self.author(message).id == school.id:
            return None
        if mentions_school(message, school):
            return "mention"
        for above in self.ancestors(message, message.at):
            if self.author(above).id == school.id:
                return "reply"
            if isinstance(above, StoryMessage) and above.is_hidden(message.at):
                return None
        return None


def mentions_school(message: StoryMessage, school: Author) -> bool:
    """A message that begins a thread of its own does, or it would not be in the world; others when they say so."""
    begins = message.post_id is None and message.parent_id is None
    return begins or bool(school.handle and f"@{school.handle}" in message.text)


def post_uri(did: str, at: datetime, number: int) -> str:
    """An address as Bluesky makes them: the author's repository, and a name that sorts by time."""
    value, name = (int(at.timestamp() * 1_000_000) << 10) + number % 1024, ""
    for _ in range(13):
        value, digit = divmod(value, 32)
        name = _SORTABLE[digit] + name
    return f"at://{did}/app.bsky.feed.post/{name}"


def atproto_time(moment: datetime) -> str:
    """As the protocol writes times: 2026-11-14T12:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def cid(words: str) -> str:
    """A content address; that of other words is another."""
    return (
        "bafyrei"
        + base64.b32encode(hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()).decode().lower()[:52]
    )


def jwt(scope: str, did: str, until: datetime, secret: str) -> str:
    """A token that says what it is for and until when. The signature is none."""
    claims = {"scope": scope, "sub": did, "exp": int(until.timestamp())}
    parts = (json.dumps({"typ": "at+jwt", "alg": "none"}), json.dumps(claims), secret)
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
