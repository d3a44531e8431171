"""What Mastodon's JSON means: statuses, notifications, accounts and the headers that say how much is left.

Shapes: Mastodon's public API documentation, entities Status, Notification, Account (version 4.5). No network here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

from connectors.budget import Usage
from connectors.errors import UnexpectedReply
from connectors.fetched import Attachment, FetchedItem, FetchedPost, ItemKind, Quarantined, has_picture, is_plausible
from connectors.html_text import text_of
from connectors.public_words import about_of, links_of, values_of

WHERE = "Mastodon"
STATUS_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
"""Digits on Mastodon; letters too on servers that speak its API."""
LONGEST_MARKUP = 20_000
"""Characters of HTML in which an account speaks of itself; Mastodon allows 500 of text."""
_DIRECT = "direct"
_HREF = re.compile(r"""href=["']([^"'<>]{1,2000})["']""")
_MARKS = str.maketrans({" ": "\ufdd0", "\t": "\ufdd1"})
_UNMARKED = str.maketrans({"\ufdd0": " ", "\ufdd1": "\t"})
"""What stands for a space and a tab while HTML is read; Unicode has set these apart for no character."""


@dataclass(frozen=True)
class Status:
    """What of a status decides where it belongs, before it is read as an item."""

    id: str
    author_id: str | None
    parent_id: str | None
    parent_author_id: str | None
    replies: int | None
    created_at: datetime | None
    is_message: bool
    is_boost: bool
    raw: Mapping[str, Any]


def rows_of(payload: Any, what: str) -> list[Any]:
    """A list of rows. Raises UnexpectedReply when it is none."""
    if not isinstance(payload, list):
        raise UnexpectedReply(f"{WHERE}, {what}: the answer is not a list")
    return payload


def read_account(payload: Any, what: str) -> Mapping[str, Any]:
    """An account with an id. Raises UnexpectedReply."""
    if not isinstance(payload, dict) or not isinstance(payload.get("id"), str) or not payload["id"]:
        raise UnexpectedReply(f"{WHERE}, {what}: the answer is not an account")
    return payload


def public_words(account: Mapping[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """What the account says of itself, in its note and its table of fields, and the addresses linked there."""
    note = account.get("note")
    if not isinstance(note, str):
        return None, ()
    fields = account.get("fields")
    names, values = values_of(fields, "name"), values_of(fields, "value")
    markup = [note, *(value for value in values if isinstance(value, str))]
    markup = [each[:LONGEST_MARKUP] for each in markup]
    rows = [f"{name}: {text_of(value)}" for name, value in zip(names, markup[1:], strict=False)]
    return about_of(text_of(markup[0]), *rows), links_of(*(unescape(a) for m in markup for a in _HREF.findall(m)))


def read_context(payload: Any, what: str) -> tuple[list[Any], list[Any]]:
    """What stands above a status and what below it, in that order. Raises UnexpectedReply."""
    above = payload.get("ancestors") if isinstance(payload, dict) else None
    below = payload.get("descendants") if isinstance(payload, dict) else None
    if not isinstance(above, list) or not isinstance(below, list):
        raise UnexpectedReply(f"{WHERE}, {what}: the answer is not a thread")
    return above, below


def glance(raw: Any) -> Status | None:
    """The few things that decide what is done with a status; None when it is not one or has no id."""
    if not isinstance(raw, dict):
        return None
    status_id = _id(raw.get("id"))
    if status_id is None:
        return None
    account = raw.get("account")
    count = raw.get("replies_count")
    return Status(
        id=status_id,
        author_id=_id(account.get("id")) if isinstance(account, dict) else None,
        parent_id=_id(raw.get("in_reply_to_id")),
        parent_author_id=_id(raw.get("in_reply_to_account_id")),
        replies=count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None,
        created_at=moment(raw.get("created_at")),
        is_message=raw.get("visibility") == _DIRECT,
        is_boost=isinstance(raw.get("reblog"), dict),
        raw=raw,
    )


def read_post(status: Status) -> FetchedPost:
    """A status that the school itself published, and that replies to nothing. The server counts direct replies only,
    so that is left to whoever reads all of its thread."""
    return FetchedPost(
        remote_id=status.id,
        text=_words(status.raw),
        created_at=status.created_at,
        permalink=_link(status.raw),
        has_picture=has_picture(_attachments(status.raw)),
    )


def read_item(raw: Any, root: str | None) -> FetchedItem | Quarantined:
    """A status as a comment. `root`: the school's post at the top of its thread, None where it is another's or
    not known."""
    status = glance(raw)
    if status is None:
        return Quarantined(raw, "a status has no id")
    if status.created_at is None:
        return Quarantined(raw, f"status {status.id} has no time that can be read")
    if not isinstance(raw.get("content"), str | None):
        return Quarantined(raw, f"status {status.id} has content that is not text")
    account = raw.get("account")
    name = (account.get("display_name") or account.get("acct")) if isinstance(account, dict) else ""
    parent_id = None if status.parent_id == root else status.parent_id
    kind = ItemKind.REPLY if parent_id else ItemKind.COMMENT if root else ItemKind.MENTION
    spoken_to = status.parent_author_id
    return FetchedItem(
        remote_id=status.id,
        kind=kind,
        text=_words(raw),
        created_at=status.created_at,
        post_remote_id=root,
        parent_remote_id=parent_id,
        author_id=status.author_id,
        author_name=name if isinstance(name, str) else "",
        edited_at=moment(raw.get("edited_at")),
        permalink=_link(raw),
        attachments=_attachments(raw),
        # Whom a reply mentions beside that is carried along from the whole thread by every program.
        addressed_to=(spoken_to,) if spoken_to and spoken_to != status.author_id else (),
        raw=raw,
    )


def usage_of(headers: Mapping[str, str], now: datetime) -> Usage | None:
    """How much of the account's requests is used, from X-RateLimit-Limit, -Remaining and -Reset (ISO 8601)."""
    try:
        limit, remaining = int(headers["x-ratelimit-limit"]), int(headers["x-ratelimit-remaining"])
    except (KeyError, ValueError):
        return None
    resets_at = moment(headers.get("x-ratelimit-reset"))
    if limit <= 0 or resets_at is None or resets_at <= now:
        return None
    return Usage("requests", min(max(1 - remaining / limit, 0.0), 1.0), resets_at)


