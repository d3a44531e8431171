"""A stand-in for the Graph API of Instagram: one professional account, its media and comments, in the wire format.

Shapes, limits and errors follow Meta's public documentation of the Instagram Graph API, version 26.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from monitor.demo.graph_fields import BadFields, Field, parse_fields
from monitor.demo.graph_server import (
    API_VERSION,
    LARGEST_LIMIT,
    MOST_IDS,
    USUAL_LIMIT,
    cursor_of,
    graph_error,
    graph_time,
    missing,
    with_usage,
)
from monitor.demo.graph_talks import Talks
from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import StoryMessage, StoryPost, World

LARGEST_PAGE_OF_COMMENTS = 50
NEWEST_MESSAGES = 20
"""Of older ones in a conversation only the time is told."""
_PATH = re.compile(r"/v\d+\.\d+/([^/]*)(?:/([a-z_]+))?")

Row = tuple[str, Callable[[], dict[str, Any]]]


class InstagramStandIn(StandIn):
    """One account on loopback. `page_size`: the most rows in one page of a listing, however many are asked for.

    `tagged`: media by others that tag it; they cannot be asked for by their ids. `talks`: direct messages, each with
    its conversation as `parent_id`.
    """

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
        super().__init__(now, fault)
        self.world = world
        self.token = token
        self.page_size = page_size
        self.tagged = list(tagged)
        self.talks = Talks(world.school, "username", NEWEST_MESSAGES, list(talks))

    def answer(self, request: Request) -> Response:
        """Answer one Graph request, with the usage headers that every real answer carries."""
        return with_usage(self._answer(request), self.world.school.id, "instagram")

    def _answer(self, request: Request) -> Response:
        if request.query.get("access_token") != self.token:
            return graph_error(190, "Invalid OAuth access token - Cannot parse access token")
        path = _PATH.fullmatch(request.path)
        if path is None:
            return graph_error(2500, "Unknown path components")
        try:
            fields = parse_fields(request.query.get("fields", ""))
        except BadFields as wrong:
            return graph_error(2500, f"Syntax error in fields: {wrong}")
        if path[1] == "debug_token":
            return json_response(
                {"data": {"is_valid": True, "expires_at": 0, "scopes": ["instagram_manage_comments"]}}
            )
        if path[2]:
            return self._edge(path[1], path[2], fields, request)
        if "ids" in request.query:
            ids = request.query["ids"].split(",")
            if len(ids) > MOST_IDS:
                return graph_error(100, f"Too many IDs. Maximum: {MOST_IDS}. Provided: {len(ids)}.")
            found = {object_id: self._object(object_id, fields) for object_id in ids}
            gone = [object_id for object_id, shown in found.items() if shown is None]
            return missing(gone[0]) if gone else json_response(found)
        shown = self._object(path[1], fields)
        return missing(path[1]) if shown is None else json_response(shown)

    def _object(self, object_id: str, fields: Mapping[str, Field]) -> dict[str, Any] | None:
        school = self.world.school
        if object_id == school.id:
            told = {"biography": self.world.about, "website": self.world.website}
            filled = {name: words for name, words in told.items() if words}
            named = {"id": school.id, "username": school.handle or school.name, "name": school.name}
            return _only({**named, **filled}, fields)
        for post in self.world.posts_at(self.now()):
            if post.id == object_id:
                return self._medium(post, fields)
        comment = next((m for m in self._there() if m.id == object_id), None)
        return self._comment(comment, fields) if comment else None

    def _edge(self, object_id: str, edge: str, fields: Mapping[str, Field], request: Request) -> Response:
        rows: list[Row] | None
        if object_id == "me":
            object_id = self.world.school.id
        if edge == "media" and object_id == self.world.school.id:
            rows = [(p.id, partial(self._medium, p, fields)) for p in self.world.posts_at(self.now())]
        elif edge == "tags" and object_id == self.world.school.id:
            there = sorted((m for m in self.tagged if m.exists(self.now())), key=lambda m: (m.at, m.id), reverse=True)
            rows = [(m.id, partial(self._tag, m, fields)) for m in there]
        elif edge == "conversations" and object_id == self.world.school.id:
            rows = self.talks.rows(fields, self.now(), self._page)
        elif edge == "messages":
            rows = self.talks.messages(object_id, fields, self.now())
        elif edge == "comments" and any(p.id == object_id for p in self.world.posts_at(self.now())):
            rows = self._comments(object_id, fields)
        elif edge == "replies" and any(m.id == object_id for m in self._there()):
            rows = self._replies(object_id, fields)
        else:
            rows = None
        if rows is None:
            return missing(object_id)
        try:
            return json_response(self._page(rows, request.query, request.path))
        except LookupError:
            return graph_error(100, "The cursor no longer points at anything")

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

    def _page(self, rows: Sequence[Row], how: Mapping[str, str], path: str) -> dict[str, Any]:
        """One page of a listing. Raises LookupError when the row that the cursor points at is gone."""
        largest = LARGEST_LIMIT if path.endswith("/media") else LARGEST_PAGE_OF_COMMENTS
        limit = min(int(how.get("limit") or USUAL_LIMIT), largest, self.page_size)
        cursors = [cursor_of(row_id) for row_id, _ in rows]
        start = 0
        if after := how.get("after"):
            if after not in cursors:
                raise LookupError(after)
            start = cursors.index(after) + 1
        page: dict[str, Any] = {"data": [show() for _, show in rows[start : start + limit]]}
        if page["data"]:
            last = start + len(page["data"]) - 1
            page["paging"] = {"cursors": {"before": cursors[start], "after": cursors[last]}}
            if last + 1 < len(rows):
                following = {**how, "access_token": self.token, "limit": limit, "after": cursors[last]}
                page["paging"]["next"] = f"https://graph.facebook.com{path}?{urlencode(following)}"
        return page

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
            whole["comments"] = self._page(rows, asked.modifiers, f"/{API_VERSION}/{post.id}/comments")
        return _only(whole, fields)

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
            whole["replies"] = self._page(rows, asked.modifiers, f"/{API_VERSION}/{message.id}/replies")
        return _only(whole, fields)

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
        return _only(whole, fields)


def _only(whole: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Only what was asked for, and always the id; with nothing asked, what the API gives unasked."""
    asked = set(fields) | {"id"} if fields else {"id", "text", "timestamp"}
    return {name: value for name, value in whole.items() if name in asked}
