"""Reads the comments on a YouTube channel through the YouTube Data API, plain HTTP.

One call lists the channel's newest hundred threads with up to five replies each. A new reply to an old thread does
not bring it back to the top, so all threads of the look-back are listed again every hour; only threads whose number
of replies changed, or whose time has come, are read further. What is held for review is shown to the owner alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connectors.base import (
    AccountState,
    Batch,
    Budget,
    Capabilities,
    Cursor,
    Exchange,
    FetchedItem,
    FetchedPost,
    Forbidden,
    Quarantined,
    Shown,
    UnexpectedReply,
    Verdict,
)
from connectors.google_access import GoogleAccess
from connectors.json_api import Answer, JsonApi
from connectors.thread_book import ThreadBook, read_thread_book
from connectors.transport import NetworkSession
from connectors.youtube_wire import (
    WHERE,
    Thread,
    meaning,
    moment_of,
    read_comment,
    read_list,
    read_thread,
    read_video,
)

COMMENTS, HELD, SPAM = "comments", "held", "spam"
MODERATION = {COMMENTS: "published", HELD: "heldForReview", SPAM: "likelySpam"}
AT_ONCE = 100
IDS_AT_ONCE = 50
SWEEP_EVERY = timedelta(hours=1)
MOST_PAGES_OF_A_SWEEP = 10
"""A larger channel is swept to its end once a day only."""
WHOLE_SWEEP_EVERY = timedelta(days=1)
A_LITTLE_EARLY = timedelta(minutes=1)


class YouTube:
    """A channel, read with an API key, or with `access` as its owner. `lookback_days`: how old a thread may be.

    `session` must carry every credential among its secrets.
    """

    network: ClassVar[str] = "youtube"

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        channel_id: str,
        api_url: str,
        api_key: str | None = None,
        access: GoogleAccess | None = None,
        lookback_days: int = 30,
    ) -> None:
        self.capabilities = Capabilities(
            streams=(COMMENTS, HELD, SPAM) if access else (COMMENTS,),
            shows_hidden=access is not None,
            verify_every=timedelta(hours=3),
            read_every={SPAM: timedelta(hours=1)} if access else {},
            never_empty=frozenset({COMMENTS}),
        )
        self._api = JsonApi(session=session, now=now, network=WHERE, base=f"{api_url}/youtube/v3", meaning=meaning)
        self._now = now
        self._channel_id = channel_id
        self._key = {"key": api_key} if api_key and not access else {}
        self._access = access
        self._lookback = timedelta(days=lookback_days)

    def check(self) -> AccountState:
        """Ask YouTube for the channel. Raises a ConnectorError."""
        asked = {"part": "snippet", "id": self._channel_id}
        page = read_list(self._ask("/channels", asked, "channel").payload, "channel")
        channel = next(
            (row for row in page.rows if isinstance(row, dict) and row.get("id") == self._channel_id), None
        )
        if channel is None:
            raise Forbidden(f"{WHERE}, channel: there is no channel with this channel_id; check it")
        snippet = channel.get("snippet")
        title = snippet.get("title") if isinstance(snippet, dict) else None
        notes = () if self._access else ("With an API key only published comments are seen, none that are held.",)
        return AccountState(
            own_ids=frozenset({self._channel_id}),
            display_name=title if isinstance(title, str) else "",
            notes=notes,
            api_version="v3",
        )

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor`. Raises a ConnectorError."""
        if stream not in self.capabilities.streams:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {', '.join(self.capabilities.streams)}")
        started = self._now().astimezone(UTC)
        if stream == COMMENTS:
            return self._fetch_published(cursor, budget, started)
        return self._fetch_kept_back(stream, budget)

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which comments still exist, 50 a call. Raises a ConnectorError.

        A comment that is gone is left out of a proper answer; where nothing at all came, the channel is asked for
        first, so that nothing is called gone by an answer that shows us nothing.
        """
        askable = [
            i
            for i in dict.fromkeys(remote_ids)
            if 0 < len(i) <= 200 and i.isprintable() and "," not in i and " " not in i
        ]
        verdicts: dict[str, Verdict] = {}
        for start in range(0, len(askable), IDS_AT_ONCE):
            some = askable[start : start + IDS_AT_ONCE]
            budget.spend()
            asked = {"part": "id", "id": ",".join(some), "maxResults": AT_ONCE}
            page = read_list(self._ask("/comments", asked, "comments by id").payload, "comments by id")
            there = {row.get("id") for row in page.rows if isinstance(row, dict)}
            verdicts |= {each: Verdict.PRESENT if each in there else Verdict.GONE for each in some}
        if Verdict.GONE in verdicts.values() and Verdict.PRESENT not in verdicts.values():
            budget.spend()
            self.check()
        return verdicts

    def _fetch_published(self, cursor: Cursor | None, budget: Budget, started: datetime) -> Iterator[Batch]:
        swept, whole_swept, book = _read_cursor(cursor)
        oldest = started - self._lookback
        sweep = swept is None or started - swept >= SWEEP_EVERY - A_LITTLE_EARLY
        whole = whole_swept is None or started - whole_swept >= WHOLE_SWEEP_EVERY - A_LITTLE_EARLY
        videos: dict[str, bool] = {}
        met: set[str] = set()
        reached_the_end = True
        for number, (threads, quarantined, exchange) in enumerate(self._threads(COMMENTS, Shown.VISIBLE, budget)):
            recent = [thread for thread in threads if thread.at is None or thread.at >= oldest]
            met.update(thread.thread_id for thread in recent)
            for thread in recent:
                if thread.whole:
                    book.note(thread.thread_id, thread.reply_count, started, thread.at)
                if thread.video_id:
                    videos[thread.video_id] = videos.get(thread.video_id, True) and thread.whole
            yield _batch(recent, quarantined, exchange, _cursor(swept, whole_swept, book))
            for thread in recent:
                if not thread.whole and book.is_due(thread.thread_id, thread.at, thread.reply_count, started):
                    yield from self._replies(thread, book, _cursor(swept, whole_swept, book), budget, started)
            if threads and not recent:
                break
            if not sweep or (number + 1 >= MOST_PAGES_OF_A_SWEEP and not whole):
                reached_the_end = False
                break
        if sweep and videos:
            posts, exchanges = self._videos(sorted(videos), oldest, budget)
            seen_whole = (
                tuple(sorted(each for each, is_whole in videos.items() if is_whole)) if reached_the_end else ()
            )
            yield Batch(
                (),
                _cursor(swept, whole_swept, book),
                False,
                posts=posts,
                exchanges=exchanges,
                whole_threads=seen_whole,
            )
        if sweep and reached_the_end:
            book.keep_only(met)
        done = _cursor(started if sweep else swept, started if sweep and reached_the_end else whole_swept, book)
        yield Batch((), done, complete=True)

    def _fetch_kept_back(self, stream: str, budget: Budget) -> Iterator[Batch]:
        """What is held for review or taken for spam: a short list, read to its end each time."""
        for threads, quarantined, exchange in self._threads(stream, Shown.HELD, budget):
            yield _batch(threads, quarantined, exchange, {"v": 1})
        yield Batch((), {"v": 1}, complete=True)

    def _threads(
        self, stream: str, shown: Shown, budget: Budget
    ) -> Iterator[tuple[list[Thread], tuple[Quarantined, ...], Exchange]]:
        """Every page of the channel's threads in one state, newest first."""
        asked: dict[str, Any] = {
            "part": "snippet,replies",
            "allThreadsRelatedToChannelId": self._channel_id,
            "order": "time",
            "maxResults": AT_ONCE,
            "textFormat": "plainText",
            "moderationStatus": MODERATION[stream],
        }
        for rows, answer in self._pages("/commentThreads", asked, f"{stream} comments", budget):
            read = [read_thread(row, shown) for row in rows]
            threads = [each for each in read if isinstance(each, Thread)]
            yield threads, tuple(each for each in read if isinstance(each, Quarantined)), answer.exchange

    def _replies(
        self, thread: Thread, book: ThreadBook, cursor: Cursor, budget: Budget, started: datetime
    ) -> Iterator[Batch]:
        """Every reply to one thread."""
        asked = {"part": "snippet", "parentId": thread.thread_id, "maxResults": AT_ONCE, "textFormat": "plainText"}
        for rows, answer in self._pages("/comments", asked, "replies", budget):
            read = [read_comment(row, Shown.VISIBLE, thread.video_id, parent_id=thread.thread_id) for row in rows]
            items = tuple(each for each in read if isinstance(each, FetchedItem))
            bad = tuple(each for each in read if isinstance(each, Quarantined))
            yield Batch(items, cursor, False, quarantined=bad, exchanges=(answer.exchange,))
        book.note(thread.thread_id, thread.reply_count, started, thread.at)

    def _videos(
        self, ids: Sequence[str], counted_since: datetime, budget: Budget
    ) -> tuple[tuple[FetchedPost, ...], tuple[Exchange, ...]]:
        posts: list[FetchedPost] = []
        exchanges: list[Exchange] = []
        for start in range(0, len(ids), IDS_AT_ONCE):
            budget.spend()
            asked = {"part": "snippet,statistics", "id": ",".join(ids[start : start + IDS_AT_ONCE])}
            answer = self._ask("/videos", asked, "videos")
            exchanges.append(answer.exchange)
            read = (read_video(row, counted_since) for row in read_list(answer.payload, "videos").rows)
            posts += [post for post in read if post is not None]
        return tuple(posts), tuple(exchanges)

    def _pages(
        self, path: str, asked: Mapping[str, Any], what: str, budget: Budget
    ) -> Iterator[tuple[Sequence[Any], Answer]]:
        token: str | None = None
        seen: set[str] = set()
        while True:
            budget.spend()
            answer = self._ask(path, {**asked, **({"pageToken": token} if token else {})}, what)
            page = read_list(answer.payload, what)
            yield page.rows, answer
            token = page.next_token
            if token is None:
                return
            if token in seen:
                raise UnexpectedReply(f"{WHERE}, {what}: it leads back to a page that was already read")
            seen.add(token)

    def _ask(self, path: str, asked: Mapping[str, Any], what: str) -> Answer:
        headers = self._access.header() if self._access else {}
        return self._api.get(path, {**asked, **self._key}, what=what, headers=headers)


def _batch(
    threads: Sequence[Thread], quarantined: tuple[Quarantined, ...], exchange: Exchange, cursor: Cursor
) -> Batch:
    items = tuple(item for thread in threads for item in thread.items)
    bad = (*quarantined, *(each for thread in threads for each in thread.quarantined))
    return Batch(items, cursor, False, quarantined=bad, exchanges=(exchange,))


def _read_cursor(cursor: Cursor | None) -> tuple[datetime | None, datetime | None, ThreadBook]:
    if not cursor or cursor.get("v") != 1:
        return None, None, ThreadBook()
    return moment_of(cursor.get("swept")), moment_of(cursor.get("whole")), read_thread_book(cursor.get("threads"))


def _cursor(swept: datetime | None, whole: datetime | None, book: ThreadBook) -> Cursor:
    return {
        "v": 1,
        "swept": swept.isoformat() if swept else None,
        "whole": whole.isoformat() if whole else None,
        "threads": book.to_json(),
    }
