"""X, through tweepy: the posts that mention the school, and what the school itself posts and replies.

`connectors/x_wire.py` says what the answers mean; this file asks for them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import tweepy

from connectors.base import (
    AccountState,
    Batch,
    Budget,
    Capabilities,
    ConnectorError,
    Cursor,
    Exchange,
    Forbidden,
    UnexpectedReply,
    Verdict,
)
from connectors.transport import NetworkSession, translate_transport_error
from connectors.x_wire import (
    Page,
    id_time,
    is_id,
    read_page,
    read_posts,
    read_verdicts,
    refusal,
    refuses_since_id,
)

MENTIONS, TIMELINE = "mentions", "timeline"
REACH = {MENTIONS: 800, TIMELINE: 3200}  # posts; X lists no more than its newest so many
LARGEST_PAGE = 100
SETTLING = timedelta(minutes=30)  # how long posts are read again: X indexes some late, and edits for that long

FIELDS: dict[str, Any] = {
    "max_results": LARGEST_PAGE,
    "tweet_fields": [
        "attachments",
        "author_id",
        "conversation_id",
        "created_at",
        "edit_history_tweet_ids",
        "in_reply_to_user_id",
        "note_tweet",
        "referenced_tweets",
    ],
    "expansions": ["attachments.media_keys", "author_id"],
    "user_fields": ["name", "username"],
    "media_fields": ["preview_image_url", "type", "url"],
}


class _SinceIdTooOld(Exception):
    """X no longer reads onward from the id we stopped at."""


class X:
    """One account on X. `user_id` is its number; `bearer_token` that of an app allowed to read it.

    `session` must rewrite https://api.twitter.com, which tweepy has built in, to wherever the API is. The cursor
    is {"v": 1, "since_id": …}. Lists come newest first, so it moves only once a run has read back to it.
    """

    network: ClassVar[str] = "x"
    capabilities: ClassVar[Capabilities] = Capabilities(
        streams=(MENTIONS, TIMELINE),
        shows_hidden=False,
        verify_every=timedelta(hours=24),  # X charges for a post once in a UTC day, whenever it is read again
    )

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        user_id: str,
        bearer_token: str,
        lookback_days: int = 30,
    ) -> None:
        # At DEBUG tweepy logs the bearer token and every word of every comment; a level could be set back.
        logging.getLogger("tweepy.client").disabled = True
        self._client = tweepy.Client(bearer_token=bearer_token, wait_on_rate_limit=False, return_type=dict)
        self._client.session = session
        self._session = session
        self._now = now
        self._user_id = user_id
        self._lookback = timedelta(days=lookback_days)

    def check(self) -> AccountState:
        """Ask X who the account is. Raises a ConnectorError."""
        where = "X, account"
        reply, _ = self._ask(where, self._client.get_user, id=self._user_id)
        user = reply.get("data") if isinstance(reply, dict) else None
        if user is None and isinstance(reply, dict) and reply.get("errors"):
            raise Forbidden(f"{where}: X shows no account with this user_id; check the number")
        if not isinstance(user, dict) or user.get("id") != self._user_id:
            raise UnexpectedReply(f"{where}: the answer is not the account that was asked for")
        return AccountState(frozenset({self._user_id}), str(user.get("name") or user.get("username") or ""))

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor` (None: from the look-back). Raises a ConnectorError."""
        started = self._now()
        since_id = _since_id(cursor)
        where = f"X, {stream}"
        settled, read = since_id, 0
        token: str | None = None
        tokens: set[str] = set()
        while True:
            budget.spend()
            try:
                page, exchanges = self._page(stream, where, since_id, started, token)
            except _SinceIdTooOld:
                since_id = settled = token = None
                continue
            items, posts, quarantined = read_posts(page, self._user_id, self._user_id if stream == TIMELINE else None)
            settled = _settled(page, started - SETTLING, settled)
            read += len(page.posts)
            token = page.next_token
            last = token is None
            yield Batch(
                items=items,
                next_cursor={"v": 1, "since_id": settled} if last else cursor,
                # Where the list ends because X lists no more, something older may have been missed.
                complete=last and read < REACH[stream],
                posts=posts,
                quarantined=quarantined,
                exchanges=exchanges,
            )
            if token is None:
                return
            if token in tokens:
                raise UnexpectedReply(f"{where}: X leads back to a page that was already read")
            tokens.add(token)

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which of these posts still exist, 100 a call. Raises a ConnectorError."""
        where = "X, posts by id"
        asked = [remote_id for remote_id in dict.fromkeys(remote_ids) if is_id(remote_id)]
        said: dict[str, Verdict] = {}
        for start in range(0, len(asked), LARGEST_PAGE):
            budget.spend()
            reply, _ = self._ask(where, self._client.get_tweets, ids=asked[start : start + LARGEST_PAGE])
            said |= read_verdicts(reply, where)
        return {remote_id: said[remote_id] for remote_id in asked if remote_id in said}

    def _page(
        self, stream: str, where: str, since_id: str | None, started: datetime, token: str | None
    ) -> tuple[Page, tuple[Exchange, ...]]:
        call = {MENTIONS: self._client.get_users_mentions, TIMELINE: self._client.get_users_tweets}[stream]
        # X refuses start_time and since_id together.
        onward = {"since_id": since_id} if since_id else {"start_time": started - self._lookback}
        reply, exchanges = self._ask(where, call, self._user_id, pagination_token=token, **onward, **FIELDS)
        return read_page(reply, where), exchanges

    def _ask(
        self, where: str, call: Callable[..., Any], *args: Any, **options: Any
    ) -> tuple[Any, tuple[Exchange, ...]]:
        self._session.take_exchanges()
        reply, failure = None, None
        try:
            reply = self._session.redactor.payload(call(*args, **options))
        except Exception as error:  # tweepy lets AttributeError, TypeError and more out when a body is odd
            failure = error
        exchanges = self._session.take_exchanges()
        if failure is not None:
            raise self._meaning(failure, exchanges, where, "since_id" in options) from None
        return reply, exchanges

    def _meaning(
        self, failure: Exception, exchanges: tuple[Exchange, ...], where: str, onward: bool
    ) -> ConnectorError | _SinceIdTooOld:
        if exchanges and onward and refuses_since_id(exchanges[-1]):
            return _SinceIdTooOld()
        refused = refusal(exchanges[-1], where, self._now()) if exchanges else None
        return refused or translate_transport_error(failure, where)


def _since_id(cursor: Cursor | None) -> str | None:
    since_id = cursor.get("since_id") if cursor and cursor.get("v") == 1 else None
    return since_id if is_id(since_id) else None


def _settled(page: Page, before: datetime, settled: str | None) -> str | None:
    """The newest id met so far that was made `before` then: from there the next run reads onward."""
    ids = [raw["id"] for raw in page.posts if isinstance(raw, dict) and is_id(raw.get("id"))]
    old = [post_id for post_id in ids if id_time(post_id) <= before]
    return max([*old, *([settled] if settled else [])], key=int, default=None)
