"""What is remembered of a channel from one run to the next: the cursor of its published comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.base import Cursor
from connectors.fetched import is_plausible
from connectors.thread_book import ThreadBook, read_thread_book

MOST_VIDEOS = 300
_MOMENTS = ("begins", "since", "swept", "whole", "videos_at", "suspect_until")


@dataclass
class ChannelState:
    """All moments are UTC.

    `begins`: what was written before is not brought in, unless something is written below it. `since`: when the
    last run began that read on to where the one before had begun. `swept`, `whole`: when the list was last read
    beyond that, and to its end or the look-back. `videos_at`: when the uploads were listed. `suspect_until`:
    something is missing somewhere, and videos met whole are named until then. `videos`: those that were met, and when
    each was published. `book`: every thread met, by its id.
    """

    begins: datetime | None = None
    since: datetime | None = None
    swept: datetime | None = None
    whole: datetime | None = None
    videos_at: datetime | None = None
    suspect_until: datetime | None = None
    videos: dict[str, datetime | None] = field(default_factory=dict)
    book: ThreadBook = field(default_factory=ThreadBook)

    def to_json(self) -> Cursor:
        """The cursor: whole seconds."""
        moments = {name: _written(getattr(self, name)) for name in _MOMENTS}
        videos = {video_id: _written(at) for video_id, at in list(self.videos.items())[-MOST_VIDEOS:]}
        return {"v": 1, **moments, "videos": videos, "threads": self.book.to_json()}


def read_state(cursor: Cursor | None) -> ChannelState:
    """The state out of a cursor. What is not as `to_json` writes it is left out, and so found out anew."""
    if not cursor or cursor.get("v") != 1:
        return ChannelState()
    videos = cursor.get("videos")
    return ChannelState(
        **{name: _read(cursor.get(name)) for name in _MOMENTS},
        videos={video_id: _read(at) for video_id, at in videos.items()} if isinstance(videos, dict) else {},
        book=read_thread_book(cursor.get("threads")),
    )


def _written(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _read(value: Any) -> datetime | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        moment = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if is_plausible(moment) else None
