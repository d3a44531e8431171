"""Asking a WordPress site's REST interface: every call, and every page of a list."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import Forbidden, UnexpectedReply
from connectors.fetched import Exchange, FetchedItem, FetchedPost, Quarantined, sorted_out
from connectors.json_api import Answer, JsonApi, NotThere
from connectors.transport import NetworkSession
from connectors.wordpress_wire import COMMENT_FIELDS, POST_FIELDS, WHERE, meaning, read_comment, read_post, read_rows

AT_ONCE = 100
NEWEST_POSTS = 100


@dataclass(frozen=True)
class Page:
    """One page of comments. `total`: how many there are on all pages; `is_all`: this is the only one."""

    items: tuple[FetchedItem, ...]
    quarantined: tuple[Quarantined, ...]
    exchange: Exchange
    total: int
    is_all: bool


class WordPressApi:
    """`edits`: whether it is asked as somebody who moderates, and so sees what is held."""

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        site: str,
        username: str | None,
        application_password: str | None,
    ) -> None:
        self.signed_in = bool(username and application_password)
        self.edits = self.signed_in
        headers = {}
        if username and application_password:
            token = base64.b64encode(f"{username}:{application_password}".encode()).decode()
            session.redactor.add(token)
            headers = {"Authorization": f"Basic {token}"}
        self._api = JsonApi(
            session=session,
            now=now,
            network=WHERE,
            base=f"{site}/wp-json",
            headers=headers,
            credentials="application password",
            meaning=meaning,
        )

    def name(self) -> str:
        """What the site calls itself. Raises RestOff where the interface is switched off."""
        site = self._api.get("/", {"_fields": "name"}, what="site").payload
        title = site.get("name") if isinstance(site, dict) else None
        return title if isinstance(title, str) else ""

    def me(self) -> tuple[int, bool]:
        """The number of the user who signs in, and whether they may moderate comments."""
        me = self._api.get(
            "/wp/v2/users/me", {"context": "edit", "_fields": "id,name,capabilities"}, what="user"
        ).payload
        number = me.get("id") if isinstance(me, dict) else None
        if not isinstance(number, int):
            raise UnexpectedReply(f"{WHERE}, user: the answer is not the user who signs in")
        able = me.get("capabilities")
        return number, isinstance(able, dict) and able.get("moderate_comments") is True

    def comments(self, more: Mapping[str, str], what: str, budget: Budget) -> Iterator[Page]:
        """Every page of the comments we may see."""
        return self.pages({**self._seen_as_we_may(), **more}, what, budget)

    def pages(self, how: Mapping[str, str], what: str, budget: Budget) -> Iterator[Page]:
        """Every page, newest number first. A comment that comes meanwhile moves the others; they are met twice."""
        before: list[Any] | None = None
        number = 1
        while True:
            budget.spend()
            asked = {
                **how,
                "orderby": "id",
                "order": "desc",
                "per_page": AT_ONCE,
                "page": number,
                "_fields": COMMENT_FIELDS,
            }
            answer = self._api.get("/wp/v2/comments", asked, what=what)
            rows, total = read_rows(answer.payload, answer.headers, what)
            if rows and rows == before:
                raise UnexpectedReply(f"{WHERE}, {what}: it leads back to a page that was already read")
            items, bad = sorted_out(map(read_comment, rows))
            pages = _pages_of(answer)
            yield Page(
                items=items,
                quarantined=bad,
                exchange=answer.exchange,
                total=total,
                is_all=pages <= 1,
            )
            if not rows or number >= pages:
                return
            before, number = list(rows), number + 1

    def posts(self, budget: Budget) -> tuple[tuple[FetchedPost, ...], tuple[Exchange, ...]]:
        """The newest posts, and the record of the call."""
        budget.spend()
        answer = self._api.get("/wp/v2/posts", {"per_page": NEWEST_POSTS, "_fields": POST_FIELDS}, what="posts")
        rows, _ = read_rows(answer.payload, answer.headers, "posts")
        return tuple(post for row in rows if (post := read_post(row))), (answer.exchange,)

    def there(self, ids: Sequence[str], more: Mapping[str, str], budget: Budget) -> set[str]:
        """Which of these comments it shows us, in one call; at most `AT_ONCE` of them."""
        budget.spend()
        asked = {**self._seen_as_we_may(), **more, "include": ",".join(ids), "per_page": AT_ONCE, "_fields": "id"}
        answer = self._api.get("/wp/v2/comments", asked, what="comments by id")
        rows, _ = read_rows(answer.payload, answer.headers, "comments by id")
        return {str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row}

    def one(self, comment_id: str, budget: Budget) -> Verdict:
        """Whether a comment exists, asked for singly."""
        budget.spend()
        try:
            self._api.get(f"/wp/v2/comments/{comment_id}", {"_fields": "id"}, what="one comment")
        except NotThere:
            return Verdict.GONE
        except (Forbidden, UnexpectedReply):
            return Verdict.UNKNOWN
        return Verdict.PRESENT

    def _seen_as_we_may(self) -> dict[str, str]:
        return {"context": "edit", "status": "all"} if self.edits else {}


def _pages_of(answer: Answer) -> int:
    pages = answer.headers.get("x-wp-totalpages", "")
    return int(pages) if pages.isdecimal() and len(pages) < 10 else 1
