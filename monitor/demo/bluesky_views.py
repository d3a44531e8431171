"""How Bluesky's network shows a post: its record as the author wrote it, and what the network adds."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from monitor.demo.bluesky_scene import Scene, Shown, atproto_time, cid, mentions_school
from monitor.demo.world import Author, StoryMessage


class Views:
    """What is shown to the school of one scene. `blocking`: ids of people who block it."""

    def __init__(self, scene: Scene, blocking: Collection[str]) -> None:
        self.scene, self.blocking = scene, blocking

    def node(self, top: Shown, depth: int) -> dict[str, Any]:
        """A post with what replies to it, so many levels deep. Without recursion: threads may be deep."""
        node = self._bare_node(top)
        waiting = [(top, node, depth)]
        while waiting:
            shown, here, left = waiting.pop()
            if left < 1:
                continue
            here["replies"] = []
            for reply in self.scene.below.get(shown.id, []):
                if self.scene.author(reply).id in self.blocking:
                    continue  # with everything below; only the count still knows of it
                below = self._bare_node(reply)
                here["replies"].append(below)
                waiting.append((reply, below, left - 1))
        return node

    def _bare_node(self, shown: Shown) -> dict[str, Any]:
        return {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.post(shown), "threadContext": {}}

    def post(self, shown: Shown) -> dict[str, Any]:
        if isinstance(shown, StoryMessage) and shown.raw is not None:
            return dict(shown.raw)
        record = self._record(shown)
        whole: dict[str, Any] = {
            "uri": shown.id,
            "cid": cid(json.dumps(record)),
            "author": self.profile(self.scene.author(shown)),
            "record": record,
            "bookmarkCount": 0,
            "replyCount": len(self.scene.below.get(shown.id, [])),
            "repostCount": 0,
            "likeCount": 0,
            "quoteCount": 0,
            "indexedAt": atproto_time(shown.at),
            "viewer": {"bookmarked": False, "threadMuted": False, "embeddingDisabled": False},
            "labels": [],
        }
        if gate := self.gate(shown.id):
            whole["threadgate"] = gate
        return whole

    def _record(self, shown: Shown) -> dict[str, Any]:
        text = shown.text
        record: dict[str, Any] = {
            "text": text,
            "$type": "app.bsky.feed.post",
            "langs": ["en"],
            "createdAt": atproto_time(shown.at),
        }
        if (root := self.scene.root(shown)) and (parent := self.scene.parent(shown)):
            record["reply"] = {
                "root": {"uri": root, "cid": cid(root)},
                "parent": {"uri": parent, "cid": cid(parent)},
            }
        school = self.scene.world.school
        if isinstance(shown, StoryMessage) and mentions_school(shown, school) and text:
            name = f"@{school.handle}"
            start = len(text[: max(text.find(name), 0)].encode("utf-8", "surrogatepass"))
            end = start + len((name if name in text else text).encode("utf-8", "surrogatepass"))
            mention = {"$type": "app.bsky.richtext.facet#mention", "did": school.id}
            record["facets"] = [{"index": {"byteStart": start, "byteEnd": end}, "features": [mention]}]
        return record

    def gate(self, post_id: str) -> dict[str, Any] | None:
        """The school's rules for the thread of one of its posts, once it has hidden something there."""
        post = self.scene.there.get(post_id)
        ever = [
            m
            for m in self.scene.world.messages
            if m.post_id == post_id and m.hidden_at and m.hidden_at <= self.scene.now
        ]
        if post is None or isinstance(post, StoryMessage) or not ever:
            return None
        hidden = self.scene.hidden_under(post_id)
        return {
            "uri": post_id.replace("app.bsky.feed.post", "app.bsky.feed.threadgate"),
            "cid": cid(json.dumps(hidden)),
            "record": {
                "$type": "app.bsky.feed.threadgate",
                "post": post_id,
                "createdAt": atproto_time(post.at),
                "hiddenReplies": hidden,
            },
            "lists": [],
        }

    def profile(self, author: Author) -> dict[str, Any]:
        handle = author.handle or f"user-{author.id[-6:]}.test"
        viewer = {"muted": False, "blockedBy": author.id in self.blocking}
        profile = {"did": author.id, "handle": handle, "viewer": viewer, "labels": []}
        if author.id == self.scene.world.school.id and self.scene.world.about:
            profile["description"] = self.scene.world.about
        return profile | ({"displayName": author.name} if author.name else {})
