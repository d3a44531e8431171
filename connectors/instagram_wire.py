"""What the Graph API's JSON means on an Instagram account: media, comments and their replies. No network here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import UnexpectedReply
from connectors.fetched import Attachment, FetchedItem, FetchedPost, ItemKind, Quarantined, Shown, sorted_out
from connectors.graph_pages import Page, read_page
from connectors.graph_values import graph_id, moment_of, text_of

WHERE = "Instagram"
TAGGED = "tag:"
"""Begins our id of a medium by someone else. It can be found in the list of tags, but not asked for by its own id."""


@dataclass(frozen=True)
class Post:
    """A medium the school published, as comments know it."""

    media_id: str
    permalink: str


@dataclass(frozen=True)
class Comments:
    """One page of comments with the replies that came along. `cut_short`: comments with more replies, and the way
    to the rest of them."""

    items: tuple[FetchedItem, ...]
    quarantined: tuple[Quarantined, ...]
    cut_short: tuple[tuple[str, Mapping[str, str]], ...]


@dataclass(frozen=True)
class Medium:
    """A medium with the newest of its comments. `following`: the way to the rest, None when all of them came."""

    post: FetchedPost
    comments: Comments
    following: Mapping[str, str] | None

    @property
    def is_whole(self) -> bool:
        """Whether every comment and every reply came along."""
        return self.following is None and not self.comments.cut_short


def read_medium(raw: Any) -> Medium | Quarantined:
    """A medium and what came with it."""
    media_id = graph_id(raw.get("id")) if isinstance(raw, dict) else None
    if media_id is None:
        return Quarantined(raw, "a medium has no id")
    count = raw.get("comments_count")
    post = FetchedPost(
        remote_id=media_id,
        text=text_of(raw.get("caption")) or "",
        created_at=moment_of(raw.get("timestamp")),
        permalink=text_of(raw.get("permalink")) or "",
        comment_count=count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None,
        has_picture=True,
    )
    if "comments" not in raw:  # left out where there are none
        return Medium(post, Comments((), (), ()), None if not post.comment_count else {})
    try:
        page = read_page(raw["comments"], WHERE)
    except UnexpectedReply:
        return Medium(post, Comments((), (), ()), {})
    return Medium(post, read_comments(page, Post(media_id, post.permalink)), page.following)


def read_comments(page: Page, post: Post) -> Comments:
    """The comments on one page, and the replies below each."""
    read: list[FetchedItem | Quarantined] = []
    cut_short: list[tuple[str, Mapping[str, str]]] = []
    for raw in page.rows:
        comment = read_comment(raw, post)
        read.append(comment)
        replies = raw.get("replies") if isinstance(raw, dict) else None
        comment_id = graph_id(raw.get("id")) if isinstance(raw, dict) else None
        if replies is None or comment_id is None:
            continue
        try:
            nested = read_page(replies, WHERE)
        except UnexpectedReply:
            cut_short.append((comment_id, {}))
            continue
        read += [read_comment(reply, post, comment_id) for reply in nested.rows]
        if nested.following is not None:
            cut_short.append((comment_id, dict(nested.following)))
    items, bad = sorted_out(read)
    return Comments(items, bad, tuple(cut_short))


def read_replies(page: Page, post: Post, comment_id: str) -> Comments:
    """More replies to one comment."""
    items, bad = sorted_out(read_comment(raw, post, comment_id) for raw in page.rows)
    return Comments(items, bad, ())


def read_comment(raw: Any, post: Post, parent_id: str | None = None) -> FetchedItem | Quarantined:
    """A comment, or with `parent_id` a reply to one. Comments have no address of their own: the medium's is given."""
    comment_id = graph_id(raw.get("id")) if isinstance(raw, dict) else None
    if comment_id is None:
        return Quarantined(raw, "a comment has no id")
    created_at = moment_of(raw.get("timestamp"))
    if created_at is None:
        return Quarantined(raw, f"comment {comment_id} has no time that can be read")
    text = raw.get("text")
    if text is not None and not isinstance(text, str):
        return Quarantined(raw, f"comment {comment_id} has a text that is none")
    author, user = (each if isinstance(each, dict) else {} for each in (raw.get("from"), raw.get("user")))
    parent_id = parent_id or graph_id(raw.get("parent_id"))
    return FetchedItem(
        remote_id=comment_id,
        kind=ItemKind.REPLY if parent_id else ItemKind.COMMENT,
        text=text or "",
        created_at=created_at,
        post_remote_id=post.media_id,
        parent_remote_id=parent_id,
        # An id in `from` holds for one app only. Own comments alone have a `user`, with the account's number in it.
        author_id=graph_id(user.get("id")) or graph_id(author.get("id")),
        author_name=text_of(author.get("username")) or text_of(raw.get("username")) or "",
        permalink=post.permalink,
        shown=Shown.HIDDEN if raw.get("hidden") is True else Shown.VISIBLE,
        raw={name: value for name, value in raw.items() if name != "replies"},
    )


def read_tag(raw: Any) -> FetchedItem | Quarantined:
    """A medium of somebody else's in which the school is tagged. Its author has a name here and no id."""
    media_id = graph_id(raw.get("id")) if isinstance(raw, dict) else None
    if media_id is None:
        return Quarantined(raw, "a medium has no id")
    created_at = moment_of(raw.get("timestamp"))
    if created_at is None:
        return Quarantined(raw, f"medium {media_id} has no time that can be read")
    address = text_of(raw.get("media_url"))
    return FetchedItem(
        remote_id=TAGGED + media_id,
        kind=ItemKind.MENTION,
        text=text_of(raw.get("caption")) or "",
        created_at=created_at,
        author_name=text_of(raw.get("username")) or "",
        permalink=text_of(raw.get("permalink")) or "",
        attachments=(Attachment((text_of(raw.get("media_type")) or "medium").lower(), address),) if address else (),
        raw=raw,
    )
