"""Reads the comments on a WordPress site: through its REST interface, and where that is switched off by its feed.

One call lists the hundred newest comments and says how many there are in all. A number that does not fit what came
since the last read gives away a deletion, or a comment released from being held, which keeps its old time; then, and
every few hours for the sake of edits, all comments of the look-back are listed. With an application password held
comments are seen too; what the spam filter put away is a stream of its own.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connectors.base import (
    AccountState,
    Batch,
    Budget,
    Capabilities,
    Cursor,
    FetchedItem,
    FetchedPost,
    Forbidden,
    Quarantined,
    UnexpectedReply,
    Verdict,
)
from connectors.feed import Feed
from connectors.feed_wire import wordpress_id
from connectors.json_api import Answer, JsonApi, NotThere
from connectors.transport import NetworkSession
from connectors.wordpress_wire import (
    COMMENT_FIELDS,
    POST_FIELDS,
    WHERE,
    RestOff,
    meaning,
    moment_of,
    read_comment,
    read_post,
    read_rows,
)

COMMENTS, SPAM = "comments", "spam"
AT_ONCE = 100
SWEEP_EVERY = timedelta(hours=6)
MOST_ASKED_SINGLY = 20
NEWEST_POSTS = 100


class WordPress:
    """The comments of one site. `site`: its address. `lookback_days`: how old a comment may be.

    `own_user_ids`: numbers of users who answer for the school besides the one who signs in. `session` must carry
    `application_password` among its secrets.
    """

    network: ClassVar[str] = "wordpress"

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        site: str,
        username: str | None = None,
        application_password: str | None = None,
        own_user_ids: Sequence[str] = (),
        lookback_days: int = 30,
    ) -> None:
        self._signed_in = bool(username and application_password)
        self.capabilities = Capabilities(
            streams=(COMMENTS, SPAM) if self._signed_in else (COMMENTS,),
            shows_hidden=self._signed_in,
            read_every={SPAM: timedelta(hours=2)} if self._signed_in else {},
            never_empty=frozenset({COMMENTS}),
        )
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
        self._feed = Feed(session=session, now=now, feed_url=f"{site}/comments/feed/", lookback_days=lookback_days)
        self._now = now
        self._own_user_ids = frozenset(own_user_ids)
        self._lookback = timedelta(days=lookback_days)

    def check(self) -> AccountState:
        """Ask the site who we are. Raises a ConnectorError."""
        try:
            name = self._api.get("/", {"_fields": "name"}, what="site").payload
        except RestOff:
            state = self._feed.check()
            return AccountState(
                own_ids=self._own_user_ids or frozenset({"nobody"}),
                display_name=state.display_name,
                notes=(
                    "The site's REST interface is switched off, so its feed is read: the ten newest comments, none "
                    "that are held, no parents, no edits, no deletions, and no replies of the school.",
                ),
            )
        title = name.get("name") if isinstance(name, dict) else None
        display_name = title if isinstance(title, str) else ""
        if not self._signed_in:
            return AccountState(
                own_ids=self._own_user_ids or frozenset({"nobody"}),
                display_name=display_name,
                notes=("Without an application password only published comments are seen.",),
                api_version="wp/v2",
            )
        me = self._api.get(
            "/wp/v2/users/me", {"context": "edit", "_fields": "id,name,capabilities"}, what="user"
        ).payload
        number = me.get("id") if isinstance(me, dict) else None
        if not isinstance(number, int):
            raise UnexpectedReply(f"{WHERE}, user: the answer is not the user who signs in")
        able = me.get("capabilities")
        may_moderate = isinstance(able, dict) and able.get("moderate_comments") is True
        notes = () if may_moderate else ("This user may not moderate comments, so held ones are not seen.",)
        return AccountState(
            own_ids=self._own_user_ids | {str(number)},
            display_name=display_name,
            notes=notes,
            scopes=("moderate_comments",) if may_moderate else (),
            api_version="wp/v2",
        )

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor`. Raises a ConnectorError."""
        if stream not in self.capabilities.streams:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {', '.join(self.capabilities.streams)}")
        if stream == SPAM:
            yield from self._fetch_spam(budget)
            return
        try:
            yield from self._fetch_comments(cursor, budget, self._now().astimezone(UTC))
        except RestOff:
            if cursor and "newest" in cursor:
                raise  # it answered before: this is a fault, and not how the site is set up
            budget.spend()
            by_feed = cursor.get("feed") if cursor else None
            for batch in self._feed.fetch("comments", by_feed, _free(budget)):
                yield replace(
                    batch,
                    items=tuple(map(_as_on_the_site, batch.items)),
                    next_cursor={"v": 1, "feed": batch.next_cursor},
                )

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which comments still exist, 100 a call. Raises a ConnectorError.

        What was put into the bin is gone. Without an application password a comment that is held again cannot be
        told from one in the bin, and then nothing is said of it.
        """
        askable = [
            each for each in dict.fromkeys(remote_ids) if each.isascii() and each.isdecimal() and len(each) < 19
        ]
        verdicts: dict[str, Verdict] = {}
        for start in range(0, len(askable), AT_ONCE):
            some = askable[start : start + AT_ONCE]
            there = self._there(some, {}, budget)
            missing = [each for each in some if each not in there]
            if missing and self._signed_in:
                there |= self._there(missing, {"status": "spam"}, budget)
                verdicts |= dict.fromkeys(missing, Verdict.GONE)
            elif missing:
                verdicts |= {each: self._one(each, budget) for each in missing[:MOST_ASKED_SINGLY]}
            verdicts |= dict.fromkeys(there, Verdict.PRESENT)
        return verdicts

    def _there(self, ids: Sequence[str], more: Mapping[str, str], budget: Budget) -> set[str]:
        budget.spend()
        asked = {**self._seen_as_we_may(), **more, "include": ",".join(ids), "per_page": AT_ONCE, "_fields": "id"}
        answer = self._api.get("/wp/v2/comments", asked, what="comments by id")
        rows, _ = read_rows(answer.payload, answer.headers, "comments by id")
        return {str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row}

    def _one(self, comment_id: str, budget: Budget) -> Verdict:
        budget.spend()
        try:
            self._api.get(f"/wp/v2/comments/{comment_id}", {"_fields": "id"}, what="one comment")
        except NotThere:
            return Verdict.GONE
        except (Forbidden, UnexpectedReply):
            return Verdict.UNKNOWN
        return Verdict.PRESENT

    def _seen_as_we_may(self) -> dict[str, str]:
        return {"context": "edit", "status": "all"} if self._signed_in else {}

    def _fetch_comments(self, cursor: Cursor | None, budget: Budget, started: datetime) -> Iterator[Batch]:
        newest, total, swept = _read_cursor(cursor)
        oldest = started - self._lookback
        highest, now_total, new = newest or 0, 0, 0
        sweep = newest is None or swept is None or started - swept >= SWEEP_EVERY - timedelta(minutes=1)
        met_posts: set[str] = set()
        reached_the_end = True
        for number, (items, quarantined, answer, count) in enumerate(
            self._pages(self._seen_as_we_may(), COMMENTS, budget)
        ):
            recent = tuple(item for item in items if item.created_at >= oldest)
            ids = [int(item.remote_id) for item in items]
            highest = max([highest, *ids])
            new += sum(1 for each in ids if newest is not None and each > newest)
            if number == 0:
                now_total = count
            met_posts.update(item.post_remote_id for item in recent if item.post_remote_id)
            yield Batch(recent, cursor, False, quarantined=quarantined, exchanges=(answer.exchange,))
            known_is_met = newest is not None and any(each <= newest for each in ids)
            fits = total is not None and now_total == total + new
            if known_is_met and not sweep and not fits:
                sweep = True  # something went, or came with an old number
            if items and not recent:
                break
            if known_is_met and not sweep:
                reached_the_end = False
                break
        posts, exchanges = self._posts(budget) if sweep else ((), ())
        yield Batch(
            (),
            {"v": 1, "newest": highest, "total": now_total, "swept": _iso(started if sweep else swept)},
            complete=True,
            posts=posts,
            exchanges=exchanges,
            whole_threads=tuple(sorted(met_posts)) if reached_the_end else (),
        )

    def _fetch_spam(self, budget: Budget) -> Iterator[Batch]:
        oldest = self._now().astimezone(UTC) - self._lookback
        for items, quarantined, answer, _ in self._pages({"context": "edit", "status": "spam"}, SPAM, budget):
            recent = tuple(item for item in items if item.created_at >= oldest)
            yield Batch(recent, {"v": 1}, False, quarantined=quarantined, exchanges=(answer.exchange,))
            if items and not recent:
                break
        yield Batch((), {"v": 1}, complete=True)

    def _pages(
        self, how: Mapping[str, str], what: str, budget: Budget
    ) -> Iterator[tuple[tuple[FetchedItem, ...], tuple[Quarantined, ...], Answer, int]]:
        """Every page, newest number first. A comment that comes meanwhile moves the others; they are met twice."""
        before: list[Any] | None = None
        page = 1
        while True:
            budget.spend()
            asked = {
                **how,
                "orderby": "id",
                "order": "desc",
                "per_page": AT_ONCE,
                "page": page,
                "_fields": COMMENT_FIELDS,
            }
            answer = self._api.get("/wp/v2/comments", asked, what=what)
            rows, total = read_rows(answer.payload, answer.headers, what)
            if rows and rows == before:
                raise UnexpectedReply(f"{WHERE}, {what}: it leads back to a page that was already read")
            read = [read_comment(row) for row in rows]
            items = tuple(each for each in read if isinstance(each, FetchedItem))
            yield items, tuple(each for each in read if isinstance(each, Quarantined)), answer, total
            pages = answer.headers.get("x-wp-totalpages", "")
            if not rows or not pages.isdecimal() or page >= int(pages):
                return
            before, page = list(rows), page + 1

    def _posts(self, budget: Budget) -> tuple[tuple[FetchedPost, ...], tuple[Any, ...]]:
        budget.spend()
        answer = self._api.get("/wp/v2/posts", {"per_page": NEWEST_POSTS, "_fields": POST_FIELDS}, what="posts")
        rows, _ = read_rows(answer.payload, answer.headers, "posts")
        return tuple(post for row in rows if (post := read_post(row))), (answer.exchange,)


def _as_on_the_site(item: FetchedItem) -> FetchedItem:
    """An entry of the feed under the number the comment has on the site, so that both ways lead to the same item."""
    parent = item.parent_remote_id
    return replace(
        item,
        remote_id=wordpress_id(item.remote_id) or item.remote_id,
        parent_remote_id=wordpress_id(parent) or parent if parent else None,
    )


def _free(budget: Budget) -> Budget:
    """A budget for the feed's single call, which was paid for already."""
    return Budget(calls_left=1, until=budget.until)


def _read_cursor(cursor: Cursor | None) -> tuple[int | None, int | None, datetime | None]:
    if not cursor or cursor.get("v") != 1:
        return None, None, None
    newest, total = cursor.get("newest"), cursor.get("total")
    if not isinstance(newest, int) or not isinstance(total, int):
        return None, None, None
    return newest, total, moment_of(cursor.get("swept"))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
