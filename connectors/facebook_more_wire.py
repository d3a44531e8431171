"""What the Graph API's JSON means for ratings of a page and for conversations with it. No network here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import FetchedItem, ItemKind, Quarantined, UnexpectedReply
from connectors.facebook_wire import Posts, Thread, Unfinished, read_comments
from connectors.graph_pages import Page, read_page
from connectors.graph_values import attachments_of, author_of, graph_id, moment_of, text_of

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_=:.$+/-]{1,250}")


def read_ratings(page: Page) -> Posts:
    """Reviews of the page, with or without words, and what was written below them."""
    read: list[FetchedItem | Quarantined] = []
    unfinished: list[Unfinished] = []
    for raw in page.rows:
        review = _read_rating(raw)
        read.append(review)
        story = raw.get("open_graph_story") if isinstance(raw, dict) else None
        if isinstance(review, Quarantined) or not isinstance(story, dict) or "comments" not in story:
            continue
        thread = Thread(review.remote_id, by_visitor=True)
        try:
            nested = read_page(story["comments"], "Facebook page")
        except UnexpectedReply:
            continue
        items, quarantined = read_comments(nested, thread)
        read += [*items, *quarantined]
        if nested.following is not None:
            unfinished.append(Unfinished(thread, tuple(i.created_at for i in items), nested.following))
    return Posts(
        (),
        tuple(each for each in read if isinstance(each, FetchedItem)),
        tuple(each for each in read if isinstance(each, Quarantined)),
        tuple(unfinished),
    )


def _read_rating(raw: Any) -> FetchedItem | Quarantined:
    if not isinstance(raw, dict):
        return Quarantined(raw, "a rating is not an object")
    created_at = moment_of(raw.get("created_time"))
    if created_at is None:
        return Quarantined(raw, "a rating has no time that can be read")
    author_id, author_name = author_of({"from": raw.get("reviewer")})
    story = raw.get("open_graph_story")
    rating_id = graph_id(story.get("id")) if isinstance(story, dict) else None
    if rating_id is None:  # ratings have no id of their own; who rated a page does so once
        known_by = author_id or f"{created_at.isoformat()} {author_name}"
        rating_id = "rating:" + hashlib.sha256(known_by.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return FetchedItem(
        remote_id=rating_id,
        kind=ItemKind.REVIEW,
        text=text_of(raw.get("review_text")) or "",
        created_at=created_at,
        author_id=author_id,
        author_name=author_name,
        raw={name: value for name, value in raw.items() if name != "open_graph_story"},
    )


@dataclass(frozen=True)
class Conversations:
    """One page of conversations: their messages, when each was last written in, and how those cut short go on."""

    items: tuple[FetchedItem, ...]
    quarantined: tuple[Quarantined, ...]
    updated: tuple[datetime | None, ...]
    cut_short: tuple[tuple[str, datetime, Mapping[str, str]], ...]

    def unfinished(self, back_to: datetime) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Conversations whose oldest message here is newer than `back_to` although there are older ones."""
        return ((name, following) for name, oldest, following in self.cut_short if oldest >= back_to)

    @staticmethod
    def read_more(page: Page, conversation_id: str) -> tuple[tuple[FetchedItem, ...], tuple[Quarantined, ...]]:
        """Another page of messages of one conversation."""
        return _sorted_out([_read_message(raw, conversation_id) for raw in page.rows])


def read_conversations(page: Page, where: str) -> Conversations:
    """Conversations and the newest messages in each."""
    read: list[FetchedItem | Quarantined] = []
    updated: list[datetime | None] = []
    cut_short = []
    for raw in page.rows:
        if not isinstance(raw, dict) or not isinstance(raw.get("id"), str) or not _MESSAGE_ID.fullmatch(raw["id"]):
            read.append(Quarantined(raw, "a conversation has no id"))
            continue
        updated.append(moment_of(raw.get("updated_time")))
        try:
            nested = read_page(raw.get("messages"), where)
        except UnexpectedReply:
            read.append(Quarantined(raw, f"conversation {raw['id']} came without its messages"))
            continue
        messages = [_read_message(message, raw["id"]) for message in nested.rows]
        read += messages
        times = [message.created_at for message in messages if isinstance(message, FetchedItem)]
        if nested.following is not None and times:
            cut_short.append((raw["id"], min(times), nested.following))
    items, quarantined = _sorted_out(read)
    return Conversations(items, quarantined, tuple(updated), tuple(cut_short))


def _read_message(raw: Any, conversation_id: str) -> FetchedItem | Quarantined:
    """A message. All messages of one conversation hang under it, and each speaks to whom it was sent."""
    if not isinstance(raw, dict):
        return Quarantined(raw, "a message is not an object")
    message_id, created_at = raw.get("id"), moment_of(raw.get("created_time"))
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        return Quarantined(raw, "a message has no id")
    if created_at is None:
        return Quarantined(raw, f"message {message_id} has no time that can be read")
    author_id, author_name = author_of(raw)
    return FetchedItem(
        remote_id=message_id,
        kind=ItemKind.MESSAGE,
        text=text_of(raw.get("message")) or "",
        created_at=created_at,
        parent_remote_id=conversation_id,
        author_id=author_id,
        author_name=author_name,
        attachments=attachments_of(raw),
        addressed_to=_sent_to(raw),
        raw=raw,
    )


def _sent_to(raw: Mapping[str, Any]) -> tuple[str, ...]:
    listed = raw.get("to")
    people = listed.get("data") if isinstance(listed, dict) else None
    ids = (graph_id(each.get("id")) for each in people if isinstance(each, dict)) if isinstance(people, list) else ()
    return tuple(each for each in ids if each is not None)


def _sorted_out(
    read: Sequence[FetchedItem | Quarantined],
) -> tuple[tuple[FetchedItem, ...], tuple[Quarantined, ...]]:
    items = tuple(each for each in read if isinstance(each, FetchedItem))
    return items, tuple(each for each in read if isinstance(each, Quarantined))
