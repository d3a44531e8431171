"""What Reddit's JSON means: listings and things turned into posts, items or quarantine. Pure; no network.

Field meanings follow Reddit's API documentation and answers recorded from the live service between 2016 and
2025: older ones carry no `author_fullname` and no `permalink`, inbox entries no `link_id` and no `edited`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.errors import UnexpectedReply
from connectors.fetched import Attachment, FetchedItem, FetchedPost, ItemKind, Quarantined, Shown

SITE = "https://www.reddit.com"
DELETED = "[deleted]"
REMOVED = ("[removed]", "[ Removed by Reddit ]")

_FIRST_DAY = datetime(2005, 6, 1, tzinfo=UTC)  # Reddit opened that month
_CLOCKS_DIFFER = timedelta(days=1)
_FULLNAME = re.compile(r"t[1-9]_[0-9a-z]{1,16}")
_THREAD_IN_PATH = re.compile(r"/comments/([0-9a-z]{1,16})(?:/|$)")
_UNWATCHED = frozenset({"more", "t4"})
"""Kinds that are no comment: a "load more" marker, and direct messages, which are not read by design."""

Readable = FetchedItem | FetchedPost | Quarantined


class _Unreadable(Exception):
    """One thing cannot be understood; the text says why."""


@dataclass(frozen=True)
class Reader:
    """Turns things into our nouns, for the school's user and subreddit (None: it has none). `now`: UTC.

    `named`: fullnames of submissions elsewhere that the school wants read; they are threads, whoever began them.
    """

    own_name: str
    own_subreddit: str | None
    now: datetime
    named: frozenset[str] = frozenset()

    def parse(self, child: Any, *, mention: bool = False, thread_by: Any = None) -> Readable | None:
        """One child of a listing, of mentions if `mention`. None: by design no item of ours (see `_UNWATCHED`).

        `thread_by`: who began the thread it stands in, where the thing itself does not say.
        """
        try:
            kind, data = _kind_and_data(child)
            if kind in _UNWATCHED:
                return None
            if kind == "t3" and (self.is_own_name(data.get("author")) or self._is_named(data)):
                by_others = not self.is_own_name(data.get("author"))
                return _post(data, self._time(data.get("created_utc")), by_others=by_others)
            if "link_author" not in data and thread_by is not None:
                return self._item(kind, {**data, "link_author": thread_by}, child, mention)
            return self._item(kind, data, child, mention)
        except _Unreadable as why:
            return Quarantined(child, str(why))

    def is_own_name(self, name: Any) -> bool:
        """Whether this is the school's username. Reddit's usernames are unique without regard to case."""
        return isinstance(name, str) and name.casefold() == self.own_name.casefold()

    def _is_named(self, data: Mapping[str, Any]) -> bool:
        return str(data.get("name")) in self.named and not self.is_at_home(data)

    def is_at_home(self, data: Mapping[str, Any]) -> bool:
        """Whether it stands in the school's own subreddit: there a comment is a comment, whoever it mentions."""
        where = data.get("subreddit")
        return isinstance(where, str) and where.casefold() == (self.own_subreddit or "").casefold()

    def _item(self, kind: str, data: Mapping[str, Any], child: Mapping[str, Any], mention: bool) -> FetchedItem:
        remote_id = _remote_id(kind, data)
        created_at = self._time(data.get("created_utc"))
        if created_at is None:
            raise _Unreadable("the time it was written (created_utc) is missing or cannot be right")
        text = _post_text(data) if kind == "t3" else data.get("body")
        if not isinstance(text, str):
            raise _Unreadable("it has no text (body)")
        erased = _is_stub(kind, data)
        parent_id = self._parent_id(data)
        return FetchedItem(
            remote_id=remote_id,
            kind=_item_kind(kind, parent_id, mention and not self.is_at_home(data)),
            text="" if erased else text,
            created_at=created_at,
            post_remote_id=remote_id if kind == "t3" else _post_id(data),
            parent_remote_id=parent_id,
            author_id=author_id(data),
            author_name=_author_name(data),
            edited_at=self._time(data.get("edited")),
            permalink=_permalink(data),
            shown=Shown.HELD if is_held(data) else Shown.HIDDEN if is_removed(data) else Shown.VISIBLE,
            erased=erased,
            attachments=_attachments(kind, data),
            raw=child,
        )

    def _time(self, value: Any) -> datetime | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        if not _FIRST_DAY.timestamp() <= value <= (self.now + _CLOCKS_DIFFER).timestamp():
            return None
        return datetime.fromtimestamp(value, UTC)

    def _parent_id(self, data: Mapping[str, Any]) -> str | None:
        """What this answers: nothing when it stands directly under a post.

        Unless that is somebody else's post in the school's subreddit: such a post is an item itself, and what
        stands under it is an answer to its author.
        """
        parent = _fullname(data.get("parent_id"))
        if parent is None or not parent.startswith("t3_"):
            return parent
        thread_by = data.get("link_author")
        by_others = isinstance(thread_by, str) and not self.is_own_name(thread_by)
        return parent if by_others and self.is_at_home(data) else None


def listing_children(reply: Any, what: str) -> tuple[list[Any], Any]:
    """The children of a listing and its unchecked `after`. Raises UnexpectedReply when it is no listing."""
    data = reply.get("data") if isinstance(reply, dict) and reply.get("kind") == "Listing" else None
    children = data.get("children") if isinstance(data, dict) else None
    if data is None or not isinstance(children, list):
        raise UnexpectedReply(f"Reddit's answer about {what} is not a listing; nothing of it was used")
    return children, data.get("after")


