"""What X's API v2 sends, and what it means in our words. Pure: no call is made here.

Facts are from docs.x.com/x-api: the data dictionary, "Edit Posts", "Partial errors".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from connectors.base import Verdict
from connectors.errors import Forbidden, UnexpectedReply
from connectors.fetched import Attachment, FetchedItem, FetchedPost, ItemKind, Quarantined, has_picture, is_plausible
from connectors.x_refusals import NOT_FOUND, of_type, problems

FIRST_MILLISECOND = 1288834974657  # Unix time in milliseconds from which X's ids ("snowflakes") count
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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


def id_at(moment: datetime) -> str:
    """The id from which on posts were made at `moment` or later. X reads onward from an id that was never given."""
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    return str(max(milliseconds - FIRST_MILLISECOND, 1) << 22)


def is_id(value: object) -> TypeGuard[str]:
    """Whether `value` is shaped like an id of X."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def read_page(payload: Any, where: str) -> Page:
    """The page in a 200 answer. Raises UnexpectedReply; Forbidden when X only explains why it shows nothing.

    `errors` beside `data` are about what posts refer to (deleted, protected posts): no fault of the page.
    """
    meta = payload.get("meta") if isinstance(payload, dict) else None
    posts = payload.get("data") if isinstance(payload, dict) else None
    if posts is None and meta is None and problems(payload):
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
    made_at = _post_time(raw, history)
    text = plain_text(raw)
    author_id = raw.get("author_id") or author_id
    if author_id is not None and not is_id(author_id):
        raise Unreadable("its author_id is not an id")
    replied_to, passed_on = _reference(raw, "replied_to"), _reference(raw, "retweeted")
    if author_id == own_id and replied_to is None:
        if passed_on:
            return None
        pictures = has_picture(attachments(raw, page))
        return FetchedPost(history[0], text, made_at, _permalink(history[0]), _count(raw), has_picture=pictures)
    thread = raw.get("conversation_id")
    if thread is not None and not is_id(thread):
        raise Unreadable("its conversation_id is not an id")
    under_own_post = replied_to == thread and raw.get("in_reply_to_user_id") == own_id
    return FetchedItem(
        remote_id=history[0],
        kind=ItemKind.REPLY if replied_to else ItemKind.OTHER if passed_on else ItemKind.MENTION,
        text=text,
        created_at=made_at,
        post_remote_id=history[0] if thread in history else thread,
        parent_remote_id=None if under_own_post else replied_to,
        author_id=author_id,
        author_name=user_name(page, author_id),
        edited_at=id_time(history[-1]) if len(history) > 1 else None,
        permalink=_permalink(history[0]),
        attachments=attachments(raw, page),
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
    said = problems(payload)
    found = payload.get("data") if isinstance(payload, dict) else None
    found = [] if found is None and said else found
    if not isinstance(found, list) or not (found or said):
        raise UnexpectedReply(f"{where}: the answer is not a list of posts")
    verdicts: dict[str, Verdict] = {}
    for problem in said:
        if is_id(about := problem.get("resource_id") or problem.get("value")):
            verdicts[about] = Verdict.GONE if of_type(problem, NOT_FOUND) else Verdict.UNKNOWN
    for post in found:
        if isinstance(post, dict) and is_id(post.get("id")):
            history = post.get("edit_history_tweet_ids")
            ids = [post["id"], *(history if isinstance(history, list) else [])]
            verdicts |= {known: Verdict.PRESENT for known in ids if is_id(known)}
    return verdicts


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


def _post_time(raw: Mapping[str, Any], history: Sequence[str]) -> datetime:
    """When it was first made. The time of an edited post, or of one sent without its time, stands in its first id."""
    if raw.get("created_at") is None or len(history) > 1:
        return id_time(history[0])
    return created_at(raw)


def created_at(raw: Mapping[str, Any]) -> datetime:
    """The time that X gives (UTC). Raises Unreadable."""
    try:
        moment = datetime.fromisoformat(raw["created_at"])
        if moment.tzinfo is not None and is_plausible(moment):
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise Unreadable("its created_at is not a time with a zone")


def user_name(page: Page, user_id: str | None) -> str:
    """What the user calls themselves; empty where X does not say."""
    user = page.users.get(user_id or "", {})
    name = user.get("name") or user.get("username")
    return name if isinstance(name, str) else ""


def plain_text(raw: Mapping[str, Any]) -> str:
    """All its words: `text` is cut at 280 characters, a longer post has the whole in `note_tweet`."""
    long = raw.get("note_tweet")
    text = long.get("text") if isinstance(long, dict) else None
    text = text or raw.get("text") or ""
    if not isinstance(text, str):
        raise Unreadable("its text is not text")
    # X writes just these three as entities on the wire; the last one last, or "&amp;lt;" would be undone twice.
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _reference(raw: Mapping[str, Any], kind: str) -> str | None:
    """The post it refers to in this way. What is no reference stands beside those that are and spoils nothing."""
    listed = raw.get("referenced_tweets") or []
    if not isinstance(listed, list) or (listed and not any(isinstance(entry, dict) for entry in listed)):
        raise Unreadable("its referenced_tweets is not a list of posts")
    named = [entry.get("id") for entry in listed if isinstance(entry, dict) and entry.get("type") == kind]
    if not all(is_id(each) for each in named):
        raise Unreadable("its referenced_tweets names something that is no post")
    return named[0] if named else None


def _count(raw: Mapping[str, Any]) -> int | None:
    """How many replies X counts under it."""
    metrics = raw.get("public_metrics")
    count = metrics.get("reply_count") if isinstance(metrics, dict) else None
    return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None


def attachments(raw: Mapping[str, Any], page: Page) -> tuple[Attachment, ...]:
    """What is attached, by kind and address."""
    attached = raw.get("attachments")
    keys = attached.get("media_keys") if isinstance(attached, dict) else None
    media = [page.media.get(key, {}) for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    return tuple(
        Attachment(str(one.get("type") or "media"), str(one.get("url") or one.get("preview_image_url") or ""))
        for one in media
    )


def _permalink(post_id: str) -> str:
    return f"https://x.com/i/web/status/{post_id}"


def things_charged(page: Page, met_at: datetime | None, now: datetime) -> int:
    """How many posts and users of a page X charges for: each once in a UTC day, and so only what is new today.

    `met_at`: when what this page may hold was last met; None: never. Both are aware, UTC. X's own count may be a
    little lower: what another stream met meanwhile is counted again.
    """
    today = met_at is not None and met_at.date() == now.date()
    posts = [raw for raw in page.posts if isinstance(raw, dict) and is_id(raw.get("id"))]
    new = [raw for raw in posts if not (today and met_at and id_time(raw["id"]) < met_at)]
    people = {who for raw in new if is_id(who := raw.get("author_id") or raw.get("sender_id"))}
    return len({raw["id"] for raw in new}) + len(people & page.users.keys())
