"""What YouTube's JSON means: threads, comments, videos, refusals (YouTube Data API v3 reference). No network here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import (
    AuthFailed,
    BudgetSpent,
    ConnectorError,
    Exchange,
    FetchedItem,
    FetchedPost,
    Forbidden,
    ItemKind,
    Quarantined,
    RateLimited,
    Shown,
    TemporaryFailure,
    UnexpectedReply,
    is_plausible,
)
from connectors.json_api import UNSAID_WAIT
from connectors.transport import retry_at

WHERE = "YouTube"
_PACIFIC = ZoneInfo("America/Los_Angeles")  # the daily quota begins anew at midnight there
_LONGEST_ID = 200

_QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_KEY_DEAD = frozenset({"keyInvalid", "keyExpired", "API_KEY_INVALID", "authError", "invalidCredentials", "required"})
_OWN_FAULT = frozenset({"processingFailure", "backendError", "internalError"})


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
        first = next((item for item in self.items if item.remote_id == self.thread_id), None)
        return first.created_at if first else None


def read_thread(raw: Any, shown: Shown) -> Thread | Quarantined:
    """A thread of a list. `shown`: how the list it stands in shows its comments."""
    snippet = raw.get("snippet") if isinstance(raw, dict) else None
    if not isinstance(snippet, dict) or not isinstance(thread_id := raw.get("id"), str) or not _is_id(thread_id):
        return Quarantined(raw, "a thread has no id, or holds nothing")
    video_id = _text(snippet.get("videoId")) or None
    replies = raw.get("replies")
    listed = replies.get("comments") if isinstance(replies, dict) else None
    nested = listed if isinstance(listed, list) else []
    top = read_comment(snippet.get("topLevelComment"), shown, video_id, thread_id=thread_id)
    read = [top, *(read_comment(each, shown, video_id, parent_id=thread_id) for each in nested)]
    count = snippet.get("totalReplyCount")
    count = count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else len(nested)
    return Thread(
        thread_id,
        video_id,
        count,
        len(nested) >= count,
        tuple(each for each in read if isinstance(each, FetchedItem)),
        tuple(each for each in read if isinstance(each, Quarantined)),
    )


def read_comment(
    raw: Any, shown: Shown, video_id: str | None, *, thread_id: str | None = None, parent_id: str | None = None
) -> FetchedItem | Quarantined:
    """A comment, or with `parent_id` a reply to it. `thread_id` stands in for an id that is missing."""
    snippet = raw.get("snippet") if isinstance(raw, dict) else None
    if not isinstance(snippet, dict):
        return Quarantined(raw, "a comment holds nothing")
    comment_id = raw.get("id") if isinstance(raw.get("id"), str) else thread_id
    if comment_id is None or not _is_id(comment_id):
        return Quarantined(raw, "a comment has no id")
    created_at, updated_at = moment_of(snippet.get("publishedAt")), moment_of(snippet.get("updatedAt"))
    if created_at is None:
        return Quarantined(raw, f"comment {comment_id} has no time that can be read")
    text = snippet.get("textDisplay", snippet.get("textOriginal"))
    if text is not None and not isinstance(text, str):
        return Quarantined(raw, f"comment {comment_id} has a text that is none")
    author = snippet.get("authorChannelId")
    author_id = author.get("value") if isinstance(author, dict) else None
    video_id = video_id or _text(snippet.get("videoId")) or None
    parent_id = parent_id or _text(snippet.get("parentId")) or None
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
        shown=Shown.HELD if snippet.get("moderationStatus") in {"heldForReview", "likelySpam"} else shown,
        raw=raw,
    )


def read_video(raw: Any, counted_since: datetime) -> FetchedPost | None:
    """A video; its count only when it was published since then, as of older ones not every comment is read."""
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        return None
    snippet, statistics = _part(raw, "snippet"), _part(raw, "statistics")
    published = moment_of(snippet.get("publishedAt"))
    count = _text(statistics.get("commentCount"))
    counted = published is not None and published >= counted_since and count.isdecimal() and len(count) < 10
    return FetchedPost(
        remote_id=raw["id"],
        text=_text(snippet.get("title")),
        created_at=published,
        permalink=f"https://www.youtube.com/watch?v={raw['id']}",
        comment_count=int(count) if counted else None,
    )


def meaning(exchange: Exchange, where: str, now: datetime) -> ConnectorError | None:
    """What a refusal means, by the reason YouTube gives; None: its status says it all."""
    reasons = set(_reasons(exchange.body))
    if reasons & _QUOTA:
        return BudgetSpent(
            f"{where}: today's units are used up; they begin anew at midnight in California", _midnight(now)
        )
    if reasons & _TOO_FAST:
        return RateLimited(f"{where}: too many calls", retry_at(exchange.headers, now) or now + UNSAID_WAIT)
    if reasons & _KEY_DEAD or exchange.status == 401:
        return AuthFailed(
            f"{where}: the API key or the sign-in is no longer accepted; make a new one in Google's console"
        )
    if "accessNotConfigured" in reasons or "SERVICE_DISABLED" in reasons:
        return Forbidden(
            f"{where}: the YouTube Data API is not switched on for this project; do that in Google's console"
        )
    if reasons & {"forbidden", "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}:
        return Forbidden(
            f"{where}: not allowed; held comments need the owner's sign-in with the scope youtube.force-ssl"
        )
    if reasons & _OWN_FAULT:
        return TemporaryFailure(f"{where}: YouTube has a fault of its own; it is asked again at the next run")
    return None


def moment_of(value: Any) -> datetime | None:
    """A YouTube time (2026-11-14T12:00:00Z) in UTC; None when missing, unreadable or absurd."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo and is_plausible(moment) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _reasons(body: bytes) -> list[str]:
    try:
        error = json.loads(body).get("error")
        listed = [*error.get("errors", []), *error.get("details", [])]
        return [
            each["reason"] for each in listed if isinstance(each, Mapping) and isinstance(each.get("reason"), str)
        ]
    except (ValueError, RecursionError, AttributeError, TypeError):
        return []


def _midnight(now: datetime) -> datetime:
    local = now.astimezone(_PACIFIC)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(UTC)


def _part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = raw.get(name)
    return part if isinstance(part, dict) else {}


def _is_id(value: str) -> bool:
    return 0 < len(value) <= _LONGEST_ID and value.isprintable()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
