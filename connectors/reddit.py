"""Reddit: the school's own subreddit, the inbox of its user, and what that user posts and replies.

`connectors/reddit_access.py` asks, `connectors/reddit_wire.py` says what the answers mean; this file decides what
to ask for and how far back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from connectors.base import (
    AccountState,
    AuthFailed,
    Batch,
    Budget,
    Capabilities,
    Cursor,
    Exchange,
    FetchedItem,
    FetchedPost,
    Forbidden,
    Quarantined,
    UnexpectedReply,
    Verdict,
)
from connectors.reddit_access import RedditAccess, Source
from connectors.reddit_wire import Readable, Reader, is_gone, listing_children
from connectors.transport import NetworkSession

PAGE = 100  # things in one answer, the most Reddit gives
REACH = 1000  # things; no listing goes back further than about so many
OVERLAP = timedelta(hours=48)
NEEDED_SCOPES = ("read", "privatemessages", "history")

_ME = Source("/api/v1/me", "who we are")
_INFO = Source("/api/info", "items seen earlier")
_MENTIONS = Source("/message/mentions", "mentions of the school's user")
_VERIFIABLE = re.compile(r"t[13]_[0-9a-z]{1,16}")


@dataclass(frozen=True)
class _Page:
    """One parsed page. `last`: no further one is needed. `cut_off`: Reddit had no further one, but we needed it."""

    parsed: tuple[Readable, ...]
    exchanges: tuple[Exchange, ...]
    last: bool
    cut_off: bool


class Reddit:
    """One school's presence on Reddit. `subreddit` None: the school has a user but no subreddit of its own.

    `session` must rewrite https://oauth.reddit.com and https://www.reddit.com, which praw has built in, to wherever
    they are. `now` gives the present moment (aware). `lookback_days`: how far back a first read goes. A moderator's
    removal shows only when the user moderates the subreddit. Direct messages are never read.

    The cursor is {"v": 1, "since": the time of the newest thing seen by the last whole read of the stream}.
    """

    network: ClassVar[str] = "reddit"
    capabilities: ClassVar[Capabilities] = Capabilities(streams=("subreddit", "inbox", "own"), shows_hidden=True)

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        username: str,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        subreddit: str | None = None,
        lookback_days: int = 30,
    ) -> None:
        self._now = now
        self._username = username
        self._subreddit = subreddit
        self._lookback = timedelta(days=lookback_days)
        self._sources = _sources(username, subreddit)
        # Without a subreddit this account has one stream less than the class offers.
        vars(self)["capabilities"] = Capabilities(tuple(self._sources), shows_hidden=True)
        self._access = RedditAccess(
            session=session,
            now=now,
            username=username,
            client_id=client_id,
            client_secret=client_secret,
            refresh_token=refresh_token,
        )

    def check(self) -> AccountState:
        """Ask Reddit whose token it is. AuthFailed also when it is not the configured user's."""
        me, _ = self._access.get(_ME)
        name, number = (me.get("name"), me.get("id")) if isinstance(me, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(number, str) or not name or not number:
            raise UnexpectedReply("Reddit, who we are: the answer names no user")
        if name.casefold() != self._username.casefold():
            raise AuthFailed("Reddit: the token is not that of `username`; sign in as the school's user")
        notes = ["Reddit has suspended this user"] if me.get("is_suspended") else []
        scopes = self._access.scopes()
        if "*" not in scopes and (missing := [scope for scope in NEEDED_SCOPES if scope not in scopes]):
            notes.append(f"the token lacks the permission {', '.join(missing)}; sign in again and grant it")
        own_ids = frozenset({f"t2_{number.removeprefix('t2_')}", f"name:{name}"})
        return AccountState(own_ids, name, tuple(notes))

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read every listing of the stream, newest first, to 48 hours before the cursor. Raises a ConnectorError.

        Reddit's own "everything `before` this comment" is not used: once that comment is deleted it answers with
        nothing, for ever.
        """
        if stream not in self._sources:
            raise Forbidden(f"Reddit: this account has no stream called {stream}; check `subreddit`")
        started = self._now().astimezone(UTC)
        since = _since(cursor, started)
        floor = started - self._lookback if since is None else since - OVERLAP
        wanted_from = min(floor, started - self._lookback)
        reader = Reader(self._username, self._subreddit, started)
        newest, cut_off = since or floor, False
        sources = self._sources[stream]
        for source in sources:
            for page in self._pages(source, reader, floor, budget):
                newest = max([newest, *_times(page.parsed)])
                cut_off = cut_off or page.cut_off
                at_end = page.last and source is sources[-1]
                yield Batch(
                    items=tuple(p for p in page.parsed if isinstance(p, FetchedItem) and p.created_at >= wanted_from),
                    posts=tuple(p for p in page.parsed if isinstance(p, FetchedPost)),
                    quarantined=tuple(p for p in page.parsed if isinstance(p, Quarantined)),
                    next_cursor={"v": 1, "since": min(newest, started).isoformat()} if at_end else cursor,
                    complete=at_end and not cut_off,
                    exchanges=page.exchanges,
                )

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Ask for up to 100 items a call. What a moderator removed is still PRESENT. Raises a ConnectorError."""
        verdicts: dict[str, Verdict] = {}
        asked = [remote_id for remote_id in dict.fromkeys(remote_ids) if _VERIFIABLE.fullmatch(remote_id)]
        for start in range(0, len(asked), PAGE):
            chunk = asked[start : start + PAGE]
            answer, _ = self._access.get(_INFO, {"id": ",".join(chunk)}, budget)
            children, _ = listing_children(answer, _INFO.what)
            things = [child.get("data") if isinstance(child, dict) else None for child in children]
            found = {str(thing.get("name")): thing for thing in things if isinstance(thing, dict)}
            # Absence proves something only in an answer that could be read to its last line.
            absent = Verdict.GONE if found.keys() <= set(chunk) and len(found) == len(children) else Verdict.UNKNOWN
            for remote_id in chunk:
                thing = found.get(remote_id)
                present = Verdict.GONE if thing is not None and is_gone(thing) else Verdict.PRESENT
                verdicts[remote_id] = absent if thing is None else present
        return verdicts

    def _pages(self, source: Source, reader: Reader, floor: datetime, budget: Budget) -> Iterator[_Page]:
        """Page by page back to `floor`; the last one says so."""
        params: dict[str, Any] = {"limit": PAGE}
        seen: set[str] = set()
        count = 0
        while True:
            answer, exchanges = self._access.get(source, params, budget)
            children, after = listing_children(answer, source.what)
            found = (reader.parse(child, mention=source is _MENTIONS) for child in children)
            parsed = tuple(p for p in found if p is not None)
            if source.path.startswith("/message/"):
                parsed, more = self._in_full(parsed, reader, source is _MENTIONS, budget)
                exchanges += more
            count += len(children)
            times = _times(parsed)
            reached = bool(times) and times[-1] < floor
            yield _Page(parsed, exchanges, reached or not after, not reached and not after and count >= REACH * 0.95)
            if reached or not after:
                return
            if not isinstance(after, str) or after in seen:
                raise UnexpectedReply(f"Reddit, {source.what}: it leads back to a page that was already read")
            seen.add(after)
            params = {"limit": PAGE, "after": after}

    def _in_full(
        self, brief: Sequence[Readable], reader: Reader, mention: bool, budget: Budget
    ) -> tuple[tuple[Readable, ...], tuple[Exchange, ...]]:
        """Inbox entries with everything that they leave out: whether edited, whether removed, in which thread.

        Otherwise the same comment would be hidden in the subreddit and visible in the inbox, by turns. Where only
        a stub is left the inbox entry stands: it may still have the words.
        """
        ids = [p.remote_id for p in brief if isinstance(p, FetchedItem)]
        if not ids:
            return tuple(brief), ()
        answer, exchanges = self._access.get(_INFO, {"id": ",".join(ids)}, budget)
        parsed = (reader.parse(child, mention=mention) for child in listing_children(answer, _INFO.what)[0])
        full = {p.remote_id: p for p in parsed if isinstance(p, FetchedItem) and not p.erased}
        return tuple(full.get(p.remote_id, p) if isinstance(p, FetchedItem) else p for p in brief), exchanges


def _sources(username: str, subreddit: str | None) -> dict[str, tuple[Source, ...]]:
    """What each stream reads, in order."""
    user, board = quote(username, safe=""), quote(subreddit or "", safe="")
    streams = {
        "subreddit": (
            Source(f"/r/{board}/new", "posts in the subreddit", "subreddit"),
            Source(f"/r/{board}/comments", "comments in the subreddit", "subreddit"),
        ),
        "inbox": (
            Source("/message/comments", "replies to the school's comments"),
            Source("/message/selfreply", "replies to the school's posts"),
            _MENTIONS,
        ),
        "own": (
            Source(f"/user/{user}/submitted", "the school's posts", "username"),
            Source(f"/user/{user}/comments", "the school's own comments", "username"),
        ),
    }
    return {name: sources for name, sources in streams.items() if subreddit or name != "subreddit"}


def _since(cursor: Cursor | None, started: datetime) -> datetime | None:
    """The cursor's moment; None (read the whole look-back again) when there is none or it is not one of ours."""
    if cursor is None or cursor.get("v") != 1:
        return None
    try:
        since = datetime.fromisoformat(cursor["since"])
    except (KeyError, TypeError, ValueError):
        return None
    return min(since.astimezone(UTC), started) if since.tzinfo else None


def _times(parsed: Sequence[Readable]) -> list[datetime]:
    return [p.created_at for p in parsed if not isinstance(p, Quarantined) and p.created_at is not None]
