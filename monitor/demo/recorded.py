"""Payloads recorded from the live networks, as worlds that the stand-ins serve: real input for the whole job.

Nothing recorded is part of this project; whoever has such a folder names it. Each item is served exactly as it was
recorded. Of the same item met again only what differs in what people see is served again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.demo import recorded_facebook, recorded_reddit, recorded_x
from monitor.demo.recorded_found import UNTIMED, Found
from monitor.demo.world import Author, StoryMessage, StoryPost, World

AFTER_THE_NEWEST = timedelta(hours=1)

_NETWORKS: Mapping[str, tuple[Author, Callable[[Any], Found]]] = {
    "facebook": (recorded_facebook.SCHOOL, recorded_facebook.read),
    "x": (recorded_x.SCHOOL, recorded_x.read),
    "reddit": (recorded_reddit.SCHOOL, recorded_reddit.read),
}


@dataclass(frozen=True)
class FileUse:
    """What became of one file: messages taken, those already taken before, and why if there were none."""

    name: str
    taken: int
    repeated: int
    reason: str


@dataclass(frozen=True)
class Recorded:
    """One network's recordings. At `anchor` all of them exist; reading back `lookback_days` from it meets all."""

    world: World
    anchor: datetime
    lookback_days: int
    files: tuple[FileUse, ...]

    @property
    def school(self) -> Author:
        """The account that stands for the school."""
        return self.world.school


def recorded_worlds(folder: Path) -> dict[str, Recorded]:
    """The worlds of the accounts "facebook", "x" and "reddit" from the folders of these names in `folder`.

    Raises ValueError when a folder is missing or empty, or a file is not JSON of a shape its network is known for.
    """
    return {name: _recorded(folder / name, school, read) for name, (school, read) in _NETWORKS.items()}


def _recorded(folder: Path, school: Author, read: Callable[[Any], Found]) -> Recorded:
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise ValueError(f"no recorded file (*.json) in {folder}; name the folder that holds facebook, x and reddit")
    messages: dict[tuple[str, str], StoryMessage] = {}
    posts: dict[str, StoryPost] = {}
    files = []
    for path in paths:
        found = _read(path, read)
        before = len(messages)
        for message in found.messages:
            known = messages.setdefault((message.id, message.text), message)
            if known.author is None:  # another list may have said whose it is
                messages[message.id, message.text] = replace(known, author=message.author)
        posts |= {post.id: post for post in found.posts if post.id not in posts}
        taken = len(messages) - before
        files.append(FileUse(path.name, taken, len(found.messages) - taken, found.reason))
    return _in_time(school, list(messages.values()), list(posts.values()), tuple(files))


def _read(path: Path, read: Callable[[Any], Found]) -> Found:
    try:
        return read(json.loads(path.read_text("utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"{path}: not a recording of this network ({type(problem).__name__})") from problem


def _in_time(
    school: Author, messages: list[StoryMessage], posts: list[StoryPost], files: tuple[FileUse, ...]
) -> Recorded:
    """Place in time what carries none, put a post above every comment, and see how far back it all reaches."""
    times = [message.at for message in messages] + [post.at for post in posts]
    anchor = max(time for time in times if time != UNTIMED) + AFTER_THE_NEWEST
    messages = [replace(message, at=min(message.at, anchor)) for message in messages]
    posts = [replace(post, at=min(post.at, anchor)) for post in posts]
    posts += _missing_posts(messages, {post.id for post in posts})
    oldest = min([*times, *(post.at for post in posts)])
    reach = math.ceil((anchor - oldest) / timedelta(days=1)) + 1
    return Recorded(World(school, posts, messages), anchor, reach, files)


def _missing_posts(messages: Iterable[StoryMessage], known: set[str]) -> list[StoryPost]:
    """A post, an hour older than its first comment, for every comment whose post was not recorded."""
    first: dict[str, datetime] = {}
    for message in messages:
        if message.post_id is not None and message.post_id not in known:
            first[message.post_id] = min(message.at, first.get(message.post_id, message.at))
    return [StoryPost(post_id, "", at - timedelta(hours=1)) for post_id, at in first.items()]
