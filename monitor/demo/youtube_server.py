"""A stand-in for the YouTube Data API v3: one channel, its videos and comments, in the real wire format.

Also the place where Google hands out access tokens. Shapes, limits and errors follow Google's public reference of the
API: up to five replies come with a thread, what is kept back is for the owner, and beside ids nothing else is asked.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import World
from monitor.demo.youtube_rows import YouTubeRows

LARGEST_PAGE = 100
MOST_IDS = 50
ACCESS_TOKEN = "ya29.stand-in-access-token"
SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
NOT_BESIDE_IDS = frozenset({"maxResults", "pageToken", "moderationStatus", "order"})


class YouTubeStandIn(StandIn):
    """One channel on loopback. A message without `post_id` is a comment on the channel itself.

    `refresh_token` opens it as its owner, who sees what is held; `api_key` shows published comments only.
    """

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        refresh_token: str,
        fault: Fault | None = None,
        *,
        api_key: str = "",
        page_size: int = LARGEST_PAGE,
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self.refresh_token = refresh_token
        self.api_key = api_key
        self.page_size = page_size

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        if request.path == "/token":
            return hand_out_token(request, self.refresh_token, SCOPE)
        owner = request.headers.get("authorization") == f"Bearer {ACCESS_TOKEN}"
        if not owner and "authorization" in request.headers:
            return google_error(401, "authError", "Invalid Credentials")
        if not owner and not (self.api_key and request.query.get("key") == self.api_key):
            return google_error(400, "keyInvalid", "Bad Request")
        lists: dict[str, Callable[[Mapping[str, str], bool], Response]] = {
            "/youtube/v3/channels": self._channels,
            "/youtube/v3/playlistItems": self._uploads,
            "/youtube/v3/videos": self._videos,
            "/youtube/v3/commentThreads": self._threads,
            "/youtube/v3/comments": self._comments,
        }
        if request.path not in lists:
            return google_error(404, "notFound", "Not Found")
        if "id" in request.query and (refused := _refused_beside_ids(request.query)):
            return refused
        return lists[request.path](request.query, owner)

    def _channels(self, query: Mapping[str, str], owner: bool) -> Response:
        school = self.world.school
        wanted = query.get("id") == school.id or (owner and query.get("mine") == "true")
        snippet = {"title": school.name, "description": self.world.about}
        rows = [{"kind": "youtube#channel", "id": school.id, "snippet": snippet}]
        return self._list("channel", rows if wanted else [], query)

    def _uploads(self, query: Mapping[str, str], _: bool) -> Response:
        posts = self.world.posts_at(self.now())
        if query.get("playlistId") != f"UU{self.world.school.id[2:]}" or not posts:
            return google_error(404, "playlistNotFound", "The playlist cannot be found.")
        return self._list("playlistItem", [self._rows(query, owner=False).upload(post) for post in posts], query)

    def _videos(self, query: Mapping[str, str], _: bool) -> Response:
        asked, rows = query.get("id", "").split(","), self._rows(query, owner=False)
        return self._list("video", [rows.video(p) for p in self.world.posts_at(self.now()) if p.id in asked], query)

    def _threads(self, query: Mapping[str, str], owner: bool) -> Response:
        rows = self._rows(query, owner)
        if "id" in query:
            asked = query["id"].split(",")
            found = [m for m in rows.published() if m.parent_id is None and m.id in asked]
            return self._list("commentThread", [rows.thread(m) for m in found], query)
        if "moderationStatus" in query and not owner:
            return google_error(403, "forbidden", "The owner has to be signed in to see these comments.")
        if query.get("allThreadsRelatedToChannelId") != self.world.school.id:
            return google_error(404, "channelNotFound", "The channel cannot be found.")
        state = query.get("moderationStatus", "published")
        if state == "published":
            found = [m for m in rows.published() if m.parent_id is None]
        else:
            found = rows.with_something_held() if state == "heldForReview" else []
        return self._list("commentThread", [rows.thread(m, state) for m in found], query)

    def _comments(self, query: Mapping[str, str], owner: bool) -> Response:
        rows = self._rows(query, owner)
        there = {m.id: m for m in (rows.there() if owner else rows.published())}
        if "id" in query:
            found = [there[each] for each in query["id"].split(",") if each in there]
        elif query.get("parentId") in there:
            found = [m for m in there.values() if m.parent_id == query["parentId"]]
        else:
            return google_error(404, "commentNotFound", "The comment cannot be found.")
        return self._list("comment", [rows.comment(m, in_thread=False) for m in found], query)

    def _rows(self, query: Mapping[str, str], owner: bool) -> YouTubeRows:
        says_status = owner and "id" not in query
        return YouTubeRows(self.world, self.now(), says_status, is_plain=query.get("textFormat") == "plainText")

    def _list(self, kind: str, rows: Sequence[Mapping[str, Any]], query: Mapping[str, str]) -> Response:
        limit = min(int(query.get("maxResults", "20")), LARGEST_PAGE, self.page_size)
        limit = MOST_IDS if "id" in query else limit
        start = 0
        if token := query.get("pageToken"):
            try:
                start = int(base64.urlsafe_b64decode(token))
            except ValueError:
                return google_error(400, "invalidPageToken", "The page token is not valid.")
        page: dict[str, Any] = {
            "kind": f"youtube#{kind}ListResponse",
            "pageInfo": {"totalResults": len(rows), "resultsPerPage": limit},
            "items": list(rows[start : start + limit]),
        }
        if start + limit < len(rows):
            page["nextPageToken"] = base64.urlsafe_b64encode(str(start + limit).encode()).decode()
        return json_response(page)


def _refused_beside_ids(query: Mapping[str, str]) -> Response | None:
    if NOT_BESIDE_IDS & query.keys():
        return google_error(400, "incompatibleParameters", "Incompatible parameters specified in the request.")
    if len(query["id"].split(",")) > MOST_IDS:
        return google_error(400, "invalidFilters", "Too many ids.")
    return None


def hand_out_token(request: Request, refresh_token: str, scope: str) -> Response:
    """An access token for a refresh token, as https://oauth2.googleapis.com/token gives it."""
    if request.form.get("refresh_token") != refresh_token:
        return json_response({"error": "invalid_grant", "error_description": "Bad Request"}, 400)
    token = {"access_token": ACCESS_TOKEN, "expires_in": 3599, "scope": scope, "token_type": "Bearer"}
    return json_response(token)


def google_error(status: int, reason: str, message: str) -> Response:
    """An error as Google's interfaces word it."""
    error = {"domain": "youtube", "reason": reason, "message": message}
    return json_response({"error": {"code": status, "message": message, "errors": [error]}}, status)
