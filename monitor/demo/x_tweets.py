"""What a World looks like on X at one moment: every post of anyone, with its versions and its place in a thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.demo.world import Author, StoryMessage, World

FIRST_MILLISECOND = 1288834974657  # X counts its ids from 4 November 2010, 01:42:54.657 UTC
LONGEST_TEXT = 280  # characters in `text`; the whole of a longer post is in `note_tweet`
MESSAGE = "dm:"
"""How the ids of direct messages begin in a World. The rest is the event's id; `parent_id` names the conversation."""


def snowflake(at: datetime, n: int) -> str:
    """The id of the `n`th post (0 to 4194303) of the millisecond `at`: X builds its ids from the time."""
    milliseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return str((milliseconds - FIRST_MILLISECOND) << 22 | n & 0x3FFFFF)


@dataclass(frozen=True)
class Version:
    """One wording of a post, under an id of its own."""

    id: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Tweet:
    """One post of anyone as X holds it: its versions by now, oldest first, and its place in a thread."""

    versions: tuple[Version, ...]
    author: Author | None
    conversation: str
    replied_to: str | None = None
    replied_to_user: str | None = None
    raw: Mapping[str, Any] | None = None
    replies: int = 0

    @property
    def number(self) -> int:
        """Of its newest version: lists are in this order."""
        return int(self.versions[-1].id)

    def shown(self, version: Version, fields: set[str]) -> Mapping[str, Any]:
        """As it goes over the wire, with the fields asked for."""
        if self.raw is not None:
            return self.raw
        long = len(version.text) > LONGEST_TEXT
        basic = {
            "id": version.id,
            "text": escaped(version.text[: LONGEST_TEXT - 1] + "…" if long else version.text),
            "edit_history_tweet_ids": [v.id for v in self.versions],
        }
        more = {
            "created_at": wire_time(version.at),
            "author_id": self.author.id if self.author else None,
            "conversation_id": self.conversation,
            "in_reply_to_user_id": self.replied_to_user,
            "referenced_tweets": [{"type": "replied_to", "id": self.replied_to}] if self.replied_to else None,
            "note_tweet": {"text": escaped(version.text)} if long else None,
            "public_metrics": {"retweet_count": 0, "reply_count": self.replies, "like_count": 0, "quote_count": 0},
        }
        return basic | {name: value for name, value in more.items() if name in fields and value is not None}

    def mentions(self, user: Author) -> bool:
        """Whether it speaks of the user: by @name, or because it answers them. What was recorded always does."""
        named = f"@{user.handle}".lower() in self.versions[-1].text.lower()
        return self.author != user and (self.raw is not None or named or self.replied_to_user == user.id)


def tweets_of(world: World, now: datetime) -> list[Tweet]:
    """Everything X shows now but direct messages, newest id first."""
    by_id = {message.id: message for message in world.messages}
    posts = [Tweet((Version(post.id, post.at, post.text),), world.school, post.id) for post in world.posts_at(now)]
    messages = [m for m in world.messages if m.exists(now) and not m.id.startswith(MESSAGE)]
    tweets = [*posts, *(_tweet(message, by_id, world.school, now) for message in messages)]
    answered = Counter(tweet.replied_to for tweet in tweets)
    counted = (replace(tweet, replies=sum(answered[v.id] for v in tweet.versions)) for tweet in tweets)
    return sorted(counted, key=lambda tweet: tweet.number, reverse=True)


def messages_of(world: World, now: datetime) -> list[StoryMessage]:
    """Every direct message that X shows now, newest first."""
    return [message for message in world.messages_at(now) if message.id.startswith(MESSAGE)]


def wire_time(moment: datetime) -> str:
    """As X writes a time: in milliseconds that are always zero."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def escaped(text: str) -> str:
    """X writes these three characters as entities in every text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tweet(message: StoryMessage, by_id: Mapping[str, StoryMessage], school: Author, now: datetime) -> Tweet:
    within = int(message.id) & 0x3FFFFF
    edits = [Version(snowflake(at, within), at, text) for at, text in message.edits if at <= now]
    replied_to = message.parent_id or message.post_id
    parent = by_id.get(replied_to or "")
    answered = parent.author if parent else school if replied_to else None
    root = message
    while root.post_id is None and root.parent_id and (above := by_id.get(root.parent_id)):
        root = above
    return Tweet(
        versions=(Version(message.id, message.at, message.text), *edits),
        author=message.author,
        conversation=root.post_id or root.parent_id or root.id,
        replied_to=replied_to,
        replied_to_user=answered.id if answered else None,
        raw=message.raw,
    )
