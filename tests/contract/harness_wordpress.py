"""WordPress as the contract suite sees it: an invented site, its stand-in and its connector put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.transport import NetworkSession
from connectors.wordpress import WordPress
from monitor.demo.server import Fault, Response, StandIn
from monitor.demo.wordpress_server import WordPressStandIn, refused
from monitor.demo.world import Author, StoryMessage, StoryPost, World

from harness import NOW  # isort: skip

USER, PASSWORD = "monitor", "canary appl icat ionp assw ord0"
SCHOOL = Author("2", "Oakfield Primary School")
IMPERSONATOR = Author("99", "Oakfield Primary School")
PARENTS = [Author(str(100 + n), f"Parent {n}") for n in range(7)]
POST = StoryPost("post-501", "Our harvest assembly", NOW - timedelta(days=12))
QUIET_POST = StoryPost("post-502", "The gates in the morning", NOW - timedelta(days=2))


def comment(n: int, text: str, at: datetime, author: Author | None = PARENTS[0], **more: Any) -> StoryMessage:
    """A comment on the busy post."""
    return StoryMessage(str(n), author, text, at, POST.id, **more)


def crowd() -> list[StoryMessage]:
    """140 comments on the busy post, most of them older than three days."""
    begin = POST.at + timedelta(minutes=5)
    return [
        comment(n + 1, f"Comment {n}: what time is it?", begin + timedelta(hours=2 * n), PARENTS[n % 7])
        for n in range(140)
    ]


def oddities() -> list[StoryMessage]:
    """Replies at some depth, an impersonator, and one each unsigned, edited, deleted, held, unreadable."""
    day, hour = NOW - timedelta(days=4), timedelta(hours=1)
    unreadable = {"id": 409, "date_gmt": "about noon", "content": {"raw": "hello?"}, "status": "approved"}
    return [
        comment(400, "At nine o'clock.", day, SCHOOL, parent_id="1"),
        comment(401, "Thank you!", day + hour, PARENTS[1], parent_id="400"),
        comment(402, "It is cancelled.", day + 2 * hour, IMPERSONATOR, parent_id="401"),
        comment(403, "Lovely.", day + 3 * hour, None),
        comment(404, "See yuo there", day + 4 * hour, edits=((day + 5 * hour, "See you there"),)),
        comment(405, "Wrong page, sorry", day + 5 * hour, deleted_at=day + 6 * hour),
        comment(406, "Buy followers", day + 6 * hour, PARENTS[2], held_until=NOW + hour),
        comment(409, "", day + 8 * hour, raw=unreadable),
    ]


class HarnessWordPress:
    """See `harness.Harness`."""

    network = "wordpress"
    own_id = SCHOOL.id
    secrets = (PASSWORD,)
    happens = frozenset({"edited", "deleted", "held", "unsigned", "nested", "unreadable"})

    def post_id(self, number: int, at: datetime) -> str:
        """Posts and comments are numbered apart."""
        return f"post-{number}"

    def message_id(self, number: int, at: datetime, post_id: str | None) -> str:
        """A number."""
        return str(10_000 + number)

    def world(self) -> World:
        """The invented site, fresh."""
        return World(SCHOOL, [POST, QUIET_POST], [*crowd(), *oddities()])

    def stand_in(self, world: World, now: Callable[[], datetime], fault: Fault | None = None) -> StandIn:
        """The site, not yet started."""
        return WordPressStandIn(world, now, USER, PASSWORD, fault)

    def connector(self, stand_in: StandIn, now: Callable[[], datetime], **session_options: Any) -> WordPress:
        """The real connector, signed in as an editor."""
        session = NetworkSession(now=now, **({"secrets": self.secrets} | session_options))
        return WordPress(session=session, now=now, site=stand_in.url, username=USER, application_password=PASSWORD)

    def auth_error(self) -> Response:
        """An application password that was withdrawn."""
        return refused(401, "incorrect_password", "The provided password is an invalid application password.")

    def rate_limited(self) -> list[Response]:
        """WordPress itself has no limits; hosts and plugins before it do."""
        return [
            Response(429, b"slow down", {"Content-Type": "text/plain", "Retry-After": "30"}),
            Response(429, b"", {"Retry-After": "Sat, 14 Nov 2026 12:05:00 GMT"}),
            Response(429, b""),
        ]


HARNESS = HarnessWordPress()
