"""Mastodon as the contract suite sees it: an invented world, and how its stand-in and connector are put together.

Nothing is hidden here: a school can only block people. The quiet post is the older one, so its thread is read last.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.mastodon import Mastodon
from connectors.transport import NetworkSession
from monitor.demo.mastodon_scene import status_id
from monitor.demo.mastodon_server import MastodonStandIn, mastodon_error
from monitor.demo.server import Fault, Response, StandIn
from monitor.demo.world import Author, StoryMessage, StoryPost, World

from harness import NOW  # isort: skip

TOKEN = "harness-mastodon-token-of-oakfield"
SCHOOL = Author("108000000000000001", "Oakfield Primary School", "oakfield")
IMPERSONATOR = Author("109000000000000666", "Oakfield Primary School", "oakfie1d")
PARENTS = [Author(f"1090000000000001{n:02}", f"Invented Parent {n}", f"parent_{n}") for n in range(7)]
HOUR = timedelta(hours=1)

POST = StoryPost(status_id(NOW - timedelta(days=12), 1), "Our autumn fair is on Friday.", NOW - timedelta(days=12))
OLD_AT = NOW - timedelta(days=20)
QUIET_POST = StoryPost(status_id(OLD_AT, 2), "The gates open at half past eight.", OLD_AT)


def message(n: int, at: datetime, author: Author | None, text: str, **more: Any) -> StoryMessage:
    """A reply under the busy post, with an id that fits its time."""
    return StoryMessage(status_id(at, n), author, text, at, **({"post_id": POST.id} | more))


def crowd() -> list[StoryMessage]:
    """140 replies under the busy post, two of three in reply to another."""
    begin = POST.at + timedelta(minutes=5)
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
    """A mention the school answers; one reply each edited, deleted and unreadable; and the school under itself."""
    day = NOW - timedelta(days=4)
    alone = message(600, day, PARENTS[2], "Nobody answers the phone at @oakfield", post_id=None)
    answer = message(601, day + HOUR, SCHOOL, "Sorry! Please try again.", post_id=None, parent_id=alone.id)
    edits = ((day + 4 * HOUR, "When is the winter fair?"),)
    broken_at = day + 6 * HOUR
    broken = {
        "id": status_id(broken_at, 605),
        "created_at": "yesterday, about noon",
        "in_reply_to_id": POST.id,
        "in_reply_to_account_id": SCHOOL.id,
        "visibility": "public",
        "content": "<p>hello?</p>",
        "account": {"id": PARENTS[5].id, "username": "parent_5", "acct": "parent_5"},
    }
    reminder_at = OLD_AT + HOUR
    return [
        alone,
        answer,
        message(602, day + 2 * HOUR, PARENTS[3], "when is the fair", edits=edits),
        message(603, day + 3 * HOUR, PARENTS[4], "oops", deleted_at=day + 9 * HOUR),
        message(605, broken_at, PARENTS[5], "", raw=broken),
        message(606, reminder_at, SCHOOL, "And close at three.", post_id=QUIET_POST.id),
    ]


class HarnessMastodon:
    """See `harness.Harness`."""

    network = "mastodon"
    own_id = SCHOOL.id
    secrets = (TOKEN,)
    happens = frozenset({"edited", "deleted", "nested", "unreadable", "mention"})

    def post_id(self, number: int, at: datetime) -> str:
        """As Mastodon makes them; posts have the upper half of the last sixteen bits."""
        return status_id(at, (1 << 15) + number)

    def message_id(self, number: int, at: datetime, post_id: str | None) -> str:
        """As Mastodon makes them."""
        return status_id(at, number)

    def world(self) -> World:
        """The invented world, fresh."""
        comments = crowd()
        return World(SCHOOL, [POST, QUIET_POST], [*comments, *thread(comments[0]), *oddities()])

    def stand_in(self, world: World, now: Callable[[], datetime], fault: Fault | None = None) -> StandIn:
        """The server, not yet started."""
        return MastodonStandIn(world, now, TOKEN, fault)

    def connector(
        self,
        stand_in: StandIn,
        now: Callable[[], datetime],
        username: str = SCHOOL.handle,
        lookback_days: int = 30,
        **session_options: Any,
    ) -> Mastodon:
        """The real connector."""
        session = NetworkSession(now=now, **({"secrets": self.secrets} | session_options))
        return Mastodon(
            session=session,
            now=now,
            username=username,
            server=stand_in.url,
            access_token=TOKEN,
            lookback_days=lookback_days,
        )

    def auth_error(self) -> Response:
        """A token that was revoked."""
        return mastodon_error(401, f"The access token was revoked: {TOKEN}")

    def rate_limited(self) -> list[Response]:
        """With the reset as a moment in ISO 8601, with seconds, and with neither."""
        reset = (NOW + timedelta(minutes=4)).isoformat().replace("+00:00", "Z")
        limits = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
        return [
            mastodon_error(429, "Too many requests", limits),
            mastodon_error(429, "Throttled", {"Retry-After": "60"}),
            Response(429, b"Retry later\n", {"Content-Type": "text/plain"}),
        ]


HARNESS = HarnessMastodon()
