"""The videos of a channel: the newest uploads now and again, and at once those that comments were met under."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.base import Batch
from connectors.budget import Budget
from connectors.json_api import NotThere
from connectors.thread_book import PATIENCE
from connectors.youtube_api import YouTubeApi
from connectors.youtube_state import ChannelState
from connectors.youtube_wire import read_list, read_upload, read_video

UPLOADS_EVERY = timedelta(hours=3)
NEWEST = 50


@dataclass(frozen=True)
class Videos:
    """`oldest`: the look-back. Moments are UTC."""

    api: YouTubeApi
    channel_id: str
    budget: Budget
    started: datetime
    oldest: datetime

    def read(self, state: ChannelState, met: Collection[str], *, nothing_met: bool) -> Iterator[Batch]:
        """The videos that comments were `met` under and that are not known, or all of them and the newest uploads.

        `nothing_met`: the list of comments was empty, so that only the uploads can show that the channel is there.
        Raises a ConnectorError.
        """
        last = state.videos_at
        due = last is None or self.started - last >= UPLOADS_EVERY - PATIENCE or nothing_met
        known = {} if due else state.videos
        wanted = [each for each in dict.fromkeys((*met, *(self._uploads() if due else ()))) if each not in known]
        for some, page in self.api.by_ids("/videos", wanted, {"part": "snippet,statistics"}, "videos", self.budget):
            posts = tuple(post for row in page.rows if (post := read_video(row, self.oldest)))
            published = {post.remote_id: post.created_at for post in posts}
            known |= {video_id: published.get(video_id) for video_id in some}
            yield Batch((), state.to_json(), False, posts=posts, exchanges=page.exchanges)
        if due:
            state.videos, state.videos_at = known, self.started

    def _uploads(self) -> list[str]:
        """The newest videos of the look-back. Every channel has a list of them, named after the channel."""
        if not self.channel_id.startswith("UC"):
            return []
        asked = {"part": "contentDetails", "playlistId": f"UU{self.channel_id[2:]}", "maxResults": NEWEST}
        try:
            page = read_list(self.api.ask("/playlistItems", asked, "uploads", self.budget).payload, "uploads")
        except NotThere:  # as long as there has been none
            return []
        read = (upload for row in page.rows if (upload := read_upload(row)))
        return [video_id for video_id, at in read if at is None or at >= self.oldest]
