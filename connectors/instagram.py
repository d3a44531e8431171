"""Reads an Instagram professional account: comments under what it published, and media by others that tag it.

One call lists the newest media with their counts of comments, and the newest comments and replies of each. Only
threads with more to tell are read on their own, and older media are listed once an hour. Comments cannot be edited
here: reading them again is for replies under old comments and for what was hidden or deleted.

What Meta never shows: comments under adverts and live video, by people the account has restricted, and on media with
an age limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors.base import (
    MESSAGES,
    AccountState,
    Batch,
    Budget,
    Capabilities,
    Cursor,
    Exchange,
    Forbidden,
    Verdict,
)
from connectors.graph import API_VERSION, Graph
from connectors.graph_errors import ObjectMissing
from connectors.graph_messages import fetch_messages
from connectors.graph_progress import Progress, all_before, read_progress
from connectors.instagram_wire import (
    TAGGED,
    WHERE,
    Comments,
    Medium,
    MoreReplies,
    Thread,
    everything_under,
    read_comments,
    read_media,
    read_replies,
    read_tags,
    tags_in,
)
from connectors.transport import NetworkSession

COMMENTS, TAGS = "comments", "tags"

OVERLAP = timedelta(hours=1)
"""How far before the last complete read a thread that is not read whole is read again, for late arrivals."""
SWEEP_EVERY = timedelta(hours=1)
"""How often the list of media is read beyond its first page."""
A_LITTLE_EARLY = timedelta(minutes=1)

MEDIA_AT_ONCE = 25
COMMENTS_IN_A_MEDIUM = 25
COMMENTS_AT_ONCE = 50  # the most that Instagram gives
ALWAYS_WHOLE = 4 * COMMENTS_AT_ONCE
"""Up to so many comments a thread is read whole whenever its count moved."""
LARGE_THREAD_EVERY = timedelta(minutes=15)
"""A larger one at most so often for each further page that it has."""
TAG_PAGES = 4
"""Pages of tags looked through for some that went missing."""

_COMMENT = "id,text,timestamp,username,from{id,username},user,hidden,parent_id"
_WITH_REPLIES = f"{_COMMENT},replies.limit({COMMENTS_AT_ONCE}){{{_COMMENT}}}"
_MEDIUM = f"id,caption,permalink,timestamp,comments_count,comments.limit(%d){{{_WITH_REPLIES}}}"
_TAG = "id,caption,permalink,timestamp,username,media_type,media_url"


class Instagram:
    """An account read by its number, `user_id`. `lookback_days`: how old a post may be and still be read.

    `session` must carry `access_token` and `app_secret` among its secrets, and leads to graph.instagram.com where
    the token was made by signing in with Instagram.
    """

    network: ClassVar[str] = "instagram"

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        user_id: str,
        access_token: str,
        app_secret: str | None = None,
        lookback_days: int = 30,
        read_messages: bool = False,
        api_version: str = API_VERSION,
    ) -> None:
        self.capabilities = Capabilities(
            streams=(COMMENTS, TAGS, *([MESSAGES] if read_messages else [])),
            shows_hidden=True,
            read_every={TAGS: timedelta(hours=1)},
            never_empty=frozenset({COMMENTS}),
        )
        self._now = now
        self._user_id = user_id
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
        """Ask Instagram for the account. Raises a ConnectorError."""
        return self._graph.state(self._user_id, "username", "user_id")

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor` (None: from the look-back). Raises a ConnectorError."""
        started = self._now().astimezone(UTC)
        if stream not in self.capabilities.streams:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {', '.join(self.capabilities.streams)}")
        progress = read_progress(cursor)
        if stream == COMMENTS:
            return self._fetch_comments(progress, budget, started)
        if stream == TAGS:
            return self._fetch_tags(budget, started)
        # Of the token that asks: the page behind the account, or the account itself, has the conversations.
        return fetch_messages(
            self._graph, "me/conversations", "instagram", self._user_id, progress, self._lookback, budget, started
        )

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which of these comments and tags still exist. Raises a ConnectorError."""
        tags = [each for each in remote_ids if each.startswith(TAGGED)]
        verdicts = self._graph.verify([each for each in remote_ids if each not in tags], budget, self.check)
        return verdicts | self._verify_tags(tags, budget)

    def _fetch_comments(self, progress: Progress, budget: Budget, started: datetime) -> Iterator[Batch]:
        """The cursor's `since` moves only with the last batch; which threads were read moves with each of them, so
        that a run that is cut short is not begun again from nothing."""
        oldest = started - self._lookback
        sweep = progress.swept is None or started - progress.swept >= SWEEP_EVERY - A_LITTLE_EARLY
        met: set[str] = set()

        def media_with(limit: int) -> Mapping[str, str]:
            return {"fields": _MEDIUM % min(limit, COMMENTS_IN_A_MEDIUM)}

        for page, exchanges in self._graph.pages(f"{self._user_id}/media", media_with, MEDIA_AT_ONCE, budget):
            media, odd = read_media(page)
            met.update(medium.post.remote_id for medium in media)
            whole = _note_whole(media, progress, started)
            items, bad = everything_under(media)
            posts = tuple(medium.post for medium in media)
            yield Batch(items, progress.to_json(), False, posts, (*odd, *bad), exchanges, whole)
            for medium in media:
                if not medium.is_whole:
                    yield from self._read_thread(medium, progress, budget, started)
            if not sweep or all_before([medium.post.created_at for medium in media], oldest):
                break
        gone: tuple[str, ...] = ()
        if sweep:
            gone = tuple(sorted(progress.book.threads.keys() - met))  # deleted, or as old as the look-back
            progress.book.keep_only(met)
            progress.swept = started
        progress.since = started
        yield Batch((), progress.to_json(), complete=True, whole_threads=gone)

    def _read_thread(self, medium: Medium, progress: Progress, budget: Budget, started: datetime) -> Iterator[Batch]:
        """The rest of a thread: whole when its time has come, else back to where the last run began."""
        post = medium.post
        if not progress.book.is_due(post.remote_id, post.created_at, post.comment_count, started):
            return
        back_to = None if _may_be_whole(medium, progress, started) else progress.since
        known_from = None if back_to is None else back_to - OVERLAP
        try:
            if medium.following is not None:
                if known_from is not None and all_before(medium.comments.written[-1:], known_from):
                    return
                path = f"{post.remote_id}/comments"
                for page, exchanges in self._graph.pages(
                    path, lambda _: {"fields": _WITH_REPLIES}, COMMENTS_AT_ONCE, budget, medium.following
                ):
                    found = read_comments(page, medium.thread)
                    yield _batch(found, progress, exchanges)
                    if known_from is not None and all_before(found.written, known_from):
                        return
                    if known_from is None:
                        yield from self._read_replies(found.more_replies, medium.thread, progress, budget)
            if known_from is not None:
                return
            yield from self._read_replies(medium.comments.more_replies, medium.thread, progress, budget)
        except ObjectMissing:
            # Deleted since it was listed, or the comment at which the next page begins was. What we hold of it is
            # asked for by id, and if there still is a thread it is read anew.
            progress.book.threads.pop(post.remote_id, None)
        else:
            progress.book.note(post.remote_id, post.comment_count, started, post.created_at)
        yield Batch((), progress.to_json(), False, whole_threads=(post.remote_id,))

    def _read_replies(
        self, more: Sequence[MoreReplies], thread: Thread, progress: Progress, budget: Budget
    ) -> Iterator[Batch]:
        """Replies beyond those that came with their comment."""
        for each in more:
            path = f"{each.comment_id}/replies"
            for page, exchanges in self._graph.pages(
                path, lambda _: {"fields": _COMMENT}, COMMENTS_AT_ONCE, budget, each.following
            ):
                yield _batch(read_replies(page, thread, each.comment_id), progress, exchanges)

    def _fetch_tags(self, budget: Budget, started: datetime) -> Iterator[Batch]:
        """All media that tag the account, back to the look-back: captions can be edited and do not say so."""
        oldest = started - self._lookback
        for page, exchanges in self._graph.pages(
            f"{self._user_id}/tags", lambda _: {"fields": _TAG}, COMMENTS_AT_ONCE, budget
        ):
            items, odd = read_tags(page)
            yield Batch(items, None, False, quarantined=odd, exchanges=exchanges)
            if all_before([item.created_at for item in items], oldest):
                break
        yield Batch((), Progress(since=started).to_json(), complete=True)

    def _verify_tags(self, tags: Sequence[str], budget: Budget) -> dict[str, Verdict]:
        """Media of other people can only be looked for in the list. It is as long as what was asked about is old, so
        what is not in it is gone only where we came to its end."""
        verdicts = dict.fromkeys(tags, Verdict.UNKNOWN)
        if not tags:
            return verdicts
        pages = self._graph.pages(f"{self._user_id}/tags", lambda _: {"fields": "id"}, COMMENTS_AT_ONCE, budget)
        for number, (page, _) in enumerate(pages, 1):
            verdicts |= {each: Verdict.PRESENT for each in tags_in(page) if each in verdicts}
            if page.following is None:
                return {each: Verdict.GONE if v is Verdict.UNKNOWN else v for each, v in verdicts.items()}
            if Verdict.UNKNOWN not in verdicts.values() or number == TAG_PAGES:
                break
        return verdicts


def _note_whole(media: Sequence[Medium], progress: Progress, now: datetime) -> tuple[str, ...]:
    """Threads that came whole with their medium need no call of their own."""
    whole = [medium.post for medium in media if medium.is_whole]
    for post in whole:
        progress.book.note(post.remote_id, post.comment_count, now, post.created_at)
    return tuple(post.remote_id for post in whole)


def _may_be_whole(medium: Medium, progress: Progress, now: datetime) -> bool:
    """Whether a thread that is due can be read to its end: always, unless it is very long and was read lately."""
    last = progress.book.threads.get(medium.post.remote_id)
    if last is None or progress.since is None:
        return True
    pages = math.ceil(max(0, (medium.post.comment_count or 0) - ALWAYS_WHOLE) / COMMENTS_AT_ONCE)
    return now - last.read_at >= pages * LARGE_THREAD_EVERY - A_LITTLE_EARLY


def _batch(found: Comments, progress: Progress, exchanges: tuple[Exchange, ...]) -> Batch:
    """A page in the middle of a thread."""
    return Batch(found.items, progress.to_json(), False, quarantined=found.quarantined, exchanges=exchanges)
