"""A thread of Reddit as a tree: its comments at any depth, and what it leaves for further questions. Pure.

Field meanings follow Reddit's API documentation and recorded answers. A tree comes cut: "more" names comments that
were left out by their ids, or, with no ids, says that the thread goes on below a comment ("continue this thread").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import UnexpectedReply
from connectors.reddit_wire import listing_children

MORE_AT_ONCE = 100  # comments, the most Reddit gives for one question
_NUMBER = re.compile(r"[0-9a-z]{1,16}")


@dataclass
class Tree:
    """What is known of one thread so far. `left`: numbers of comments to be asked for; `below`: of those under which
    it goes on. Each is asked for once, so that no answer can lead in a circle."""

    left: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)

    def take(self, children: Iterable[Any]) -> list[Any]:
        """Every comment in these children and below them, each without what hangs below it, parents first."""
        comments: list[Any] = []
        stack = [*children][::-1]
        while stack:
            child = stack.pop()
            data = child.get("data") if isinstance(child, dict) else None
            if isinstance(data, dict) and child.get("kind") == "more":
                self._note_more(data)
                continue
            replies = data.get("replies") if isinstance(data, dict) else None
            if isinstance(data, dict) and isinstance(replies, dict):
                stack += _children(replies)[::-1]
                data = {name: value for name, value in data.items() if name != "replies"}
                child = {**child, "data": data}
            comments.append(child)
        return comments

    def next_left(self) -> list[str]:
        """The numbers to ask for next, at most as many as fit; none when nothing is left."""
        taken, self.left = self.left[:MORE_AT_ONCE], self.left[MORE_AT_ONCE:]
        return taken

    def _note_more(self, data: dict[str, Any]) -> None:
        listed = data.get("children")
        numbers = [each for each in listed if _is_number(each)] if isinstance(listed, list) else []
        for number in numbers:
            if number not in self._asked:
                self._asked.add(number)
                self.left.append(number)
        parent = data.get("parent_id")
        if numbers or not isinstance(parent, str) or not parent.startswith("t1_") or not _is_number(parent[3:]):
            return
        if parent not in self._asked:
            self._asked.add(parent)
            self.below.append(parent[3:])


def read_tree(answer: Any, what: str) -> tuple[Any, list[Any]]:
    """The submission and the topmost comments of a thread. Raises UnexpectedReply."""
    parts = answer if isinstance(answer, list) else []
    listings = [each for each in parts if isinstance(each, dict) and each.get("kind") == "Listing"]
    if len(listings) != 2:
        raise UnexpectedReply(f"Reddit's answer about {what} is not a thread; nothing of it was used")
    heads, _ = listing_children(listings[0], what)
    return heads[0] if heads else None, listing_children(listings[1], what)[0]


def read_more(answer: Any, what: str) -> list[Any]:
    """The comments that were left out of a tree. Raises UnexpectedReply."""
    json = answer.get("json") if isinstance(answer, dict) else None
    data = json.get("data") if isinstance(json, dict) else None
    things = data.get("things") if isinstance(data, dict) else None
    if not isinstance(things, list):
        raise UnexpectedReply(f"Reddit's answer about {what} is not a list of comments; nothing of it was used")
    return things


def _children(listing: dict[str, Any]) -> list[Any]:
    data = listing.get("data")
    children = data.get("children") if isinstance(data, dict) else None
    return children if isinstance(children, list) else []


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None
