"""What X's API v2 sends, and what it means in our words. Pure: no call is made here.

Facts are from docs.x.com/x-api: the data dictionary, "Edit Posts", "Response codes and errors", "Post cap".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from connectors.base import (
    Attachment,
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
    TemporaryFailure,
    UnexpectedReply,
    Verdict,
    is_plausible,
)
from connectors.transport import retry_at

FIRST_MILLISECOND = 1288834974657  # Unix time in milliseconds from which X's ids ("snowflakes") count
RATE_WINDOW = timedelta(minutes=15)
NOT_FOUND = "/problems/resource-not-found"
USAGE_CAP = "/problems/usage-capped"
_ID = re.compile(r"[0-9]{1,19}")


class Unreadable(ValueError):
    """One post is not what X documents. The text says what is wrong with it and repeats nothing from it."""


@dataclass(frozen=True)
class Page:
    """One page of a list of posts: each as it came, and the users and media beside them by id and key."""

    posts: Sequence[Any]
    users: Mapping[str, Mapping[str, Any]]
    media: Mapping[str, Mapping[str, Any]]
    next_token: str | None


def id_time(post_id: str) -> datetime:
    """When the post with this id was made (UTC, whole seconds as in `created_at`): X builds ids from the time."""
    milliseconds = (int(post_id) >> 22) + FIRST_MILLISECOND
    return datetime.fromtimestamp(milliseconds // 1000, tz=UTC)


def is_id(value: object) -> TypeGuard[str]:
    """Whether `value` is shaped like an id of X."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def read_page(payload: Any, where: str) -> Page:
    """The page in a 200 answer. Raises UnexpectedReply; Forbidden when X only explains why it shows nothing.

    `errors` beside `data` are about what posts refer to (deleted, protected posts): no fault of the page.
    """
    meta = payload.get("meta") if isinstance(payload, dict) else None
    posts = payload.get("data") if isinstance(payload, dict) else None
    if posts is None and meta is None and _problems(payload):
        raise Forbidden(f"{where}: X does not show this account's posts; check user_id and that it is not suspended")
    if not isinstance(meta, dict):
        raise UnexpectedReply(f"{where}: the answer is not a list of posts")
    if posts is None and meta.get("result_count") == 0:
        posts = []
    next_token = meta.get("next_token")
    if not isinstance(posts, list) or not (next_token is None or (isinstance(next_token, str) and next_token)):
        raise UnexpectedReply(f"{where}: the answer is not a list of posts")
    return Page(posts, _included(payload, "users", "id"), _included(payload, "media", "media_key"), next_token)


def read_post(raw: Any, page: Page, own_id: str, author_id: str | None = None) -> FetchedItem | FetchedPost | None:
    """One post as one of our nouns; None for the school passing on someone else's post. Raises Unreadable.

    `author_id`: who wrote it when the post itself does not say (every post of a user's own list is theirs).
    """
    if not isinstance(raw, dict):
        raise Unreadable("the post is not an object")
    history = _history(raw)
    created_at = _created_at(raw, history)
    text = _text(raw)
    author_id = raw.get("author_id") or author_id
    if author_id is not None and not is_id(author_id):
        raise Unreadable("its author_id is not an id")
    replied_to, passed_on = _reference(raw, "replied_to"), _reference(raw, "retweeted")
    if author_id == own_id and replied_to is None:
        return None if passed_on else FetchedPost(history[0], text, created_at, _permalink(history[0]))
    thread = raw.get("conversation_id")
    if thread is not None and not is_id(thread):
        raise Unreadable("its conversation_id is not an id")
    under_own_post = replied_to == thread and raw.get("in_reply_to_user_id") == own_id
    user = page.users.get(author_id or "", {})
    name = user.get("name") or user.get("username")
    return FetchedItem(
        remote_id=history[0],
        kind=ItemKind.REPLY if replied_to else ItemKind.OTHER if passed_on else ItemKind.MENTION,
        text=text,
        created_at=created_at,
        post_remote_id=history[0] if thread in history else thread,
        parent_remote_id=None if under_own_post else replied_to,
        author_id=author_id,
        author_name=name if isinstance(name, str) else "",
        edited_at=id_time(history[-1]) if len(history) > 1 else None,
        permalink=_permalink(history[0]),
        attachments=_attachments(raw, page),
        alt_ids=history[1:],
        addressed_to=(spoken_to,) if is_id(spoken_to := raw.get("in_reply_to_user_id")) else (),
        raw=raw,
    )


def read_posts(
    page: Page, own_id: str, author_id: str | None = None
) -> tuple[tuple[FetchedItem, ...], tuple[FetchedPost, ...], tuple[Quarantined, ...]]:
    """Every post of the page, each read alone: items, the school's own posts, and what could not be read."""
    items: list[FetchedItem] = []
    posts: list[FetchedPost] = []
    quarantined: list[Quarantined] = []
    for raw in page.posts:
        try:
            read = read_post(raw, page, own_id, author_id)
        except Unreadable as problem:
            quarantined.append(Quarantined(raw, f"this post on X could not be read: {problem}"))
            continue
        if isinstance(read, FetchedItem):
            items.append(read)
        elif read is not None:
            posts.append(read)
    return tuple(items), tuple(posts), tuple(quarantined)


