"""A stand-in for Reddit: signing in, one subreddit, one user's inbox and history, and things by id.

Shapes follow Reddit's API documentation (reddit.com/dev/api) and answers recorded from the live service. The user
is the school's and moderates the subreddit, so it sees what was removed and what is held back there. What an author
deleted vanishes from every listing, and is a stub by id and, above answers, in its thread. Both of Reddit's hosts,
www and oauth, are served on the one address.

Where things of a World appear: `t3_` messages are other people's posts in the subreddit, or elsewhere when they are
named `elsewhere`. A `t1_` message under no post of it stands in some other subreddit and is known only as a mention,
an answer to one, or the school's own, or in its thread.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any

from monitor.demo.reddit_things import DELETED, ELSEWHERE, Thing, Things, listing, username
from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import StoryMessage, World

__all__ = ["DELETED", "ELSEWHERE", "RedditStandIn"]

REACH = 1000  # things; no listing goes back further
CALLS_A_WINDOW = 1000
WINDOW = 600  # seconds
AT_ONCE = 100  # things for which one may ask by id
LARGEST_TREE = 500  # comments


class RedditStandIn(StandIn):
    """Reddit for one world. `refresh_token` signs in; `page_size` caps a page below what the client asks for.

    `tree_size` does the same for the comments of a thread. `moderates`: whether the user moderates `subreddit`.
    `elsewhere`: ids of submissions that stand in some other subreddit.
    """

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        refresh_token: str,
        subreddit: str,
        fault: Fault | None = None,
        page_size: int = 100,
        tree_size: int = LARGEST_TREE,
        moderates: bool = True,
        elsewhere: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self._refresh_token = refresh_token
        self._bearer = hashlib.sha256(refresh_token.encode()).hexdigest()
        self._subreddit = subreddit
        self._page_size = page_size
        self._tree_size = tree_size
        self._moderates = moderates
        self._elsewhere = elsewhere
        self._used: Counter[int] = Counter()

    def answer(self, request: Request) -> Response:
        """What Reddit says."""
        if request.path == "/api/v1/access_token":
            return self._sign_in(request)
        if request.headers.get("authorization", "").lower() != f"bearer {self._bearer}":
            return self._error(401, "Unauthorized")
        things = Things(self.world, self.now(), self._subreddit, self._elsewhere, self._moderates)
        path = request.path.rstrip("/")
        if path == "/api/v1/me":
            school = self.world.school
            unread = sum(len(self._inbox(things, name)) for name in ("comments", "selfreply", "mentions"))
            about = {"name": username(school), "id": school.id[3:], "inbox_count": unread, "has_mail": unread > 0}
            page = {"display_name": f"u_{username(school)}", "public_description": self.world.about}
            return self._ok(request, {**about, "subreddit": page})
        if path == "/api/info":
            asked = request.query.get("id", "").split(",")[:AT_ONCE]
            return self._ok(request, listing([t.child for one in asked if (t := things.find(one))]))
        if path == "/api/morechildren":
            numbers = request.query.get("children", "").split(",")[:AT_ONCE]
            return self._ok(request, {"json": {"errors": [], "data": {"things": things.more(numbers)}}})
        if thread := re.fullmatch(r"/comments/(?P<link>\w+)(?:/\w+/(?P<comment>\w+))?", path):
            return self._whole_thread(request, things, thread["link"], thread["comment"])
        found = self._things_at(path, things)
        return self._page(request, found) if isinstance(found, list) else found

    def _sign_in(self, request: Request) -> Response:
        if not request.headers.get("authorization", "").startswith("Basic "):
            return self._error(401, "Unauthorized")
        if request.form.get("grant_type") != "refresh_token":
            return json_response({"error": "unsupported_grant_type"}, 400)
        if request.form.get("refresh_token") != self._refresh_token:
            return json_response({"error": "invalid_grant"}, 400)
        token = {"access_token": self._bearer, "token_type": "bearer", "expires_in": 86400}
        return json_response(token | {"scope": "identity read privatemessages history"})

    def _things_at(self, path: str, things: Things) -> list[Thing] | Response:
        """Everything in one listing now, newest first, or why there is none."""
        if board := re.fullmatch(r"/r/([^/]+)/(new|comments|about/modqueue|about/spam)", path):
            if board[1].lower() != self._subreddit.lower():
                return Response(302, b"", {"Location": "/subreddits/search?q=x"})
            return self._board(things, board[2])
        if user := re.fullmatch(r"/user/([^/]+)/(submitted|comments)", path):
            if user[1].lower() != username(self.world.school).lower():
                return self._error(404, "Not Found")
            own = [m for m in things.messages if m.author == self.world.school]
            return things.posts() if user[2] == "submitted" else things.comments(own)
        if inbox := re.fullmatch(r"/message/(comments|selfreply|mentions)", path):
            return self._inbox(things, inbox[1])
        return self._error(404, "Not Found")

    def _board(self, things: Things, which: str) -> list[Thing] | Response:
        if which == "new":
            return things.new()
        here = [m for m in things.messages if things.is_here(m)]
        if which == "comments":
            return things.comments(here)
        if not self._moderates:
            return self._error(403, "Forbidden")
        now = self.now()
        if which == "about/modqueue":
            return [things.thing(m) for m in here if m.is_held(now)]
        return [things.thing(m) for m in here if m.is_held(now) or m.is_hidden(now)]

    def _inbox(self, things: Things, which: str) -> list[Thing]:
        own = {m.id for m in things.messages if m.author == self.world.school}
        others = [m for m in things.messages if m.id not in own]
        if which == "comments":
            return things.comments((m for m in others if m.parent_id in own), "comment_reply")
        if which == "selfreply":
            posts = {post.id for post in self.world.posts}
            under = (m for m in others if m.parent_id is None and things.link_id(m) in posts)
            return things.comments(under, "post_reply")
        return things.comments((m for m in others if self._mentions_school(m, things)), "username_mention")

    def _mentions_school(self, message: StoryMessage, things: Things) -> bool:
        called = f"u/{username(self.world.school)}".lower() in message.text_at(self.now()).lower()
        return called or (message.parent_id is None and message.post_id is None and not things.is_here(message))

    def _whole_thread(self, request: Request, things: Things, link: str, comment: str | None) -> Response:
        head = things.find(f"t3_{link}")
        if head is None:
            return self._error(404, "Not Found")
        limit = request.query.get("limit", "200")
        size = min(int(limit) if limit.isdecimal() and int(limit) else 200, LARGEST_TREE, self._tree_size)
        under = things.tree(head.id, size)
        if comment is not None:
            only = things.find(f"t1_{comment}")
            below = things.tree(f"t1_{comment}", size)
            under = (
                [] if only is None else [{**only.child, "data": {**only.child["data"], "replies": listing(below)}}]
            )
        return self._ok(request, [listing([head.child]), listing(under)])

    def _page(self, request: Request, things: list[Thing]) -> Response:
        limit = request.query.get("limit", "25")
        size = min(int(limit) if limit.isdecimal() and int(limit) else 25, 100, self._page_size)
        wanted: Sequence[Thing] = things[:REACH]
        if after := request.query.get("after"):
            place = next((n for n, thing in enumerate(wanted) if thing.id == after), len(wanted))
            wanted = wanted[place + 1 :]
        following = wanted[size - 1].id if len(wanted) > size else None
        return self._ok(request, listing([thing.child for thing in wanted[:size]], following))

    def _ok(self, request: Request, payload: Any) -> Response:
        shown = payload if request.query.get("raw_json") == "1" else _escaped(payload)
        return json_response(shown, 200, self._limits())

    def _error(self, status: int, message: str) -> Response:
        return json_response({"message": message, "error": status}, status, self._limits())

    def _limits(self) -> dict[str, str]:
        window, gone = divmod(int(self.now().timestamp()), WINDOW)
        self._used[window] += 1
        return {
            "x-ratelimit-remaining": f"{max(0, CALLS_A_WINDOW - self._used[window])}.0",
            "x-ratelimit-used": str(self._used[window]),
            "x-ratelimit-reset": str(WINDOW - gone),
        }


def _escaped(payload: Any) -> Any:
    """As Reddit answers whoever does not ask for raw_json."""
    if isinstance(payload, str):
        return escape(payload, quote=False)
    if isinstance(payload, dict):
        return {key: _escaped(value) for key, value in payload.items()}
    return [_escaped(one) for one in payload] if isinstance(payload, list) else payload
