"""What the Graph API's JSON means for ratings of a page. No network here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from connectors.facebook_wire import Posts, Thread, Unfinished, read_nested
from connectors.fetched import FetchedItem, ItemKind, Quarantined, sorted_out
from connectors.graph_pages import Page
from connectors.graph_values import author_of, graph_id, moment_of, text_of


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
        nested, more = read_nested(story["comments"], thread)
        read += nested
        unfinished += more
    items, quarantined = sorted_out(read)
    return Posts((), items, quarantined, tuple(unfinished))


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


def object_ids(page: Page) -> Iterator[str]:
    """The ids of the objects on a page, or of their stories."""
    for raw in page.rows:
        story = raw.get("open_graph_story") if isinstance(raw, dict) else None
        for each in (raw, story):
            if isinstance(each, dict) and (object_id := graph_id(each.get("id"))):
                yield object_id
