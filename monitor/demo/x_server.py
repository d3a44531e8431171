"""A stand-in for X: the API v2 endpoints a school's account is read through, served from a World.

Written from the API's documentation (docs.x.com/x-api), apart from our connector, so that a misreading in
one does not hide in the other. Everything follows from the clock: an edit appears as a new post id whose
`edit_history_tweet_ids` leads back to the first; a deleted post is missing from lists and "not found" by id.
A page token is the id the page starts below, in hexadecimal: it stays good while newer posts arrive.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import Author, StoryMessage, World
from monitor.demo.x_tweets import (
    FIRST_MILLISECOND,
    MESSAGE,
    Tweet,
    escaped,
    messages_of,
    snowflake,
    tweets_of,
    wire_time,
)

__all__ = ["FIRST_MILLISECOND", "XStandIn", "snowflake"]

PROBLEMS = "https://api.twitter.com/2/problems/"
MOST_MENTIONS, MOST_POSTS = 800, 3200  # how far back the two lists go, however old the account
SEARCH_REACH = timedelta(days=7)
MESSAGES_REACH = timedelta(days=30)
LONGEST_QUERY = 512
WINDOW = timedelta(minutes=15)
CALLS_A_WINDOW = 450

_PATHS = {
    "me": re.compile(r"/2/users/me"),
    "by name": re.compile(r"/2/users/by/username/(?P<about>\w+)"),
    "user": re.compile(r"/2/users/(?P<about>\w+)"),
    "mentions": re.compile(r"/2/users/(?P<about>\w+)/mentions"),
    "tweets": re.compile(r"/2/users/(?P<about>\w+)/tweets"),
    "lookup": re.compile(r"/2/tweets"),
    "search": re.compile(r"/2/tweets/search/recent"),
    "messages": re.compile(r"/2/dm_events"),
}
_TERM = re.compile(r"(?P<kind>conversation_id:|from:|to:|@)@?(?P<about>\w+)")


class XStandIn(StandIn):
    """X's API v2 for one world: users, mentions, the account's own posts, posts by id, recent search, messages.

    `page_size` caps a page below what the client asks for. `own_keys`: the four keys of the account, with which alone
    its direct messages can be read; `protected`: how the account is set.
    """

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        token: str,
        fault: Fault | None = None,
        page_size: int = 100,
        own_keys: tuple[str, ...] = (),
        protected: bool = False,
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self._token = token
        self._page_size = page_size
        self._own_keys = own_keys
        self._protected = protected
        self._used: Counter[tuple[str, int]] = Counter()

    def answer(self, request: Request) -> Response:
        """What X says."""
        found = ((kind, path.fullmatch(request.path)) for kind, path in _PATHS.items())
        kind, about = next(((kind, match.groupdict().get("about", "")) for kind, match in found if match), ("", ""))
        response = self._answer(request, kind, about)
        headers = {**response.headers, **self._limits(kind)}
        return Response(response.status, response.body, headers)

    def _answer(self, request: Request, kind: str, about: str) -> Response:
        as_itself = kind in {"me", "messages"}
        if not (self._is_account(request) if as_itself else self._is_app(request)):
            return _problem(401, "Unauthorized")
        school = self.world.school
        match kind:
            case "me" | "user" | "by name":
                named = {"me": school.id, "user": about}.get(kind)
                by_name = kind == "by name"
                known = about == school.handle if by_name else named == school.id
                return self._user(request, known, "username" if by_name else "id", about)
            case "mentions" | "tweets":
                if about != school.id:
                    return self._user(request, False, "id", about)
                found = [
                    t for t in self._tweets() if (t.author == school if kind == "tweets" else t.mentions(school))
                ]
                return self._listing(request, found[: MOST_POSTS if kind == "tweets" else MOST_MENTIONS])
            case "lookup":
                return self._lookup(request)
            case "search":
                return self._search(request)
            case "messages":
                return self._messages(request)
        return _problem(404, "Not Found")

    def _is_app(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self._token}"

    def _is_account(self, request: Request) -> bool:
        """Whether it is signed with the account's keys. The signature itself is not worked out again."""
        signed = dict(re.findall(r'(oauth_\w+)="([^"]*)"', request.headers.get("authorization", "")))
        if not self._own_keys:
            return False
        consumer, _, access, _ = self._own_keys
        return (signed.get("oauth_consumer_key"), signed.get("oauth_token")) == (consumer, access)

    def _user(self, request: Request, known: bool, parameter: str, asked: str) -> Response:
        school = self.world.school
        if not known:
            return json_response({"errors": [_not_found("user", parameter, asked)]})
        user: dict[str, Any] = {"id": school.id, "name": school.name, "username": school.handle}
        if "protected" in _listed(request, "user.fields"):
            user["protected"] = self._protected
        if "description" in _listed(request, "user.fields"):
            user["description"] = self.world.about
        if self.world.website and "entities" in _listed(request, "user.fields"):
            short = "https://t.co/0aKfI3lD00"
            user |= {
                "url": short,
                "entities": {"url": {"urls": [{"url": short, "expanded_url": self.world.website}]}},
            }
        return json_response({"data": user})

    def _lookup(self, request: Request) -> Response:
        asked = [i for i in request.query.get("ids", "").split(",") if i]
        if not 1 <= len(asked) <= 100 or not all(i.isdecimal() for i in asked):
            return _invalid("ids", ",".join(asked), "ids must be 1 to 100 post ids")
        known = {version.id: (tweet, version) for tweet in self._tweets() for version in tweet.versions}
        fields = _listed(request, "tweet.fields")
        body: dict[str, Any] = {}
        if found := [known[i] for i in asked if i in known]:
            body["data"] = [tweet.shown(version, fields) for tweet, version in found]
        if missing := [_not_found("tweet", "ids", i) for i in asked if i not in known]:
            body["errors"] = missing
        return json_response(body | _includes(request, [tweet.author for tweet, _ in found]))

    def _search(self, request: Request) -> Response:
        query = request.query.get("query", "")
        terms = [(m["kind"], m["about"].lower()) for m in _TERM.finditer(query)]
        if len(query) > LONGEST_QUERY or not terms:
            words = f"up to {LONGEST_QUERY} characters; here only of from:, to:, @ and conversation_id:"
            return _invalid("query", query, words)
        earliest = self.now() - SEARCH_REACH
        since, start = request.query.get("since_id", ""), request.query.get("start_time")
        if since.isdecimal() and int(since) < int(snowflake(earliest, 0)):
            return _invalid("since_id", since, f"'since_id' must be a tweet id created after {earliest}")
        if start is not None and datetime.fromisoformat(start) < earliest:
            return _invalid("start_time", start, f"'start_time' must be on or after {earliest}")
        size = request.query.get("max_results", "10")
        if size.isdecimal() and int(size) < 10:
            return _invalid("max_results", size, "max_results must be between 10 and 100")
        wanted = set(terms)
        recent = (t for t in self._tweets() if t.versions[-1].at >= earliest)
        return self._listing(request, [t for t in recent if wanted & self._terms(t)])

    def _terms(self, tweet: Tweet) -> set[tuple[str, str]]:
        """Everything it can be found by."""
        school = self.world.school
        found = {("conversation_id:", tweet.conversation)}
        if tweet.author is not None:
            found |= {("from:", tweet.author.id), ("from:", tweet.author.handle.lower())}
        if tweet.replied_to_user == school.id and tweet.author != school:
            found |= {("to:", school.id), ("to:", school.handle.lower())}
        return found | ({("@", school.handle.lower())} if tweet.mentions(school) else set())

    def _messages(self, request: Request) -> Response:
        earliest = self.now() - MESSAGES_REACH
        found = [m for m in messages_of(self.world, self.now()) if m.at >= earliest]
        size, token = request.query.get("max_results", "100"), request.query.get("pagination_token")
        if not size.isdecimal() or not 1 <= int(size) <= 100:
            return _invalid("max_results", size, "max_results must be between 1 and 100")
        if token is not None:
            found = [m for m in found if int(m.id.removeprefix(MESSAGE)) < int(token, 16)]
        page = found[: min(int(size), self._page_size)]
        meta: dict[str, Any] = {"result_count": len(page)}
        if len(page) < len(found):
            meta["next_token"] = f"{int(page[-1].id.removeprefix(MESSAGE)):x}"
        data = {"data": [_event(m) for m in page]} if page else {}
        return json_response(data | _includes(request, [m.author for m in page], "sender_id") | {"meta": meta})

    def _listing(self, request: Request, tweets: Sequence[Tweet]) -> Response:
        query = request.query
        since, start = query.get("since_id"), query.get("start_time")
        token = query.get("pagination_token") or query.get("next_token")
        size = query.get("max_results", "10")
        if not size.isdecimal() or not 5 <= int(size) <= 100:
            return _invalid("max_results", size, "max_results must be between 5 and 100")
        if since is not None and start is not None:
            return _invalid("since_id", since, "'since_id' cannot be used together with 'start_time'")
        if since is not None and not since.isdecimal():
            return _invalid("since_id", since, "'since_id' must be a post id")
        if token is not None and not re.fullmatch(r"[0-9a-f]+", token):
            return _invalid("pagination_token", token, "this token is not valid")
        wanted = [t for t in tweets if since is None or t.number > int(since)]
        if start is not None:
            wanted = [t for t in wanted if t.versions[-1].at >= datetime.fromisoformat(start)]
        if token is not None:
            wanted = [t for t in wanted if t.number < int(token, 16)]
        page = wanted[: min(int(size), self._page_size)]
        if not page:
            return json_response({"meta": {"result_count": 0}})
        meta = {
            "result_count": len(page),
            "newest_id": str(page[0].number),
            "oldest_id": str(page[-1].number),
        }
        if len(page) < len(wanted):
            meta["next_token"] = f"{page[-1].number:x}"
        fields = _listed(request, "tweet.fields")
        data = [tweet.shown(tweet.versions[-1], fields) for tweet in page]
        return json_response({"data": data} | _includes(request, [t.author for t in page]) | {"meta": meta})

    def _tweets(self) -> list[Tweet]:
        return tweets_of(self.world, self.now())

    def _limits(self, kind: str) -> dict[str, str]:
        """Calls are counted for each endpoint in windows that begin with every quarter of an hour."""
        window, left = divmod(int(self.now().timestamp()), int(WINDOW.total_seconds()))
        self._used[kind, window] += 1
        return {
            "x-rate-limit-limit": str(CALLS_A_WINDOW),
            "x-rate-limit-remaining": str(max(0, CALLS_A_WINDOW - self._used[kind, window])),
            "x-rate-limit-reset": str(int(self.now().timestamp()) - left + int(WINDOW.total_seconds())),
        }


