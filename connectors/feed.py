"""Reads a feed of comments, RSS or Atom: what a site offers that has no interface, or has it switched off.

A feed shows its newest comments only, often ten. It names no authors by id, so the school's own replies cannot be
told from what a visitor wrote under the school's name, and shows neither edits for certain nor deletions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import requests

from connectors.base import AccountState, Batch, Capabilities, Cursor, Verdict
from connectors.budget import Budget
from connectors.errors import AuthFailed, Forbidden, UnexpectedReply
from connectors.feed_wire import WHERE, FeedRead, read_feed
from connectors.fetched import Exchange
from connectors.json_api import usual_meaning
from connectors.transport import NetworkSession, translate_transport_error

COMMENTS = "comments"
REMEMBERED = 200
"""Ids kept in the cursor, to know whether anything may have passed unseen between two reads."""


class Feed:
    """One feed. `lookback_days`: how old an entry may be."""

    network: ClassVar[str] = "feed"
    capabilities: ClassVar[Capabilities] = Capabilities(
        streams=(COMMENTS,), shows_hidden=False, verify_every=timedelta(days=36500)
    )

    def __init__(
        self, *, session: NetworkSession, now: Callable[[], datetime], feed_url: str, lookback_days: int = 30
    ) -> None:
        self._session = session
        self._now = now
        self._url = feed_url
        self._lookback = timedelta(days=lookback_days)

    def check(self) -> AccountState:
        """Read the feed once. Raises a ConnectorError."""
        read, _, _ = self._read({})
        return AccountState(
            own_ids=frozenset({"nobody"}),
            display_name=read.title if read else "",
            notes=(
                "A feed names no authors by id and shows no deletions: the school's own replies are not recognised.",
            ),
        )

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read what the feed shows. Raises a ConnectorError.

        Where every entry is new although some were known before, more may have passed than the feed shows: then the
        reading is not called complete.
        """
        if stream != COMMENTS:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {COMMENTS}")
        known = _known(cursor)
        conditions = _conditions(cursor)
        budget.spend()
        read, exchange, headers = self._read(conditions)
        if read is None:  # 304: nothing changed since
            yield Batch((), cursor, complete=True, exchanges=(exchange,))
            return
        oldest = self._now().astimezone(UTC) - self._lookback
        items = tuple(item for item in read.items if item.created_at >= oldest)
        ids = [item.remote_id for item in read.items]
        nothing_passed_unseen = not known or not ids or bool(known.intersection(ids))
        remembered = list(dict.fromkeys([*ids, *(cursor or {}).get("ids", [])]))[:REMEMBERED]
        validators = {name: headers[name] for name in ("etag", "last-modified") if name in headers}
        yield Batch(
            items,
            {"v": 1, "ids": remembered, "validators": validators},
            complete=nothing_passed_unseen,
            quarantined=read.quarantined,
            exchanges=(exchange,),
        )

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """A feed says nothing of what it no longer shows."""
        self._read({}) if remote_ids else None
        return {}

    def _read(self, conditions: Mapping[str, str]) -> tuple[FeedRead | None, Exchange, Mapping[str, str]]:
        """The feed, None when it did not change; its record; its headers with names in lower case."""
        self._session.take_exchanges()
        failure: Exception | None = None
        response: requests.Response | None = None
        accepted = "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.1"
        try:
            response = self._session.request("GET", self._url, headers={"Accept": accepted, **conditions})
        except Exception as error:
            failure = translate_transport_error(error, WHERE)
        exchanges = self._session.take_exchanges()
        if failure is not None or response is None:
            raise failure or UnexpectedReply(f"{WHERE}: no answer")
        exchange = exchanges[-1]
        headers = {name.lower(): value for name, value in exchange.headers.items()}
        if response.status_code == 304 and conditions:
            return None, exchange, headers
        if response.status_code == 410:
            raise AuthFailed(
                f"{WHERE}: the site says that this feed is gone for good; take the account out, or mend feed_url"
            )
        if response.status_code != 200:
            raise usual_meaning(exchange, WHERE, self._now(), "address")
        return read_feed(exchange.body, headers), exchange, headers


def _known(cursor: Cursor | None) -> frozenset[str]:
    ids = cursor.get("ids") if cursor and cursor.get("v") == 1 else None
    return frozenset(each for each in ids if isinstance(each, str)) if isinstance(ids, list) else frozenset()


def _conditions(cursor: Cursor | None) -> dict[str, str]:
    """What makes the site answer 304 when nothing changed (RFC 9110 section 13)."""
    validators = cursor.get("validators") if cursor and cursor.get("v") == 1 else None
    if not isinstance(validators, dict):
        return {}
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {names[name]: value for name, value in validators.items() if name in names and isinstance(value, str)}