def is_gone(data: Mapping[str, Any]) -> bool:
    """Whether only the stub of something its author deleted is left. Moderators' removals do not count."""
    stub = DELETED in (data.get("body"), data.get("selftext")) or data.get("removed_by_category") == "deleted"
    return stub and not _author_name(data)


def is_removed(data: Mapping[str, Any]) -> bool:
    """Whether moderators, Reddit or its spam filter took it out of sight."""
    if data.get("body") in REMOVED or data.get("selftext") in REMOVED:
        return True
    by_whom = data.get("removed_by_category")
    return any(data.get(flag) for flag in ("banned_by", "removed", "spam")) or by_whom not in (
        None,
        "deleted",
    )


def is_held(data: Mapping[str, Any]) -> bool:
    """Whether a filter, and no person, took it out of sight: it waits for the moderators to look at it."""
    return data.get("banned_by") is True or data.get("removed_by_category") == "automod_filtered"


def author_id(data: Mapping[str, Any]) -> str | None:
    """The author's fullname; "name:" and the username where that is all we are told; None when withheld."""
    fullname = _fullname(data.get("author_fullname"))
    if fullname is not None and fullname.startswith("t2_"):
        return fullname
    return f"name:{name}" if (name := _author_name(data)) else None


def _kind_and_data(child: Any) -> tuple[str, Mapping[str, Any]]:
    kind = child.get("kind") if isinstance(child, dict) else None
    data = child.get("data") if isinstance(child, dict) else None
    if not isinstance(kind, str) or not isinstance(data, dict):
        raise _Unreadable("it is not a thing with a kind and data")
    return kind, data


def _remote_id(kind: str, data: Mapping[str, Any]) -> str:
    number = data.get("id")
    remote_id = _fullname(data.get("name", f"{kind}_{number}" if isinstance(number, str) else None))
    if remote_id is None or not remote_id.startswith(f"{kind}_"):
        raise _Unreadable("its id (name) is missing or not the id of such a thing")
    return remote_id


def _fullname(value: Any) -> str | None:
    return value if isinstance(value, str) and _FULLNAME.fullmatch(value) else None


def _item_kind(kind: str, parent_id: str | None, mention: bool) -> ItemKind:
    if kind not in {"t1", "t3"}:
        return ItemKind.OTHER
    if mention:
        return ItemKind.MENTION
    return ItemKind.REPLY if parent_id is not None and parent_id.startswith("t1_") else ItemKind.COMMENT


def _author_name(data: Mapping[str, Any]) -> str:
    name = data.get("author")
    return name if isinstance(name, str) and name != DELETED else ""


def _is_stub(kind: str, data: Mapping[str, Any]) -> bool:
    words = data.get("selftext" if kind == "t3" else "body")
    return words in REMOVED or (words == DELETED and not _author_name(data))


def _post_text(data: Mapping[str, Any]) -> str | None:
    title, words = data.get("title"), data.get("selftext")
    return "\n\n".join(part for part in (title, words) if isinstance(part, str) and part) or None


def _post(data: Mapping[str, Any], created_at: datetime | None, *, by_others: bool) -> FetchedPost:
    count = data.get("num_comments")
    return FetchedPost(
        remote_id=_remote_id("t3", data),
        text=_post_text(data) or "",
        created_at=created_at,
        permalink=_permalink(data),
        comment_count=count if isinstance(count, int) and not isinstance(count, bool) else None,
        by_others=by_others,
        has_picture=data.get("post_hint") in {"image", "hosted:video"}
        or isinstance(data.get("media_metadata"), dict),
    )


def _post_id(data: Mapping[str, Any]) -> str | None:
    for candidate in (_fullname(data.get("link_id")), _fullname(data.get("parent_id"))):
        if candidate is not None and candidate.startswith("t3_"):
            return candidate
    found = _THREAD_IN_PATH.search(_path(data))
    return f"t3_{found[1]}" if found else None


def _path(data: Mapping[str, Any]) -> str:
    """The thing's place on the site: `permalink`, or in the inbox `context`, without its query."""
    for key in ("permalink", "context"):
        if isinstance(place := data.get(key), str) and place.removeprefix(SITE).startswith("/"):
            return place.removeprefix(SITE).partition("?")[0]
    return ""


def _permalink(data: Mapping[str, Any]) -> str:
    if path := _path(data):
        return SITE + path
    post_id, own_id = _post_id(data), _fullname(data.get("name"))
    if post_id is None or own_id is None:
        return ""
    return f"{SITE}/comments/{post_id[3:]}/_/{own_id[3:]}/"


def _attachments(kind: str, data: Mapping[str, Any]) -> tuple[Attachment, ...]:
    found = [("link", data.get("url"))] if kind == "t3" and not data.get("is_self") else []
    media = data.get("media_metadata")
    for entry in media.values() if isinstance(media, dict) else ():
        source = entry.get("s") if isinstance(entry, dict) else None
        if isinstance(source, dict):
            found.append((str(entry.get("e", "media")).lower(), source.get("u") or source.get("gif")))
    return tuple(
        Attachment(what, url)
        for what, url in found
        if isinstance(url, str) and url.startswith(("https://", "http://"))
    )
