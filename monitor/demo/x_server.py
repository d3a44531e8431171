"""A stand-in for X: the API v2 endpoints a school's account is read through, served from a World.

Written from the API's documentation (docs.x.com/x-api), apart from our connector, so that a misreading in
one does not hide in the other. Everything follows from the clock: an edit appears as a new post id whose
`edit_history_tweet_ids` leads back to the first; a deleted post is missing from lists and "not found" by id.
A page token is the id the page starts below, in hexadecimal: it stays good while newer posts arrive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import Author, StoryMessage, World

FIRST_MILLISECOND = 1288834974657  # X counts its ids from 4 November 2010, 01:42:54.657 UTC
PROBLEMS = "https://api.twitter.com/2/problems/"
MOST_MENTIONS, MOST_POSTS = 800, 3200  # how far back the two lists go, however old the account
SEARCH_REACH = timedelta(days=7)
WINDOW = timedelta(minutes=15)
CALLS_A_WINDOW = 450
LONGEST_TEXT = 280  # characters in `text`; the whole of a longer post is in `note_tweet`


def snowflake(at: datetime, n: int) -> str:
    """The id of the `n`th post (0 to 4194303) of the millisecond `at`: X builds its ids from the time."""
    milliseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return str((milliseconds - FIRST_MILLISECOND) << 22 | n & 0x3FFFFF)


@dataclass(frozen=True)
class _Version:
    id: str
    at: datetime
    text: str


@dataclass(frozen=True)
class _Tweet:
    """One post of anyone as X holds it: its versions by now, oldest first, and its place in a thread."""

    versions: tuple[_Version, ...]
    author: Author | None
    conversation: str
    replied_to: str | None = None
    replied_to_user: str | None = None
    raw: Mapping[str, Any] | None = None

    @property
    def number(self) -> int:
        return int(self.versions[-1].id)

    def shown(self, version: _Version, fields: set[str]) -> Mapping[str, Any]:
        if self.raw is not None:
            return self.raw
        long = len(version.text) > LONGEST_TEXT
        basic = {
            "id": version.id,
            "text": _escaped(version.text[: LONGEST_TEXT - 1] + "…" if long else version.text),
            "edit_history_tweet_ids": [v.id for v in self.versions],
        }
        more = {
            "created_at": f"{version.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            "author_id": self.author.id if self.author else None,
            "conversation_id": self.conversation,
            "in_reply_to_user_id": self.replied_to_user,
            "referenced_tweets": [{"type": "replied_to", "id": self.replied_to}] if self.replied_to else None,
            "note_tweet": {"text": _escaped(version.text)} if long else None,
        }
        return basic | {name: value for name, value in more.items() if name in fields and value is not None}


class XStandIn(StandIn):
    """X's API v2 for one world: mentions, the account's own posts, users, posts by id, recent search.

    Every message whose author is not the school mentions it; the school's own are in its timeline.
    `page_size` caps a page below what the client asks for.
    """

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        token: str,
        fault: Fault | None = None,
        page_size: int = 100,
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self._token = token
        self._page_size = page_size

    def answer(self, request: Request) -> Response:
        """What X says."""
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return self._problem(401, "about:blank", "Unauthorized", "Unauthorized")
        if user := re.fullmatch(r"/2/users/(?P<id>\w+)(?P<list>/mentions|/tweets)?", request.path):
            return self._user_or_list(request, user["id"], user["list"])
        if by_name := re.fullmatch(r"/2/users/by/username/(?P<handle>\w+)", request.path):
            return self._user(by_name["handle"], "username", self.world.school.handle)
        if request.path == "/2/tweets":
            return self._lookup(request)
        if request.path == "/2/tweets/search/recent":
            return self._search(request)
        return self._problem(404, "about:blank", "Not Found", "Not Found")

    def _user_or_list(self, request: Request, user_id: str, which: str | None) -> Response:
        if which is None or user_id != self.world.school.id:
            return self._user(user_id, "id", self.world.school.id)
        own = which == "/tweets"
        found = [t for t in self._tweets() if (t.author == self.world.school) == own]
        return self._listing(request, found[: MOST_POSTS if own else MOST_MENTIONS])

    def _user(self, asked: str, parameter: str, known: str) -> Response:
        school = self.world.school
        if asked == known:
            return self._ok({"data": {"id": school.id, "name": school.name, "username": school.handle}})
        return self._ok({"errors": [_not_found("user", parameter, asked)]})

    def _lookup(self, request: Request) -> Response:
        asked = [i for i in request.query.get("ids", "").split(",") if i]
        if not 1 <= len(asked) <= 100 or not all(i.isdecimal() for i in asked):
            return self._invalid("ids", ",".join(asked), "ids must be 1 to 100 post ids")
        known = {version.id: (tweet, version) for tweet in self._tweets() for version in tweet.versions}
        fields = _listed(request, "tweet.fields")
        body: dict[str, Any] = {}
        if found := [known[i] for i in asked if i in known]:
            body["data"] = [tweet.shown(version, fields) for tweet, version in found]
        if missing := [_not_found("tweet", "ids", i) for i in asked if i not in known]:
            body["errors"] = missing
        return self._ok(body | self._includes(request, [tweet for tweet, _ in found]))

    def _search(self, request: Request) -> Response:
        query = request.query.get("query", "")
        conversations = set(re.findall(r"\bconversation_id:(\d+)", query))
        handles = {handle.lower() for handle in re.findall(r"\bto:@?(\w+)", query)}
        if not conversations | handles:
            return self._invalid("query", query, "this stand-in searches by conversation_id: and to: only")
        earliest = self.now() - SEARCH_REACH
        since = request.query.get("since_id", "")
        if since.isdecimal() and int(since) < int(snowflake(earliest, 0)):
            return self._invalid("since_id", since, f"'since_id' must be a tweet id created after {earliest}")
        to_school = self.world.school.handle.lower() in handles
        recent = [t for t in self._tweets() if t.versions[-1].at >= earliest]
        found = [
            t
            for t in recent
            if t.conversation in conversations or (to_school and t.replied_to_user == self.world.school.id)
        ]
        return self._listing(request, found)

    def _listing(self, request: Request, tweets: Sequence[_Tweet]) -> Response:
        query = request.query
        since, start = query.get("since_id"), query.get("start_time")
        token = query.get("pagination_token") or query.get("next_token")
        size = query.get("max_results", "10")
        if not size.isdecimal() or not 5 <= int(size) <= 100:
            return self._invalid("max_results", size, "max_results must be between 5 and 100")
        if since is not None and start is not None:
            return self._invalid("since_id", since, "'since_id' cannot be used together with 'start_time'")
        if since is not None and not since.isdecimal():
            return self._invalid("since_id", since, "'since_id' must be a post id")
        if token is not None and not re.fullmatch(r"[0-9a-f]+", token):
            return self._invalid("pagination_token", token, "this token is not valid")
        wanted = [t for t in tweets if since is None or t.number > int(since)]
        if start is not None:
            wanted = [t for t in wanted if t.versions[-1].at >= datetime.fromisoformat(start)]
        if token is not None:
            wanted = [t for t in wanted if t.number < int(token, 16)]
        page = wanted[: min(int(size), self._page_size)]
        if not page:
            return self._ok({"meta": {"result_count": 0}})
        meta = {
            "result_count": len(page),
            "newest_id": str(page[0].number),
            "oldest_id": str(page[-1].number),
        }
        if len(page) < len(wanted):
            meta["next_token"] = f"{page[-1].number:x}"
        fields = _listed(request, "tweet.fields")
        data = [tweet.shown(tweet.versions[-1], fields) for tweet in page]
        return self._ok({"data": data} | self._includes(request, page) | {"meta": meta})

    def _includes(self, request: Request, tweets: Sequence[_Tweet]) -> dict[str, Any]:
        if "author_id" not in _listed(request, "expansions"):
            return {}
        shown = {"protected": False} if "protected" in _listed(request, "user.fields") else {}
        authors = {tweet.author.id: tweet.author for tweet in tweets if tweet.author}
        users = [{"id": a.id, "name": a.name, "username": a.handle} | shown for a in authors.values()]
        return {"includes": {"users": users}} if users else {}

    def _tweets(self) -> list[_Tweet]:
        """Everything X shows now, newest id first, as its lists are ordered."""
        now = self.now()
        posts = [
            _Tweet((_Version(post.id, post.at, post.text),), self.world.school, post.id)
            for post in self.world.posts_at(now)
        ]
        messages = [self._message(message, now) for message in self.world.messages_at(now)]
        return sorted([*posts, *messages], key=lambda t: t.number, reverse=True)

    def _message(self, message: StoryMessage, now: datetime) -> _Tweet:
        within = int(message.id) & 0x3FFFFF
        edits = [_Version(snowflake(at, within), at, text) for at, text in message.edits if at <= now]
        replied_to = message.parent_id or message.post_id
        parent = self.world.message(replied_to) if replied_to else None
        replied_to_author = parent.author if parent else self.world.school if replied_to else None
        return _Tweet(
            versions=(_Version(message.id, message.at, message.text), *edits),
            author=message.author,
            conversation=self._root(message),
            replied_to=replied_to,
            replied_to_user=replied_to_author.id if replied_to_author else None,
            raw=message.raw,
        )

    def _root(self, message: StoryMessage) -> str:
        while message.post_id is None and message.parent_id and (parent := self.world.message(message.parent_id)):
            message = parent
        return message.post_id or message.parent_id or message.id

    def _ok(self, body: Mapping[str, Any]) -> Response:
        return json_response(body, headers=self._limits())

    def _limits(self) -> dict[str, str]:
        reset = (self.now() + WINDOW).timestamp()
        left = max(0, CALLS_A_WINDOW - len(self.requests) % CALLS_A_WINDOW)
        return {
            "x-rate-limit-limit": str(CALLS_A_WINDOW),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": str(int(reset)),
        }

    def _problem(self, status: int, kind: str, title: str, detail: str) -> Response:
        body = {"title": title, "type": kind, "status": status, "detail": detail}
        return json_response(body, status, self._limits() | {"Content-Type": "application/problem+json"})

    def _invalid(self, parameter: str, value: str, message: str) -> Response:
        body = {
            "errors": [{"parameters": {parameter: [value]}, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{PROBLEMS}invalid-request",
        }
        return json_response(body, 400, self._limits())


def _listed(request: Request, parameter: str) -> set[str]:
    return set(request.query.get(parameter, "").split(","))


def _not_found(resource: str, parameter: str, value: str) -> dict[str, str]:
    return {
        "value": value,
        "detail": f"Could not find {resource} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": resource,
        "parameter": parameter,
        "resource_id": value,
        "type": f"{PROBLEMS}resource-not-found",
    }


def _escaped(text: str) -> str:
    """X writes these three characters as entities in every text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
