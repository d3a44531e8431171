"""Facebook as the contract suite sees it: an invented page, and how its stand-in and connector are put together."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.facebook_page import FacebookPage
from connectors.transport import NetworkSession
from monitor.demo.graph_answers import graph_error
from monitor.demo.graph_server import GraphStandIn
from monitor.demo.server import Fault, Response, StandIn
from monitor.demo.world import Author, StoryMessage, StoryPost, World

from harness import NOW  # isort: skip

TOKEN = "canaryPageTokenOfOakfield/0123456789+=="
APP_SECRET = "canaryAppSecretOfOakfield"
SCHOOL = Author("100200300", "Oakfield Primary School")
IMPERSONATOR = Author("777000111", "Oakfield Primary School")
PARENTS = [Author(f"88000{n}", f"Invented Parent {n}") for n in range(7)]
POST = StoryPost("100200300_5001", "Our harvest assembly is on Friday.", NOW - timedelta(days=12))
QUIET_POST = StoryPost("100200300_5002", "The gates open at half past eight.", NOW - timedelta(days=2))


def comment(n: int, text: str, at: datetime, author: Author | None = PARENTS[0], **more: Any) -> StoryMessage:
    """A comment on the busy post, with an id as the Graph API makes them."""
    return StoryMessage(f"5001_{n}", author, text, at, POST.id, **more)


def crowd() -> list[StoryMessage]:
    """140 comments on the busy post, most of them older than three days."""
    begin = POST.at + timedelta(minutes=5)
    return [
        comment(9000 + n, f"Comment {n}: what time is it?", begin + timedelta(hours=2 * n), PARENTS[n % 7])
        for n in range(140)
    ]


def oddities() -> list[StoryMessage]:
    """Replies and the school's own, an impersonator, and one each unsigned, edited, deleted, hidden, unreadable."""
    day = NOW - timedelta(days=4)
    hour = timedelta(hours=1)
    unreadable = {"id": "5001_9408", "message": "hello?", "created_time": "yesterday, about noon"}
    return [
        comment(9400, "At nine o'clock.", day, SCHOOL, parent_id="5001_9000"),
        comment(9401, "Thank you!", day + hour, PARENTS[1], parent_id="5001_9000"),
        comment(9402, "It is cancelled.", day + 2 * hour, IMPERSONATOR, parent_id="5001_9000"),
        comment(9403, "Lovely.", day + 3 * hour, None),
        comment(9404, "See yuo there", day + 4 * hour, edits=((day + 5 * hour, "See you there"),)),
        comment(9405, "Wrong page, sorry", day + 5 * hour, deleted_at=day + 6 * hour),
        comment(9406, "Buy followers", day + 6 * hour, PARENTS[2], hidden_at=day + 7 * hour),
        comment(9408, "", day + 8 * hour, raw=unreadable),
    ]


def visitors() -> list[StoryMessage]:
    """A visitor's post on the page, and the school's answer under it."""
    at = NOW - timedelta(days=5)
    post = StoryMessage("100200300_6001", PARENTS[3], "Who do I ring about lost property?", at)
    answer = StoryMessage("6001_6002", SCHOOL, "The office, from eight.", at + timedelta(hours=3), post.id)
    return [post, answer]


class HarnessFacebook:
    """See `harness.Harness`."""

    network = "facebook"
    own_id = SCHOOL.id
    secrets = (TOKEN, APP_SECRET)
    happens = frozenset({"edited", "deleted", "hidden", "unsigned", "unreadable", "mention"})

    def post_id(self, number: int, at: datetime) -> str:
        """Page and post, as the Graph API joins them."""
        return f"{SCHOOL.id}_{70000 + number}"

    def message_id(self, number: int, at: datetime, post_id: str | None) -> str:
        """Post and comment; a visitor's post is one of the page's."""
        return f"{post_id.rpartition('_')[2]}_{800000 + number}" if post_id else f"{SCHOOL.id}_{90000 + number}"

    def world(self) -> World:
        """The invented page, fresh."""
        return World(SCHOOL, [POST, QUIET_POST], [*crowd(), *oddities(), *visitors()])

    def stand_in(self, world: World, now: Callable[[], datetime], fault: Fault | None = None) -> StandIn:
        """The Graph API, not yet started."""
        return GraphStandIn(world, now, TOKEN, fault)

    def connector(
        self, stand_in: StandIn, now: Callable[[], datetime], read_messages: bool = False, **session_options: Any
    ) -> FacebookPage:
        """The real connector with the real facebook-sdk."""
        options = {"rewrite": {"https://graph.facebook.com": stand_in.url}, "secrets": self.secrets}
        session = NetworkSession(now=now, **(options | session_options))
        return FacebookPage(
            session=session,
            now=now,
            page_id=SCHOOL.id,
            access_token=TOKEN,
            app_secret=APP_SECRET,
            read_messages=read_messages,
        )

    def auth_error(self) -> Response:
        """A token that died with a changed password."""
        return graph_error(190, f"Error validating access token: {TOKEN}", subcode=460)

    def rate_limited(self) -> list[Response]:
        """Each code for too many calls, with and without the header that says for how long."""
        case = {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 17}
        business = {"X-Business-Use-Case-Usage": json.dumps({SCHOOL.id: [case]})}
        app = {"X-App-Usage": json.dumps({"call_count": 101, "total_cputime": 20, "total_time": 20})}
        return [
            graph_error(80001, "There have been too many calls to this Page account.", headers=business),
            graph_error(4, "Application request limit reached", status=403, headers=app),
            graph_error(17, "User request limit reached"),
            graph_error(32, "Page request limit reached", status=403),
            graph_error(613, "Calls to this api have exceeded the rate limit.", headers={"Retry-After": "90"}),
            Response(429, b"slow down", {"Content-Type": "text/plain", "Retry-After": "30"}),
        ]


HARNESS = HarnessFacebook()
