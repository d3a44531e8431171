"""What the Graph API's JSON means on Instagram: media, comments, replies and tags. No network here.

Facts are from Meta's reference of the Instagram platform: a comment names its author in `from`, by an id that holds
for this app only, and an own one in `user` as well, by the account's number. Replies have no replies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import Attachment, FetchedItem, FetchedPost, ItemKind, Quarantined, Shown, UnexpectedReply
from connectors.graph_pages import Page, read_page
from connectors.graph_values import graph_id, moment_of, text_of

WHERE = "Instagram"
TAGGED = "tag:"
"""Begins our id of a medium by someone else that tags the school. By its own id it cannot be asked for."""


@dataclass(frozen=True)
class Thread:
    """The medium that comments hang under. Comments have no address of their own; they get its."""

    post_id: str
    permalink: str


@dataclass(frozen=True)
class MoreReplies:
    """A comment with more replies than came with it, and how to go on (empty: from the first)."""

    comment_id: str
    following: Mapping[str, str]


@dataclass(frozen=True)
class Comments:
    """What one page of comments held, with the replies that came with them.

    `written`: when the comments themselves were written, in their order, without replies.
    """

    items: tuple[FetchedItem, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    written: tuple[datetime, ...] = ()
    more_replies: tuple[MoreReplies, ...] = ()


@dataclass(frozen=True)
class Medium:
    """Something the school published, with its newest comments, and how to go on (None: these are all)."""

    post: FetchedPost
    comments: Comments
    following: Mapping[str, str] | None

    @property
    def thread(self) -> Thread:
        """For reading the rest."""
        return Thread(self.post.remote_id, self.post.permalink)

    @property
    def is_whole(self) -> bool:
        """Whether every comment and reply under it came with it."""
        return self.following is None and not self.comments.more_replies


def read_media(page: Page) -> tuple[tuple[Medium, ...], tuple[Quarantined, ...]]:
    """What the school published, and what of it could not be read."""
    read = [_medium(raw) for raw in page.rows]
    media = tuple(each for each in read if isinstance(each, Medium))
    return media, tuple(each for each in read if isinstance(each, Quarantined))


def _medium(raw: Any) -> Medium | Quarantined:
    if not isinstance(raw, dict):
        return Quarantined(raw, "a medium is not an object")
    post_id = graph_id(raw.get("id"))
    if post_id is None:
        return Quarantined(raw, "a medium has no id")
    count = raw.get("comments_count")
    count = count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None
    post = FetchedPost(
        remote_id=post_id,
        text=text_of(raw.get("caption")) or "",
        created_at=moment_of(raw.get("timestamp")),
        permalink=text_of(raw.get("permalink")) or "",
        comment_count=count,
    )
    if "comments" not in raw:
        return Medium(post, Comments(), {} if count else None)
    try:
        nested = read_page(raw["comments"], WHERE)
    except UnexpectedReply:
        return Medium(post, Comments(), {})
    return Medium(post, read_comments(nested, Thread(post_id, post.permalink)), nested.following)


def read_comments(page: Page, thread: Thread) -> Comments:
    """A page of comments under a medium."""
    read: list[FetchedItem | Quarantined] = []
    written: list[datetime] = []
    more: list[MoreReplies] = []
    for raw in page.rows:
        comment = _comment(raw, thread, None)
        read.append(comment)
        if isinstance(comment, FetchedItem):
            written.append(comment.created_at)
        if not isinstance(raw, dict) or raw.get("replies") is None:
            continue
        comment_id = graph_id(raw.get("id"))
        try:
            replies = read_page(raw["replies"], WHERE)
        except UnexpectedReply:
            replies = Page((), {})
        read += [_comment(reply, thread, comment_id) for reply in replies.rows]
        if replies.following is not None and comment_id is not None:
            more.append(MoreReplies(comment_id, replies.following))
    return Comments(*sorted_out(read), tuple(written), tuple(more))


def read_replies(page: Page, thread: Thread, comment_id: str) -> Comments:
    """A page of replies to one comment."""
    return Comments(*sorted_out([_comment(raw, thread, comment_id) for raw in page.rows]))


def _comment(raw: Any, thread: Thread, parent_id: str | None) -> FetchedItem | Quarantined:
    if not isinstance(raw, dict):
        return Quarantined(raw, "a comment is not an object")
    comment_id, created_at = graph_id(raw.get("id")), moment_of(raw.get("timestamp"))
    raw = {name: value for name, value in raw.items() if name != "replies"}
    if comment_id is None:
        return Quarantined(raw, "a comment has no id")
    if created_at is None:
        return Quarantined(raw, f"comment {comment_id} has no time that can be read")
    text = text_of(raw.get("text"))
    if text is None and raw.get("text") is not None:
        return Quarantined(raw, f"comment {comment_id} has words that are not text")
    parent_id = graph_id(raw.get("parent_id")) or parent_id
    author_id, author_name = author_of(raw)
    return FetchedItem(
        remote_id=comment_id,
        kind=ItemKind.REPLY if parent_id else ItemKind.COMMENT,
        text=text or "",
        created_at=created_at,
        post_remote_id=thread.post_id,
        parent_remote_id=parent_id,
        author_id=author_id,
        author_name=author_name,
        permalink=thread.permalink,
        shown=Shown.HIDDEN if raw.get("hidden") is True else Shown.VISIBLE,
        raw=raw,
    )


def author_of(raw: Mapping[str, Any]) -> tuple[str | None, str]:
    """Id and name of who wrote a comment. Only on an own one is there a `user`, with the account's number."""
    user, sender = raw.get("user"), raw.get("from")
    user_id = graph_id(user.get("id")) if isinstance(user, dict) else graph_id(user)
    sender = sender if isinstance(sender, dict) else {}
    name = text_of(sender.get("username")) or text_of(raw.get("username")) or ""
    return user_id or graph_id(sender.get("id")), name


