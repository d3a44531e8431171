"""What Google's JSON means for reviews of a place (Google My Business API v4, accounts.locations.reviews)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.base import (
    ConnectorError,
    Exchange,
    FetchedItem,
    Forbidden,
    ItemKind,
    Quarantined,
    UnexpectedReply,
    is_plausible,
)

WHERE = "Google reviews"
REPLY = "/reply"
_ID = re.compile(r"[A-Za-z0-9_=-]{1,250}")
_FRACTION = re.compile(r"\.(\d{6})\d+")  # nine digits are sent; Python reads six
_TRANSLATED = "(Translated by Google)"
_ORIGINAL = "(Original)"


def read_reviews(payload: Any) -> tuple[list[Any], str | None, int | None]:
    """The rows of a page, the token of the next one and how many reviews there are. Raises UnexpectedReply.

    A place without reviews gets an empty object; a page must say something else to be one.
    """
    if not isinstance(payload, dict) or not (
        isinstance(payload.get("reviews"), list) or "totalReviewCount" in payload
    ):
        raise UnexpectedReply(f"{WHERE}: the answer is not a list of reviews")
    token, count = payload.get("nextPageToken"), payload.get("totalReviewCount")
    rows = payload.get("reviews", [])
    if not isinstance(rows, list):
        raise UnexpectedReply(f"{WHERE}: the answer is not a list of reviews")
    return (
        rows,
        token if isinstance(token, str) and token else None,
        count if isinstance(count, int) and not isinstance(count, bool) else None,
    )


def read_review(raw: Any, own_id: str) -> list[FetchedItem | Quarantined]:
    """A review and, where there is one, the school's reply to it: a field of the review, an item of ours."""
    review_id = review_id_of(raw)
    if review_id is None:
        return [Quarantined(raw, "a review has no id")]
    created_at, updated_at = moment_of(raw.get("createTime")), moment_of(raw.get("updateTime"))
    if created_at is None:
        return [Quarantined(raw, f"review {review_id} has no time that can be read")]
    comment = raw.get("comment")
    if comment is not None and not isinstance(comment, str):
        return [Quarantined(raw, f"review {review_id} has a comment that is none")]
    reviewer = raw.get("reviewer")
    name = reviewer.get("displayName") if isinstance(reviewer, dict) else None
    review = FetchedItem(
        remote_id=review_id,
        kind=ItemKind.REVIEW,
        text=as_written(comment or ""),
        created_at=created_at,
        author_name=name if isinstance(name, str) else "",
        edited_at=updated_at if updated_at and updated_at != created_at else None,
        raw={key: value for key, value in raw.items() if key != "reviewReply"},
    )
    reply = _read_reply(raw.get("reviewReply"), review_id, own_id)
    return [review] if reply is None else [review, reply]


def _read_reply(raw: Any, review_id: str, own_id: str) -> FetchedItem | Quarantined | None:
    if raw is None:
        return None
    written = raw.get("comment") if isinstance(raw, dict) else None
    at = moment_of(raw.get("updateTime")) if isinstance(raw, dict) else None
    if not isinstance(written, str) or at is None:
        return Quarantined(raw, f"the reply to review {review_id} has no words or no time that can be read")
    return FetchedItem(
        remote_id=f"{review_id}{REPLY}",
        kind=ItemKind.REPLY,
        text=as_written(written),
        created_at=at,
        parent_remote_id=review_id,
        author_id=own_id,
        raw=raw,
    )


def review_id_of(raw: Any) -> str | None:
    """The id of a review: its own field, or the last part of its name."""
    if not isinstance(raw, Mapping):
        return None
    value = raw.get("reviewId") or str(raw.get("name", "")).rpartition("/")[2]
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def as_written(text: str) -> str:
    """The reviewer's own words where Google sends a translation before or after them."""
    if _ORIGINAL in text and _TRANSLATED in text:
        first, second = text.find(_TRANSLATED), text.find(_ORIGINAL)
        if first < second:
            return text[second + len(_ORIGINAL) :].strip()
        return text[second + len(_ORIGINAL) : first].strip()
    if text.rstrip().endswith(")") or _TRANSLATED not in text:
        return text
    before, _, _ = text.partition(_TRANSLATED)
    return before.strip() or text


def meaning(exchange: Exchange, where: str, now: datetime) -> ConnectorError | None:
    """What is special about Google's refusals here."""
    if exchange.status == 403 and (b"PERMISSION_DENIED" in exchange.body or b"accessNotConfigured" in exchange.body):
        return Forbidden(
            f"{where}: not allowed. Google has to approve a project before it may read reviews, and its quota is 0 "
            "until then; the user who signs in must own or manage the place"
        )
    return None


def moment_of(value: Any) -> datetime | None:
    """A time of Google's (2026-11-14T12:00:00.123456789Z) in UTC; None when missing, unreadable or absurd."""
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r".\1", value))
        return moment.astimezone(UTC) if moment.tzinfo and is_plausible(moment) else None
    except (TypeError, ValueError, OverflowError):
        return None
