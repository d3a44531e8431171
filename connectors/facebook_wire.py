"""What the Graph API's JSON means on a Facebook page: posts, comments, ratings and messages. No network here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.errors import UnexpectedReply
from connectors.fetched import FetchedItem, FetchedPost, ItemKind, Quarantined, Shown, has_picture, sorted_out
from connectors.graph_pages import Page, read_page
from connectors.graph_values import (
    GRAPH_ID,
    attachments_of,
    author_of,
    graph_id,
    moment_of,
    people_tagged_in,
    tagged_in,
    text_of,
)


@dataclass(frozen=True)
class Thread:
    """What comments hang under. Those under a visitor's post answer that visitor, so they have it as parent."""

    post_id: str
    by_visitor: bool


@dataclass(frozen=True)
class Unfinished:
    """A thread with more comments than came with its post: the times of those that came, and how to go on."""

    thread: Thread
    newest: tuple[datetime, ...]
    following: Mapping[str, str]


@dataclass(frozen=True)
class Posts:
    """What one page of posts held, with the newest comments of each."""

    posts: tuple[FetchedPost, ...]
    items: tuple[FetchedItem, ...]
    quarantined: tuple[Quarantined, ...]
    unfinished: tuple[Unfinished, ...]


def read_posts(page: Page, page_id: str, *, elsewhere: bool = False) -> Posts:
    """Posts of the school and of visitors, and the comments that came with them.

    `elsewhere`: they stand on other people's pages, so all but those known to be the school's are by others.
    """
    posts: list[FetchedPost] = []
    read: list[FetchedItem | Quarantined] = []
    unfinished: list[Unfinished] = []
    for raw in page.rows:
        post = read_post(raw)
        if isinstance(post, Quarantined):
            read.append(post)
            continue
        by_visitor = author_of(raw)[0] != page_id if elsewhere else _is_by_visitor(raw, page_id)
        posts.append(replace(post, by_others=by_visitor))
        thread = Thread(post.remote_id, by_visitor)
        if thread.by_visitor:
            read.append(read_visitor_post(raw))
        nested, more = read_nested(raw.get("comments"), thread)
        read += nested
        unfinished += more
    items, quarantined = sorted_out(read)
    return Posts(tuple(posts), items, quarantined, tuple(unfinished))


def read_comments(page: Page, thread: Thread) -> tuple[tuple[FetchedItem, ...], tuple[Quarantined, ...]]:
    """The comments on one page of a thread, and those that could not be read."""
    return sorted_out([read_comment(raw, thread) for raw in page.rows])


def read_nested(comments: Any, thread: Thread) -> tuple[list[FetchedItem | Quarantined], tuple[Unfinished, ...]]:
    """The comments that came with what they hang under, and the thread once more where there are others."""
    try:
        page = read_page(comments, "Facebook page")
    except UnexpectedReply:
        return [], (Unfinished(thread, (), {}),)
    items, quarantined = read_comments(page, thread)
    more = () if page.following is None else (Unfinished(thread, tuple(i.created_at for i in items), page.following),)
    return [*items, *quarantined], more


def read_post(raw: Any) -> FetchedPost | Quarantined:
    """A post on the page, by the school or by a visitor."""
    if not isinstance(raw, dict):
        return Quarantined(raw, "a post is not an object")
    post_id = raw.get("id")
    if not isinstance(post_id, str) or not GRAPH_ID.fullmatch(post_id):
        return Quarantined(raw, "a post has no id")
    return FetchedPost(
        remote_id=post_id,
        text=text_of(raw.get("message")) or "",
        created_at=moment_of(raw.get("created_time")),
        permalink=text_of(raw.get("permalink_url")) or "",
        comment_count=_comment_count(raw.get("comments")),
        has_picture=has_picture(attachments_of(raw)),
        addressed_to=people_tagged_in(raw),
    )


def _is_by_visitor(raw: Mapping[str, Any], page_id: str) -> bool:
    """Whether someone else wrote this post. Where its author is withheld, its kind tells ("wall_post")."""
    author_id, _ = author_of(raw)
    return raw.get("status_type") == "wall_post" if author_id is None else author_id != page_id


def read_visitor_post(raw: Mapping[str, Any]) -> FetchedItem | Quarantined:
    """A visitor's post as something that wants an answer. Its nested comments are items of their own."""
    own = {name: value for name, value in raw.items() if name != "comments"}
    return _read(own, str(raw["id"]), None, ItemKind.MENTION)


def read_comment(raw: Any, thread: Thread) -> FetchedItem | Quarantined:
    """A comment or reply read under `thread`."""
    if not isinstance(raw, dict):
        return Quarantined(raw, "a comment is not an object")
    comment_id, parent_id = _ids_in_link(raw, thread.post_id)
    comment_id = graph_id(raw.get("id")) or comment_id
    if comment_id is None:
        return Quarantined(raw, "a comment has neither an id nor a link that names one")
    parent = raw.get("parent")
    parent_id = (graph_id(parent.get("id")) if isinstance(parent, dict) else None) or parent_id
    if parent_id is None and thread.by_visitor:
        parent_id = thread.post_id
    return _read(raw, comment_id, parent_id, ItemKind.REPLY if parent_id else ItemKind.COMMENT, thread.post_id)


def _read(
    raw: dict[str, Any], remote_id: str, parent_id: str | None, kind: ItemKind, post_id: str | None = None
) -> FetchedItem | Quarantined:
    created_at = moment_of(raw.get("created_time"))
    if created_at is None:
        return Quarantined(raw, f"item {remote_id} has no time that can be read")
    text = text_of(raw.get("message"))
    if text is None and raw.get("message") is not None:
        return Quarantined(raw, f"item {remote_id} has a message that is not text")
    author_id, author_name = author_of(raw)
    return FetchedItem(
        remote_id=remote_id,
        kind=kind,
        text=text or "",
        created_at=created_at,
        post_remote_id=post_id,
        parent_remote_id=parent_id,
        author_id=author_id,
        author_name=author_name,
        permalink=text_of(raw.get("permalink_url")) or "",
        shown=Shown.HIDDEN if raw.get("is_hidden") is True else Shown.VISIBLE,
        attachments=attachments_of(raw),
        addressed_to=tagged_in(raw),
        raw=raw,
    )


def _ids_in_link(raw: Mapping[str, Any], post_id: str) -> tuple[str | None, str | None]:
    """The ids of a comment and its parent from its link, written as the Graph API writes comment ids.

    Pages read with public access only get no `id`, but the link still names the comment.
    """
    try:
        query = parse_qs(urlsplit(text_of(raw.get("permalink_url")) or "").query)
    except ValueError:
        return None, None
    post_part = post_id.rpartition("_")[2]
    comment, reply = (
        f"{post_part}_{query[name][-1]}" if name in query and query[name][-1].isdecimal() else None
        for name in ("comment_id", "reply_comment_id")
    )
    return (reply, comment) if reply else (comment, None)


def _comment_count(comments: Any) -> int | None:
    summary = comments.get("summary") if isinstance(comments, dict) else None
    count = summary.get("total_count") if isinstance(summary, dict) else None
    return count if isinstance(count, int) and count >= 0 else None