def moment(value: Any) -> datetime | None:
    """A time as Mastodon writes it (2026-11-14T12:00:00.000Z), in UTC; None when it is none or absurd."""
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo and is_plausible(read) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _words(raw: Mapping[str, Any]) -> str:
    """The words of a status; a content warning is part of them and stands first."""
    content, warning = raw.get("content"), raw.get("spoiler_text")
    text = text_of(_spaces_kept(content)).translate(_UNMARKED) if isinstance(content, str) else ""
    return f"{warning}\n\n{text}" if isinstance(warning, str) and warning else text


def _spaces_kept(content: str) -> str:
    """The HTML of a status with every space in its words marked: Mastodon shows each one, HTML as such does not."""
    first, *pieces = content.split("<")
    marked = [first.translate(_MARKS)]
    for piece in pieces:
        tag, closed, words = piece.partition(">")
        marked.append(f"<{tag}{closed}{words.translate(_MARKS)}" if closed else f"<{piece}")
    return "".join(marked)


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and STATUS_ID.fullmatch(value) else None


def _link(raw: Mapping[str, Any]) -> str:
    return next((raw[name] for name in ("url", "uri") if isinstance(raw.get(name), str)), "")


def _attachments(raw: Mapping[str, Any]) -> tuple[Attachment, ...]:
    listed = raw.get("media_attachments")
    return tuple(
        Attachment(each["type"] if isinstance(each.get("type"), str) else "unknown", address)
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, dict)
        for address in [next((each[name] for name in ("url", "remote_url") if isinstance(each.get(name), str)), "")]
    )
