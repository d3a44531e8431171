"""YouTube as the contract suite sees it: an invented channel, and how its stand-in and connector are put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.google_access import GoogleAccess
from connectors.transport import NetworkSession
from connectors.youtube import YouTube
from monitor.demo.server import Fault, Response, StandIn, json_response
from monitor.demo.world import Author, StoryMessage, StoryPost, World
from monitor.demo.youtube_server import YouTubeStandIn, google_error

from harness import NOW  # isort: skip

REFRESH_TOKEN = "canaryRefreshTokenOfOakfield//0123"
CLIENT_SECRET = "canaryClientSecretOfOakfield"
SCHOOL = Author("UCoakfieldprimary0000000", "Oakfield Primary School")
IMPERSONATOR = Author("UCnotoakfield00000000000", "Oakfield Primary School")
PARENTS = [Author(f"UCparent{n:016}", f"@parent{n}") for n in range(7)]
POST = StoryPost("vHarvest001", "Our harvest assembly", NOW - timedelta(days=12))
QUIET_POST = StoryPost("vGates00002", "The gates in the morning", NOW - timedelta(days=2))


def comment(n: int, text: str, at: datetime, author: Author | None = PARENTS[0], **more: Any) -> StoryMessage:
    """A comment on the busy video, or a reply to one, whose id then begins with that of its parent."""
    parent_id = more.get("parent_id")
    own = f"Ugx{n:05}AaABAg"
    return StoryMessage(f"{parent_id}.{own}" if parent_id else own, author, text, at, POST.id, **more)


def crowd() -> list[StoryMessage]:
    """140 comments on the busy video, most of them older than three days."""
    begin = POST.at + timedelta(minutes=5)
    return [
        comment(n, f"Comment {n}: what time is it?", begin + timedelta(hours=2 * n), PARENTS[n % 7])
        for n in range(140)
    ]


def oddities(first: StoryMessage) -> list[StoryMessage]:
    """Replies and the school's own, an impersonator, and one each unsigned, edited, deleted, held, unreadable."""
    day, hour = NOW - timedelta(days=4), timedelta(hours=1)
    unreadable = {
        "kind": "youtube#comment",
        "id": "Ugx00409AaABAg",
        "snippet": {"publishedAt": "noon", "textDisplay": "?"},
    }
    return [
        comment(400, "At nine o'clock.", day, SCHOOL, parent_id=first.id),
        comment(401, "Thank you!", day + hour, PARENTS[1], parent_id=first.id),
        comment(402, "It is cancelled.", day + 2 * hour, IMPERSONATOR, parent_id=first.id),
        *(comment(420 + n, f"And me {n}", day + (3 + n) * hour, PARENTS[2], parent_id=first.id) for n in range(6)),
        comment(403, "Lovely.", day + 3 * hour, None),
        comment(404, "See yuo there", day + 4 * hour, edits=((day + 5 * hour, "See you there"),)),
        comment(405, "Wrong video, sorry", day + 5 * hour, deleted_at=day + 6 * hour),
        comment(406, "Buy followers", day + 6 * hour, PARENTS[2], held_until=NOW + hour),
        comment(409, "", day + 8 * hour, raw=unreadable),
        StoryMessage("Ugx00500AaABAg", PARENTS[3], "Who do I ring about lost property?", day),
    ]


class HarnessYouTube:
    """See `harness.Harness`."""

    network = "youtube"
    own_id = SCHOOL.id
    secrets = (REFRESH_TOKEN, CLIENT_SECRET)
    happens = frozenset({"edited", "deleted", "held", "unsigned", "unreadable", "mention"})

    def post_id(self, number: int, at: datetime) -> str:
        """The id of a video."""
        return f"vVideo{number:05}"

    def message_id(self, number: int, at: datetime, post_id: str | None) -> str:
        """The id of a comment."""
        return f"Ugy{number:06}AaABAg"

    def world(self) -> World:
        """The invented channel, fresh."""
        comments = crowd()
        return World(SCHOOL, [POST, QUIET_POST], [*comments, *oddities(comments[0])])

    def stand_in(self, world: World, now: Callable[[], datetime], fault: Fault | None = None) -> StandIn:
        """The YouTube Data API, not yet started."""
        return YouTubeStandIn(world, now, REFRESH_TOKEN, fault, page_size=50)

    def connector(self, stand_in: StandIn, now: Callable[[], datetime], **session_options: Any) -> YouTube:
        """The real connector, signed in as the owner."""
        options = {"rewrite": {"https://oauth2.googleapis.com": stand_in.url}, "secrets": self.secrets}
        session = NetworkSession(now=now, **(options | session_options))
        access = GoogleAccess(
            session=session, now=now, client_id="oakfield", client_secret=CLIENT_SECRET, refresh_token=REFRESH_TOKEN
        )
        return YouTube(session=session, now=now, channel_id=SCHOOL.id, api_url=stand_in.url, access=access)

    def auth_error(self) -> Response:
        """A refresh token that its owner withdrew."""
        return json_response({"error": "invalid_grant", "error_description": "Token has been revoked."}, 400)

    def rate_limited(self) -> list[Response]:
        """Too fast, too much for today, and a proxy before it that says so without words."""
        return [
            google_error(403, "rateLimitExceeded", "The request is sent too fast."),
            google_error(403, "quotaExceeded", "The request cannot be completed: you have exceeded your quota."),
            Response(429, b"slow down", {"Content-Type": "text/plain", "Retry-After": "30"}),
        ]


HARNESS = HarnessYouTube()
