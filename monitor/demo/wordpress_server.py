"""A stand-in for a WordPress site: its REST interface for comments and posts, and its feed, in the real wire format.

Shapes and refusals are those of WordPress 6.1, tried against a real one by `make test-servers`.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import StoryMessage, StoryPost, World

LARGEST_PAGE = 100
NEWEST_IN_FEED = 10
SITE = "https://www.oakfield.example"
"""Where the site says that it is, whatever port it is asked on."""
API = "/wp-json/wp/v2"


class WordPressStandIn(StandIn):
    """One site on loopback. Ids of its world are numbers; those of posts have "post-" before them.

    `user` and `password` open it as an editor, the school's author id. `rest`: whether its REST interface is
    switched on; `may_moderate`: whether that user may. An author whose id is no number is a visitor, who has none on
    the site.
    """

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        user: str,
        password: str,
        fault: Fault | None = None,
        *,
        rest: bool = True,
        may_moderate: bool = True,
        page_size: int = LARGEST_PAGE,
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self.rest = rest
        self.may_moderate = may_moderate
        self.page_size = page_size
        self._signed = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        if request.path == "/comments/feed/":
            return self._feed()
        if not self.rest or not request.path.startswith("/wp-json"):
            return Response(404, b"<!doctype html><title>Page not found</title>", {"Content-Type": "text/html"})
        given = request.headers.get("authorization")
        if given is not None and given != self._signed:
            return refused(401, "incorrect_password", "The provided password is an invalid application password.")
        return self._rest(request, signed_in=given is not None)

    def _rest(self, request: Request, *, signed_in: bool) -> Response:
        school = self.world.school
        if request.path in {"/wp-json", "/wp-json/"}:
            return json_response({"name": school.name})
        if request.path == f"{API}/users/me":
            if not signed_in:
                return refused(401, "rest_not_logged_in", "You are not currently logged in.")
            capabilities = {"moderate_comments": self.may_moderate, "read": True}
            return json_response({"id": int(school.id), "name": school.name, "capabilities": capabilities})
        if request.path == f"{API}/posts":
            rows = [self._post(post) for post in self.world.posts_at(self.now())]
            return self._page(rows, request.query)
        if request.path == f"{API}/comments":
            return self._comments(request.query, signed_in=signed_in)
        if request.path.startswith(f"{API}/comments/"):
            return self._one(request.path.rpartition("/")[2], request.query, signed_in=signed_in)
        return refused(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _comments(self, query: Mapping[str, str], *, signed_in: bool) -> Response:
        state, now = query.get("status", "approve"), self.now()
        if (state != "approve" or query.get("context") == "edit") and not (signed_in and self.may_moderate):
            status = 403 if signed_in else 401
            return refused(status, "rest_forbidden_context", "Sorry, you are not allowed to edit comments.")
        if int(query.get("per_page", "10")) > LARGEST_PAGE:
            return refused(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        found = self.world.messages_at(now)
        if state == "approve":
            found = [m for m in found if not m.is_held(now)]
        elif state == "hold":
            found = [m for m in found if m.is_held(now)]
        elif state != "all":  # nothing is in the bin or taken for spam in our stories
            found = []
        if "include" in query:
            wanted = set(query["include"].split(","))
            found = [m for m in found if m.id in wanted]
        if "after" in query:
            found = [m for m in found if wordpress_time(m.at) > query["after"]]
        if "post" in query:
            found = [m for m in found if m.post_id == f"post-{query['post']}"]
        found.sort(key=lambda m: int(m.id), reverse=query.get("order") == "desc")
        return self._page([self._comment(m, signed_in=signed_in) for m in found], query)

    def _one(self, number: str, query: Mapping[str, str], *, signed_in: bool) -> Response:
        message = self.world.message(number)
        if message is None or not message.exists(self.now()):
            return refused(404, "rest_comment_invalid_id", "Invalid comment ID.")
        if message.is_held(self.now()) and not (signed_in and self.may_moderate):
            return refused(401, "rest_cannot_read", "Sorry, you are not allowed to read this comment.")
        return json_response(_only(self._comment(message, signed_in=signed_in), query))

    def _page(self, rows: Sequence[Mapping[str, Any]], query: Mapping[str, str]) -> Response:
        """One page; one past the last is an empty list."""
        size = min(int(query.get("per_page", "10")), self.page_size)
        page = int(query.get("page", "1"))
        shown = [_only(row, query) for row in rows[(page - 1) * size : page * size]]
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(math.ceil(len(rows) / size))}
        return json_response(shown, headers=headers)

    def _post(self, post: StoryPost) -> dict[str, Any]:
        return {
            "id": int(post.id.removeprefix("post-")),
            "date_gmt": wordpress_time(post.at),
            "title": {"rendered": escape(post.text)},
            "link": f"{SITE}/?p={post.id.removeprefix('post-')}",
        }

    def _comment(self, message: StoryMessage, *, signed_in: bool) -> dict[str, Any]:
        if message.raw is not None:
            return dict(message.raw)
        now = self.now()
        text = message.text_at(now)
        content = {
            "rendered": f"<p>{escape(text)}</p>\n",
            **({"raw": escape(text, quote=False)} if signed_in else {}),
        }
        parent = self.world.message(message.parent_id) if message.parent_id else None
        author = message.author
        return {
            "id": int(message.id),
            "post": int((message.post_id or "post-0").removeprefix("post-")),
            # A comment whose parent was deleted is put one level up.
            "parent": int(parent.id) if parent and parent.exists(now) else 0,
            "author": int(author.id) if author and author.id.isdecimal() else 0,
            "author_name": author.name if author else "",
            "author_email": "somebody@visitor.invalid",
            "author_ip": "192.0.2.1",
            "date_gmt": wordpress_time(message.at),
            "content": content,
            "link": f"{SITE}/?p=1#comment-{message.id}",
            "status": "hold" if message.is_held(now) else "approved",
            "type": "comment",
        }

    def _feed(self) -> Response:
        now = self.now()
        shown = [m for m in self.world.messages_at(now) if not m.is_held(now)][:NEWEST_IN_FEED]
        items = "".join(
            f"<item><title>{escape(m.author.name if m.author else '')}</title>"
            f"<link>{SITE}/?p=1#comment-{m.id}</link>"
            f"<dc:creator>{escape(m.author.name if m.author else '')}</dc:creator>"
            f"<pubDate>{format_datetime(m.at)}</pubDate>"
            f'<guid isPermaLink="false">{SITE}/?p=1#comment-{m.id}</guid>'
            f"<content:encoded><![CDATA[<p>{escape(m.text_at(now))}</p>]]></content:encoded></item>"
            for m in shown
        )
        feed = (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<channel><title>Comments for {escape(self.world.school.name)}</title>{items}</channel></rss>"
        )
        return Response(200, feed.encode("utf-8", "replace"), {"Content-Type": "application/rss+xml; charset=UTF-8"})


def wordpress_time(moment: datetime) -> str:
    """As WordPress writes `date_gmt`: without a zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def refused(status: int, code: str, message: str) -> Response:
    """A refusal as the REST interface words it."""
    return json_response({"code": code, "message": message, "data": {"status": status}}, status)


def _only(row: Mapping[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    asked = set(filter(None, query.get("_fields", "").split(",")))
    return {name: value for name, value in row.items() if not asked or name in asked}
