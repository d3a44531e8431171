"""What Bluesky's JSON means: posts, threads, notifications, and the headers that say how much is left.

Shapes: the public lexicons app.bsky.feed.defs, app.bsky.feed.post, app.bsky.notification.listNotifications. No
network here. The record is what an author wrote; everything around it is the network's view of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.bluesky_record import attachments, mentioned
from connectors.budget import Usage
from connectors.errors import UnexpectedReply
from connectors.fetched import FetchedItem, FetchedPost, ItemKind, Quarantined, Shown, has_picture, is_plausible

WHERE = "Bluesky"
POST_URI = re.compile(r"at://(did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,200})/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]{1,512})")
CLOCKS_DIFFER = timedelta(minutes=10)
"""So far in the future a time may lie and still be its author's honest clock."""
_VIEW, _BLOCKED = "app.bsky.feed.defs#threadViewPost", "app.bsky.feed.defs#blockedPost"
_NOT_THERE = "app.bsky.feed.defs#notFoundPost"


@dataclass(frozen=True)
class Seen:
    """What of a post decides what is done with it. `root`, `parent`: what it replies to, None for neither.

    `replies`: direct ones, as the network counts them. `gate`: version of the school's rules for the thread.
    """

    uri: str
    author: str | None
    root: str | None
    parent: str | None
    replies: int | None
    gate: str
    hidden: frozenset[str]
    at: datetime | None
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class Thread:
    """One answer of getPostThread: its posts from the top, and those below which it was cut off.

    `odd`: what stands in it that is neither a post nor one of the stubs that stand in for a post.
    """

    posts: tuple[Any, ...]
    cut_off: tuple[str, ...]
    hidden: frozenset[str]
    odd: tuple[Quarantined, ...] = ()


def by(uri: str | None, did: str) -> bool:
    """Whether something with this address is in that account's own repository."""
    return uri is not None and uri.startswith(f"at://{did}/")


def rows_of(payload: Any, name: str, what: str) -> list[Any]:
    """The list called `name` in an answer. Raises UnexpectedReply."""
    rows = payload.get(name) if isinstance(payload, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedReply(f"{WHERE}, {what}: the answer has no list of {name}")
    return rows


def cursor_of(payload: Mapping[str, Any]) -> str | None:
    """How to ask for the next page; None after the last one."""
    cursor = payload.get("cursor")
    return cursor if isinstance(cursor, str) and cursor else None


def glance(raw: Any) -> Seen | None:
    """The few things that decide what is done with a post; None when it is none or has no address."""
    uri = raw.get("uri") if isinstance(raw, dict) else None
    if not isinstance(uri, str) or not POST_URI.fullmatch(uri):
        return None
    record, author = _mapping(raw.get("record")), _mapping(raw.get("author"))
    reply = _mapping(record.get("reply"))
    count = raw.get("replyCount")
    gate = _mapping(raw.get("threadgate"))
    return Seen(
        uri=uri,
        author=author["did"] if isinstance(author.get("did"), str) else None,
        root=_address(reply.get("root")),
        parent=_address(reply.get("parent")),
        replies=count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None,
        gate=gate["cid"] if isinstance(gate.get("cid"), str) else "",
        hidden=_hidden(gate),
        at=moment(raw.get("indexedAt")) or moment(record.get("createdAt")),
        raw=raw,
    )


def read_thread(payload: Any, uri: str) -> Thread:
    """Every post in a thread, however deep, without those that the network will not show.

    Raises UnexpectedReply when it is not the thread of `uri`.
    """
    top = payload.get("thread") if isinstance(payload, dict) else None
    if isinstance(top, dict) and top.get("$type") in (_BLOCKED, _NOT_THERE):
        return Thread((), (), frozenset())
    post = top.get("post") if isinstance(top, dict) else None
    if not isinstance(post, dict) or post.get("uri") != uri:
        raise UnexpectedReply(f"{WHERE}, thread: the answer is not the thread that was asked for")
    posts: list[Any] = []
    cut_off: list[str] = []
    odd: list[Quarantined] = []
    waiting: list[Any] = [top]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict) or not isinstance(node.get("post"), dict):
            if not isinstance(node, dict) or node.get("$type") not in (_BLOCKED, _NOT_THERE):
                odd.append(Quarantined(node, "something in a thread is no post"))
            continue
        posts.append(node["post"])
        below = node.get("replies")
        if isinstance(below, list):
            waiting += reversed(below)
        elif (seen := glance(node["post"])) and seen.replies:
            cut_off.append(seen.uri)
    return Thread(tuple(posts), tuple(cut_off), _hidden(_mapping(payload.get("threadgate"))), tuple(odd))


