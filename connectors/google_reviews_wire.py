"""What Google's JSON means for reviews of a place (Google My Business API v4, accounts.locations.reviews)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.errors import BudgetSpent, ConnectorError, Forbidden, UnexpectedReply
from connectors.fetched import Attachment, Exchange, FetchedItem, ItemKind, Quarantined, Shown, is_plausible
from connectors.google_access import error_of, notes_on, quota_begins_anew, quota_of
from connectors.listing_end import has_passed

WHERE = "Google reviews"
REPLY = "/reply"
_ID = re.compile(r"[A-Za-z0-9_=-]{1,250}")
_FRACTION = re.compile(r"\.(\d{6})\d+")  # nine digits are sent; Python reads six
_TRANSLATED = "(Translated by Google)"
_ORIGINAL = "(Original)"
_NOT_PUBLIC = frozenset({"PENDING", "REJECTED"})
_LARGEST_COUNT = 10**9


@dataclass(frozen=True)
class ReviewPage:
    """One page: its reviews as they came, the token of the next (None: the last), how many reviews there are in all
    (None: it does not say). `is_blank`: an empty object, which is how Google writes that there are none at all."""

    rows: Sequence[Any]
    next_token: str | None
    total: int | None
    is_blank: bool

    def reaches(self, moment: datetime) -> bool:
        """Whether it ends with reviews that were last changed before `moment`."""
        return has_passed([moment_of(row.get("updateTime")) for row in self.rows if isinstance(row, dict)], moment)


def read_page(payload: Any) -> ReviewPage:
    """A page of the list. Raises UnexpectedReply."""
    rows = payload.get("reviews", []) if isinstance(payload, dict) else None
    if not isinstance(rows, list) or not (not payload or payload.keys() & {"reviews", "totalReviewCount"}):
        raise UnexpectedReply(f"{WHERE}: the answer is not a list of reviews")
    token, count = payload.get("nextPageToken"), payload.get("totalReviewCount")
    is_count = isinstance(count, int) and not isinstance(count, bool) and 0 <= count < _LARGEST_COUNT
    token = token if isinstance(token, str) and token else None
    return ReviewPage(rows, token, count if is_count else None, not payload)


def read_review(raw: Any, own_id: str) -> list[FetchedItem | Quarantined]:
    """A review and, where there is one, the school's reply to it: a field of the review, an item of ours."""
    review_id = review_id_of(raw)
    if review_id is None:
        return [Quarantined(raw, "a review has no id")]
    created_at, updated_at = moment_of(raw.get("createTime")), moment_of(raw.get("updateTime"))
    comment = raw.get("comment")
    reply = _read_reply(raw.get("reviewReply"), review_id, own_id)
    replies = [] if reply is None else [reply]
    if created_at is None:
        return [Quarantined(raw, f"review {review_id} has no time that can be read"), *replies]
    if comment is not None and not isinstance(comment, str):
        return [Quarantined(raw, f"review {review_id} has a comment that is none"), *replies]
    reviewer = raw.get("reviewer")
    name = reviewer.get("displayName") if isinstance(reviewer, dict) else None
    review = FetchedItem(
        remote_id=review_id,
        kind=ItemKind.REVIEW,
        text=as_written(comment or ""),
        created_at=created_at,
        author_name=name if isinstance(name, str) else "",
        edited_at=updated_at if updated_at and updated_at != created_at else None,
        attachments=_attachments(raw.get("reviewMediaItems")),
        raw={key: value for key, value in raw.items() if key != "reviewReply"},
    )
    return [review, *replies]


def _read_reply(raw: Any, review_id: str, own_id: str) -> FetchedItem | Quarantined | None:
    """Google says only when a reply was last changed; what we keep is what it said when we first met it."""
    if raw is None:
        return None
    written = raw.get("comment") if isinstance(raw, dict) else None
    at = moment_of(raw.get("updateTime")) if isinstance(raw, dict) else None
    if not isinstance(written, str) or at is None:
        return Quarantined(raw, f"the reply to review {review_id} has no words or no time that can be read")
    state = raw.get("reviewReplyState")
    return FetchedItem(
        remote_id=f"{review_id}{REPLY}",
        kind=ItemKind.REPLY,
        text=as_written(written),
        created_at=at,
        parent_remote_id=review_id,
        author_id=own_id,
        shown=Shown.HELD if isinstance(state, str) and state in _NOT_PUBLIC else Shown.VISIBLE,
        raw=raw,
    )


def last_change(items: Sequence[FetchedItem | Quarantined]) -> datetime | None:
    """When a review or the reply to it was last written or changed; None when something of it cannot be read."""
    moments = [max(i.created_at, i.edited_at or i.created_at) for i in items if isinstance(i, FetchedItem)]
    return max(moments) if len(moments) == len(items) else None


def review_id_of(raw: Any) -> str | None:
    """The id of a review: its own field, or the last part of its name."""
    if not isinstance(raw, Mapping):
        return None
    value = raw.get("reviewId") or str(raw.get("name", "")).rpartition("/")[2]
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def is_id(value: str) -> bool:
    """Whether this could be the id of a review."""
    return bool(_ID.fullmatch(value))


def as_written(text: str) -> str:
    """The reviewer's own words where Google sends a translation before them, or after a blank line behind them.

    Of several marks those are believed that leave most of the text.
    """
    if text.startswith(_TRANSLATED) and _ORIGINAL in text:
        return text.partition(_ORIGINAL)[2].strip()
    before, mark, translation = text.rpartition(f"\n\n{_TRANSLATED}")
    return before if mark and before.strip() and translation.strip() else text


def meaning(exchange: Exchange, where: str, now: datetime) -> ConnectorError | None:
    """What is special about Google's refusals here."""
    error = error_of(exchange.body)
    notes = notes_on(error)
    not_approved = any(quota_of(note, "quota_limit_value") == "0" for note in notes)
    if not_approved or (exchange.status == 403 and error.get("status") == "PERMISSION_DENIED"):
        return Forbidden(
            f"{where}: not allowed. Google has to approve a project before it may read reviews, and its quota is 0 "
            "until then; the API has to be switched on for it, and who signs in must own or manage the place"
        )
    if any("PerDay" in quota_of(note, "quota_limit") for note in notes):
        return BudgetSpent(
            f"{where}: today's calls are used up; they begin anew at midnight in California", quota_begins_anew(now)
        )
    return None


def moment_of(value: Any) -> datetime | None:
    """A time of Google's (2026-11-14T12:00:00.123456789Z) in UTC; None when missing, unreadable or absurd."""
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r".\1", value))
        return moment.astimezone(UTC) if moment.tzinfo and is_plausible(moment) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _attachments(listed: Any) -> tuple[Attachment, ...]:
    """Pictures and films that came with a review: their addresses, which we never open."""
    found = []
    for each in listed if isinstance(listed, list) else ():
        for name, kind in (("videoUrl", "video"), ("googleUrl", "image"), ("thumbnailUrl", "image")):
            url = each.get(name) if isinstance(each, dict) else None
            if isinstance(url, str) and url.startswith("https://"):
                found.append(Attachment(kind, url))
                break
    return tuple(found)
