"""A story played on a real Bluesky network, and the same as a world that our stand-in shows.

Everything is written by the protocol, as the people's own apps would; what it got for an address and a time goes into
the world, so that both networks can be asked the same questions.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bluesky_network import Network

from monitor.clock import system_clock
from monitor.demo.world import Author, StoryMessage, StoryPost, World

SCHOOL, JO, SAM, FAKE = "oakfield.test", "jo-parent.test", "sam-parent.test", "oakfie1d.test"
NAME = "Oakfield Primary School"
LONG_AGO = datetime(2019, 5, 1, 10, tzinfo=UTC)
SHOWN_WITHIN = 30  # seconds
POST = "app.bsky.feed.post"


@dataclass
class Person:
    """Someone with an account on the network."""

    author: Author
    token: str = field(repr=False)


@dataclass
class Story:
    """Everybody and everything on the network so far. `cids`: content addresses, by address."""

    network: Network
    people: dict[str, Person] = field(default_factory=dict)
    cids: dict[str, str] = field(default_factory=dict)
    app_password: str = field(default="", repr=False)
    world: World = field(init=False)

    def __post_init__(self):
        self._minutes = count()
        self._begun = system_clock().replace(microsecond=0) - timedelta(minutes=40)
        for handle, name in ((SCHOOL, NAME), (JO, "Jo"), (SAM, "Sam"), (FAKE, NAME)):
            self._joins(handle, name)
        school = self.people[SCHOOL]
        made = self.network.do("com.atproto.server.createAppPassword", school.token, name="monitor")
        self.app_password = made["password"]
        self.world = World(school.author)

    def post(self, text: str) -> StoryPost:
        """The school posts something."""
        at = self._next_minute()
        post = StoryPost(self._writes(SCHOOL, text, at, None), text, at)
        self.world.posts.append(post)
        return post

    def says(
        self, who: str, text: str, under: StoryPost | StoryMessage | None, at: datetime | None = None
    ) -> StoryMessage:
        """Someone replies, or begins a thread that mentions the school. `at`: what their app says the time is."""
        at = at or self._next_minute()
        remote_id = self._writes(who, text, at, under)
        post_id = under.id if isinstance(under, StoryPost) else under.post_id if under else None
        parent_id = under.id if isinstance(under, StoryMessage) else None
        message = StoryMessage(remote_id, self.people[who].author, text, at, post_id, parent_id)
        self.world.messages.append(message)
        return message

    def deletes(self, message: StoryMessage) -> None:
        """Its author takes it back."""
        repo, _, key = message.id.removeprefix("at://").split("/")
        author = self.people[message.author.handle]
        self.network.do("com.atproto.repo.deleteRecord", author.token, repo=repo, collection=POST, rkey=key)
        self._until(lambda: message.id not in self._shown([message.id]))
        self._becomes(message, deleted_at=system_clock())

    def hides(self, message: StoryMessage) -> None:
        """The school hides a reply in the thread of its post."""
        school, hidden = self.people[SCHOOL], [message.id]
        gate = {"$type": "app.bsky.feed.threadgate", "post": message.post_id, "hiddenReplies": hidden}
        gate["createdAt"] = written(system_clock())
        self.network.do(
            "com.atproto.repo.putRecord",
            school.token,
            repo=school.author.id,
            collection="app.bsky.feed.threadgate",
            rkey=message.post_id.rpartition("/")[2],
            record=gate,
        )
        self._until(lambda: "threadgate" in self.ask("app.bsky.feed.getPostThread", uri=message.post_id))
        self._becomes(message, hidden_at=system_clock())

    def ask(self, method: str, **asked: Any) -> Any:
        """What the school is shown."""
        return self.network.call(method, self.people[SCHOOL].token, **asked)

    def _joins(self, handle: str, name: str) -> None:
        mail, password = f"{handle.partition('.')[0]}@people.test", f"password of {handle}"
        made = self.network.do("com.atproto.server.createAccount", handle=handle, email=mail, password=password)
        self.people[handle] = Person(Author(made["did"], name, handle), made["accessJwt"])
        profile = {"$type": "app.bsky.actor.profile", "displayName": name}
        where = {"repo": made["did"], "collection": "app.bsky.actor.profile", "rkey": "self"}
        self.network.do("com.atproto.repo.putRecord", made["accessJwt"], record=profile, **where)

    def _writes(self, who: str, text: str, at: datetime, under: StoryPost | StoryMessage | None) -> str:
        author = self.people[who]
        record: dict[str, Any] = {"$type": POST, "text": text, "createdAt": written(at), "langs": ["en"]}
        if under is not None:
            record["reply"] = {"root": self._reference(self._top(under)), "parent": self._reference(under.id)}
        if (place := text.find(f"@{SCHOOL}")) >= 0:
            start = len(text[:place].encode())
            mention = {"$type": "app.bsky.richtext.facet#mention", "did": self.people[SCHOOL].author.id}
            index = {"byteStart": start, "byteEnd": start + len(f"@{SCHOOL}")}
            record["facets"] = [{"index": index, "features": [mention]}]
        where = {"repo": author.author.id, "collection": POST}
        made = self.network.do("com.atproto.repo.createRecord", author.token, record=record, **where)
        self.cids[made["uri"]] = made["cid"]
        # Whoever answers before this is indexed is not told to anybody.
        self._until(lambda: made["uri"] in self._shown([made["uri"]]))
        return made["uri"]

    def _reference(self, uri: str) -> dict[str, str]:
        return {"uri": uri, "cid": self.cids[uri]}

    def _top(self, under: StoryPost | StoryMessage) -> str:
        while isinstance(under, StoryMessage) and under.post_id is None and under.parent_id is not None:
            under = next(m for m in self.world.messages if m.id == under.parent_id)
        return under.post_id or under.id if isinstance(under, StoryMessage) else under.id

    def _shown(self, uris: list[str]) -> set[str]:
        return {post["uri"] for post in self.ask("app.bsky.feed.getPosts", uris=uris)["posts"]}

    def _becomes(self, message: StoryMessage, **life: Any) -> None:
        place = next(n for n, each in enumerate(self.world.messages) if each.id == message.id)
        self.world.messages[place] = replace(self.world.messages[place], **life)

    def _next_minute(self) -> datetime:
        return self._begun + next(self._minutes) * timedelta(minutes=1)

    def _until(self, shown) -> None:
        """Wait until the network has come round to it; it says nothing when it has."""
        pause = threading.Event()
        for _ in range(SHOWN_WITHIN * 10):
            if shown():
                return
            pause.wait(0.1)
        raise AssertionError(f"the network did not show it within {SHOWN_WITHIN} seconds")


def written(at: datetime) -> str:
    """A time as the protocol writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
