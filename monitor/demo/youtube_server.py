"""A stand-in for the YouTube Data API v3: one channel, its videos and comments, in the real wire format.

Also the place where Google hands out access tokens. Shapes and errors follow Google's public reference of the API.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import StoryMessage, StoryPost, World

LARGEST_PAGE = 100
MOST_IDS = 50
NESTED_REPLIES = 5
ACCESS_TOKEN = "ya29.stand-in-access-token"


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
            return self._token(request)
        owner = request.headers.get("authorization") == f"Bearer {ACCESS_TOKEN}"
        if not owner and not (self.api_key and request.query.get("key") == self.api_key):
            return google_error(401, "authError", "Request had invalid authentication credentials.")
        lists: dict[str, Callable[[Mapping[str, str], bool], Response]] = {
            "/youtube/v3/channels": self._channels,
            "/youtube/v3/videos": self._videos,
            "/youtube/v3/commentThreads": self._threads,
            "/youtube/v3/comments": self._comments,
        }
        if request.path not in lists:
            return google_error(404, "notFound", "Not Found")
        return lists[request.path](request.query, owner)

    def _token(self, request: Request) -> Response:
        if request.form.get("refresh_token") != self.refresh_token:
            return json_response({"error": "invalid_grant", "error_description": "Bad Request"}, 400)
        return json_response({"access_token": ACCESS_TOKEN, "expires_in": 3599, "token_type": "Bearer"})

    def _channels(self, query: Mapping[str, str], _: bool) -> Response:
        school = self.world.school
        rows = [{"kind": "youtube#channel", "id": school.id, "snippet": {"title": school.name}}]
        return self._list("channel", rows if query.get("id") == school.id else [], query)

    def _videos(self, query: Mapping[str, str], _: bool) -> Response:
        asked = query.get("id", "").split(",")
        if len(asked) > MOST_IDS:
            return google_error(400, "invalidParameter", "Too many ids")
        rows = [self._video(post) for post in self.world.posts_at(self.now()) if post.id in asked]
        return self._list("video", rows, query)

    def _threads(self, query: Mapping[str, str], owner: bool) -> Response:
        state = query.get("moderationStatus", "published")
        if state != "published" and not owner:
            return google_error(403, "forbidden", "The owner has to be signed in to see these comments.")
        if query.get("allThreadsRelatedToChannelId") != self.world.school.id:
            return google_error(404, "channelNotFound", "The channel cannot be found.")
        if state == "likelySpam":
            return self._list("commentThread", [], query)
        held = state == "heldForReview"
        first = [m for m in self._there() if m.parent_id is None and m.is_held(self.now()) == held]
        if held:  # a held reply is listed as a thread of its own
            first = [m for m in self._there() if m.is_held(self.now())]
        return self._list("commentThread", [self._thread_row(m) for m in first], query)

    def _comments(self, query: Mapping[str, str], owner: bool) -> Response:
        there = {m.id: m for m in self._there() if owner or not m.is_held(self.now())}
        if "id" in query:
            asked = query["id"].split(",")
            if len(asked) > MOST_IDS:
                return google_error(400, "invalidParameter", "Too many ids")
            return self._list("comment", [self._comment(there[each]) for each in asked if each in there], query)
        if query.get("parentId") not in there:
            return google_error(404, "commentNotFound", "The comment cannot be found.")
        replies = [m for m in there.values() if m.parent_id == query["parentId"] and not m.is_held(self.now())]
        return self._list("comment", [self._comment(m) for m in replies], query)

    def _there(self) -> list[StoryMessage]:
        """What exists, newest first; replies go with the comment above them."""
        now = self.now()
        messages = self.world.messages_at(now)
        ids = {m.id for m in messages}
        return [m for m in messages if m.parent_id is None or m.parent_id in ids]

    def _list(self, kind: str, rows: Sequence[Mapping[str, Any]], query: Mapping[str, str]) -> Response:
        limit = min(int(query.get("maxResults", "20")), LARGEST_PAGE, self.page_size)
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

    def _video(self, post: StoryPost) -> dict[str, Any]:
        comments = sum(m.post_id == post.id and not m.is_held(self.now()) for m in self._there())
        return {
            "kind": "youtube#video",
            "id": post.id,
            "snippet": {"title": post.text, "publishedAt": youtube_time(post.at), "channelId": self.world.school.id},
            "statistics": {"viewCount": "812", "commentCount": str(comments)},
        }

    def _thread_row(self, message: StoryMessage) -> dict[str, Any]:
        now = self.now()
        replies = [m for m in self._there() if m.parent_id == message.id and not m.is_held(now)]
        thread: dict[str, Any] = {
            "kind": "youtube#commentThread",
            "id": message.id,
            "snippet": {
                "channelId": self.world.school.id,
                "topLevelComment": self._comment(message),
                "canReply": True,
                "totalReplyCount": len(replies),
                "isPublic": not message.is_held(now),
            },
        }
        if message.post_id:
            thread["snippet"]["videoId"] = message.post_id
        if replies:
            thread["replies"] = {"comments": [self._comment(m) for m in replies[:NESTED_REPLIES]]}
        return thread

    def _comment(self, message: StoryMessage) -> dict[str, Any]:
        if message.raw is not None:
            return dict(message.raw)
        now = self.now()
        snippet: dict[str, Any] = {
            "channelId": self.world.school.id,
            "textDisplay": message.text_at(now),
            "textOriginal": message.text_at(now),
            "canRate": True,
            "likeCount": 0,
            "publishedAt": youtube_time(message.at),
            "updatedAt": youtube_time(message.edited_at(now) or message.at),
        }
        if message.author:
            snippet["authorDisplayName"] = message.author.name
            snippet["authorChannelId"] = {"value": message.author.id}
        if message.post_id:
            snippet["videoId"] = message.post_id
        if message.parent_id:
            snippet["parentId"] = message.parent_id
        if message.is_held(now):
            snippet["moderationStatus"] = "heldForReview"
        return {"kind": "youtube#comment", "id": message.id, "snippet": snippet}


def youtube_time(moment: datetime) -> str:
    """As YouTube writes times: 2026-11-14T12:00:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def google_error(status: int, reason: str, message: str) -> Response:
    """An error as Google's interfaces word it."""
    error = {"domain": "youtube", "reason": reason, "message": message}
    return json_response({"error": {"code": status, "message": message, "errors": [error]}}, status)
