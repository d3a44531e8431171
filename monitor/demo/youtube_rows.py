"""The rows of the stand-in for YouTube: what one moment of a world looks like in YouTube's JSON."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.demo.world import StoryMessage, StoryPost, World

NESTED_REPLIES = 5
HELD = "heldForReview"


@dataclass(frozen=True)
class YouTubeRows:
    """`says_status`: the owner is told whether a comment is published or held, but not where ids were asked for.

    `is_plain`: text is shown as it was written; else in HTML. The words as they were written come besides only with
    the school's own comments.
    """

    world: World
    now: datetime
    says_status: bool
    is_plain: bool

    def there(self) -> list[StoryMessage]:
        """What exists, newest first; replies go with the comment above them."""
        messages = self.world.messages_at(self.now)
        ids = {m.id for m in messages}
        return [m for m in messages if m.parent_id is None or m.parent_id in ids]

    def published(self) -> list[StoryMessage]:
        """What everyone sees."""
        shown = [m for m in self.there() if not m.is_held(self.now)]
        ids = {m.id for m in shown}
        return [m for m in shown if m.parent_id is None or m.parent_id in ids]

    def with_something_held(self) -> list[StoryMessage]:
        """The first comments of threads in which it or a reply is held."""
        there = self.there()
        held = {m.parent_id or m.id for m in there if m.is_held(self.now)}
        return [m for m in there if m.id in held]

    def upload(self, post: StoryPost) -> dict[str, Any]:
        """An entry in the list of uploads."""
        details = {"videoId": post.id, "videoPublishedAt": youtube_time(post.at)}
        return {"kind": "youtube#playlistItem", "id": f"VVU{post.id}", "contentDetails": details}

    def video(self, post: StoryPost) -> dict[str, Any]:
        """A video with its number of published comments."""
        comments = sum(m.post_id == post.id for m in self.published())
        return {
            "kind": "youtube#video",
            "id": post.id,
            "snippet": {"title": post.text, "publishedAt": youtube_time(post.at), "channelId": self.world.school.id},
            "statistics": {"viewCount": "812", "commentCount": str(comments)},
        }

    def thread(self, first: StoryMessage, state: str = "published") -> dict[str, Any]:
        """A thread as it stands in the list of what is published, or held, with up to five of its replies."""
        replies = [m for m in self.there() if m.parent_id == first.id]
        published = [m for m in replies if not m.is_held(self.now)]
        nested = replies if state == HELD else published
        thread: dict[str, Any] = {
            "kind": "youtube#commentThread",
            "id": first.id,
            "snippet": {
                "channelId": self.world.school.id,
                "topLevelComment": self.comment(first),
                "canReply": True,
                "totalReplyCount": len(nested),
                "isPublic": not first.is_held(self.now),
            },
        }
        if first.post_id:
            thread["snippet"]["videoId"] = first.post_id
        if nested:
            thread["replies"] = {"comments": [self.comment(m) for m in nested[:NESTED_REPLIES]]}
        return thread

    def comment(self, message: StoryMessage, *, in_thread: bool = True) -> dict[str, Any]:
        """A comment. Which video it is under is said only inside its thread."""
        if message.raw is not None:
            return dict(message.raw)
        text = message.text_at(self.now)
        snippet: dict[str, Any] = {
            "channelId": self.world.school.id,
            "textDisplay": text if self.is_plain else html.escape(text).replace("\n", "<br>"),
            "canRate": True,
            "viewerRating": "none",
            "likeCount": 0,
            "publishedAt": youtube_time(message.at),
            "updatedAt": youtube_time(message.edited_at(self.now) or message.at),
        }
        if message.author:
            snippet["authorDisplayName"] = message.author.name
            snippet["authorChannelId"] = {"value": message.author.id}
            if message.author.id == self.world.school.id:
                snippet["textOriginal"] = text
        if message.post_id and in_thread:
            snippet["videoId"] = message.post_id
        if message.parent_id:
            snippet["parentId"] = message.parent_id
        if self.says_status:
            snippet["moderationStatus"] = HELD if message.is_held(self.now) else "published"
        return {"kind": "youtube#comment", "id": message.id, "snippet": snippet}


def youtube_time(moment: datetime) -> str:
    """As YouTube writes times: 2026-11-14T12:00:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
