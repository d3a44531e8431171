"""Recorded answers of the Graph API as a story: comments with their posts, everything else with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.demo.recorded_found import UNTIMED, Found
from monitor.demo.world import Author, StoryMessage, StoryPost

SCHOOL = Author("19292868552", "The recorded page")
"""The page most of the recorded posts belong to. Its name is not in the files."""

_ONLY_POSTS_HAVE = frozenset({"comments", "status_type", "to", "type", "updated_time"})
_PERMALINK = re.compile(
    r"/(?P<page>\d+)/posts/(?P<post>\d+)/\?comment_id=(?P<top>\d+)(&reply_comment_id=(?P<reply>\d+))?"
)


def read(document: Any) -> Found:
    """The comments and posts in one recorded file."""
    if reason := _holds_neither(document):
        return Found(reason=reason)
    posts: list[StoryPost] = []
    messages: list[StoryMessage] = []
    for thing, is_post in _things(document):
        if is_post:
            post = StoryPost(thing["id"], thing.get("message", ""), _time(thing))
            posts.append(post)
            messages += _comments(_rows(thing.get("comments")), post.id, None)
        else:
            messages += _comments([thing], None, None)
    return Found(tuple(messages), tuple(posts), "" if messages else "posts, served as posts; no comment among them")


def _holds_neither(document: Any) -> str:
    if isinstance(document, dict):
        if "entry" in document:
            return "webhook: a hint to read again, not an item"
        if "error" in document:
            return "an error answer, no item in it"
        if "open_graph_story" in document:
            return "a recommendation without words, author or id: reviews are not read"
    if isinstance(document, list) and all("code" in part for part in document):
        return "answers of a batch call: an error and a profile, no item among them"
    if all(str(thing.get("id", "")).startswith(("m_", "t_")) for thing, _ in _things(document)):
        return "direct messages: not watched"
    return ""


def _things(document: Any) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Each object that an answer is about, and whether it is a post (otherwise a comment)."""
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        of_posts = "/posts?" in str(document.get("paging", {}).get("next"))
        things = document["data"]
    else:
        of_posts = False
        by_id = isinstance(document, dict) and all(
            isinstance(v, dict) and v.get("id") == k for k, v in document.items()
        )
        things = list(document.values()) if by_id else document if isinstance(document, list) else [document]
    for thing in things:
        yield thing, of_posts or not _ONLY_POSTS_HAVE.isdisjoint(thing)


def _rows(edge: Any) -> Iterable[Mapping[str, Any]]:
    """The objects of an edge inside an object; some versions of the API gave a bare list."""
    return edge.get("data", []) if isinstance(edge, dict) else edge or []


def _comments(
    rows: Iterable[Mapping[str, Any]], post_id: str | None, parent_id: str | None
) -> Iterator[StoryMessage]:
    for raw in rows:
        own_id, post, parent = _place(raw)
        sender = raw.get("from")
        yield StoryMessage(
            own_id,
            Author(sender["id"], sender["name"]) if sender else None,
            raw.get("message", ""),
            _time(raw),
            post_id or post,
            parent_id or parent,
            raw=raw,
        )
        yield from _comments(_rows(raw.get("comments")), post_id or post, own_id)


def _place(raw: Mapping[str, Any]) -> tuple[str, str, str | None]:
    """Ids of a comment, its post and its parent, from the permalink where there is one, or else from its id.

    A comment's id is POST_COMMENT, its post's is PAGE_POST.
    """
    if link := _PERMALINK.search(raw.get("permalink_url", "")):
        parent = f"{link['post']}_{link['top']}" if link["reply"] else None
        own_id = raw.get("id") or f"{link['post']}_{link['reply'] or link['top']}"
        return own_id, f"{link['page']}_{link['post']}", parent
    return raw["id"], f"{SCHOOL.id}_{raw['id'].split('_')[0]}", raw.get("parent", {}).get("id")


def _time(thing: Mapping[str, Any]) -> datetime:
    written = thing.get("created_time")
    return datetime.fromisoformat(written).astimezone(UTC) if written else UNTIMED
