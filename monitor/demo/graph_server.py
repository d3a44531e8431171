"""A stand-in for the Facebook Graph API: one page, its posts and comments, in the real wire format.

Shapes, error codes and headers follow Meta's public documentation of the Graph API, version 26.0 (July 2026).
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


class GraphStandIn(AnyGraphStandIn):
    """One Facebook page on loopback. A message without `post_id` is a visitor's post on the page.

    `page_size`: the most rows in one page of a listing, however many are asked for. `tagged`: posts elsewhere that
    tag the page; `ratings` of it; `talks`: direct messages, each with its conversation as `parent_id`.
    """

    kind = "pages"
    scopes = ("pages_read_engagement", "pages_read_user_content")

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        token: str,
        fault: Fault | None = None,
        page_size: int = USUAL_LIMIT,
        *,
        tagged: Sequence[StoryMessage] = (),
        ratings: Sequence[StoryMessage] = (),
        talks: Sequence[StoryMessage] = (),
    ) -> None:
        super().__init__(world, now, token, fault, page_size)
        self.tagged = list(tagged)
        self.ratings = list(ratings)
        self.talks = Talks(world.school, "name", said=list(talks))

    def rows(
        self, object_id: str, edge: str, fields: Mapping[str, Field], how: Mapping[str, str]
    ) -> list[Row] | None:
        """What the page, a post, a comment or a conversation lists."""
        is_page = object_id in {self.world.school.id, "me"}
        if edge in {"tagged", "ratings", "conversations"} and is_page:
            return self._elsewhere(edge, fields)
        if edge == "messages":
            return self.talks.messages(object_id, fields, self.now())
        if edge in {"feed", "published_posts"} and is_page:
            return self._feed(fields, float(how.get("since") or 0), visitors=edge == "feed")
        if edge == "comments" and self.an_object(object_id, {}) is not None:
            return self._comments(object_id, fields, how)
        return None

    def page(self, rows: Sequence[Row], how: Mapping[str, str], path: str) -> dict[str, Any]:
        """One page of a listing, and where it is asked for how many there are in all."""
        page = super().page(rows, how, path)
        if how.get("summary") == "true":
            page["summary"] = {"order": "reverse_chronological", "total_count": len(rows)}
        return page

    def _elsewhere(self, edge: str, fields: Mapping[str, Field]) -> list[Row]:
        """What is said to the page outside its own posts."""
        if edge == "conversations":
            return self.talks.rows(fields, self.now(), self.page)
        show = self._tagging if edge == "tagged" else self._rating
        there = [m for m in (self.tagged if edge == "tagged" else self.ratings) if m.exists(self.now())]
        there.sort(key=lambda m: (m.at, m.id), reverse=True)
        return [(m.id, partial(show, m, fields)) for m in there]

    def an_object(self, object_id: str, fields: Mapping[str, Field]) -> dict[str, Any] | None:
        """The page itself, a post, a comment, or what tags or rates the page."""
        school = self.world.school
        if object_id in {school.id, "me"}:
            told = {"about": self.world.about, "website": self.world.website}
            filled = {name: words for name, words in told.items() if words}
            return _asked({"id": school.id, "name": school.name, **filled}, fields)
        for post in self.world.posts_at(self.now()):
            if post.id == object_id:
                return self._post(post, fields)
        for other in (*self.tagged, *self.ratings):
            if other.id == object_id and other.exists(self.now()):
                return self._tagging(other, fields)
        message = self.world.message(object_id)
        if message is None or not self._is_there(message, {m.id: m for m in self.world.messages}):
            return None
        return self._visitor_post(message, fields) if _starts_a_thread(message) else self._comment(message, fields)

    def _is_there(self, message: StoryMessage, by_id: Mapping[str, StoryMessage]) -> bool:
        """A comment disappears with the comment above it."""
        above = by_id.get(message.parent_id or message.post_id or "")
        return message.exists(self.now()) and (above is None or self._is_there(above, by_id))

    def _feed(self, fields: Mapping[str, Field], since: float, *, visitors: bool) -> list[Row]:
        posts = [(p.at, p.id, partial(self._post, p, fields)) for p in self.world.posts_at(self.now())]
        if visitors:
            there = [m for m in self.world.messages_at(self.now()) if _starts_a_thread(m)]
            posts += [(m.at, m.id, partial(self._visitor_post, m, fields)) for m in there]
        posts.sort(key=lambda post: post[:2], reverse=True)
        return [(post_id, show) for at, post_id, show in posts if at.timestamp() >= since]

    def _comments(self, object_id: str, fields: Mapping[str, Field], how: Mapping[str, str]) -> list[Row]:
        by_id = {m.id: m for m in self.world.messages}
        messages = [
            m
            for m in self.world.messages_at(self.now())
            if not _starts_a_thread(m) and object_id in {_post_of(m, by_id), m.parent_id} and self._is_there(m, by_id)
        ]
        if how.get("filter") != "stream":
            messages = [m for m in messages if m.parent_id in {None, object_id}]
        if how.get("order") != "reverse_chronological":
            messages.reverse()
        return [(m.id, partial(self._comment, m, fields)) for m in messages]

    def _post(self, post: StoryPost, fields: Mapping[str, Field]) -> dict[str, Any]:
        whole = {
            "id": post.id,
            "message": post.text_at(self.now()),
            "created_time": graph_time(post.at),
            "updated_time": graph_time(post.at),
            "from": {"id": self.world.school.id, "name": self.world.school.name},
            "status_type": "mobile_status_update",
            "permalink_url": f"https://www.facebook.com/{self.world.school.id}/posts/{_own_part(post.id)}",
        }
        if post.has_picture and "attachments" in fields:
            picture = {"type": "photo", "media_type": "photo", "url": whole["permalink_url"]}
            whole["attachments"] = {"data": [picture]}
        return self._with_comments(whole, post.id, fields)

    def _visitor_post(self, message: StoryMessage, fields: Mapping[str, Field]) -> dict[str, Any]:
        if message.raw is not None:
            return dict(message.raw)
        whole: dict[str, Any] = {
            "id": message.id,
            "message": message.text_at(self.now()),
            "created_time": graph_time(message.at),
            "updated_time": graph_time(message.edited_at(self.now()) or message.at),
            "status_type": "wall_post",
            "permalink_url": f"https://www.facebook.com/{self.world.school.id}/posts/{_own_part(message.id)}",
        }
        if message.author:
            whole["from"] = {"id": message.author.id, "name": message.author.name}
        return self._with_comments(whole, message.id, fields)

    def _tagging(self, message: StoryMessage, fields: Mapping[str, Field]) -> dict[str, Any]:
        if message.raw is not None:
            return dict(message.raw)
        whole: dict[str, Any] = {
            "id": message.id,
            "message": message.text_at(self.now()),
            "created_time": graph_time(message.at),
            "status_type": "mobile_status_update",
            "permalink_url": f"https://www.facebook.com/{message.id}",
        }
        if message.author:
            whole["from"] = {"id": message.author.id, "name": message.author.name}
        return self._with_comments(whole, message.id, fields)

    def _rating(self, message: StoryMessage, fields: Mapping[str, Field]) -> dict[str, Any]:
        """A recommendation, with or without words; its id and the comments below it are in its story."""
        if message.raw is not None:
            return dict(message.raw)
        whole: dict[str, Any] = {
            "created_time": graph_time(message.at),
            "has_rating": False,
            "has_review": bool(message.text),
            "recommendation_type": "positive",
        }
        if message.text:
            whole["review_text"] = message.text_at(self.now())
        if message.author:
            whole["reviewer"] = {"id": message.author.id, "name": message.author.name}
        if asked := fields.get("open_graph_story"):
            whole["open_graph_story"] = self._with_comments({"id": message.id}, message.id, asked.inside)
        return {name: value for name, value in whole.items() if name in fields}

    def _with_comments(self, post: dict[str, Any], post_id: str, fields: Mapping[str, Field]) -> dict[str, Any]:
        if asked := fields.get("comments"):
            rows = self._comments(post_id, asked.inside, asked.modifiers)
            post["comments"] = self.page(rows, asked.modifiers, f"/{API_VERSION}/{post_id}/comments")
        return _asked(post, fields)

    def _comment(self, message: StoryMessage, fields: Mapping[str, Field]) -> dict[str, Any]:
        if message.raw is not None:
            return dict(message.raw)
        now = self.now()
        post_id = _post_of(message, {m.id: m for m in self.world.messages})
        post_part, own_part = _own_part(post_id), _own_part(message.id)
        link = f"https://www.facebook.com/{self.world.school.id}/posts/{post_part}/?comment_id="
        replies = sum(m.parent_id == message.id and m.exists(now) for m in self.world.messages)
        whole: dict[str, Any] = {
            "id": message.id,
            "message": message.text_at(now),
            "created_time": graph_time(message.at),
            "permalink_url": link + own_part,
            "is_hidden": message.is_hidden(now),
            "is_private": False,
            "comment_count": replies,
        }
        if message.parent_id and message.parent_id != post_id:
            whole["parent"] = {"id": message.parent_id}
            whole["permalink_url"] = f"{link}{_own_part(message.parent_id)}&reply_comment_id={own_part}"
        if message.author:
            whole["from"] = {"id": message.author.id, "name": message.author.name}
        return _asked(whole, fields)


def _starts_a_thread(message: StoryMessage) -> bool:
    """Whether it is a visitor's post."""
    return message.post_id is None and message.parent_id is None


def _post_of(message: StoryMessage, by_id: Mapping[str, StoryMessage]) -> str:
    """Id of the page's or the visitor's post a comment hangs under; a visitor's post has its own."""
    while message.post_id is None and (above := by_id.get(message.parent_id or "")):
        message = above
    return message.post_id or message.id


def _own_part(object_id: str) -> str:
    return object_id.rpartition("_")[2]


def _asked(whole: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    return only(whole, fields, ("name", "message", "created_time", "from"))
