"""Asking a network that speaks plain JSON over HTTP, and what its refusals mean.

For networks without a library that we drive. Everything goes through `NetworkSession`; a status gets its usual
meaning here unless the network gives it another (`meaning`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.errors import (
    AuthFailed,
    BudgetSpent,
    ConnectorError,
    Forbidden,
    RateLimited,
    TemporaryFailure,
    UnexpectedReply,
)
from connectors.fetched import Exchange
from connectors.transport import NetworkSession, retry_at, translate_transport_error

UNSAID_WAIT = timedelta(minutes=15)
"""How long we stay away from a network that refuses without saying for how long."""

Meaning = Callable[[Exchange, str, datetime], ConnectorError | None]
"""Given an answer that is not a 2xx, where it was asked for and the present: what it means here, or None."""


class NotThere(UnexpectedReply):
    """What was asked for by its id or address is not there (404, 410)."""


@dataclass(frozen=True)
class Answer:
    """One answer: its JSON without secrets, its headers with names in lower case, and its record."""

    payload: Any
    headers: Mapping[str, str]
    exchange: Exchange


class JsonApi:
    """One API. `base`: its address, without a slash at the end. `headers` go with every request, credentials too.

    `network`: its name in words, for messages. `credentials`: what a person has to renew, in words ("app password").
    """

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        network: str,
        base: str,
        headers: Mapping[str, str] | None = None,
        credentials: str = "access token",
        meaning: Meaning | None = None,
    ) -> None:
        self.headers = dict(headers or {})
        self._session = session
        self._now = now
        self._network = network
        self._base = base.rstrip("/")
        self._credentials = credentials
        self._meaning = meaning

    def get(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        what: str,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for `path` (from its slash on). `what` is asked for, in words. Raises a ConnectorError.

        `headers` go with this request besides those of every request.
        """
        return self._ask("GET", path, query, None, what, {**self.headers, **(headers or {})})

    def sign_in(self, path: str, form: Mapping[str, str], *, what: str) -> Mapping[str, Any]:
        """Send a form of credentials and give back what they open, tokens and all: keep it to yourself.

        Nothing of it stays among the session's exchanges. Raises a ConnectorError.
        """
        payload = self._ask("POST", path, None, None, what, self.headers, form).payload
        if not isinstance(payload, dict):
            raise UnexpectedReply(f"{self._network}, {what}: the answer is not what the network documents")
        return payload

    def post(
        self, path: str, body: Mapping[str, Any], *, what: str, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send JSON, for signing in only: nothing is ever written to a network. Raises a ConnectorError."""
        return self._ask("POST", path, None, body, what, self.headers if headers is None else headers)

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
        what: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        where = f"{self._network}, {what}"
        self._session.take_exchanges()
        failure: Exception | None = None
        payload: Any = None
        status = 0
        try:
            response = self._session.request(
                method,
                self._base + path,
                params=query,
                json=body,
                data=form,
                headers={"Accept": "application/json", **headers},
            )
            status = response.status_code
            if 200 <= status < 300:
                payload = json.loads(response.content)
                if form is None:  # signing in gives what must stay as it is, a token that may be known already
                    payload = self._session.redactor.payload(payload)
        except (ValueError, RecursionError) as unreadable:
            failure = UnexpectedReply(
                f"{where}: the answer is not JSON that can be read ({type(unreadable).__name__})"
            )
        except Exception as error:
            failure = translate_transport_error(error, where)
        exchanges = self._session.take_exchanges()
        if failure is not None:
            # Raised out here, so that an exception that holds an address with a token is not carried along.
            raise failure
        if not 200 <= status < 300:
            raise self._refusal(exchanges[-1], where)
        headers_seen = {name.lower(): value for name, value in exchanges[-1].headers.items()}
        return Answer(payload, headers_seen, exchanges[-1])

    def _refusal(self, exchange: Exchange, where: str) -> ConnectorError:
        now = self._now()
        if self._meaning and (meant := self._meaning(exchange, where, now)):
            return meant
        return usual_meaning(exchange, where, now, self._credentials)


def usual_meaning(exchange: Exchange, where: str, now: datetime, credentials: str) -> ConnectorError:
    """What a status that is not a 2xx means on most networks (RFC 9110 section 15; 429: RFC 6585)."""
    status = exchange.status
    if status == 401:
        return AuthFailed(f"{where}: the {credentials} is no longer accepted; make a new one")
    if status == 403:
        return Forbidden(f"{where}: the {credentials} does not allow this; check what it may read")
    if status == 402:
        return BudgetSpent(
            f"{where}: the paid allowance is used up", retry_at(exchange.headers, now) or now + UNSAID_WAIT
        )
    if status == 429:
        return RateLimited(f"{where}: too many calls", retry_at(exchange.headers, now) or now + UNSAID_WAIT)
    if status in {404, 410}:
        return NotThere(f"{where}: it is not there ({status})")
    if status == 408 or status >= 500:
        return TemporaryFailure(
            f"{where}: the network has a fault of its own ({status}); it is asked again next time"
        )
    return UnexpectedReply(f"{where}: the network refuses the question ({status})")
