"""Reads a Facebook page: its posts and what visitors post, every comment under them, and where the page is named.

One call lists the newest posts together with the newest comments of each. Only threads with more to tell are read on
their own, and older posts are listed once an hour. So a quiet page costs a hundred calls a day, and Facebook grants a
quiet page few.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors.base import MESSAGES, AccountState, Batch, Capabilities, Cursor, Verdict
from connectors.budget import Budget
from connectors.errors import Forbidden
from connectors.facebook_more_wire import object_ids, read_ratings
from connectors.facebook_wire import Posts, Unfinished, read_comments, read_posts
from connectors.fetched import FetchedPost
from connectors.graph import API_VERSION, Graph
from connectors.graph_errors import ObjectMissing
from connectors.graph_listing import Place, all_before, always, read_place, whole_is_due
from connectors.graph_messages import fetch_messages
from connectors.listing_end import has_passed
from connectors.thread_book import ThreadBook
from connectors.transport import NetworkSession

WHERE = "Facebook page"
PUBLIC = ("about", "description", "website")
"""Fields in which a page speaks of itself."""
COMMENTS, TAGGED, RATINGS = "comments", "tagged", "ratings"

OVERLAP = timedelta(hours=1)
"""How far before the last complete read a thread that is not read whole is read again, for late arrivals."""
VERIFY_EVERY = timedelta(hours=3)
"""What is in the lists of tags and ratings is met sooner than that, and so not asked for by its id."""
LARGE_THREAD_EVERY = timedelta(hours=1)
"""A thread is read whole at most so often for each page it has."""

POSTS_AT_ONCE = 25
PAGES_LOOKED_THROUGH = 4
"""Pages of tags and of ratings looked through for what could not be had by its id."""
COMMENTS_IN_A_POST = 25
COMMENTS_AT_ONCE = 100

_COMMENT_FIELDS = (
    "id,message,created_time,from,parent{id},attachment,permalink_url,is_hidden,is_private,comment_count,message_tags"
)
_COMMENTS = "comments.filter(stream).order(reverse_chronological).limit(%d).summary(true){%s}"
_POST_FIELDS = (
    "id,message,created_time,from,status_type,permalink_url,attachments{type,media_type,url},message_tags,"
    f"{_COMMENTS}"
)
_RATING_FIELDS = (
    "created_time,has_rating,has_review,rating,recommendation_type,review_text,reviewer{id,name},"
    f"open_graph_story{{id,{_COMMENTS}}}"
)


class FacebookPage:
    """A page read with a page access token. `lookback_days`: how old a post may be and still be read.

    `session` must carry `access_token` and `app_secret` among its secrets.
    """

    network: ClassVar[str] = "facebook_page"

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        page_id: str,
        access_token: str,
        app_secret: str | None = None,
        lookback_days: int = 30,
        read_messages: bool = False,
        api_version: str = API_VERSION,
    ) -> None:
        self.capabilities = Capabilities(
            streams=(COMMENTS, TAGGED, RATINGS, *([MESSAGES] if read_messages else [])),
            shows_hidden=True,
            verify_every=VERIFY_EVERY,
            read_every={TAGGED: timedelta(hours=1), RATINGS: timedelta(hours=2)},
            never_empty=frozenset({COMMENTS}),
        )
        self._now = now
        self._page_id = page_id
        self._lookback = timedelta(days=lookback_days)
        self._graph = Graph(
            session=session,
            now=now,
            access_token=access_token,
            app_secret=app_secret,
            where=WHERE,
            api_version=api_version,
        )

    def check(self) -> AccountState:
        """Ask Facebook for the page. Raises a ConnectorError."""
        return self._graph.state(self._page_id, "name", "page_id", PUBLIC)

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which comments still exist. Raises a ConnectorError."""
        verdicts = self._graph.verify(
            remote_ids, budget, lambda: self._graph.ask(self._page_id, {"fields": "id"}, budget)
        )
        missing = {each for each, verdict in verdicts.items() if verdict is Verdict.GONE}
        return verdicts | dict.fromkeys(self._listed(missing, budget), Verdict.PRESENT)

    def _listed(self, ids: Collection[str], budget: Budget) -> set[str]:
        """Those that stand in the lists of tags and ratings: what other people published on pages of their own may
        be kept from us when it is asked for by its id."""
        found: set[str] = set()
        for stream, fields in ((TAGGED, "id"), (RATINGS, "open_graph_story{id}")) if ids else ():
            pages = self._graph.pages(
                f"{self._page_id}/{stream}", always({"fields": fields}), COMMENTS_AT_ONCE, budget
            )
            try:
                for _, (page, _) in zip(range(PAGES_LOOKED_THROUGH), pages, strict=False):
                    found.update(object_ids(page))
            except Forbidden:
                continue  # then nothing of this kind was ever kept
        return found & set(ids)

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor`. Raises a ConnectorError."""
        started = self._now().astimezone(UTC)
        if stream not in self.capabilities.streams:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {', '.join(self.capabilities.streams)}")
        if stream == COMMENTS:
            return self._fetch_comments(cursor, budget, started)
        if stream == MESSAGES:
            return fetch_messages(
                self._graph,
                f"{self._page_id}/conversations",
                "messenger",
                self._page_id,
                read_place(cursor),
                self._lookback,
                budget,
                started,
            )
        return self._fetch_listing(stream, cursor, budget, started)

    def _fetch_comments(self, cursor: Cursor | None, budget: Budget, started: datetime) -> Iterator[Batch]:
        """The cursor's `since` moves only with the last batch; which threads were read moves with each of them, so
        that a run that is cut short is not begun again from nothing."""
        place = read_place(cursor)
        oldest = started - self._lookback
        sweep = place.sweep_is_due(started)
        met: set[str] = set()
        for page, exchanges in self._graph.pages(
            f"{self._page_id}/feed", self._posts_since(oldest), POSTS_AT_ONCE, budget
        ):
            found = read_posts(page, self._page_id)
            whole = _note_whole(found, place.book, started)
            met.update(post.remote_id for post in found.posts)
            yield Batch(
                found.items,
                place.cursor(),
                False,
                posts=found.posts,
                quarantined=found.quarantined,
                exchanges=exchanges,
                whole_threads=whole,
            )
            posts = {post.remote_id: post for post in found.posts}
            for unfinished in found.unfinished:
                post = posts[unfinished.thread.post_id]
                yield from self._read_thread(unfinished, post, place, budget, started)
            if not sweep or all_before([post.created_at for post in found.posts], oldest):
                break
        gone: tuple[str, ...] = ()
        if sweep:
            gone = tuple(sorted(place.book.threads.keys() - met))  # deleted, or older than the look-back
            place.book.keep_only(met)
            place.swept = started
        place.since = started
        yield Batch((), place.cursor(), complete=True, whole_threads=gone)

    def _posts_since(self, oldest: datetime) -> Callable[[int], Mapping[str, str]]:
        def which(limit: int) -> Mapping[str, str]:
            fields = _POST_FIELDS % (min(limit, COMMENTS_IN_A_POST), _COMMENT_FIELDS)
            return {"since": str(int(oldest.timestamp())), "fields": fields}

        return which

    def _read_thread(
        self,
        unfinished: Unfinished,
        post: FetchedPost,
        place: Place,
        budget: Budget,
        started: datetime,
    ) -> Iterator[Batch]:
        """The rest of a thread: whole when its time has come, else back to where the last run began."""
        post_id, count = post.remote_id, post.comment_count
        if not place.book.is_due(post_id, post.created_at, count, started):
            return
        whole = whole_is_due(place.book, post, COMMENTS_AT_ONCE, LARGE_THREAD_EVERY, started)
        back_to = None if whole else place.since
        if back_to is not None and has_passed(unfinished.newest, back_to - OVERLAP):
            return
        how = {"filter": "stream", "order": "reverse_chronological", "fields": _COMMENT_FIELDS}
        pages = self._graph.pages(f"{post_id}/comments", always(how), COMMENTS_AT_ONCE, budget, unfinished.following)
        try:
            for page, exchanges in pages:
                items, quarantined = read_comments(page, unfinished.thread)
                end = page.following is None
                if end:
                    place.book.note(post_id, count, started, post.created_at)
                yield Batch(
                    items,
                    place.cursor(),
                    False,
                    quarantined=quarantined,
                    exchanges=exchanges,
                    whole_threads=(post_id,) if end else (),
                )
                if back_to is not None and all_before([item.created_at for item in items], back_to - OVERLAP):
                    return
        except ObjectMissing:
            # The post was deleted since it was listed, or the comment at which the next page begins was. What we hold
            # of it is asked for by id; if there still is a thread, the next run reads it from end to end.
            place.book.threads.pop(post_id, None)
            yield Batch((), place.cursor(), False, whole_threads=(post_id,))

    def _fetch_listing(
        self, stream: str, cursor: Cursor | None, budget: Budget, started: datetime
    ) -> Iterator[Batch]:
        """Posts elsewhere that tag the page, or ratings of it, back to the look-back."""
        place = read_place(cursor)
        oldest = started - self._lookback
        fields = _POST_FIELDS if stream == TAGGED else _RATING_FIELDS

        def how(limit: int) -> Mapping[str, str]:
            return {"fields": fields % (min(limit, COMMENTS_IN_A_POST), _COMMENT_FIELDS)}

        for page, exchanges in self._graph.pages(f"{self._page_id}/{stream}", how, POSTS_AT_ONCE, budget):
            found = read_posts(page, self._page_id, elsewhere=True) if stream == TAGGED else read_ratings(page)
            yield Batch(
                found.items,
                place.cursor(),
                False,
                quarantined=found.quarantined,
                exchanges=exchanges,
            )
            for unfinished in found.unfinished:
                yield from self._read_elsewhere(unfinished, budget)
            if all_before([item.created_at for item in found.items if item.post_remote_id is None], oldest):
                break
        yield Batch((), Place(started).cursor(), complete=True)

    def _read_elsewhere(self, unfinished: Unfinished, budget: Budget) -> Iterator[Batch]:
        """The rest of the comments under what somebody else published."""
        how = {"filter": "stream", "order": "reverse_chronological", "fields": _COMMENT_FIELDS}
        path = f"{unfinished.thread.post_id}/comments"
        try:
            for page, exchanges in self._graph.pages(
                path, always(how), COMMENTS_AT_ONCE, budget, unfinished.following
            ):
                items, quarantined = read_comments(page, unfinished.thread)
                yield Batch(items, None, False, quarantined=quarantined, exchanges=exchanges)
        except (ObjectMissing, Forbidden):
            return  # it is gone, or kept from us: that must not end the list it stands in


def _note_whole(found: Posts, book: ThreadBook, now: datetime) -> tuple[str, ...]:
    """Threads that came whole with their post need no call of their own."""
    open_ids = {each.thread.post_id for each in found.unfinished}
    whole = [post for post in found.posts if post.remote_id not in open_ids]
    for post in whole:
        book.note(post.remote_id, post.comment_count, now, post.created_at)
    return tuple(post.remote_id for post in whole)
