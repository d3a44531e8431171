"""A stand-in for Google's reviews of a place (My Business API v4), and for where access tokens are handed out.

Every message of its world is a review, or the school's one reply to a review.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import StoryMessage, World
from monitor.demo.youtube_server import ACCESS_TOKEN, hand_out_token

LARGEST_PAGE = 50
SCOPE = "https://www.googleapis.com/auth/business.manage"


class GoogleReviewsStandIn(StandIn):
    """One place on loopback, called as the school's author id: accounts/1/locations/2."""

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        refresh_token: str,
        fault: Fault | None = None,
        page_size: int = LARGEST_PAGE,
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self.refresh_token = refresh_token
        self.page_size = page_size

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        if request.path == "/token":
            return hand_out_token(request, self.refresh_token, SCOPE)
        if request.headers.get("authorization") != f"Bearer {ACCESS_TOKEN}":
            return status_error(401, "UNAUTHENTICATED")
        path = f"/v4/{self.world.school.id}/reviews"
        if request.path == path:
            return self._list(request)
        if request.path.startswith(f"{path}/"):
            wanted = request.path.removeprefix(f"{path}/")
            found = next((m for m in self._reviews() if m.id == wanted), None)
            return status_error(404, "NOT_FOUND") if found is None else json_response(self._review(found))
        return status_error(404, "NOT_FOUND")

    def _reviews(self) -> list[StoryMessage]:
        """Newest change first. The school's reply to a review is no change of it."""
        now = self.now()
        there = [m for m in self.world.messages_at(now) if m.parent_id is None]
        return sorted(there, key=lambda m: (m.edited_at(now) or m.at, m.id), reverse=True)

    def _list(self, request: Request) -> Response:
        rows = self._reviews()
        limit = min(int(request.query.get("pageSize", "50")), LARGEST_PAGE, self.page_size)
        start = 0
        if token := request.query.get("pageToken"):
            try:
                start = int(base64.urlsafe_b64decode(token))
            except ValueError:
                return status_error(400, "INVALID_ARGUMENT")
        if not rows:  # what is nothing, zero or empty is left out
            return json_response({})
        page: dict[str, Any] = {"averageRating": 4.2, "totalReviewCount": len(rows)}
        page["reviews"] = [self._review(m) for m in rows[start : start + limit]]
        if start + limit < len(rows):
            page["nextPageToken"] = base64.urlsafe_b64encode(str(start + limit).encode()).decode()
        return json_response(page)

    def _review(self, message: StoryMessage) -> dict[str, Any]:
        if message.raw is not None:
            return dict(message.raw)
        now = self.now()
        review: dict[str, Any] = {
            "name": f"{self.world.school.id}/reviews/{message.id}",
            "reviewId": message.id,
            "reviewer": {"displayName": message.author.name if message.author else "A Google user"},
            "starRating": "THREE",
            "createTime": google_time(message.at),
            "updateTime": google_time(message.edited_at(now) or message.at),
        }
        if text := message.text_at(now):
            review["comment"] = text
        reply = next((m for m in self.world.messages_at(now) if m.parent_id == message.id), None)
        if reply:
            at = reply.edited_at(now) or reply.at
            review["reviewReply"] = {"comment": reply.text_at(now), "updateTime": google_time(at)}
        return review


def google_time(moment: datetime) -> str:
    """As Google writes times: nine digits after the point."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def status_error(status: int, name: str, quota: Mapping[str, str] | None = None) -> Response:
    """An error as Google's newer interfaces word it. `quota`: what it says of the quota that is used up."""
    error: dict[str, Any] = {"code": status, "message": "refused", "status": name}
    if quota is not None:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        error["details"] = [{"@type": kind, "reason": "RATE_LIMIT_EXCEEDED", "metadata": dict(quota)}]
    return json_response({"error": error}, status)
