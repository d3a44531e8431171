"""Recorded answers of the Reddit API as a story: every comment with its thread, everything else with a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.demo.recorded_found import UNTIMED, Found, answers, objects
from monitor.demo.world import Author, StoryMessage, StoryPost

SCHOOL = Author("t2_recorder", "<USERNAME>", "<USERNAME>")
"""The user the recordings were made by. The name was replaced on recording, the id is in none of them."""

_THREAD = re.compile(r"/comments/([0-9a-z]+)/")


def read(document: Any) -> Found:
    """The comments in one recorded file, those inside trees of replies included, and the posts above them."""
    found = list(answers(document))
    things = [thing for _, answer in found for thing in objects(answer) if "kind" in thing and "data" in thing]
    messages = tuple(_message(thing) for thing in things if thing["kind"] == "t1")
    if messages:
        return Found(messages, tuple(_post(thing["data"]) for thing in things if thing["kind"] == "t3"))
    if any("/api/mod/conversations" in address for address, _ in found):
        return Found(reason="moderators' mail: not watched")
    if any(thing["kind"] == "t4" for thing in things):
        return Found(reason="direct messages: not watched")
    return Found(reason="other people's posts elsewhere, no comment among them")


def _message(thing: Mapping[str, Any]) -> StoryMessage:
    data = thing["data"]
    parent_id = data.get("parent_id") or ""
    return StoryMessage(
        data["name"],
        _author(data),
        data["body"],
        _time(data),
        data.get("link_id") or (parent_id if parent_id.startswith("t3_") else _thread(data)),
        parent_id if parent_id.startswith("t1_") else None,
        raw=thing,
    )


def _author(data: Mapping[str, Any]) -> Author | None:
    name = data.get("author")
    if not name or name == "[deleted]":
        return None
    return SCHOOL if name == SCHOOL.name else Author(data.get("author_fullname") or f"name:{name}", name, name)


def _thread(data: Mapping[str, Any]) -> str | None:
    """An inbox entry names its thread only in the address of its place."""
    place = _THREAD.search(data.get("context") or "")
    return f"t3_{place[1]}" if place else None


def _post(data: Mapping[str, Any]) -> StoryPost:
    words = "\n\n".join(part for part in (data.get("title"), data.get("selftext")) if part)
    return StoryPost(data["name"], words, _time(data))


def _time(data: Mapping[str, Any]) -> datetime:
    written = data.get("created_utc")
    return UNTIMED if written is None else datetime.fromtimestamp(written, UTC)
