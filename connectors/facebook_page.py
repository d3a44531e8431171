"""Reads a Facebook page: its posts and what visitors post, and every comment under them, through facebook-sdk.

One call lists the newest posts together with the newest comments of each; only threads with more to tell are read
on their own. So a quiet page costs one or two calls a run, and Facebook grants a quiet page few calls a day.

facebook-sdk 3.1.0 knows no version after 3.1, never looks at the HTTP status, and meets a broken reply with
whatever Python raises; so the version is set past its check, and every answer is judged here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import facebook

from connectors.base import (
    AccountState,
    Batch,
    Budget,
    Capabilities,
    Cursor,
    Exchange,
    Forbidden,
    UnexpectedReply,
    Verdict,
)
from connectors.facebook_errors import ObjectMissing, TooMuchAsked, explain
from connectors.facebook_wire import (
    GRAPH_ID,
    WHERE,
    Page,
    Unfinished,
    read_comments,
    read_page,
    read_posts,
)
from connectors.transport import NetworkSession

OVERLAP = timedelta(hours=48)
"""How far before the last complete read a thread is read again, for late arrivals and unannounced edits."""

POSTS_AT_ONCE = 25
COMMENTS_IN_A_POST = 25
COMMENTS_AT_ONCE = 100
FEWEST_AT_ONCE = 5
IDS_AT_ONCE = 50

_COMMENT_FIELDS = (
    "id,message,created_time,from,parent{id},attachment,permalink_url,is_hidden,is_private,comment_count,message_tags"
)
_POST_FIELDS = (
    "id,message,created_time,from,status_type,permalink_url,attachments{type,media_type,url},"
    "comments.filter(stream).order(reverse_chronological).limit(%d).summary(true){%s}"
)


class FacebookPage:
    """A page read with a page access token. `lookback_days`: how old a post may be and still be read.

    `session` must carry `access_token` and `app_secret` among its secrets.
    """

    network: ClassVar[str] = "facebook_page"
    capabilities: ClassVar[Capabilities] = Capabilities(streams=("comments",), shows_hidden=True)

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        page_id: str,
        access_token: str,
        app_secret: str | None = None,
        lookback_days: int = 30,
        api_version: str = "v26.0",
    ) -> None:
        self._session = session
        self._now = now
        self._page_id = page_id
        self._lookback = timedelta(days=lookback_days)
        self._graph = facebook.GraphAPI(access_token, session=session)
        self._graph.version = api_version
        self._proof: dict[str, str] = {}
        if app_secret:
            digest = hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256)
            self._proof = {"appsecret_proof": digest.hexdigest()}

    def check(self) -> AccountState:
        """Ask Facebook for the page. Raises a ConnectorError."""
        page, exchanges = self._ask(self._page_id, {"fields": "id,name"})
        if not isinstance(page, dict) or page.get("id") != self._page_id:
            raise UnexpectedReply(
                f"{WHERE}: asked for the page, Facebook answered with something else; check page_id"
            )
        headers = {name.lower(): value for name, value in exchanges[-1].headers.items()}
        served = headers.get("facebook-api-version", self._graph.version)
        notes: tuple[str, ...] = ()
        if served != self._graph.version:
            notes = (
                f"Facebook answers as version {served[:20]}, not {self._graph.version}: ours is no longer served",
            )
        name = page.get("name")
        return AccountState(frozenset({self._page_id}), name if isinstance(name, str) else "", notes)

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read every comment on the page since `cursor`. Raises a ConnectorError.

        The cursor moves only with the last batch; whatever is cut short is read again from where this run began.
        """
        if stream not in self.capabilities.streams:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {', '.join(self.capabilities.streams)}")
        started = self._now().astimezone(UTC)
        oldest_post = started - self._lookback
        horizon = _horizon(cursor)

        def which_posts(limit: int) -> dict[str, str]:
            comments = min(limit, COMMENTS_IN_A_POST)
            return {
                "since": str(int(oldest_post.timestamp())),
                "fields": _POST_FIELDS % (comments, _COMMENT_FIELDS),
            }

        for page, exchanges in self._pages(f"{self._page_id}/feed", which_posts, POSTS_AT_ONCE, budget):
            found = read_posts(page, self._page_id)
            yield Batch(
                found.items, cursor, False, posts=found.posts, quarantined=found.quarantined, exchanges=exchanges
            )
            for unfinished in found.unfinished:
                if not _is_older(unfinished.newest, horizon):
                    yield from self._read_thread(unfinished, horizon, cursor, budget)
            if _is_older([post.created_at for post in found.posts], oldest_post):
                break
        yield Batch((), {"v": 1, "since": started.isoformat()}, complete=True)

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which comments still exist. Raises a ConnectorError.

        Facebook answers for a dead id as it does for one it hides from a dead token, so nothing is called gone
        before the same token has been seen to read something else.
        """
        verdicts = dict.fromkeys(remote_ids, Verdict.UNKNOWN)
        askable = [remote_id for remote_id in verdicts if GRAPH_ID.fullmatch(remote_id)]
        for start in range(0, len(askable), IDS_AT_ONCE):
            verdicts |= self._verify_some(askable[start : start + IDS_AT_ONCE], budget)
        if Verdict.GONE in verdicts.values() and Verdict.PRESENT not in verdicts.values():
            budget.spend()
            self.check()
        return verdicts

    def _verify_some(self, ids: Sequence[str], budget: Budget) -> dict[str, Verdict]:
        """One dead id fails the whole call, so the failing half is halved until the dead ones are found."""
        budget.spend()
        try:
            answer, _ = self._ask("", {"ids": ",".join(ids), "fields": "id"})
        except (ObjectMissing, Forbidden) as refused:
            if len(ids) == 1:
                return {ids[0]: Verdict.GONE if isinstance(refused, ObjectMissing) else Verdict.UNKNOWN}
        else:
            if not isinstance(answer, dict):
                raise UnexpectedReply(f"{WHERE}: asked for several comments, Facebook answered with something else")
            return {each: Verdict.PRESENT for each in ids if isinstance(answer.get(each), dict)}
        middle = len(ids) // 2
        return self._verify_some(ids[:middle], budget) | self._verify_some(ids[middle:], budget)

    def _read_thread(
        self, unfinished: Unfinished, horizon: datetime | None, cursor: Cursor | None, budget: Budget
    ) -> Iterator[Batch]:
        how = {"filter": "stream", "order": "reverse_chronological", "fields": _COMMENT_FIELDS}
        path = f"{unfinished.thread.post_id}/comments"
        pages = self._pages(path, lambda _: how, COMMENTS_AT_ONCE, budget, unfinished.following)
        try:
            for page, exchanges in pages:
                items, quarantined = read_comments(page, unfinished.thread)
                yield Batch(items, cursor, False, quarantined=quarantined, exchanges=exchanges)
                if _is_older([item.created_at for item in items], horizon):
                    return
        except ObjectMissing:
            return  # the post was deleted since the list of posts was read; its comments went with it

    def _pages(
        self,
        path: str,
        how: Callable[[int], Mapping[str, str]],
        limit: int,
        budget: Budget,
        following: Mapping[str, str] | None = None,
    ) -> Iterator[tuple[Page, tuple[Exchange, ...]]]:
        """Every page of a listing, from `following` on. Asks for fewer rows at once when that was too much."""
        seen: list[Mapping[str, str]] = []
        while True:
            budget.spend()
            try:
                answer, exchanges = self._ask(path, {**how(limit), **(following or {}), "limit": str(limit)})
            except TooMuchAsked:
                if limit <= FEWEST_AT_ONCE:
                    raise
                limit = max(limit // 2, FEWEST_AT_ONCE)
                continue
            page = read_page(answer)
            yield page, exchanges
            if page.following is None:
                return
            if page.following in seen:
                raise UnexpectedReply(f"{WHERE}: a listing sends us round in circles; the rest was not read")
            following = page.following
            seen.append(following)

    def _ask(self, path: str, how: Mapping[str, str]) -> tuple[Any, tuple[Exchange, ...]]:
        """One call. The answer and its record, both without secrets. Raises a ConnectorError."""
        self._session.take_exchanges()
        answer, failure = None, None
        try:
            answer = self._graph.request(f"{self._graph.version}/{path}", {**how, **self._proof})
            answer = self._session.redactor.payload(answer)
        except Exception as error:  # facebook-sdk lets KeyError, ValueError and whatever else through
            failure = error
        exchanges = self._session.take_exchanges()
        last = exchanges[-1] if exchanges else None
        if failure is not None or last is None or last.status != 200:
            # Raised out here, so that the SDK's error, which holds the token, is not carried along as its context.
            raise explain(failure, last, self._now())
        return answer, exchanges


def _horizon(cursor: Cursor | None) -> datetime | None:
    """Threads need not be read beyond this moment. None (no cursor, or not one of ours): to their start."""
    since = cursor.get("since") if cursor and cursor.get("v") == 1 else None
    try:
        moment = datetime.fromisoformat(since or "")
    except (TypeError, ValueError):
        return None
    return moment - OVERLAP if moment.tzinfo else None


def _is_older(moments: Sequence[datetime | None], than: datetime | None) -> bool:
    """Whether there is a moment here and every one known is before `than`."""
    known = [moment for moment in moments if moment is not None]
    return than is not None and bool(known) and max(known) < than
