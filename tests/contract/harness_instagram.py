"""Instagram as the contract suite sees it: an invented account, its stand-in and its connector put together."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.instagram import Instagram
from connectors.transport import NetworkSession
from monitor.demo.graph_answers import graph_error
from monitor.demo.instagram_server import InstagramStandIn
from monitor.demo.server import Fault, Response, StandIn
from monitor.demo.world import Author, StoryMessage, StoryPost, World

from harness import NOW  # isort: skip

TOKEN = "canaryInstagramTokenOfOakfield/0123"
APP_SECRET = "canaryInstagramSecretOfOakfield"
SCHOOL = Author("17841400000000001", "oakfieldprimary", "oakfieldprimary")
IMPERSONATOR = Author("17841400000000099", "oakfieldprimary", "oakfieldprimary_")
PARENTS = [Author(f"1784150000000{n:04}", f"parent_{n}", f"parent_{n}") for n in range(7)]
POST = StoryPost("17900000000000001", "Our harvest assembly", NOW - timedelta(days=12))
QUIET_POST = StoryPost("17900000000000002", "The gates in the morning", NOW - timedelta(days=2))


def comment(n: int, text: str, at: datetime, author: Author | None = PARENTS[0], **more: Any) -> StoryMessage:
    """A comment on the busy medium."""
    return StoryMessage(f"1791000000000{n:04}", author, text, at, POST.id, **more)


def crowd() -> list[StoryMessage]:
    """140 comments on the busy medium, most of them older than three days."""
    begin = POST.at + timedelta(minutes=5)
    return [
        comment(n, f"Comment {n}: what time is it?", begin + timedelta(hours=2 * n), PARENTS[n % 7])
        for n in range(140)
    ]


def oddities(first: StoryMessage) -> list[StoryMessage]:
    """Replies and the school's own, an impersonator, and one each unsigned, deleted, hidden, unreadable."""
    day, hour = NOW - timedelta(days=4), timedelta(hours=1)
    unreadable = {"id": "17910000000000409", "text": "hello?", "timestamp": "about noon"}
    return [
        comment(400, "At nine o'clock.", day, SCHOOL, parent_id=first.id),
        comment(401, "Thank you!", day + hour, PARENTS[1], parent_id=first.id),
        comment(402, "It is cancelled.", day + 2 * hour, IMPERSONATOR, parent_id=first.id),
        *(comment(420 + n, f"And me {n}", day + (3 + n) * hour, PARENTS[2], parent_id=first.id) for n in range(30)),
        comment(403, "Lovely.", day + 3 * hour, None),
        comment(405, "Wrong picture, sorry", day + 5 * hour, deleted_at=day + 6 * hour),
        comment(406, "Buy followers", day + 6 * hour, PARENTS[2], hidden_at=day + 7 * hour),
        comment(409, "", day + 8 * hour, raw=unreadable),
    ]


class HarnessInstagram:
    """See `harness.Harness`."""

    network = "instagram"
    own_id = SCHOOL.id
    secrets = (TOKEN, APP_SECRET)
    happens = frozenset({"deleted", "hidden", "unsigned", "unreadable"})

    def post_id(self, number: int, at: datetime) -> str:
        """The id of a medium."""
        return f"1792000000000{number:04}"

    def message_id(self, number: int, at: datetime, post_id: str | None) -> str:
        """The id of a comment."""
        return f"1793000000000{number:04}"

    def world(self) -> World:
        """The invented account, fresh."""
        comments = crowd()
        return World(SCHOOL, [POST, QUIET_POST], [*comments, *oddities(comments[0])])

    def stand_in(self, world: World, now: Callable[[], datetime], fault: Fault | None = None) -> StandIn:
        """The Graph API of Instagram, not yet started."""
        return InstagramStandIn(world, now, TOKEN, fault)

    def connector(
        self, stand_in: StandIn, now: Callable[[], datetime], read_messages: bool = False, **session_options: Any
    ) -> Instagram:
        """The real connector with the real facebook-sdk."""
        options = {"rewrite": {"https://graph.facebook.com": stand_in.url}, "secrets": self.secrets}
        session = NetworkSession(now=now, **(options | session_options))
        return Instagram(
            session=session,
            now=now,
            user_id=SCHOOL.id,
            access_token=TOKEN,
            app_secret=APP_SECRET,
            read_messages=read_messages,
        )

    def auth_error(self) -> Response:
        """A token that has expired."""
        return graph_error(190, f"Error validating access token: {TOKEN}", subcode=463)

    def rate_limited(self) -> list[Response]:
        """Each code for too many calls, with and without the header that says for how long."""
        case = {"type": "instagram", "call_count": 100, "estimated_time_to_regain_access": 17}
        business = {"X-Business-Use-Case-Usage": json.dumps({SCHOOL.id: [case]})}
        return [
            graph_error(80002, "There have been too many calls to this Instagram account.", headers=business),
            graph_error(4, "Application request limit reached", status=403),
            Response(429, b"slow down", {"Content-Type": "text/plain", "Retry-After": "30"}),
        ]


HARNESS = HarnessInstagram()