def read_post(seen: Seen, now: datetime) -> FetchedPost:
    """A post of the school's own that replies to nothing. The network counts direct replies only, so that is left
    to whoever reads all of its thread."""
    record = _mapping(seen.raw.get("record"))
    text = record.get("text")
    return FetchedPost(
        remote_id=seen.uri,
        text=text if isinstance(text, str) else "",
        created_at=_written_at(seen.raw, now),
        permalink=_link(seen),
        has_picture=has_picture(attachments(record.get("embed"), seen.author or "")),
    )


def read_item(raw: Any, me: str, now: datetime, hidden: Collection[str] = ()) -> FetchedItem | Quarantined:
    """A post, or a notification of one, as a comment. `me`: the school's id; `hidden`: what it hid in its threads."""
    seen = glance(raw)
    if seen is None:
        return Quarantined(raw, "a post has no address")
    record = _mapping(raw.get("record"))
    written_at = _written_at(raw, now)
    if written_at is None:
        return Quarantined(raw, f"post {seen.uri} has no time that can be read")
    text = record.get("text", "")
    if not isinstance(text, str):
        return Quarantined(raw, f"post {seen.uri} has a text that is none")
    author = _mapping(raw.get("author"))
    name = author.get("displayName") or author.get("handle")
    root = seen.root if by(seen.root, me) else None
    parent = None if root and seen.parent == root else seen.parent
    return FetchedItem(
        remote_id=seen.uri,
        kind=ItemKind.REPLY if parent else ItemKind.COMMENT if root else ItemKind.MENTION,
        text=text,
        created_at=written_at,
        post_remote_id=root,
        parent_remote_id=parent,
        author_id=seen.author,
        author_name=name if isinstance(name, str) else "",
        permalink=_link(seen),
        shown=Shown.HIDDEN if seen.uri in hidden and seen.author != me else Shown.VISIBLE,
        attachments=tuple(attachments(record.get("embed"), seen.author or "")),
        addressed_to=mentioned(record, text, seen.author),
        raw=raw,
    )


def usage_of(headers: Mapping[str, str], now: datetime) -> Usage | None:
    """How much of the allowed requests is used, from ratelimit-limit, -remaining and -reset (Unix time)."""
    try:
        limit, remaining = int(headers["ratelimit-limit"]), int(headers["ratelimit-remaining"])
        resets_at = datetime.fromtimestamp(int(headers["ratelimit-reset"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
    if limit <= 0 or resets_at <= now:
        return None
    return Usage(
        headers.get("ratelimit-policy", "requests")[:40], min(max(1 - remaining / limit, 0.0), 1.0), resets_at
    )


def moment(value: Any) -> datetime | None:
    """A time as the protocol writes it (ISO 8601 with a zone), in UTC; None when it is none or absurd."""
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo and is_plausible(read) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _written_at(raw: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a post was written, as its author's program says; as the network says where that cannot be.

    A post can be dated back, and the network knows no better then: it takes the earlier of the two itself.
    """
    created = moment(_mapping(raw.get("record")).get("createdAt"))
    if created is None or created > now + CLOCKS_DIFFER:
        return moment(raw.get("indexedAt"))
    return created


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _address(reference: Any) -> str | None:
    uri = reference.get("uri") if isinstance(reference, dict) else None
    return uri if isinstance(uri, str) and POST_URI.fullmatch(uri) else None


def _hidden(gate: Mapping[str, Any]) -> frozenset[str]:
    listed = _mapping(gate.get("record")).get("hiddenReplies")
    return frozenset(uri for uri in listed if isinstance(uri, str)) if isinstance(listed, list) else frozenset()


def _link(seen: Seen) -> str:
    found = POST_URI.fullmatch(seen.uri)
    return f"https://bsky.app/profile/{found[1]}/post/{found[2]}" if found else ""