def _event(message: StoryMessage) -> Mapping[str, Any]:
    if message.raw is not None:
        return message.raw
    event = {
        "id": message.id.removeprefix(MESSAGE),
        "event_type": "MessageCreate",
        "text": escaped(message.text),
        "created_at": wire_time(message.at),
        "sender_id": message.author.id if message.author else None,
        "dm_conversation_id": (message.parent_id or "").removeprefix(MESSAGE) or None,
    }
    return {name: value for name, value in event.items() if value is not None}


def _includes(request: Request, people: Sequence[Author | None], name: str = "author_id") -> dict[str, Any]:
    if name not in _listed(request, "expansions"):
        return {}
    shown = {"protected": False} if "protected" in _listed(request, "user.fields") else {}
    authors = {author.id: author for author in people if author}
    users = [{"id": a.id, "name": a.name, "username": a.handle} | shown for a in authors.values()]
    return {"includes": {"users": users}} if users else {}


def _problem(status: int, title: str) -> Response:
    body = {"title": title, "type": "about:blank", "status": status, "detail": title}
    return json_response(body, status, {"Content-Type": "application/problem+json"})


def _invalid(parameter: str, value: str, message: str) -> Response:
    body = {
        "errors": [{"parameters": {parameter: [value]}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": f"{PROBLEMS}invalid-request",
    }
    return json_response(body, 400)


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
