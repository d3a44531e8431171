"""A stand-in for the Facebook Graph API: one page, its posts and comments, in the real wire format.

Shapes, error codes and headers follow Meta's public documentation of the Graph API, version 26.0 (July 2026).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from monitor.demo.graph_fields import BadFields, Field, parse_fields
from monitor.demo.graph_talks import Talks
from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import StoryMessage, StoryPost, World

API_VERSION = "v26.0"
USUAL_LIMIT = 25
LARGEST_LIMIT = 100
MOST_IDS = 50

_PATH = re.compile(r"/v\d+\.\d+/([^/]*)(?:/([a-z_]+))?")

Row = tuple[str, Callable[[], dict[str, Any]]]
"""Id of an object, and how it is shown; only what is on the page asked for is."""
"""An object, and the id its place in a listing is known by (the object itself may be broken and lack one)."""


class GraphStandIn(StandIn):
    """One Facebook page on loopback. A message without `post_id` is a visitor's post on the page.

    `page_size`: the most rows in one page of a listing, however many are asked for. `tagged`: posts elsewhere that
    tag the page; `ratings` of it; `talks`: direct messages, each with its conversation as `parent_id`.
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
        ratings: Sequence[StoryMessage] = (),
        talks: Sequence[StoryMessage] = (),
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self.token = token
        self.page_size = page_size
        self.tagged = list(tagged)
        self.ratings = list(ratings)
        self.talks = Talks(world.school, "name", said=list(talks))

    def answer(self, request: Request) -> Response:
        """Answer one Graph request, with the usage headers that every real answer carries."""
        return with_usage(self._answer(request), self.world.school.id, "pages")

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
        object_id = self.world.school.id if path[1] == "me" else path[1]
        if object_id == "debug_token":
            data = {"is_valid": True, "expires_at": 0, "scopes": ["pages_read_engagement", "pages_read_user_content"]}
            return json_response({"data": data})
        if path[2]:
            return self._edge(object_id, path[2], fields, request)
        if "ids" in request.query:
            return self._several(request.query["ids"].split(","), fields)
        found = self._object(object_id, fields)
        return missing(object_id) if found is None else json_response(found)

    def _edge(self, object_id: str, edge: str, fields: Mapping[str, Field], request: Request) -> Response:
        rows: list[Row] | None
        if object_id == self.world.school.id and edge in {"tagged", "ratings", "conversations"}:
            rows = self._elsewhere(edge, fields)
        elif edge == "messages":
            rows = self.talks.messages(object_id, fields, self.now())
        elif edge in {"feed", "published_posts"} and object_id == self.world.school.id:
            rows = self._feed(fields, float(request.query.get("since") or 0), visitors=edge == "feed")
        elif edge == "comments" and self._object(object_id, {}) is not None:
            rows = self._comments(object_id, fields, request.query)
        else:
            rows = None
        if rows is None:
            return missing(object_id)
        try:
            return json_response(self._page(rows, request.query, request.path))
        except LookupError:
            return graph_error(100, "The cursor no longer points at anything")

    def _elsewhere(self, edge: str, fields: Mapping[str, Field]) -> list[Row]:
        """What is said to the page outside its own posts."""
        if edge == "conversations":
            return self.talks.rows(fields, self.now(), self._page)
        show = self._tagging if edge == "tagged" else self._rating
        there = [m for m in (self.tagged if edge == "tagged" else self.ratings) if m.exists(self.now())]
        there.sort(key=lambda m: (m.at, m.id), reverse=True)
        return [(m.id, partial(show, m, fields)) for m in there]

    def _several(self, ids: Sequence[str], fields: Mapping[str, Field]) -> Response:
        if len(ids) > MOST_IDS:
            return graph_error(100, f"Too many IDs. Maximum: {MOST_IDS}. Provided: {len(ids)}.")
        found = {object_id: self._object(object_id, fields) for object_id in ids}
        gone = [object_id for object_id, shown in found.items() if shown is None]
        return missing(gone[0]) if gone else json_response(found)

    def _object(self, object_id: str, fields: Mapping[str, Field]) -> dict[str, Any] | None:
        school = self.world.school
        if object_id == school.id:
            told = {"about": self.world.about, "website": self.world.website}
            filled = {name: words for name, words in told.items() if words}
            return _only({"id": school.id, "name": school.name, **filled}, fields)
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

    def _page(self, rows: Sequence[Row], how: Mapping[str, str], path: str) -> dict[str, Any]:
        """One page of a listing. Raises LookupError when the row that the cursor points at is gone."""
        limit = min(int(how.get("limit") or USUAL_LIMIT), LARGEST_LIMIT, self.page_size)
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
        if how.get("summary") == "true":
            page["summary"] = {"order": "reverse_chronological", "total_count": len(rows)}
        return page

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
            post["comments"] = self._page(rows, asked.modifiers, f"/{API_VERSION}/{post_id}/comments")
        return _only(post, fields)

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
        return _only(whole, fields)


def _starts_a_thread(message: StoryMessage) -> bool:
    """Whether it is a visitor's post."""
    return message.post_id is None and message.parent_id is None


def _post_of(message: StoryMessage, by_id: Mapping[str, StoryMessage]) -> str:
    """Id of the page's or the visitor's post a comment hangs under; a visitor's post has its own."""
    while message.post_id is None and (above := by_id.get(message.parent_id or "")):
        message = above
    return message.post_id or message.id


def with_usage(response: Response, account_id: str, kind: str) -> Response:
    """The answer with the headers that tell how much of the allowances is used, and as which version it was given."""
    usage = {"call_count": 3, "total_cputime": 2, "total_time": 2}
    business = [{"type": kind, **usage, "estimated_time_to_regain_access": 0}]
    headers = {
        "X-App-Usage": json.dumps(usage),
        "X-Business-Use-Case-Usage": json.dumps({account_id: business}),
        "facebook-api-version": API_VERSION,
    }
    return Response(response.status, response.body, {**headers, **response.headers}, response.cut_to)


def graph_time(moment: datetime) -> str:
    """As the Graph API writes times: 2026-11-14T12:00:00+0000."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")


def graph_error(
    code: int,
    message: str,
    *,
    subcode: int | None = None,
    status: int = 400,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error as the Graph API words it: the HTTP status is 400 almost always, the meaning is in the code."""
    kind = "GraphMethodException" if code == 100 else "OAuthException"
    error: dict[str, Any] = {"message": message, "type": kind, "code": code, "fbtrace_id": "AbCdEfGhIjKlMnOpQrSt"}
    if subcode is not None:
        error["error_subcode"] = subcode
    return json_response({"error": error}, status, headers)


def missing(object_id: str) -> Response:
    words = f"Unsupported get request. Object with ID '{object_id}' does not exist or cannot be loaded"
    return graph_error(100, words, subcode=33)


def _only(whole: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Only what was asked for, and always the id; with nothing asked, what the Graph API gives unasked."""
    asked = set(fields) | {"id"} if fields else {"id", "name", "message", "created_time", "from"}
    return {name: value for name, value in whole.items() if name in asked}


def _own_part(object_id: str) -> str:
    return object_id.rpartition("_")[2]


def cursor_of(row_id: str) -> str:
    return base64.urlsafe_b64encode(row_id.encode()).decode().rstrip("=")
