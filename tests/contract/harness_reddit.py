"""Reddit as the contract suite sees it: an invented world, and how its stand-in and connector are put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.reddit import Reddit
from connectors.transport import NetworkSession
from monitor.demo.reddit_server import RedditStandIn
from monitor.demo.server import Fault, Response, StandIn, json_response
from monitor.demo.world import Author, StoryMessage, StoryPost, World

from harness import NOW  # isort: skip

REFRESH_TOKEN = "harness-refresh-of-oakfield"
CLIENT_SECRET = "harness-client-secret-of-oakfield"
SUBREDDIT = "OakfieldPrimary"
SCHOOL = Author("t2_oakfield", "Oakfield Primary School", "OakfieldPrimarySchool")
IMPERSONATOR = Author("t2_notoakfield", "Oakfield Primary School", "OakfieldPrimarySchoo1")
PARENTS = [Author(f"t2_parent{n}", f"parent_{n}", f"parent_{n}") for n in range(7)]

POST = StoryPost("t3_fair01", "Our autumn fair\n\nis on 28 November.", NOW - timedelta(days=12))
QUIET_POST = StoryPost("t3_noon02", "School closes at noon on Friday", NOW - timedelta(days=2))


def crowd() -> list[StoryMessage]:
    """140 comments under the one busy post, an hour and a half apart, two of three in reply to another."""
    start = POST.at + timedelta(minutes=5)
    return [
        StoryMessage(
            f"t1_crowd{n:03}",
            PARENTS[n % len(PARENTS)],
            f"Comment {n}: what time do the gates open?",
            start + n * timedelta(minutes=90),
            post_id=POST.id,
            parent_id=f"t1_crowd{n - n % 3:03}" if n % 3 else None,
        )
        for n in range(140)
    ]


def thread(first: StoryMessage) -> list[StoryMessage]:
    """The school answers `first`, a parent answers the school, someone with a name like the school's joins in."""
    at = first.at + timedelta(hours=3)

    def reply(remote_id: str, author: Author, text: str, minutes: int, parent_id: str) -> StoryMessage:
        return StoryMessage(remote_id, author, text, at + timedelta(minutes=minutes), POST.id, parent_id)

    own = reply("t1_thread1", SCHOOL, "At half past eight.", 0, first.id)
    thanks = reply("t1_thread2", PARENTS[1], "Thank you!", 9, own.id)
    fake = reply("t1_thread3", IMPERSONATOR, "The gates stay shut.", 60, first.id)
    return [own, thanks, fake]


def oddities() -> list[StoryMessage]:
    """A mention the school answers; one comment each edited, deleted, hidden, unsigned and unreadable."""
    day = NOW - timedelta(days=4)

    def comment(number: int, author: Author | None, text: str, **more: Any) -> StoryMessage:
        at = day + timedelta(hours=number)
        return StoryMessage(f"t1_odd{number:02}", author, text, at, **({"post_id": POST.id} | more))

    broken = {"id": "odd07", "name": "t1_odd07", "author": "parent_5", "body": "hello?", "link_id": POST.id}
    return [
        comment(1, PARENTS[2], "Does u/OakfieldPrimarySchool never pick up the phone?", post_id=None),
        comment(2, SCHOOL, "Sorry! Please try again now.", post_id=None, parent_id="t1_odd01"),
        comment(3, PARENTS[3], "when is the fair", edits=((day + timedelta(hours=4), "When is the winter fair?"),)),
        comment(4, PARENTS[4], "oops", deleted_at=day + timedelta(hours=9)),
        comment(5, PARENTS[6], "Buy my cheap watches", hidden_at=day + timedelta(hours=6)),
        comment(6, None, "Lovely concert"),
        comment(7, PARENTS[5], "", raw={"kind": "t1", "data": broken}),
    ]


class HarnessReddit:
    """See `harness.Harness`."""

    network = "reddit"
    own_id = SCHOOL.id
    secrets = (REFRESH_TOKEN, CLIENT_SECRET)
    # No "mention": a comment that begins a thread of its own stands in a subreddit of somebody else, of which Reddit
    # tells the school what is said to it, and nothing that others say to each other.
    happens = frozenset({"edited", "deleted", "hidden", "held", "unsigned", "nested", "unreadable"})

    def post_id(self, number: int, at: datetime) -> str:
        """Reddit counts in base 36; ours are told apart from comments by their kind."""
        return f"t3_p{number:05}"

    def message_id(self, number: int, at: datetime, post_id: str | None) -> str:
        """Every message of this network's worlds is a comment."""
        return f"t1_m{number:06}"

    def world(self) -> World:
        """The invented world, fresh."""
        comments = crowd()
        return World(SCHOOL, [POST, QUIET_POST], [*comments, *thread(comments[0]), *oddities()])

    def stand_in(self, world: World, now: Callable[[], datetime], fault: Fault | None = None) -> StandIn:
        """Reddit's two hosts on one address, not yet started."""
        return RedditStandIn(world, now, REFRESH_TOKEN, SUBREDDIT, fault, page_size=60, tree_size=100)

    def connector(
        self,
        stand_in: StandIn,
        now: Callable[[], datetime],
        subreddit: str | None = SUBREDDIT,
        username: str = SCHOOL.handle,
        submissions: tuple[str, ...] = (),
        lookback_days: int = 30,
        **session_options: Any,
    ) -> Reddit:
        """The real connector with the real praw."""
        hosts = {"https://oauth.reddit.com": stand_in.url, "https://www.reddit.com": stand_in.url}
        session = NetworkSession(now=now, **{"rewrite": hosts, "secrets": self.secrets} | session_options)
        return Reddit(
            session=session,
            now=now,
            username=username,
            client_id="harness-client",
            client_secret=CLIENT_SECRET,
            refresh_token=REFRESH_TOKEN,
            subreddit=subreddit,
            submissions=submissions,
            lookback_days=lookback_days,
        )

    def auth_error(self) -> Response:
        """A dead token, as Reddit says it of a bearer: without `www-authenticate`."""
        return json_response({"message": "Unauthorized", "error": 401}, 401)

    def rate_limited(self) -> list[Response]:
        """Too many calls: with each header that says for how long, and with none."""
        body = {"message": "Too Many Requests", "error": 429}
        allowance = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "1000", "x-ratelimit-reset": "407"}
        return [
            json_response(body, 429, {"retry-after": "13"}),
            json_response(body, 429, allowance),
            json_response(body, 429),
            Response(429, b"<html>whoa there, pardner!</html>", {"Content-Type": "text/html"}),
        ]


HARNESS = HarnessReddit()
