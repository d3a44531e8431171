"""X as the contract suite sees it: an invented world, and how its stand-in and connector are put together.

X has no comments that only some can see, so none is hidden here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.transport import NetworkSession
from connectors.x import X
from monitor.demo.server import Fault, Response, StandIn, json_response
from monitor.demo.world import Author, StoryMessage, StoryPost, World
from monitor.demo.x_server import XStandIn, snowflake

from harness import NOW  # isort: skip

TOKEN = "harness-bearer-of-oakfield"
KEYS = (
    "harness-consumer-key",
    "harness-consumer-secret",
    "harness-access-of-oakfield",
    "harness-access-secret",
)
SCHOOL = Author("4815162342", "Oakfield Primary School", "OakfieldPrimary")
IMPERSONATOR = Author("9900990099", "Oakfield Primary School", "OakfieldPrimarry")
PARENTS = [Author(str(7000 + n), f"Parent {n}", f"parent_{n}") for n in range(7)]

POST_AT = NOW - timedelta(days=12)
POST = snowflake(POST_AT, 1)
QUIET_POST_AT = NOW - timedelta(days=2)
QUIET_POST = snowflake(QUIET_POST_AT, 1)


def message(at: datetime, n: int, author: Author | None, text: str, **more: Any) -> StoryMessage:
    """One message whose id fits its time, as X makes them."""
    return StoryMessage(snowflake(at, n), author, text, at, **more)


def crowd() -> list[StoryMessage]:
    """140 messages under the one busy post, an hour and a bit apart, most of them older than three days."""
    start = POST_AT + timedelta(minutes=5)
    return [
        message(
            start + n * timedelta(minutes=90),
            n,
            PARENTS[n % len(PARENTS)],
            f"@OakfieldPrimary message {n}: what time do the gates open?",
            post_id=POST,
        )
        for n in range(140)
    ]


def thread(first: StoryMessage) -> list[StoryMessage]:
    """The school answers `first`, a parent answers the school, someone with the school's name joins in."""
    own = message(first.at + timedelta(hours=3), 500, SCHOOL, "At half past eight.", post_id=POST, parent_id=first.id)
    thanks = message(own.at + timedelta(minutes=9), 501, PARENTS[1], "Thank you!", post_id=POST, parent_id=own.id)
    fake = message(
        own.at + timedelta(hours=1),
        502,
        IMPERSONATOR,
        "@OakfieldPrimary The gates stay shut.",
        post_id=POST,
        parent_id=first.id,
    )
    return [own, thanks, fake]


def oddities() -> list[StoryMessage]:
    """A mention the school answers, and one message each edited, deleted, unsigned and unreadable."""
    day = NOW - timedelta(days=4)
    alone = message(day, 600, PARENTS[2], "Nobody answers the phone @OakfieldPrimary")
    own = message(day + timedelta(hours=1), 601, SCHOOL, "Sorry! Please try again now.", parent_id=alone.id)
    edited = message(
        day + timedelta(hours=2),
        602,
        PARENTS[3],
        "@OakfieldPrimary when is the fair",
        edits=((day + timedelta(hours=2, minutes=20), "@OakfieldPrimary when is the winter fair?"),),
    )
    deleted = message(
        day + timedelta(hours=3), 603, PARENTS[4], "@OakfieldPrimary oops", deleted_at=day + timedelta(hours=9)
    )
    unsigned = message(day + timedelta(hours=4), 604, None, "@OakfieldPrimary lovely concert", post_id=POST)
    broken_at = day + timedelta(hours=5)
    broken_id = snowflake(broken_at, 605)
    broken = message(
        broken_at,
        605,
        PARENTS[5],
        "",
        post_id=POST,
        raw={
            "id": broken_id,
            "text": "@OakfieldPrimary hello?",
            "created_at": "soon",
            "edit_history_tweet_ids": [broken_id],
        },
    )
    return [alone, own, edited, deleted, unsigned, broken]


class HarnessX:
    """See `harness.Harness`."""

    network = "x"
    own_id = SCHOOL.id
    secrets = (TOKEN, *KEYS)
    happens = frozenset({"edited", "deleted", "unsigned", "nested", "unreadable", "mention"})

    def post_id(self, number: int, at: datetime) -> str:
        """Made from the time."""
        return snowflake(at, number)

    def message_id(self, number: int, at: datetime, post_id: str | None) -> str:
        """Made from the time, apart from those of posts."""
        return snowflake(at, 1000 + number)

    def world(self) -> World:
        """The invented world, fresh."""
        posts = [
            StoryPost(POST, "Our autumn fair is on 28 November.", POST_AT),
            StoryPost(QUIET_POST, "School closes at noon on Friday.", QUIET_POST_AT),
        ]
        comments = crowd()
        return World(SCHOOL, posts, [*comments, *thread(comments[0]), *oddities()])

    def stand_in(self, world: World, now: Callable[[], datetime], fault: Fault | None = None) -> StandIn:
        """X's API v2, not yet started."""
        return XStandIn(world, now, TOKEN, fault, page_size=40, own_keys=KEYS)

    def connector(
        self,
        stand_in: StandIn,
        now: Callable[[], datetime],
        own_keys: tuple[str, ...] = (),
        **session_options: Any,
    ) -> X:
        """The real connector with the real tweepy; it reads direct messages when it has the account's own keys."""
        hosts = {"https://api.twitter.com": stand_in.url}
        session = NetworkSession(now=now, **{"rewrite": hosts, "secrets": self.secrets} | session_options)
        return X(
            session=session,
            now=now,
            user_id=SCHOOL.id,
            bearer_token=TOKEN,
            own_keys=own_keys,
            lookback_days=30,
            read_messages=bool(own_keys),
        )

    def auth_error(self) -> Response:
        """A dead bearer token."""
        body = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
        return json_response(body, 401)

    def rate_limited(self) -> list[Response]:
        """Too many calls, with and without a time to come back; the monthly cap; no credits left."""
        body = {"title": "Too Many Requests", "type": "about:blank", "status": 429, "detail": "Too Many Requests"}
        reset = str(int((NOW + timedelta(minutes=7)).timestamp()))
        cap = {
            "title": "UsageCapExceeded",
            "period": "Monthly",
            "scope": "Product",
            "detail": "Usage cap exceeded: Monthly product cap",
            "type": "https://api.twitter.com/2/problems/usage-capped",
        }
        credits_gone = {"title": "CreditsDepleted", "status": 402, "detail": "No credits."}
        return [
            json_response(body, 429, {"x-rate-limit-reset": reset, "x-rate-limit-remaining": "0"}),
            json_response(body, 429),
            json_response(cap, 429, {"x-rate-limit-limit": "40000", "x-rate-limit-remaining": "39999"}),
            json_response(credits_gone, 402),
        ]


HARNESS = HarnessX()
