"""What a World looks like on Reddit at one moment: its things, on the wire, and how they hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from monitor.demo.world import Author, StoryMessage, StoryPost, World

ELSEWHERE = "AskTheVillage"
DELETED, REMOVED = "[deleted]", "[removed]"
DEEPEST = 10
"""Levels of answers in one tree; below them Reddit says "continue this thread"."""


@dataclass(frozen=True)
class Thing:
    """One child of a listing, with what places it there."""

    id: str
    at: datetime
    child: Mapping[str, Any]


@dataclass(frozen=True)
class Things:
    """Everything of one world at `now`. `elsewhere`: ids of threads that are not in the school's `subreddit`.

    `moderates`: the school's user sees what is removed or held back, as moderators do.
    """

    world: World
    now: datetime
    subreddit: str
    elsewhere: frozenset[str]
    moderates: bool

    @cached_property
    def by_id(self) -> Mapping[str, StoryMessage]:
        """Every message ever, by its id."""
        return {message.id: message for message in self.world.messages}

    @cached_property
    def messages(self) -> Sequence[StoryMessage]:
        """What listings show, newest first."""
        return [m for m in self.world.messages_at(self.now) if self.moderates or not self._is_out_of_sight(m)]

    @cached_property
    def answers(self) -> Mapping[str, Sequence[StoryMessage]]:
        """What hangs under each thing, newest first; what is not there any more only above answers that are."""
        shown = {message.id for message in self.messages}
        for message in self.messages:
            above = self.by_id.get(message.parent_id or "")
            while above is not None and above.id not in shown:
                shown.add(above.id)
                above = self.by_id.get(above.parent_id or "")
        found: dict[str, list[StoryMessage]] = defaultdict(list)
        for message in sorted(self.world.messages, key=lambda m: (m.at, m.id), reverse=True):
            if message.id in shown and not message.id.startswith("t3_"):
                found[message.parent_id or self.link_id(message)].append(message)
        return found

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Comments in each thread."""
        counted: dict[str, int] = defaultdict(int)
        for message in self.messages:
            if not message.id.startswith("t3_"):
                counted[self.link_id(message)] += 1
        return counted

    def is_here(self, message: StoryMessage) -> bool:
        """Whether it stands in the school's subreddit."""
        link_id = self.link_id(message)
        known = self._own_post(link_id) is not None or link_id in self.by_id
        return known and link_id not in self.elsewhere

    def link_id(self, message: StoryMessage) -> str:
        """The thread a message stands in."""
        root = message
        while root.parent_id and (parent := self.by_id.get(root.parent_id)):
            root = parent
        return message.post_id or root.post_id or (root.id if root.id.startswith("t3_") else f"t3_x{root.id[3:]}")

    def posts(self) -> list[Thing]:
        """The school's own submissions, newest first."""
        return [self.post(post) for post in self.world.posts_at(self.now)]

    def new(self) -> list[Thing]:
        """Every submission in the subreddit, newest first."""
        own = [post for post in self.posts() if post.id not in self.elsewhere]
        others = [m for m in self.messages if m.id.startswith("t3_") and m.id not in self.elsewhere]
        return sorted([*own, *map(self.thing, others)], key=lambda thing: (thing.at, thing.id), reverse=True)

    def comments(self, messages: Iterable[StoryMessage], inbox_type: str = "") -> list[Thing]:
        """Those of the messages that are comments, as the inbox shows them when `inbox_type` says so."""
        return [self.thing(m, inbox_type) for m in messages if not m.id.startswith("t3_")]

    def find(self, asked: str) -> Thing | None:
        """One thing by its id, deleted ones as stubs."""
        if (post := self._own_post(asked)) and post.exists(self.now):
            return self.post(post)
        message = self.by_id.get(asked)
        if message is None or message.at > self.now:
            return None
        return _without_link_author(self.thing(message), message)

    def post(self, post: StoryPost) -> Thing:
        """A submission of the school."""
        title, _, words = post.text.partition("\n\n")
        board = ELSEWHERE if post.id in self.elsewhere else self.subreddit
        data = {"title": title, "selftext": words, "is_self": True, "num_comments": self.counts[post.id]}
        where = {"permalink": self._path(post.id), "subreddit": board}
        return Thing(post.id, post.at, _child(post.id, post.at, self.world.school, data | where))

    def thing(self, message: StoryMessage, inbox_type: str = "") -> Thing:
        """Anything said by anyone."""
        if message.raw is not None:
            return Thing(message.id, message.at, message.raw)
        now, link_id = self.now, self.link_id(message)
        edited_at = message.edited_at(now)
        deleted = message.deleted_at is not None and message.deleted_at <= now
        hidden, held = message.is_hidden(now), message.is_held(now)
        unseen = not self.moderates and (hidden or held)
        words = DELETED if deleted else REMOVED if unseen else message.text_at(now)
        author = None if deleted or unseen else message.author
        data: dict[str, Any] = {"subreddit": self.subreddit if self.is_here(message) else ELSEWHERE}
        if message.id.startswith("t3_"):
            data |= {"title": words, "selftext": "", "is_self": True, "permalink": self._path(message.id)}
            data |= {"num_comments": self.counts[message.id]}
        else:
            data |= {"body": words, "parent_id": message.parent_id or link_id}
        if inbox_type:
            # Inbox entries say less: no link_id, no edited, no permalink.
            where = f"{self._path(link_id)}{message.id[3:]}/?context=3"
            data |= {"context": where, "was_comment": True, "type": inbox_type, "new": True}
            return Thing(message.id, message.at, _child(message.id, message.at, author, data))
        data |= {"edited": edited_at.timestamp() if edited_at else False, "removed": hidden, "spam": False}
        data |= {"banned_by": True if held else username(self.world.school) if hidden else None}
        if not message.id.startswith("t3_"):
            by = self.link_author(link_id)
            data |= {"link_id": link_id, "link_author": username(by) if by else DELETED}
            data |= {"permalink": f"{self._path(link_id)}{message.id[3:]}/"}
        return Thing(message.id, message.at, _child(message.id, message.at, author, data))

    def link_author(self, link_id: str) -> Author | None:
        """Who began a thread."""
        if self._own_post(link_id) is not None:
            return self.world.school
        post = self.by_id.get(link_id)
        return post.author if post else Author("t2_elsewhere", "somebody_elsewhere")

    def tree(self, root: str, size: int) -> list[Mapping[str, Any]]:
        """What hangs under a thing, nested, at most `size` comments; the rest is named in "more"."""
        return self._branch(root, 0, [size])

    def more(self, numbers: Iterable[str]) -> list[Mapping[str, Any]]:
        """These comments one beside the other; what hangs under them is named in "more"."""
        things: list[Mapping[str, Any]] = []
        shown = {m.id: m for kids in self.answers.values() for m in kids}
        for number in numbers:
            if message := shown.get(f"t1_{number}"):
                things.append(_without_link_author(self.thing(message), message).child)
                if kids := self.answers.get(message.id):
                    things.append(_more(message.id, [kid.id[3:] for kid in kids]))
        return things

    def _branch(self, above: str, depth: int, left: list[int]) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        kids = self.answers.get(above, ())
        for n, kid in enumerate(kids):
            if left[0] <= 0:
                found.append(_more(above, [each.id[3:] for each in kids[n:]]))
                break
            left[0] -= 1
            child = _without_link_author(self.thing(kid), kid).child
            if self.answers.get(kid.id):
                goes_on = depth + 1 >= DEEPEST
                below = [_more(kid.id, [])] if goes_on else self._branch(kid.id, depth + 1, left)
                child = {**child, "data": {**child["data"], "replies": listing(below)}}
            found.append(child)
        return found

    def _is_out_of_sight(self, message: StoryMessage) -> bool:
        return message.is_hidden(self.now) or message.is_held(self.now)

    def _own_post(self, post_id: str) -> StoryPost | None:
        return self._own_posts.get(post_id)

    @cached_property
    def _own_posts(self) -> Mapping[str, StoryPost]:
        return {post.id: post for post in self.world.posts}

    def _path(self, link_id: str) -> str:
        away = link_id.startswith("t3_x") or link_id in self.elsewhere
        return f"/r/{ELSEWHERE if away else self.subreddit}/comments/{link_id[3:]}/_/"


