"""What WordPress's JSON means: comments, posts and refusals (REST API handbook, wp/v2). No network here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.errors import AuthFailed, ConnectorError, Forbidden, UnexpectedReply
from connectors.fetched import Exchange, FetchedItem, FetchedPost, ItemKind, Quarantined, Shown, is_plausible
from connectors.html_text import text_of, typed_text

WHERE = "WordPress"
COMMENT_FIELDS = "id,post,parent,author,author_name,date_gmt,content,link,status,type"
"""All we ask for: the addresses of visitors, which WordPress would send as well, are none of our business."""
POST_FIELDS = "id,date_gmt,title,link"

_PASSWORD_REFUSED = frozenset(
    {"incorrect_password", "invalid_username", "invalid_email", "rest_not_logged_in", "rest_forbidden_context"}
)
_REST_OFF = frozenset({"rest_no_route", "rest_disabled", "rest_login_required", "rest_api_disabled"})


class RestOff(UnexpectedReply):
    """The site does not answer this way: its REST interface is switched off, or it is no WordPress."""


class MayNotModerate(Forbidden):
    """Signed in as a user who sees no more than everybody."""


def post_id(number: Any) -> str | None:
    """How a post is called here: posts and comments are numbered apart, and must not be taken for each other."""
    return f"post-{number}" if isinstance(number, int) and not isinstance(number, bool) and number > 0 else None


def read_rows(payload: Any, headers: Mapping[str, str], what: str) -> tuple[Sequence[Any], int]:
    """The rows of a page, and how many there are on all pages. Raises UnexpectedReply."""
    total = headers.get("x-wp-total", "")
    if not isinstance(payload, list) or not total.isdecimal() or len(total) > 12:
        raise UnexpectedReply(f"{WHERE}, {what}: the answer is not a list as WordPress gives it")
    return payload, int(total)


def read_comment(raw: Any) -> FetchedItem | Quarantined:
    """A comment. Who is not signed in on the site has no id there: only a name, which anybody can type."""
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), int) or isinstance(raw.get("id"), bool):
        return Quarantined(raw, "a comment has no id")
    comment_id = str(raw["id"])
    created_at = moment_of(raw.get("date_gmt"))
    if created_at is None:
        return Quarantined(raw, f"comment {comment_id} has no time that can be read")
    text = _words(raw.get("content"))
    if text is None:
        return Quarantined(raw, f"comment {comment_id} has a content that is none")
    parent, author = raw.get("parent"), raw.get("author")
    parent_id = str(parent) if isinstance(parent, int) and not isinstance(parent, bool) and parent > 0 else None
    kind = ItemKind.REPLY if parent_id else ItemKind.COMMENT
    return FetchedItem(
        remote_id=comment_id,
        kind=kind if raw.get("type") in ("comment", "", None) else ItemKind.OTHER,
        text=text,
        created_at=created_at,
        post_remote_id=post_id(raw.get("post")),
        parent_remote_id=parent_id,
        author_id=str(author) if isinstance(author, int) and not isinstance(author, bool) and author > 0 else None,
        author_name=_text(raw.get("author_name")),
        permalink=_text(raw.get("link")),
        shown=Shown.VISIBLE if raw.get("status") in ("approved", None) else Shown.HELD,
        raw=raw,
    )


def read_post(raw: Any) -> FetchedPost | None:
    """A post of the site."""
    name = post_id(raw.get("id")) if isinstance(raw, dict) else None
    if name is None:
        return None
    title = raw.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else None
    return FetchedPost(
        remote_id=name,
        text=text_of(_text(rendered)),
        created_at=moment_of(raw.get("date_gmt")),
        permalink=_text(raw.get("link")),
    )


def meaning(exchange: Exchange, where: str, now: datetime) -> ConnectorError | None:
    """What a refusal means, by WordPress's own code; None: its status says it all."""
    code = _code(exchange.body)
    if code == "application_passwords_disabled":
        return AuthFailed(
            f"{where}: application passwords are switched off on this site; its technician can allow them"
        )
    if code == "rest_forbidden_context" and exchange.status == 403:
        return MayNotModerate(f"{where}: this user may not moderate comments; make it an Editor of the site")
    if code in _PASSWORD_REFUSED:
        return AuthFailed(
            f"{where}: username or application password is refused; make a new one in the user's profile on the site"
        )
    if code == "rest_cannot_read":
        return Forbidden(f"{where}: it is held or in the bin, which only a signed-in editor may see")
    if code in _REST_OFF or (code is None and exchange.status == 404):
        return RestOff(
            f"{where}: the site's REST interface does not answer; check the address, or any security plugin"
        )
    return None


def moment_of(value: Any) -> datetime | None:
    """A time in UTC as `date_gmt` has it, without a zone; None when missing, unreadable or absurd."""
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if is_plausible(moment) else None


def _words(content: Any) -> str | None:
    """What was typed, where we may see it; else what it looks like, in which WordPress sets other quotation marks."""
    if content is None:
        return ""
    if not isinstance(content, dict):
        return None
    raw, rendered = content.get("raw"), content.get("rendered")
    if isinstance(raw, str):
        return typed_text(raw)
    return text_of(rendered) if isinstance(rendered, str) else None


def _code(body: bytes) -> str | None:
    try:
        code = json.loads(body).get("code")
    except (ValueError, RecursionError, AttributeError):
        return None
    return code if isinstance(code, str) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
