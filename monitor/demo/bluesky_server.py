"""A stand-in for Bluesky: one account's server with the network behind it, in the real wire format.

Shapes, limits and names of errors follow the public lexicons of com.atproto and app.bsky (2026), and what a real
network answered (tests/servers). Notifications tell of a reply only a few levels below the school's words; when a
reply is deleted, what stands below it stays but is in no thread any more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.demo.bluesky_scene import TOKEN_LASTS, Scene, Shown, atproto_time, jwt
from monitor.demo.bluesky_views import Views
from monitor.demo.server import Fault, Request, Response, json_response
from monitor.demo.whole_request import WholeRequests
from monitor.demo.world import World

Row = tuple[datetime, Any, dict[str, Any]]
"""When something was indexed, what it is, and what is said of it beside that."""

CALLS_ALLOWED, WINDOW = 3000, timedelta(minutes=5)
MOST_URIS = 25
MOST_ROWS = 100
DEEPEST = 1000


class BlueskyStandIn(WholeRequests):
    """One Bluesky account on loopback.

    `silent`: addresses of replies that nobody is notified of, as of those sent within milliseconds of their parent.
    `blocking`: ids of people who block the school. `status`: of an account that is not active. `deepest`: levels of a
    thread in one answer, however many are asked for. `scope` is what the token says of itself.
    """

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        app_password: str,
        fault: Fault | None = None,
        *,
        silent: Collection[str] = (),
        blocking: Collection[str] = (),
        status: str | None = None,
        scope: str = "com.atproto.appPass",
        deepest: int = DEEPEST,
        page_size: int = MOST_ROWS,
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self.password = app_password
        self.silent, self.blocking = frozenset(silent), frozenset(blocking)
        self.status, self.scope = status, scope
        self.deepest, self.page_size = deepest, page_size
        self._tokens: dict[str, datetime] = {}
        self._window, self._used = datetime.fromtimestamp(0, UTC), 0

    def answer(self, request: Request) -> Response:
        """Answer one request, with the headers that say how many more are allowed."""
        now = self.now()
        if now - self._window >= WINDOW:
            self._window, self._used = now, 0
        self._used += 1
        limits = {
            "RateLimit-Limit": str(CALLS_ALLOWED),
            "RateLimit-Remaining": str(max(CALLS_ALLOWED - self._used, 0)),
            "RateLimit-Reset": str(int((self._window + WINDOW).timestamp())),
            "RateLimit-Policy": f"{CALLS_ALLOWED};w={WINDOW // timedelta(seconds=1)}",
        }
        response = self._answer(request)
        return Response(response.status, response.body, {**limits, **response.headers})

    def _answer(self, request: Request) -> Response:
        method = request.path.removeprefix("/xrpc/")
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if method == "com.atproto.server.createSession":
            return self._sign_in()
        if not token:
            return xrpc_error(401, "AuthMissing", "Authentication Required")
        if token not in self._tokens:
            return xrpc_error(400, "InvalidToken", "Token could not be verified")
        if self._tokens[token] <= self.now():
            return xrpc_error(400, "ExpiredToken", "Token has expired")
        methods: Mapping[str, Callable[[Request, Scene], Response]] = {
            "app.bsky.notification.listNotifications": self._notifications,
            "app.bsky.feed.getAuthorFeed": self._author_feed,
            "app.bsky.feed.getPostThread": self._post_thread,
            "app.bsky.feed.getPosts": self._posts,
            "app.bsky.actor.getProfiles": self._profiles,
        }
        if method not in methods:
            return xrpc_error(501, "MethodNotImplemented", "Method Not Implemented")
        return methods[method](request, Scene(self.world, self.now()))

    def _sign_in(self) -> Response:
        try:
            asked = json.loads(self.whole.body)
        except ValueError:
            return xrpc_error(400, "InvalidRequest", "Request body must be JSON")
        school = self.world.school
        if asked.get("identifier") not in {school.handle, school.id} or asked.get("password") != self.password:
            return xrpc_error(401, "AuthenticationRequired", "Invalid identifier or password")
        if self.status == "takendown":
            return xrpc_error(401, "AccountTakedown", "Account has been taken down")
        return self._session()

    def _session(self) -> Response:
        school, until = self.world.school, self.now() + TOKEN_LASTS
        access = jwt(self.scope, school.id, until, f"{len(self._tokens)}-{self.password}")
        self._tokens[access] = until
        session = {
            "accessJwt": access,
            "refreshJwt": f"refresh.{access}",
            "did": school.id,
            "handle": school.handle,
            "active": self.status is None,
        }
        return json_response(session if self.status is None else {**session, "status": self.status})

    def _notifications(self, request: Request, scene: Scene) -> Response:
        wanted = self.whole.values("reasons")
        rows: list[Row] = []
        for message in self.world.messages_at(scene.now):
            reason = scene.reason(message, self.silent)
            hidden = message.post_id is not None and message.is_hidden(scene.now)
            if reason and not hidden and (not wanted or reason in wanted):
                rows.append((message.at, message, {"reason": reason}))
        return self._page(request, "notifications", rows, scene, self._notification)

    def _notification(self, scene: Scene, message: Shown, more: Mapping[str, Any]) -> dict[str, Any]:
        post = Views(scene, self.blocking).post(message)
        kept = ("uri", "cid", "author", "record", "indexedAt", "labels")
        subject = scene.parent(message) if more["reason"] == "reply" else None
        row = {name: post[name] for name in kept} | {"reason": more["reason"], "isRead": False}
        return row | ({"reasonSubject": subject} if subject else {})

    def _author_feed(self, request: Request, scene: Scene) -> Response:
        school = self.world.school
        if request.query.get("actor") not in {school.id, school.handle}:
            return xrpc_error(400, "InvalidRequest", "Profile not found")
        own: list[Shown] = [*self.world.posts_at(scene.now)]
        if request.query.get("filter") == "posts_with_replies":
            own += [m for m in self.world.messages_at(scene.now) if scene.author(m).id == school.id]
        rows: list[Row] = [
            (each.at, each, {}) for each in sorted(own, key=lambda one: (one.at, one.id), reverse=True)
        ]
        return self._page(
            request, "feed", rows, scene, lambda scene, own, _: {"post": Views(scene, self.blocking).post(own)}
        )

    def _page(
        self,
        request: Request,
        name: str,
        rows: list[Row],
        scene: Scene,
        show: Callable[[Scene, Any, Mapping[str, Any]], dict[str, Any]],
    ) -> Response:
        """One page. The way on is a moment; what shares it with the last row is lost, as on the real network."""
        limit = min(int(request.query.get("limit") or 50), MOST_ROWS, self.page_size)
        if cursor := request.query.get("cursor"):
            rows = [row for row in rows if row[0] < datetime.fromisoformat(cursor)]
        page = rows[:limit]
        shown = {name: [show(scene, each, more) for _, each, more in page]}
        return json_response(shown | ({"cursor": atproto_time(page[-1][0])} if len(page) == limit else {}))

    def _posts(self, request: Request, scene: Scene) -> Response:
        uris = self.whole.values("uris")
        if len(uris) > MOST_URIS:
            return xrpc_error(400, "InvalidRequest", "Error: uris must not have more than 25 elements")
        there = [scene.there[uri] for uri in uris if uri in scene.there]
        shown = [each for each in there if scene.author(each).id not in self.blocking]
        return json_response({"posts": [Views(scene, self.blocking).post(each) for each in shown]})

    def _profiles(self, request: Request, scene: Scene) -> Response:
        known = [scene.authors[did] for did in self.whole.values("actors") if did in scene.authors]
        return json_response({"profiles": [Views(scene, self.blocking).profile(each) for each in known]})

    def _post_thread(self, request: Request, scene: Scene) -> Response:
        shown = scene.there.get(request.query.get("uri", ""))
        if shown is None:
            return xrpc_error(400, "NotFound", f"Post not found: {request.query.get('uri')}")
        depth = min(int(request.query.get("depth") or 6), self.deepest)
        root = scene.root(shown) or shown.id
        answer = {"thread": Views(scene, self.blocking).node(shown, depth)}
        if gate := Views(scene, self.blocking).gate(root):
            answer["threadgate"] = gate
        return json_response(answer)


def xrpc_error(status: int, name: str, words: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as the protocol words it: its name decides, the status is 400 for most."""
    return json_response({"error": name, "message": words}, status, headers)