def listing(children: Sequence[Mapping[str, Any]], after: str | None = None) -> dict[str, Any]:
    """A listing of these children."""
    data = {"after": after, "before": None, "dist": len(children), "modhash": None, "children": list(children)}
    return {"kind": "Listing", "data": data}


def username(author: Author) -> str:
    """Reddit has no display names."""
    return author.handle or author.name


def _without_link_author(thing: Thing, message: StoryMessage) -> Thing:
    """Only listings say whose the post above a comment is."""
    if message.raw is not None:
        return thing
    data = {name: value for name, value in thing.child["data"].items() if name != "link_author"}
    return Thing(thing.id, thing.at, {**thing.child, "data": data})


def _more(parent_id: str, numbers: Sequence[str]) -> dict[str, Any]:
    number = numbers[0] if numbers else "_"
    data = {"count": len(numbers), "name": f"t1_{number}", "id": number, "parent_id": parent_id, "depth": 0}
    return {"kind": "more", "data": data | {"children": list(numbers)}}


def _child(thing_id: str, at: datetime, author: Author | None, data: Mapping[str, Any]) -> dict[str, Any]:
    kind, _, number = thing_id.partition("_")
    seconds = float(int(at.timestamp()))
    by = {"author": username(author), "author_fullname": author.id} if author else {"author": DELETED}
    base = {"id": number, "name": thing_id, "created": seconds, "created_utc": seconds, "score": 1}
    return {"kind": kind, "data": base | by | dict(data)}