def read_tags(page: Page) -> tuple[tuple[FetchedItem, ...], tuple[Quarantined, ...]]:
    """Media by others that tag the school. Their authors have a name here and no id."""
    return sorted_out([_tag(raw) for raw in page.rows])


def tags_in(page: Page) -> Iterator[str]:
    """Our ids of the media on a page of tags, readable or not."""
    for raw in page.rows:
        if isinstance(raw, dict) and (tag_id := graph_id(raw.get("id"))):
            yield TAGGED + tag_id


def _tag(raw: Any) -> FetchedItem | Quarantined:
    if not isinstance(raw, dict):
        return Quarantined(raw, "a medium that tags the school is not an object")
    tag_id, created_at = graph_id(raw.get("id")), moment_of(raw.get("timestamp"))
    if tag_id is None:
        return Quarantined(raw, "a medium that tags the school has no id")
    if created_at is None:
        return Quarantined(raw, f"medium {tag_id}, which tags the school, has no time that can be read")
    kind, address = text_of(raw.get("media_type")), text_of(raw.get("media_url"))
    return FetchedItem(
        remote_id=TAGGED + tag_id,
        kind=ItemKind.MENTION,
        text=text_of(raw.get("caption")) or "",
        created_at=created_at,
        author_name=text_of(raw.get("username")) or "",
        permalink=text_of(raw.get("permalink")) or "",
        attachments=(Attachment((kind or "medium").lower(), address or ""),) if kind or address else (),
        raw=raw,
    )


def sorted_out(
    read: Sequence[FetchedItem | Quarantined],
) -> tuple[tuple[FetchedItem, ...], tuple[Quarantined, ...]]:
    """What could be read, and what could not."""
    items = tuple(each for each in read if isinstance(each, FetchedItem))
    return items, tuple(each for each in read if isinstance(each, Quarantined))


def everything_under(media: Iterable[Medium]) -> tuple[tuple[FetchedItem, ...], tuple[Quarantined, ...]]:
    """All comments and replies that came with these media."""
    parts = [medium.comments for medium in media]
    return (
        tuple(item for part in parts for item in part.items),
        tuple(bad for part in parts for bad in part.quarantined),
    )
