"""Reads the comments on a WordPress site: through its REST interface, and where that is switched off by its feed.

One call lists the hundred newest comments and says how many there are in all. A number that does not fit what came
since the last read gives away a deletion, or a comment released from being held, which keeps its old time; then, and
every few hours for the sake of edits, all comments of the look-back are listed. With an application password held
comments are seen too; what the spam filter put away is a stream of its own.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connectors.base import (
    AccountState,
    Batch,
    Budget,
    Capabilities,
    Cursor,
    EmptyAnswer,
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
    MayNotModerate,
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
        self._edits = self._signed_in
        self.capabilities = Capabilities(
            streams=(COMMENTS, SPAM) if self._signed_in else (COMMENTS,),
            shows_hidden=self._signed_in,
            verify_every=SWEEP_EVERY + timedelta(hours=2),  # what is still there is met before
            read_every={SPAM: timedelta(hours=2)} if self._signed_in else {},
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
        notes = (
            ()
            if may_moderate
            else ("This user may not moderate comments, so held ones are not seen; make it an Editor.",)
        )
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
        started = self._now().astimezone(UTC)
        by_feed = cursor is not None and "feed" in cursor
        if by_feed and cursor is not None and not _is_due(moment_of(cursor.get("tried")), started):
            yield from self._fetch_feed(cursor, budget, cursor["tried"])
            return
        read = self._fetch_spam if stream == SPAM else self._fetch_comments
        try:
            yield from read(cursor, budget, started)
        except RestOff:
            if cursor and cursor.get("v") == 1 and not by_feed:
                raise  # it answered before: this is a fault, and not how the site is set up
            if stream == SPAM:
                yield Batch((), None, complete=True)  # without the interface nobody is shown any
            else:
                yield from self._fetch_feed(cursor or {}, budget, started.isoformat())

    def _fetch_feed(self, cursor: Cursor, budget: Budget, tried: str) -> Iterator[Batch]:
        """`tried`: when the interface was last asked for, which is done as often as everything is listed."""
        for batch in self._feed.fetch("comments", cursor.get("feed"), budget):
            yield replace(
                batch,
                items=tuple(map(_as_on_the_site, batch.items)),
                next_cursor={"v": 1, "feed": batch.next_cursor, "tried": tried},
            )

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which comments still exist, 100 a call. Raises a ConnectorError.

        What was put into the bin is gone. Who may not moderate cannot tell a comment that is held again from one in
        the bin, and then nothing is said of it.
        """
        askable = [
            each for each in dict.fromkeys(remote_ids) if each.isascii() and each.isdecimal() and len(each) < 19
        ]
        verdicts: dict[str, Verdict] = {}
        for start in range(0, len(askable), AT_ONCE):
            some = askable[start : start + AT_ONCE]
            try:
                there = self._there(some, {}, budget)
            except MayNotModerate:
                self._edits = False
                there = self._there(some, {}, budget)
            except RestOff:
                return {}  # a feed says nothing of what it does not show
            missing = [each for each in some if each not in there]
            if missing and self._edits:
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
        return {"context": "edit", "status": "all"} if self._edits else {}

    def _fetch_comments(self, cursor: Cursor | None, budget: Budget, started: datetime) -> Iterator[Batch]:
        place = _read_place(cursor)
        oldest = started - self._lookback
        sweep = place.newest is None or _is_due(place.swept, started)
        self._edits = self._signed_in and (sweep or not place.as_public)
        try:
            items, quarantined, answer, total = self._first_page(budget)
        except MayNotModerate:
            # Asked again with each sweep, in case the user was given the right since.
            self._edits = False
            items, quarantined, answer, total = self._first_page(budget)
        if total == 0 and place.newest and self._one(str(place.newest), budget) is Verdict.PRESENT:
            raise EmptyAnswer(
                f"{WHERE}, {COMMENTS}: the list is empty although comments that stood in it are still there; look at "
                "the site in a browser and, if this goes on, ask who keeps it"
            )
        yield Batch(_since(items, oldest), cursor, False, quarantined=quarantined, exchanges=(answer.exchange,))
        met = list(items)
        is_all = _pages_of(answer) <= 1
        # A total that does not fit what came since: something went, or came with an old number.
        sweep = sweep or not place.fits([int(item.remote_id) for item in items], total, is_all)
        posts, exchanges = self._posts(budget) if sweep else ((), ())
        if sweep and not is_all:
            # By date and not by number: comments brought in from elsewhere have high numbers and old dates. WordPress
            # compares with the site's own time, so a day more is asked for.
            window = {"after": (oldest - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}
            for found, bad, more, _ in self._pages({**self._seen_as_we_may(), **window}, COMMENTS, budget):
                met += found
                yield Batch(_since(found, oldest), cursor, False, quarantined=bad, exchanges=(more.exchange,))
        done = Place(
            newest=max([place.newest or 0, *(int(item.remote_id) for item in met)]),
            total=total,
            swept=started if sweep else place.swept,
            as_public=self._signed_in and not self._edits,
        )
        whole = (
            {item.post_remote_id for item in _since(met, oldest) if item.post_remote_id} if sweep or is_all else ()
        )
        yield Batch(
            (), done.cursor(), complete=True, posts=posts, exchanges=exchanges, whole_threads=tuple(sorted(whole))
        )

    def _first_page(self, budget: Budget) -> tuple[tuple[FetchedItem, ...], tuple[Quarantined, ...], Answer, int]:
        """The hundred newest, and how many there are in all."""
        return next(self._pages(self._seen_as_we_may(), COMMENTS, budget))

    def _fetch_spam(self, _: Cursor | None, budget: Budget, started: datetime) -> Iterator[Batch]:
        oldest = started - self._lookback
        for items, quarantined, answer, _total in self._pages({"context": "edit", "status": "spam"}, SPAM, budget):
            recent = _since(items, oldest)
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


def _since(items: Sequence[FetchedItem], oldest: datetime) -> tuple[FetchedItem, ...]:
    return tuple(item for item in items if item.created_at >= oldest)


def _pages_of(answer: Answer) -> int:
    pages = answer.headers.get("x-wp-totalpages", "")
    return int(pages) if pages.isdecimal() and len(pages) < 10 else 1


def _is_due(swept: datetime | None, now: datetime) -> bool:
    return swept is None or now - swept >= SWEEP_EVERY - timedelta(minutes=1)


@dataclass(frozen=True)
class Place:
    """How far the comments were read. `newest`: highest number met; `total`: how many there were; `swept`: when all
    of the look-back were last listed (UTC); `as_public`: signed in, but as a user who may not see what is held."""

    newest: int | None = None
    total: int = 0
    swept: datetime | None = None
    as_public: bool = False

    def fits(self, ids: Sequence[int], total: int, is_all: bool) -> bool:
        """Whether the newest page explains how many comments there are now, going by how many there were."""
        if self.newest is None or not (is_all or any(number <= self.newest for number in ids)):
            return False
        return total == self.total + sum(number > self.newest for number in ids)

    def cursor(self) -> Cursor:
        """For the database."""
        swept = self.swept.isoformat() if self.swept else None
        return {"v": 1, "newest": self.newest, "total": self.total, "swept": swept, "as_public": self.as_public}


def _read_place(cursor: Cursor | None) -> Place:
    """The place out of a cursor; what is not ours means reading anew."""
    if not cursor or cursor.get("v") != 1:
        return Place()
    newest, total = cursor.get("newest"), cursor.get("total")
    if not isinstance(newest, int) or not isinstance(total, int):
        return Place()
    return Place(newest, total, moment_of(cursor.get("swept")), cursor.get("as_public") is True)
