"""Reads the comments on a YouTube channel through the YouTube Data API v3, plain HTTP.

Published comments are read as `youtube_published.py` says. What is held for review, and what is taken for spam, is
shown to the channel's owner alone: two short lists, read whole each time. Every call costs one of 10,000 units a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connectors.base import AccountState, Batch, Capabilities, Cursor, Verdict
from connectors.budget import Budget
from connectors.errors import Forbidden
from connectors.fetched import Shown, sorted_out
from connectors.google_access import GoogleAccess
from connectors.public_words import about_of, inside
from connectors.thread_book import ThreadBook, read_thread_book
from connectors.transport import NetworkSession
from connectors.youtube_api import PLAIN, YouTubeApi
from connectors.youtube_published import MANY_REPLIES_EVERY, THREADS, Published
from connectors.youtube_state import read_state
from connectors.youtube_verify import Verification
from connectors.youtube_wire import WHERE, Thread, read_list, read_replies, read_thread

COMMENTS, HELD, SPAM = "comments", "held", "spam"
KEPT_BACK = {HELD: "heldForReview", SPAM: "likelySpam"}
MAY_READ_COMMENTS = frozenset({"youtube.force-ssl", "youtubepartner"})


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
            verify_every=MANY_REPLIES_EVERY + timedelta(minutes=30),  # what is still there is met before
            verify_old_every=timedelta(days=1),
            read_every={SPAM: timedelta(hours=1)} if access else {},
            never_empty=frozenset({COMMENTS}),
        )
        self._api = YouTubeApi(session=session, now=now, api_url=api_url, api_key=api_key, access=access)
        self._now = now
        self._channel_id = channel_id
        self._access = access
        self._lookback = timedelta(days=lookback_days)

    def check(self) -> AccountState:
        """Ask YouTube for the channel. Raises a ConnectorError."""
        snippet = self._channel().get("snippet")
        title, description = inside(snippet, "title"), inside(snippet, "description")
        return AccountState(
            own_ids=frozenset({self._channel_id}),
            display_name=title if isinstance(title, str) else "",
            notes=tuple(self._notes()),
            expires_at=self._access.ends_at if self._access else None,
            scopes=self._access.scopes if self._access else (),
            api_version="v3",
            about=about_of(description) if isinstance(description, str) else None,
        )

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor`. Raises a ConnectorError."""
        if stream not in self.capabilities.streams:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {', '.join(self.capabilities.streams)}")
        started = self._now().astimezone(UTC)
        if stream in KEPT_BACK:
            return self._fetch_kept_back(stream, cursor, budget, started)
        oldest = started - self._lookback
        return Published(self._api, self._channel_id, budget, started, oldest, read_state(cursor)).read()

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which comments still exist, 50 a call. Raises a ConnectorError."""
        return Verification(self._api, self._list_of, self._channel, budget).of(remote_ids)

    def _fetch_kept_back(
        self, stream: str, cursor: Cursor | None, budget: Budget, started: datetime
    ) -> Iterator[Batch]:
        """What is held for review or taken for spam, whatever its age.

        A published thread stands there too when one reply to it is kept back, which need not be among those that come
        with it: then its replies are read, the fresher the thread the more often.
        """
        book = read_thread_book(cursor.get("threads")) if cursor and cursor.get("v") == 1 else ThreadBook()
        met: set[str] = set()
        for page in self._api.pages("/commentThreads", self._list_of(stream), f"{stream} comments", budget):
            threads, odd = sorted_out(read_thread(row, Shown.HELD) for row in page.rows)
            met.update(thread.thread_id for thread in threads)
            items = tuple(item for thread in threads for item in thread.items)
            bad = (*odd, *(each for thread in threads for each in thread.quarantined))
            cursor_now = {"v": 1, "threads": book.to_json()}
            yield Batch(items, cursor_now, False, quarantined=bad, exchanges=page.exchanges)
            for thread in threads:
                count = thread.reply_count
                if thread.hides_a_reply and book.is_due(thread.thread_id, None, count, started):
                    yield from self._replies(thread, cursor_now, budget)
                    book.note(thread.thread_id, count, started)
        book.keep_only(met)
        yield Batch((), {"v": 1, "threads": book.to_json()}, complete=True)

    def _replies(self, thread: Thread, cursor: Cursor, budget: Budget) -> Iterator[Batch]:
        asked = {"part": "snippet", "parentId": thread.thread_id, **PLAIN}
        for page in self._api.pages("/comments", asked, "replies", budget, or_nothing=True):
            items, bad = read_replies(page.rows, thread)
            yield Batch(items, cursor, False, quarantined=bad, exchanges=page.exchanges)

    def _list_of(self, stream: str) -> dict[str, Any]:
        """How the list of a stream is asked for. Only its owner may say which comments of a channel are meant."""
        asked = {**THREADS, "allThreadsRelatedToChannelId": self._channel_id, "order": "time"}
        return asked | ({"moderationStatus": KEPT_BACK[stream]} if stream in KEPT_BACK else {})

    def _channel(self) -> Mapping[str, Any]:
        channel = self._channels({"id": self._channel_id}).get(self._channel_id)
        if channel is None:
            raise Forbidden(f"{WHERE}, channel: there is no channel with this channel_id; check it")
        return channel

    def _channels(self, wanted: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
        page = read_list(
            self._api.ask("/channels", {"part": "snippet", **wanted}, "channel", None).payload, "channel"
        )
        return {row["id"]: row for row in page.rows if isinstance(row, dict) and isinstance(row.get("id"), str)}

    def _notes(self) -> Iterator[str]:
        if self._access is None:
            yield "With an API key only published comments are seen, none that are held."
            return
        if self._access.scopes and MAY_READ_COMMENTS.isdisjoint(self._access.scopes):
            yield "The sign-in does not allow comments to be read: sign in again with the scope youtube.force-ssl."
        if self._channel_id not in self._channels({"mine": "true"}):
            yield "Signed in, but not as this channel: held comments are not seen. Sign in again and choose it."
