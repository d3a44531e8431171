"""Google reviews as the contract suite sees them: an invented place, how its stand-in and connector are built.

Every message is a review, or the school's one reply to one. Reviewers have a name and no id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.google_access import GoogleAccess
from connectors.google_reviews import GoogleReviews
from connectors.transport import NetworkSession
from monitor.demo.google_reviews_server import GoogleReviewsStandIn, status_error
from monitor.demo.server import Fault, Response, StandIn, json_response
from monitor.demo.world import Author, StoryMessage, World

from harness import NOW  # isort: skip

REFRESH_TOKEN = "canaryReviewsRefreshToken//0123"
CLIENT_SECRET = "canaryReviewsClientSecret"
ACCOUNT, LOCATION = "1", "2"
SCHOOL = Author(f"accounts/{ACCOUNT}/locations/{LOCATION}", "Oakfield Primary School")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def review(n: int, text: str, at: datetime, author: Author | None = None, **life: Any) -> StoryMessage:
    """A review by someone whose name is known and nothing else."""
    return StoryMessage(f"AbFvOq{n:05}", author or Author("", f"Parent {n % 7}"), text, at, **life)


def answer(n: int, text: str, at: datetime, **life: Any) -> StoryMessage:
    """The school's reply to a review."""
    above = f"AbFvOq{n:05}"
    return StoryMessage(f"{above}/reply", SCHOOL, text, at, parent_id=above, **life)


class HarnessGoogleReviews:
    """See `harness.Harness`."""

    network = "google_reviews"
    own_id = SCHOOL.id
    secrets = (REFRESH_TOKEN, CLIENT_SECRET)
    happens = frozenset({"edited", "deleted", "unsigned", "unreadable", "mention"})

    def post_id(self, number: int, at: datetime) -> str:
        """There are no posts here; never used."""
        return f"none{number:05}"

    def message_id(self, number: int, at: datetime, post_id: str | None) -> str:
        """The id of a review; that of a reply is its review's with /reply behind."""
        return f"AbFvOr{number:06}"

    def world(self) -> World:
        """The invented place, fresh."""
        begin, day = NOW - 20 * DAY, NOW - 4 * DAY
        unreadable = {"reviewId": "AbFvOq00409", "createTime": "noon", "comment": "?"}
        return World(
            SCHOOL,
            [],
            [
                *(review(n, f"Review {n}: every time a joy", begin + 3 * n * HOUR) for n in range(140)),
                answer(0, "Thank you for your kind words.", begin + HOUR),
                answer(7, "Please ring the office.", day),
                review(402, "We are closed for good.", day, Author("", SCHOOL.name)),
                review(404, "Vrey good", day, edits=((day + HOUR, "Very good"),)),
                review(405, "Wrong school, sorry", day, deleted_at=day + HOUR),
                review(406, "", day + HOUR),
                review(409, "", day + 2 * HOUR, raw=unreadable),
            ],
        )

    def stand_in(self, world: World, now: Callable[[], datetime], fault: Fault | None = None) -> StandIn:
        """Google's reviews, not yet started."""
        return GoogleReviewsStandIn(world, now, REFRESH_TOKEN, fault)

    def connector(self, stand_in: StandIn, now: Callable[[], datetime], **session_options: Any) -> GoogleReviews:
        """The real connector."""
        options = {"rewrite": {"https://oauth2.googleapis.com": stand_in.url}, "secrets": self.secrets}
        session = NetworkSession(now=now, **(options | session_options))
        return GoogleReviews(
            session=session,
            now=now,
            account_id=ACCOUNT,
            location_id=LOCATION,
            api_url=stand_in.url,
            access=GoogleAccess(
                session=session,
                now=now,
                client_id="oakfield",
                client_secret=CLIENT_SECRET,
                refresh_token=REFRESH_TOKEN,
            ),
        )

    def auth_error(self) -> Response:
        """A refresh token that its owner withdrew."""
        return json_response({"error": "invalid_grant", "error_description": "Token has been revoked."}, 400)

    def rate_limited(self) -> list[Response]:
        """Too many in a minute, too many in a day, and a proxy before it that says so without words."""
        return [
            status_error(429, "RESOURCE_EXHAUSTED", {"quota_limit": "RequestsPerMinute", "quota_limit_value": "300"}),
            status_error(429, "RESOURCE_EXHAUSTED", {"quota_limit": "RequestsPerDay", "quota_limit_value": "9000"}),
            Response(429, b"slow down", {"Content-Type": "text/plain", "Retry-After": "30"}),
        ]


HARNESS = HarnessGoogleReviews()
