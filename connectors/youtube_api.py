"""Asking the YouTube Data API: every call, with the unit it costs, and every page of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.budget import Budget
from connectors.errors import UnexpectedReply
from connectors.fetched import Exchange
from connectors.google_access import GoogleAccess
from connectors.json_api import Answer, JsonApi, NotThere
from connectors.transport import NetworkSession
from connectors.youtube_refusals import CommentsOff, meaning
from connectors.youtube_wire import WHERE, read_list

AT_ONCE = 100
IDS_AT_ONCE = 50
PLAIN = {"textFormat": "plainText"}


@dataclass(frozen=True)
class Rows:
    """One page of a list: its rows as they came, whether it is the last, and its record where there is one."""

    rows: Sequence[Any]
    is_last: bool
    exchanges: tuple[Exchange, ...] = ()


class YouTubeApi:
    """The API with an API key, or with `access` as the owner of the channel."""

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        api_url: str,
        api_key: str | None,
        access: GoogleAccess | None,
    ) -> None:
        self.access = access
        self._api = JsonApi(session=session, now=now, network=WHERE, base=f"{api_url}/youtube/v3", meaning=meaning)
        self._key = {"key": api_key} if api_key and not access else {}

    def ask(self, path: str, asked: Mapping[str, Any], what: str, budget: Budget | None) -> Answer:
        """One call, which costs one unit. Raises a ConnectorError."""

        def spend() -> None:
            if budget is not None:
                budget.spend()

        def once(headers: Mapping[str, str]) -> Answer:
            return self._api.get(path, {**asked, **self._key}, what=what, headers=headers)

        spend()
        return self.access.signed(once, spend) if self.access else once({})

    def pages(
        self, path: str, asked: Mapping[str, Any], what: str, budget: Budget, *, or_nothing: bool = False
    ) -> Iterator[Rows]:
        """A list, page by page. Where comments are switched off there are none. Raises a ConnectorError.

        `or_nothing`: that what is asked for is not there is no fault.
        """
        token: str | None = None
        seen: set[str] = set()
        while True:
            try:
                more = {"maxResults": AT_ONCE, **({"pageToken": token} if token else {})}
                answer = self.ask(path, {**asked, **more}, what, budget)
            except CommentsOff:
                return
            except NotThere:
                if or_nothing:
                    return
                raise
            page = read_list(answer.payload, what)
            token = page.next_token
            yield Rows(page.rows, token is None, (answer.exchange,))
            if token is None:
                return
            if token in seen:
                raise UnexpectedReply(f"{WHERE}, {what}: it leads back to a page that was already read")
            seen.add(token)

    def by_ids(
        self, path: str, ids: Sequence[str], asked: Mapping[str, Any], what: str, budget: Budget
    ) -> Iterator[tuple[Sequence[str], Rows]]:
        """What has these ids, 50 a call: the ids asked for and what came. Raises a ConnectorError.

        YouTube refuses `maxResults`, `order` and the like beside ids. Where it answers that one of several is not
        there, without saying which, halves are asked for. Ids it will say nothing of are left out.
        """
        waiting = [ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE)]
        while waiting:
            some = waiting.pop(0)
            try:
                answer = self.ask(path, {**asked, "id": ",".join(some)}, what, budget)
            except CommentsOff:
                continue
            except NotThere:
                if len(some) == 1:
                    yield some, Rows((), True)
                else:
                    half = len(some) // 2
                    waiting[:0] = [some[:half], some[half:]]
                continue
            yield some, Rows(read_list(answer.payload, what).rows, True, (answer.exchange,))