def read_verdicts(payload: Any, where: str) -> dict[str, Verdict]:
    """What a look-up of posts by id says of each. Raises UnexpectedReply.

    "Not found" is X's word for a deleted post; "not authorized" (protected, suspended) proves nothing.
    """
    problems = _problems(payload)
    found = payload.get("data") if isinstance(payload, dict) else None
    found = [] if found is None and problems else found
    if not isinstance(found, list) or not (found or problems):
        raise UnexpectedReply(f"{where}: the answer is not a list of posts")
    verdicts: dict[str, Verdict] = {}
    for problem in problems:
        if is_id(about := problem.get("resource_id") or problem.get("value")):
            verdicts[about] = Verdict.GONE if _of_type(problem, NOT_FOUND) else Verdict.UNKNOWN
    for post in found:
        if isinstance(post, dict) and is_id(post.get("id")):
            history = post.get("edit_history_tweet_ids")
            ids = [post["id"], *(history if isinstance(history, list) else [])]
            verdicts |= {known: Verdict.PRESENT for known in ids if is_id(known)}
    return verdicts


def refusal(answer: Exchange, where: str, now: datetime) -> ConnectorError | None:
    """What an answer other than 200 means; None when its status is a success. `now` is aware."""
    status = answer.status
    if 200 <= status < 300:
        return None
    tomorrow = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if status == 402:
        return BudgetSpent(f"{where}: the X developer account has no credits left; buy some there", tomorrow)
    if status < 500 and _of_type(_problem(answer), USAGE_CAP):
        return BudgetSpent(f"{where}: the X developer account has used up its monthly reads", tomorrow)
    if status == 401:
        return AuthFailed(f"{where}: X refuses the bearer token; make a new one in the X developer console")
    if status == 403:
        return Forbidden(f"{where}: X does not allow this token to read this; check the app's access in its console")
    if status == 429:
        return RateLimited(f"{where}: too many calls", retry_at(answer.headers, now) or now + RATE_WINDOW)
    if status >= 500:
        return TemporaryFailure(f"{where}: X answered with error {status}; it is asked again at the next run")
    return UnexpectedReply(f"{where}: X answered with status {status}; check user_id and api_url")


def refuses_since_id(answer: Exchange) -> bool:
    """Whether the answer says that `since_id` lies too far back."""
    invalid = [problem.get("parameters") for problem in _problems(_problem(answer))]
    return answer.status == 400 and any(isinstance(named, dict) and "since_id" in named for named in invalid)


def _problem(answer: Exchange) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _problems(payload: Any) -> list[dict[str, Any]]:
    listed = payload.get("errors") if isinstance(payload, dict) else None
    return [problem for problem in listed if isinstance(problem, dict)] if isinstance(listed, list) else []


def _of_type(problem: Any, ending: str) -> bool:
    return isinstance(problem, dict) and str(problem.get("type", "")).endswith(ending)


def _included(payload: Mapping[str, Any], kind: str, key: str) -> dict[str, Mapping[str, Any]]:
    includes = payload.get("includes")
    listed = includes.get(kind) if isinstance(includes, dict) else None
    entries = listed if isinstance(listed, list) else []
    return {entry[key]: entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get(key), str)}


def _history(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Every id the post has had, oldest first. An edit makes a new id; the first one is its identity."""
    if not is_id(raw.get("id")):
        raise Unreadable("it has no id")
    history = raw.get("edit_history_tweet_ids") or []
    if not isinstance(history, list) or not all(is_id(known) for known in history):
        raise Unreadable("its edit history is not a list of ids")
    return tuple(sorted({raw["id"], *history}, key=int))


def _created_at(raw: Mapping[str, Any], history: Sequence[str]) -> datetime:
    """When it was first made. The time of an edited post, or of one sent without its time, stands in its first id."""
    written = raw.get("created_at")
    if written is None or len(history) > 1:
        return id_time(history[0])
    try:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is not None and is_plausible(moment):
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise Unreadable("its created_at is not a time with a zone")


def _text(raw: Mapping[str, Any]) -> str:
    """All its words: `text` is cut at 280 characters, a longer post has the whole in `note_tweet`."""
    long = raw.get("note_tweet")
    text = long.get("text") if isinstance(long, dict) else None
    text = text or raw.get("text") or ""
    if not isinstance(text, str):
        raise Unreadable("its text is not text")
    # X writes just these three as entities on the wire; the last one last, or "&amp;lt;" would be undone twice.
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _reference(raw: Mapping[str, Any], kind: str) -> str | None:
    listed = raw.get("referenced_tweets") or []
    if not isinstance(listed, list) or not all(
        isinstance(entry, dict) and is_id(entry.get("id")) for entry in listed
    ):
        raise Unreadable("its referenced_tweets is not a list of posts")
    return next((entry["id"] for entry in listed if entry.get("type") == kind), None)


def _attachments(raw: Mapping[str, Any], page: Page) -> tuple[Attachment, ...]:
    attached = raw.get("attachments")
    keys = attached.get("media_keys") if isinstance(attached, dict) else None
    media = [page.media.get(key, {}) for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    return tuple(
        Attachment(str(one.get("type") or "media"), str(one.get("url") or one.get("preview_image_url") or ""))
        for one in media
    )


def _permalink(post_id: str) -> str:
    return f"https://x.com/i/web/status/{post_id}"
