"""What YouTube's JSON means: threads, comments, videos (YouTube Data API v3 reference). No network here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.errors import UnexpectedReply
from connectors.fetched import (
    Attachment,
    FetchedItem,
    FetchedPost,
    ItemKind,
    Quarantined,
    Shown,
    is_plausible,
    sorted_out,
)

WHERE = "YouTube"
_LONGEST_ID = 200

_SHOWN_AS = {
    "heldForReview": Shown.HELD,
    "likelySpam": Shown.HELD,
    "rejected": Shown.HIDDEN,
    "published": Shown.VISIBLE,
}


@dataclass(frozen=True)
class ListPage:
    """One page of a list: its rows as they came, and the token of the next (None: this is the last)."""

    rows: Sequence[Any]
    next_token: str | None


def read_list(payload: Any, what: str) -> ListPage:
    """A page of a list. Raises UnexpectedReply when it has no list of rows."""
    if not isinstance(payload, dict) or not isinstance(payload.get("items"), list):
        # YouTube leaves `items` out where nothing was found, but then it says what kind of list it is.
        if isinstance(payload, dict) and str(payload.get("kind", "")).endswith("ListResponse"):
            return ListPage((), None)
        raise UnexpectedReply(f"{WHERE}, {what}: the answer is not a list")
    token = payload.get("nextPageToken")
    return ListPage(payload["items"], token if isinstance(token, str) and token else None)


@dataclass(frozen=True)
class Thread:
    """A comment and the replies that came with it. `whole`: all replies there are came."""

    thread_id: str
    video_id: str | None
    reply_count: int
    whole: bool
    items: tuple[FetchedItem, ...]
    quarantined: tuple[Quarantined, ...]

    @property
    def at(self) -> datetime | None:
        """When it was begun; None when its first comment could not be read."""
        return next((item.created_at for item in self.items if item.remote_id == self.thread_id), None)

    def is_newer_than(self, moment: datetime) -> bool:
        """Whether anything of it that came was written since. What has no time that can be read counts as new."""
        return not self.items or bool(self.quarantined) or max(i.created_at for i in self.items) >= moment

    @property
    def hides_a_reply(self) -> bool:
        """Whether it stands in a list of what is kept back for the sake of a reply that did not come with it."""
        return not self.whole and all(item.shown is Shown.VISIBLE for item in self.items)


def read_thread(raw: Any, listed_as: Shown) -> Thread | Quarantined:
    """A thread of a list. `listed_as`: what the list is of. A thread is in a list of what is kept back for its first
    comment or for one reply, so there each comment's own status decides, where it has one.
    """
    snippet = raw.get("snippet") if isinstance(raw, dict) else None
    if not isinstance(snippet, dict) or (thread_id := _id(raw.get("id"))) is None:
        return Quarantined(raw, "a thread has no id, or holds nothing")
    video_id = _id(snippet.get("videoId"))
    replies = raw.get("replies")
    listed = replies.get("comments") if isinstance(replies, dict) else None
    nested = listed if isinstance(listed, list) else []
    for_the_first = Shown.VISIBLE if nested else listed_as
    top = read_comment(snippet.get("topLevelComment"), for_the_first, video_id, thread_id=thread_id)
    read = [top, *(read_comment(each, Shown.VISIBLE, video_id, parent_id=thread_id) for each in nested)]
    items, bad = sorted_out(read)
    count = snippet.get("totalReplyCount")
    count = count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else len(nested)
    return Thread(
        thread_id,
        video_id,
        count,
        len(nested) >= count,
        items,
        bad,
    )


def read_comment(
    raw: Any, otherwise: Shown, video_id: str | None, *, thread_id: str | None = None, parent_id: str | None = None
) -> FetchedItem | Quarantined:
    """A comment, or with `parent_id` a reply to it. `thread_id` stands in for an id that is missing.

    `otherwise`: how it is shown where it does not say so itself, as it does to the owner of the channel alone.
    """
    snippet = raw.get("snippet") if isinstance(raw, dict) else None
    if not isinstance(snippet, dict):
        return Quarantined(raw, "a comment holds nothing")
    comment_id = _id(raw.get("id", thread_id))
    if comment_id is None:
        return Quarantined(raw, "a comment has no id")
    created_at, updated_at = moment_of(snippet.get("publishedAt")), moment_of(snippet.get("updatedAt"))
    if created_at is None:
        return Quarantined(raw, f"comment {comment_id} has no time that can be read")
    # As shown, links to videos have become their titles; as written, it comes only where YouTube sees fit.
    text = _text(snippet.get("textOriginal")) or snippet.get("textDisplay")
    if text is not None and not isinstance(text, str):
        return Quarantined(raw, f"comment {comment_id} has a text that is none")
    author = snippet.get("authorChannelId")
    author_id = author.get("value") if isinstance(author, dict) else None
    video_id = video_id or _id(snippet.get("videoId"))
    parent_id = parent_id or _id(snippet.get("parentId"))
    picture = _text(snippet.get("imageUrl"))
    return FetchedItem(
        remote_id=comment_id,
        kind=ItemKind.REPLY if parent_id else ItemKind.COMMENT,
        text=text or "",
        created_at=created_at,
        post_remote_id=video_id,
        parent_remote_id=parent_id,
        author_id=author_id if isinstance(author_id, str) and author_id else None,
        author_name=_text(snippet.get("authorDisplayName")),
        edited_at=updated_at if updated_at and updated_at != created_at else None,
        permalink=f"https://www.youtube.com/watch?v={video_id}&lc={comment_id}" if video_id else "",
        shown=_SHOWN_AS.get(_text(snippet.get("moderationStatus")), otherwise),
        attachments=(Attachment("image", picture),) if picture.startswith("https://") else (),
        raw=raw,
    )


def read_replies(rows: Sequence[Any], thread: Thread) -> tuple[tuple[FetchedItem, ...], tuple[Quarantined, ...]]:
    """A page of replies to one thread, and those of them that cannot be read."""
    return sorted_out(read_comment(row, Shown.VISIBLE, thread.video_id, parent_id=thread.thread_id) for row in rows)


def read_video(raw: Any, counted_since: datetime) -> FetchedPost | None:
    """A video; its count only when it was published since then, as of older ones not every comment is read."""
    if not isinstance(raw, dict) or (video_id := _id(raw.get("id"))) is None:
        return None
    snippet, statistics = _part(raw, "snippet"), _part(raw, "statistics")
    published = moment_of(snippet.get("publishedAt"))
    count = _text(statistics.get("commentCount"))
    counted = published is not None and published >= counted_since and count.isdecimal() and len(count) < 10
    return bare_post(video_id, _text(snippet.get("title")), published, int(count) if counted else None)


def bare_post(video_id: str, title: str = "", at: datetime | None = None, count: int | None = None) -> FetchedPost:
    """A video of which, without more, only that it is there is known."""
    return FetchedPost(video_id, title, at, f"https://www.youtube.com/watch?v={video_id}", count, has_picture=True)


def read_upload(raw: Any) -> tuple[str, datetime | None] | None:
    """The video that an entry of the list of uploads names, and when it was published; None when it names none."""
    details = _part(raw, "contentDetails") if isinstance(raw, dict) else {}
    video_id = _id(details.get("videoId"))
    return None if video_id is None else (video_id, moment_of(details.get("videoPublishedAt")))


def moment_of(value: Any) -> datetime | None:
    """A YouTube time (2026-11-14T12:00:00Z) in UTC; None when missing, unreadable or absurd."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo and is_plausible(moment) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = raw.get(name)
    return part if isinstance(part, dict) else {}


def _id(value: Any) -> str | None:
    good = isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()
    return value if good else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
