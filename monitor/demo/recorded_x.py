"""Recorded answers of the X API as a story: every post of anyone, everything else with a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.demo.recorded_found import Found, answers
from monitor.demo.world import Author, StoryMessage
from monitor.demo.x_server import FIRST_MILLISECOND

SCHOOL = Author("783214", "Twitter", "Twitter")
"""The account whose mentions and own posts were recorded in 2022."""

_OWN_LIST = re.compile(r"/2/users/(\d+)/tweets\b")


def read(document: Any) -> Found:
    """The posts in one recorded file."""
    messages: list[StoryMessage] = []
    reasons: list[str] = []
    for address, answer in answers(document):
        data = answer.get("data")
        rows = [data] if isinstance(data, dict) else data or []
        authors = {user["id"]: user for user in answer.get("includes", {}).get("users", [])}
        list_of = _OWN_LIST.search(address)
        messages += [_message(raw, authors, list_of[1] if list_of else None) for raw in rows if _is_post(raw)]
        reasons.append(_reason(answer, rows))
    return Found(tuple(messages), reason="" if messages else next(filter(None, reasons)))


def _is_post(raw: Mapping[str, Any]) -> bool:
    return "text" in raw and "event_type" not in raw


def _reason(answer: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> str:
    if any("event_type" in raw or "dm_event_id" in raw for raw in rows):
        return "direct messages: not watched"
    if any("username" in raw for raw in rows):
        return "users, no post among them"
    if any("hidden" in raw for raw in rows):
        return "answers to orders to hide a reply, no post in them"
    return "an error answer, no item in it" if "errors" in answer else ""


def _message(raw: Mapping[str, Any], authors: Mapping[str, Mapping[str, Any]], list_of: str | None) -> StoryMessage:
    author_id = raw.get("author_id") or list_of
    user = authors.get(author_id or "", {})
    author = Author(author_id, user.get("name", ""), user.get("username", "")) if author_id else None
    referenced = raw.get("referenced_tweets", [])
    return StoryMessage(
        raw["id"],
        SCHOOL if author_id == SCHOOL.id else author,
        raw["text"],
        _time(raw),
        parent_id=next((r["id"] for r in referenced if r["type"] == "replied_to"), None),
        raw=raw,
    )


def _time(raw: Mapping[str, Any]) -> datetime:
    """When it was written: where the answer does not say, the time inside its id."""
    if written := raw.get("created_at"):
        return datetime.fromisoformat(written).astimezone(UTC)
    since_1970 = timedelta(milliseconds=(int(raw["id"]) >> 22) + FIRST_MILLISECOND)
    return datetime(1970, 1, 1, tzinfo=UTC) + since_1970
