"""A stand-in for the Graph API of Instagram: one professional account, its media and comments, in the wire format.

Shapes, limits and errors follow Meta's public documentation of the Instagram Graph API, version 26.0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from monitor.demo.graph_answers import API_VERSION, Row, graph_time, only
from monitor.demo.graph_fields import Field
from monitor.demo.graph_stand_in import USUAL_LIMIT, AnyGraphStandIn
from monitor.demo.graph_talks import Talks
from monitor.demo.server import Fault
from monitor.demo.world import StoryMessage, StoryPost, World

LARGEST_PAGE_OF_COMMENTS = 50
NEWEST_MESSAGES = 20
"""Of older ones in a conversation only the time is told."""


class InstagramStandIn(AnyGraphStandIn):
    """One account on loopback. `page_size`: the most rows in one page of a listing, however many are asked for.

    `tagged`: media by others that tag it; they cannot be asked for by their ids. `talks`: direct messages, each with
    its conversation as `parent_id`.
    """

    kind = "instagram"
    scopes = ("instagram_manage_comments",)

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        token: str,
        fault: Fault | None = None,
        page_size: int = USUAL_LIMIT,
        *,
        tagged: Sequence[StoryMessage] = (),
        talks: Sequence[StoryMessage] = (),
    ) -> None:
        super().__init__(world, now, token, fault, page_size)
        self.tagged = list(tagged)
        self.talks = Talks(world.school, "username", NEWEST_MESSAGES, list(talks))

    def an_object(self, object_id: str, fields: Mapping[str, Field]) -> dict[str, Any] | None:
        """The account itself, a medium or a comment."""
        school = self.world.school
        if object_id == school.id:
            told = {"biography": self.world.about, "website": self.world.website}
            filled = {name: words for name, words in told.items() if words}
            named = {"id": school.id, "username": school.handle or school.name, "name": school.name}
            return _asked({**named, **filled}, fields)
        for post in self.world.posts_at(self.now()):
            if post.id == object_id:
                return self._medium(post, fields)
        comment = next((m for m in self._there() if m.id == object_id), None)
        return self._comment(comment, fields) if comment else None

    def rows(
        self, object_id: str, edge: str, fields: Mapping[str, Field], how: Mapping[str, str]
    ) -> list[Row] | None:
        """What the account, a medium, a comment or a conversation lists."""
        is_account, now = object_id in {self.world.school.id, "me"}, self.now()
        if edge == "media" and is_account:
            return [(p.id, partial(self._medium, p, fields)) for p in self.world.posts_at(now)]
        if edge == "tags" and is_account:
            there = sorted((m for m in self.tagged if m.exists(now)), key=lambda m: (m.at, m.id), reverse=True)
            return [(m.id, partial(self._tag, m, fields)) for m in there]
        if edge == "conversations" and is_account:
            return self.talks.rows(fields, now, self.page)
        if edge == "messages":
            return self.talks.messages(object_id, fields, now)
        if edge == "comments" and any(p.id == object_id for p in self.world.posts_at(now)):
            return self._comments(object_id, fields)
        if edge == "replies" and any(m.id == object_id for m in self._there()):
            return self._replies(object_id, fields)
        return None

    def largest_page(self, path: str) -> int:
        """The most rows in one page: fewer of anything but media."""
        return super().largest_page(path) if path.endswith("/media") else LARGEST_PAGE_OF_COMMENTS

    def _there(self) -> list[StoryMessage]:
        """What exists, newest first; replies go with the comment above them."""
        messages = self.world.messages_at(self.now())
        ids = {m.id for m in messages}
        return [m for m in messages if m.parent_id is None or m.parent_id in ids]

    def _comments(self, media_id: str, fields: Mapping[str, Field]) -> list[Row]:
        first = [m for m in self._there() if m.post_id == media_id and m.parent_id is None]
        return [(m.id, partial(self._comment, m, fields)) for m in first]

    def _replies(self, comment_id: str, fields: Mapping[str, Field]) -> list[Row]:
        replies = [m for m in reversed(self._there()) if m.parent_id == comment_id]
        return [(m.id, partial(self._comment, m, fields)) for m in replies]

    def _medium(self, post: StoryPost, fields: Mapping[str, Field]) -> dict[str, Any]:
        whole: dict[str, Any] = {
            "id": post.id,
            "caption": post.text,
            "timestamp": graph_time(post.at),
            "permalink": f"https://www.instagram.com/p/{post.id}/",
            "comments_count": sum(m.post_id == post.id for m in self._there()),
        }
        rows = self._comments(post.id, asked.inside) if (asked := fields.get("comments")) else []
        if asked and rows:
            whole["comments"] = self.page(rows, asked.modifiers, f"/{API_VERSION}/{post.id}/comments")
        return _asked(whole, fields)

    def _comment(self, message: StoryMessage, fields: Mapping[str, Field]) -> dict[str, Any]:
        if message.raw is not None:
            return dict(message.raw)
        now = self.now()
        whole: dict[str, Any] = {
            "id": message.id,
            "text": message.text_at(now),
            "timestamp": graph_time(message.at),
            "hidden": message.is_hidden(now),
            "like_count": 0,
        }
        if message.author:
            name = message.author.handle or message.author.name
            whole |= {"username": name, "from": {"id": message.author.id, "username": name}}
            if message.author == self.world.school:  # ids in `from` hold for one app; `user` has the account's number
                whole |= {
                    "from": {"id": f"9{message.author.id}", "username": name},
                    "user": {"id": message.author.id},
                }
        if message.parent_id:
            whole["parent_id"] = message.parent_id
        elif (asked := fields.get("replies")) and (rows := self._replies(message.id, asked.inside)):
            whole["replies"] = self.page(rows, asked.modifiers, f"/{API_VERSION}/{message.id}/replies")
        return _asked(whole, fields)

    def _tag(self, message: StoryMessage, fields: Mapping[str, Field]) -> dict[str, Any]:
        if message.raw is not None:
            return dict(message.raw)
        whole: dict[str, Any] = {
            "id": message.id,
            "caption": message.text_at(self.now()),
            "media_type": "IMAGE",
            "media_url": f"https://scontent.cdninstagram.com/{message.id}.jpg",
            "permalink": f"https://www.instagram.com/p/{message.id}/",
            "timestamp": graph_time(message.at),
        }
        if message.author:
            whole["username"] = message.author.handle or message.author.name
        return _asked(whole, fields)


def _asked(whole: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    return only(whole, fields, ("text", "timestamp"))
