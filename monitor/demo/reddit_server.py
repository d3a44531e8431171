"""A stand-in for Reddit: signing in, one subreddit, one user's inbox and history, and things by id.

Shapes follow Reddit's API documentation (reddit.com/dev/api) and answers recorded from the live service. The user
is the school's and moderates the subreddit, so it sees what was removed there. What an author deleted vanishes from
every listing, and is a stub by id. Both of Reddit's hosts, www and oauth, are served on the one address.

Where things of a World appear: `t3_` messages are other people's posts in the subreddit. A `t1_` message under no
post of it stands in some other subreddit and is known only as a mention, an answer to one, or the school's own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import Author, StoryMessage, StoryPost, World

ELSEWHERE = "AskTheVillage"
REACH = 1000  # things; no listing goes back further
CALLS_A_WINDOW = 1000
WINDOW = 600  # seconds
DELETED = "[deleted]"


@dataclass(frozen=True)
class _Thing:
    """One child of a listing, with what places it there."""

    id: str
    at: datetime
    child: Mapping[str, Any]


class RedditStandIn(StandIn):
    """Reddit for one world. `refresh_token` signs in; `page_size` caps a page below what the client asks for."""

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        refresh_token: str,
        subreddit: str,
        fault: Fault | None = None,
        page_size: int = 100,
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self._refresh_token = refresh_token
        self._bearer = hashlib.sha256(refresh_token.encode()).hexdigest()
        self._subreddit = subreddit
        self._page_size = page_size

    def answer(self, request: Request) -> Response:
        """What Reddit says."""
        if request.path == "/api/v1/access_token":
            return self._sign_in(request)
        if request.headers.get("authorization", "").lower() != f"bearer {self._bearer}":
            return self._error(401, "Unauthorized")
        if request.path == "/api/v1/me":
            return self._ok(request, {"name": _username(self.world.school), "id": self.world.school.id[3:]})
        if request.path == "/api/info":
            asked = request.query.get("id", "").split(",")[:100]
            return self._listing(request, [thing for one in asked if (thing := self._by_id(one))], None)
        found = self._things_at(request.path.rstrip("/"))
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

    def _things_at(self, path: str) -> list[_Thing] | Response:
        """Everything in one listing now, newest first, or why there is none."""
        messages = self.world.messages_at(self.now())
        own = [m for m in messages if m.author == self.world.school]
        others = [m for m in messages if m.author != self.world.school]
        if board := re.fullmatch(r"/r/([^/]+)/(new|comments)", path):
            if board[1].lower() != self._subreddit.lower():
                return Response(302, b"", {"Location": "/subreddits/search?q=x"})
            return (
                self._posts(others) if board[2] == "new" else self._comments(m for m in messages if self._is_here(m))
            )
        if user := re.fullmatch(r"/user/([^/]+)/(submitted|comments)", path):
            if user[1].lower() != _username(self.world.school).lower():
                return self._error(404, "Not Found")
            return self._posts([]) if user[2] == "submitted" else self._comments(own)
        if path == "/message/comments":
            ids = {m.id for m in own}
            return self._comments((m for m in others if m.parent_id in ids), "comment_reply")
        if path == "/message/selfreply":
            under = (m for m in others if m.parent_id is None and self._post_of(m))
            return self._comments(under, "post_reply")
        if path == "/message/mentions":
            return self._comments((m for m in others if self._mentions_school(m)), "username_mention")
        return self._error(404, "Not Found")

    def _posts(self, others: Sequence[StoryMessage]) -> list[_Thing]:
        posts = [self._post(post) for post in self.world.posts_at(self.now())]
        posts += [self._thing(m) for m in others if m.id.startswith("t3_")]
        return sorted(posts, key=lambda thing: (thing.at, thing.id), reverse=True)

    def _comments(self, messages: Iterable[StoryMessage], inbox_type: str = "") -> list[_Thing]:
        return [self._thing(m, inbox_type) for m in messages if not m.id.startswith("t3_")]

    def _by_id(self, asked: str) -> _Thing | None:
        for post in self.world.posts_at(self.now()):
            if post.id == asked:
                return self._post(post)
        message = self.world.message(asked)
        if message is None or message.at > self.now():
            return None
        thing = self._thing(message)
        if message.raw is None:
            # Only listings say whose the post above a comment is.
            thing.child["data"].pop("link_author", None)
        return thing

    def _post(self, post: StoryPost) -> _Thing:
        count = len(self.world.messages_at(self.now(), post.id))
        title, _, words = post.text.partition("\n\n")
        data = {"title": title, "selftext": words, "is_self": True, "num_comments": count}
        where = {"permalink": self._path(post.id), "subreddit": self._subreddit}
        return _Thing(post.id, post.at, _child(post.id, post.at, self.world.school, data | where))

    def _thing(self, message: StoryMessage, inbox_type: str = "") -> _Thing:
        if message.raw is not None:
            return _Thing(message.id, message.at, message.raw)
        now, link_id = self.now(), self._link_id(message)
        edited_at = message.edited_at(now)
        deleted = message.deleted_at is not None and message.deleted_at <= now
        removed = message.hidden_at is not None and message.hidden_at <= now
        words = DELETED if deleted else message.text_at(now)
        author = None if deleted else message.author
        data: dict[str, Any] = {"subreddit": self._subreddit if self._is_here(message) else ELSEWHERE}
        if message.id.startswith("t3_"):
            data |= {"title": words, "selftext": "", "is_self": True, "permalink": self._path(message.id)}
        else:
            data |= {"body": words, "parent_id": message.parent_id or link_id}
        if inbox_type:
            # Inbox entries say less: no link_id, no edited, no permalink.
            where = f"{self._path(link_id)}{message.id[3:]}/?context=3"
            data |= {"context": where, "was_comment": True, "type": inbox_type, "new": True}
            return _Thing(message.id, message.at, _child(message.id, message.at, author, data))
        data |= {"edited": edited_at.timestamp() if edited_at else False, "removed": removed, "spam": False}
        data |= {"banned_by": _username(self.world.school) if removed else None}
        if not message.id.startswith("t3_"):
            by = self._link_author(link_id)
            data |= {"link_id": link_id, "link_author": _username(by) if by else DELETED}
            data |= {"permalink": f"{self._path(link_id)}{message.id[3:]}/"}
        return _Thing(message.id, message.at, _child(message.id, message.at, author, data))

    def _root(self, message: StoryMessage) -> StoryMessage:
        while message.parent_id and (parent := self.world.message(message.parent_id)):
            message = parent
        return message

    def _link_id(self, message: StoryMessage) -> str:
        root = self._root(message)
        return message.post_id or root.post_id or (root.id if root.id.startswith("t3_") else f"t3_x{root.id[3:]}")

    def _post_of(self, message: StoryMessage) -> StoryPost | None:
        return next((post for post in self.world.posts if post.id == self._link_id(message)), None)

    def _link_author(self, link_id: str) -> Author | None:
        if any(post.id == link_id for post in self.world.posts):
            return self.world.school
        post = self.world.message(link_id)
        return post.author if post else Author("t2_elsewhere", "somebody_elsewhere")

    def _is_here(self, message: StoryMessage) -> bool:
        link_id = self._link_id(message)
        return self._post_of(message) is not None or self.world.message(link_id) is not None

    def _mentions_school(self, message: StoryMessage) -> bool:
        called = f"u/{_username(self.world.school)}".lower() in message.text_at(self.now()).lower()
        return called or (message.parent_id is None and not self._is_here(message))

    def _path(self, link_id: str) -> str:
        board = ELSEWHERE if link_id.startswith("t3_x") else self._subreddit
        return f"/r/{board}/comments/{link_id[3:]}/_/"

    def _page(self, request: Request, things: list[_Thing]) -> Response:
        limit = request.query.get("limit", "25")
        size = min(int(limit) if limit.isdecimal() and int(limit) else 25, 100, self._page_size)
        wanted = things[:REACH]
        if after := request.query.get("after"):
            place = next((n for n, thing in enumerate(wanted) if thing.id == after), len(wanted))
            wanted = wanted[place + 1 :]
        return self._listing(request, wanted[:size], wanted[size - 1].id if len(wanted) > size else None)

    def _listing(self, request: Request, things: Sequence[_Thing], after: str | None) -> Response:
        children = [thing.child for thing in things]
        data = {"after": after, "before": None, "dist": len(children), "modhash": None, "children": children}
        return self._ok(request, {"kind": "Listing", "data": data})

    def _ok(self, request: Request, payload: Any) -> Response:
        return json_response(
            payload if request.query.get("raw_json") == "1" else _escaped(payload), 200, self._limits()
        )

    def _error(self, status: int, message: str) -> Response:
        return json_response({"message": message, "error": status}, status, self._limits())

    def _limits(self) -> dict[str, str]:
        used = len(self.requests) % CALLS_A_WINDOW
        return {
            "x-ratelimit-remaining": f"{CALLS_A_WINDOW - used}.0",
            "x-ratelimit-used": str(used),
            "x-ratelimit-reset": str(WINDOW - int(self.now().timestamp()) % WINDOW),
        }


def _child(thing_id: str, at: datetime, author: Author | None, data: Mapping[str, Any]) -> dict[str, Any]:
    kind, _, number = thing_id.partition("_")
    seconds = float(int(at.timestamp()))
    by = {"author": _username(author), "author_fullname": author.id} if author else {"author": DELETED}
    base = {"id": number, "name": thing_id, "created": seconds, "created_utc": seconds, "score": 1}
    return {"kind": kind, "data": base | by | dict(data)}


def _username(author: Author) -> str:
    """Reddit has no display names."""
    return author.handle or author.name


def _escaped(payload: Any) -> Any:
    """As Reddit answers whoever does not ask for raw_json."""
    if isinstance(payload, str):
        return escape(payload, quote=False)
    if isinstance(payload, Mapping):
        return {key: _escaped(value) for key, value in payload.items()}
    return [_escaped(one) for one in payload] if isinstance(payload, list) else payload
