"""Bluesky as the contract suite sees it: an invented world, and how its stand-in and connector are put together.

Nothing can be edited here. The quiet post is the older one, so its thread is read last.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.bluesky import Bluesky
from connectors.bluesky_server import SignIns
from connectors.transport import NetworkSession
from monitor.demo.bluesky_scene import post_uri
from monitor.demo.bluesky_server import BlueskyStandIn, xrpc_error
from monitor.demo.server import Fault, Response, StandIn
from monitor.demo.world import Author, StoryMessage, StoryPost, World

from harness import NOW  # isort: skip

APP_PASSWORD = "harness-app-password-of-oakfield"
SCHOOL = Author("did:plc:oakfieldoakfieldoakfield", "Oakfield Primary School", "oakfield.test")
IMPERSONATOR = Author("did:plc:notoakfieldnotoakfieldno", "Oakfield Primary School", "oakfie1d.test")
PARENTS = [
    Author(f"did:plc:parentparentparentpar{n:03}", f"Invented Parent {n}", f"parent-{n}.test") for n in range(7)
]
ANYBODY = "did:plc:anybodyanybodyanybodyany"
HOUR = timedelta(hours=1)

POST_AT, OLD_AT = NOW - timedelta(days=12), NOW - timedelta(days=20)
POST = StoryPost(post_uri(SCHOOL.id, POST_AT, 1), "Our autumn fair is on Friday.", POST_AT)
QUIET_POST = StoryPost(post_uri(SCHOOL.id, OLD_AT, 2), "The gates open at half past eight.", OLD_AT)


def message(n: int, at: datetime, author: Author, text: str, **more: Any) -> StoryMessage:
    """A reply under the busy post, at an address in its author's repository."""
    return StoryMessage(post_uri(author.id, at, n), author, text, at, **({"post_id": POST.id} | more))


def crowd() -> list[StoryMessage]:
    """140 replies under the busy post, two of three in reply to another."""
    begin = POST_AT + timedelta(minutes=5)
    made: list[StoryMessage] = []
    for n in range(140):
        parent = made[n - n % 3].id if n % 3 else None
        at = begin + n * timedelta(minutes=90)
        made.append(message(n, at, PARENTS[n % 7], f"Comment {n}: what time is it?", parent_id=parent))
    return made


def thread(first: StoryMessage) -> list[StoryMessage]:
    """The school answers `first`, a parent answers the school, someone with the school's name joins in."""
    at = first.at + 3 * HOUR
    own = message(500, at, SCHOOL, "At half past eight.", parent_id=first.id)
    thanks = message(501, at + HOUR, PARENTS[1], "Thank you!", parent_id=own.id)
    fake = message(502, at + 2 * HOUR, IMPERSONATOR, "The gates stay shut.", parent_id=first.id)
    return [own, thanks, fake]


def oddities() -> list[StoryMessage]:
    """A mention the school answers; one reply each deleted, hidden and unreadable; and the school under itself."""
    day = NOW - timedelta(days=4)
    alone = message(600, day, PARENTS[2], "Nobody answers the phone at @oakfield.test", post_id=None)
    answer = message(601, day + HOUR, SCHOOL, "Sorry! Please try again.", post_id=None, parent_id=alone.id)
    broken_at = day + 6 * HOUR
    broken_uri = post_uri(PARENTS[5].id, broken_at, 605)
    top = {"uri": POST.id, "cid": "bafyrei"}
    broken = {
        "uri": broken_uri,
        "author": {"did": PARENTS[5].id, "handle": "parent-5.test"},
        "record": {"text": "hello?", "createdAt": "yesterday", "reply": {"root": top, "parent": top}},
        "indexedAt": "about noon",
        "replyCount": 0,
    }
    return [
        alone,
        answer,
        message(603, day + 3 * HOUR, PARENTS[4], "oops", deleted_at=day + 9 * HOUR),
        message(604, day + 4 * HOUR, PARENTS[6], "Buy my watches", hidden_at=day + 9 * HOUR),
        StoryMessage(broken_uri, PARENTS[5], "", broken_at, POST.id, raw=broken),
        message(606, OLD_AT + HOUR, SCHOOL, "And close at three.", post_id=QUIET_POST.id),
    ]


class HarnessBluesky:
    """See `harness.Harness`. What is built for one stand-in shares its sign-ins, as in one process."""

    network = "bluesky"
    own_id = SCHOOL.id
    secrets = (APP_PASSWORD,)
    happens = frozenset({"deleted", "hidden", "nested", "unreadable", "mention"})

    def __init__(self) -> None:
        self._sign_ins: dict[str, SignIns] = {}

    def post_id(self, number: int, at: datetime) -> str:
        """An address in the school's repository."""
        return post_uri(SCHOOL.id, at, number)

    def message_id(self, number: int, at: datetime, post_id: str | None) -> str:
        """An address in anybody's repository."""
        return post_uri(ANYBODY, at, number)

    def world(self) -> World:
        """The invented world, fresh."""
        comments = crowd()
        return World(SCHOOL, [POST, QUIET_POST], [*comments, *thread(comments[0]), *oddities()])

    def stand_in(self, world: World, now: Callable[[], datetime], fault: Fault | None = None) -> StandIn:
        """The network, not yet started."""
        stand_in = BlueskyStandIn(world, now, APP_PASSWORD, fault, page_size=60)
        self._sign_ins[stand_in.url] = SignIns()
        return stand_in

    def connector(
        self,
        stand_in: StandIn,
        now: Callable[[], datetime],
        handle: str = SCHOOL.handle,
        lookback_days: int = 30,
        **session_options: Any,
    ) -> Bluesky:
        """The real connector, with a sign-in of its own."""
        session = NetworkSession(now=now, **({"secrets": self.secrets} | session_options))
        return Bluesky(
            session=session,
            now=now,
            handle=handle,
            app_password=APP_PASSWORD,
            api_url=stand_in.url,
            lookback_days=lookback_days,
            sign_ins=self._sign_ins.get(stand_in.url),
        )

    def auth_error(self) -> Response:
        """An app password that was revoked."""
        return xrpc_error(401, "AuthenticationRequired", f"Invalid identifier or password: {APP_PASSWORD}")

    def rate_limited(self) -> list[Response]:
        """With the reset as a Unix time, with seconds, and with neither."""
        reset = {"RateLimit-Limit": "3000", "RateLimit-Remaining": "0"}
        reset["RateLimit-Reset"] = str(int((NOW + timedelta(minutes=4)).timestamp()))
        return [
            xrpc_error(429, "RateLimitExceeded", "Rate Limit Exceeded", reset),
            xrpc_error(429, "RateLimitExceeded", "Rate Limit Exceeded", {"Retry-After": "60"}),
            Response(429, b"slow down", {"Content-Type": "text/plain"}),
        ]


HARNESS = HarnessBluesky()
