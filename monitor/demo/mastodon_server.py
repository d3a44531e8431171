"""A stand-in for a Mastodon server: one account, its statuses and what is said to it, in the real wire format.

Shapes, limits, headers and words follow Mastodon's public API documentation (version 4.5). A reply mentions whom the
one above it mentions, as every program writes it, so whatever stands under the school's statuses mentions the school.
When a status is deleted, those that replied to it reply to nothing any more and drop out of its thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from monitor.demo.mastodon_scene import Scene, Shown, mastodon_time, notification_id, to_html
from monitor.demo.server import Fault, Request, Response, json_response
from monitor.demo.whole_request import WholeRequests
from monitor.demo.world import Author, StoryMessage, StoryPost, World

VERSION = "4.5.2"
CALLS_ALLOWED, WINDOW = 300, timedelta(minutes=5)
MOST_IDS = 20
DESCENDANTS = 4096
_STATUS = re.compile(r"/api/v1/statuses/([^/]+)(/context)?")
_OWN = re.compile(r"/api/v1/accounts/([^/]+)/statuses")


class MastodonStandIn(WholeRequests):
    """One Mastodon account on loopback.

    `silent`: ids of messages that mention nobody, so that no notification tells of them. `direct`: ids of messages
    only meant for whom they mention. `warnings`: content warnings, by message id. `scopes`: what the token allows.
    """

    def __init__(
        self,
        world: World,
        now: Callable[[], datetime],
        token: str,
        fault: Fault | None = None,
        *,
        silent: Collection[str] = (),
        direct: Collection[str] = (),
        warnings: Mapping[str, str] | None = None,
        scopes: Sequence[str] = ("read",),
        page_size: int = 80,
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self.token = token
        self.silent, self.direct, self.warnings = frozenset(silent), frozenset(direct), dict(warnings or {})
        self.scopes, self.page_size = list(scopes), page_size
        self._window, self._used = datetime.fromtimestamp(0, UTC), 0

    def answer(self, request: Request) -> Response:
        """Answer one request, with the headers that say how many more are allowed."""
        now = self.now()
        if now - self._window >= WINDOW:
            self._window, self._used = now, 0
        self._used += 1
        resets_at = (self._window + WINDOW).astimezone(UTC).isoformat(timespec="microseconds")
        limits = {
            "X-RateLimit-Limit": str(CALLS_ALLOWED),
            "X-RateLimit-Remaining": str(max(CALLS_ALLOWED - self._used, 0)),
            "X-RateLimit-Reset": resets_at.replace("+00:00", "Z"),
        }
        response = mastodon_error(429, "Too many requests") if self._used > CALLS_ALLOWED else self._answer(request)
        return Response(response.status, response.body, {**limits, **response.headers})

    def _answer(self, request: Request) -> Response:
        if request.path == "/api/v2/instance":
            return json_response({"domain": "oakfield.example", "title": "Oakfield", "version": VERSION})
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return mastodon_error(401, "The access token is invalid")
        school = self.world.school
        if request.path == "/api/v1/accounts/verify_credentials":
            return json_response({**self._account(school), **self._own_words()})
        if request.path == "/api/v1/apps/verify_credentials":
            return json_response({"name": "School Social Monitor", "website": None, "scopes": self.scopes})
        if request.path == "/api/v1/notifications":
            return self._notifications(request)
        if own := _OWN.fullmatch(request.path):
            return self._own_statuses(request) if own[1] == school.id else mastodon_error(404, "Record not found")
        if request.path == "/api/v1/statuses":
            return self._several(self.whole.values("id[]"))
        status = _STATUS.fullmatch(request.path)
        scene = Scene(self.world, self.now())
        shown = scene.there.get(status[1]) if status else None
        if status is None or shown is None:
            return mastodon_error(404, "Record not found")
        return json_response(self._context(scene, shown) if status[2] else self._status(scene, shown))

    def _notifications(self, request: Request) -> Response:
        told = [m for m in self.world.messages_at(self.now()) if self._mentions_school(m)]
        rows = [(notification_id(m), m) for m in told]
        scene = Scene(self.world, self.now())
        return self._page(request, rows, 40, 80, lambda row: self._notification(row[0], scene, row[1]))

    def _notification(self, row_id: str, scene: Scene, message: StoryMessage) -> dict[str, Any]:
        status = self._status(scene, message)
        return {
            "id": row_id,
            "type": "mention",
            "created_at": mastodon_time(message.at),
            "group_key": f"ungrouped-{row_id}",
            "account": status.get("account"),
            "status": status,
        }

    def _mentions_school(self, message: StoryMessage) -> bool:
        school = self.world.school
        return message.author is not None and message.author.id != school.id and message.id not in self.silent

    def _own_statuses(self, request: Request) -> Response:
        now, school = self.now(), self.world.school
        own: list[Shown] = [*self.world.posts_at(now)]
        own += [m for m in self.world.messages_at(now) if m.author and m.author.id == school.id]
        if request.query.get("exclude_replies") == "true":
            own = [each for each in own if isinstance(each, StoryPost)]
        scene = Scene(self.world, now)
        return self._page(request, [(one.id, one) for one in own], 20, 40, lambda row: self._status(scene, row[1]))

    def _page(
        self,
        request: Request,
        rows: Sequence[tuple[str, Any]],
        usual: int,
        most: int,
        show: Callable[[tuple[str, Any]], dict[str, Any]],
    ) -> Response:
        """One page, newest first. `min_id` gives the page right after it, `max_id` the page right before it."""
        query = request.query
        limit = min(int(query.get("limit") or usual), most, self.page_size)
        rows = sorted(rows, key=lambda row: _number(row[0]), reverse=True)
        if max_id := query.get("max_id"):
            rows = [row for row in rows if _number(row[0]) < _number(max_id)]
        if since_id := query.get("since_id"):
            rows = [row for row in rows if _number(row[0]) > _number(since_id)]
        if min_id := query.get("min_id"):
            rows = [row for row in rows if _number(row[0]) > _number(min_id)][-limit:]
        page = rows[:limit]
        headers = {}
        if page:
            base = f"{self.url}{request.path}"
            headers["Link"] = f'<{base}?max_id={page[-1][0]}>; rel="next", <{base}?min_id={page[0][0]}>; rel="prev"'
        return json_response([show(row) for row in page], headers=headers)

    def _several(self, ids: Sequence[str]) -> Response:
        if len(set(ids)) > MOST_IDS:
            return mastodon_error(422, "Validation failed")
        scene = Scene(self.world, self.now())
        found = [scene.there[each] for each in dict.fromkeys(ids) if each in scene.there]
        return json_response([self._status(scene, each) for each in found])

    def _context(self, scene: Scene, shown: Shown) -> dict[str, Any]:
        above: list[Shown] = []
        each: Shown | None = shown
        while each is not None and (parent_id := scene.parent_of.get(each.id)):
            each = scene.there.get(parent_id)
            if each is None or each in above:
                break
            above.insert(0, each)
        below: list[StoryMessage] = []
        waiting = list(reversed(scene.below.get(shown.id, [])))
        while waiting and len(below) < DESCENDANTS:
            below.append(waiting.pop())
            waiting += reversed(scene.below.get(below[-1].id, []))
        return {
            "ancestors": [self._status(scene, one) for one in above],
            "descendants": [self._status(scene, one) for one in below],
        }

    def _status(self, scene: Scene, shown: Shown) -> dict[str, Any]:
        if isinstance(shown, StoryMessage) and shown.raw is not None:
            return dict(shown.raw)
        message = shown if isinstance(shown, StoryMessage) else None
        author = (message.author if message else self.world.school) or Author("", "")
        edited_at = message.edited_at(scene.now) if message else None
        link = f"https://oakfield.example/@{author.handle or author.id}/{shown.id}"
        return {
            "id": shown.id,
            "created_at": mastodon_time(shown.at),
            "in_reply_to_id": scene.parent_of.get(shown.id),
            "in_reply_to_account_id": scene.spoken_to(message),
            "sensitive": shown.id in self.warnings,
            "spoiler_text": self.warnings.get(shown.id, ""),
            "visibility": "direct" if shown.id in self.direct else "public",
            "language": "en",
            "uri": link,
            "url": link,
            "replies_count": len(scene.below.get(shown.id, [])),
            "reblogs_count": 0,
            "favourites_count": 0,
            "edited_at": mastodon_time(edited_at) if edited_at else None,
            "content": to_html(message.text_at(scene.now) if message else shown.text),
            "filtered": [],
            "reblog": None,
            "account": self._account(author),
            "media_attachments": [],
            "mentions": [] if shown.id in self.silent or not message else [_mention(self.world.school)],
            "tags": [],
            "emojis": [],
            "card": None,
            "poll": None,
        }

    def _own_words(self) -> dict[str, Any]:
        site = self.world.website
        link = f'<a href="{escape(site)}" rel="me"><span class="invisible">https://</span>our site</a>'
        fields = [{"name": "Website", "value": link, "verified_at": None}] if site else []
        return {"note": f"<p>{escape(self.world.about)}</p>" if self.world.about else "", "fields": fields}

    def _account(self, author: Author) -> dict[str, Any]:
        handle = author.handle or f"user{author.id}"
        return {
            "id": author.id,
            "username": handle,
            "acct": handle if author.id == self.world.school.id else f"{handle}@elsewhere.example",
            "display_name": author.name,
            "locked": False,
            "bot": False,
            "created_at": "2024-01-01T00:00:00.000Z",
            "note": "",
            "url": f"https://oakfield.example/@{handle}",
        }


def mastodon_error(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as Mastodon words it."""
    return json_response({"error": words}, status, headers)


def _mention(author: Author) -> dict[str, str]:
    handle = author.handle or author.id
    return {"id": author.id, "username": handle, "acct": handle, "url": f"https://oakfield.example/@{handle}"}


def _number(row_id: str) -> int:
    return int(row_id) if row_id.isdecimal() else 0
