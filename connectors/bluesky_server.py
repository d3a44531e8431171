"""Asking Bluesky: signing in with an app password, and every call the connector makes.

Tokens are kept in memory only. One lasts two hours, and signing in is allowed 300 times a day; so a process that
reads an account again and again keeps what it got in `SignIns`. A token that ends is not refreshed, but replaced by
signing in anew: that is one call either way, and nothing that lasts for months need be held.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.bluesky_wire import WHERE, usage_of
from connectors.budget import Budget
from connectors.errors import AuthFailed, ConnectorError, Forbidden, RateLimited, TemporaryFailure, UnexpectedReply
from connectors.fetched import Exchange
from connectors.json_api import UNSAID_WAIT, Answer, JsonApi, NotThere
from connectors.transport import NetworkSession, retry_at

_SIGN_IN = "/xrpc/com.atproto.server.createSession"
HOW_TO_RENEW = "make a new app password in Bluesky's settings, under Privacy and security"


SHORTLY = timedelta(minutes=1)


class TokenExpired(UnexpectedReply):
    """The access token is no longer good, or never was."""


@dataclass(frozen=True)
class SignedIn:
    """What signing in gave: who we are, and a token that is shown nowhere. `status` is said of accounts that are not
    active: "takendown", "suspended", "deactivated"."""

    did: str
    handle: str
    active: bool
    status: str
    access: str = field(repr=False)

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the token is good for, as it says of itself; empty where that cannot be read."""
        scope = self._claims().get("scope")
        return tuple(scope.split()) if isinstance(scope, str) else ()

    def lasts(self, now: datetime) -> bool:
        """Whether the token is still good for a call, as far as it says until when it is."""
        until = self._claims().get("exp")
        return not isinstance(until, int) or now.timestamp() < until - SHORTLY.total_seconds()

    def _claims(self) -> Mapping[str, Any]:
        try:
            part = self.access.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        except (ValueError, IndexError, RecursionError):
            return {}
        return claims if isinstance(claims, dict) else {}


class SignIns:
    """The sign-ins of one process, by server, handle and app password. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], SignedIn] = {}
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str, str]) -> SignedIn | None:
        """What is known under `key`."""
        with self._lock:
            return self._known.get(key)

    def put(self, key: tuple[str, str, str], signed_in: SignedIn) -> None:
        """Remember it."""
        with self._lock:
            self._known[key] = signed_in


class BlueskyServer:
    """One account's server, asked with its app password."""

    def __init__(
        self,
        session: NetworkSession,
        now: Callable[[], datetime],
        base: str,
        handle: str,
        app_password: str,
        sign_ins: SignIns | None,
    ) -> None:
        self._api = JsonApi(
            session=session, now=now, network=WHERE, base=base, credentials="app password", meaning=meaning
        )
        self._now = now
        self._handle = handle.lstrip("@")
        self._password = app_password
        self._sign_ins = sign_ins or SignIns()
        self._key = (base, self._handle, app_password)

    def now(self) -> datetime:
        """The present, in UTC."""
        return self._now().astimezone(UTC)

    def me(self, budget: Budget | None) -> SignedIn:
        """Who we are, signing in where that was not done or will not do any more. Raises a ConnectorError."""
        known = self._sign_ins.get(self._key)
        return known if known and known.lasts(self.now()) else self.sign_in(budget)

    def sign_in(self, budget: Budget | None) -> SignedIn:
        """Sign in anew with the app password. Raises a ConnectorError."""
        if budget is not None:
            budget.spend()
        body = {"identifier": self._handle, "password": self._password}
        try:
            answer = self._api.post(_SIGN_IN, body, what="signing in", headers={})
        except TokenExpired as odd:
            raise UnexpectedReply(str(odd)) from None
        return self._take(answer.payload)

    def get(self, method: str, query: Mapping[str, Any], what: str, budget: Budget) -> Answer:
        """One call, paid for; a token that is not accepted is replaced once. Raises a ConnectorError."""
        try:
            return self._get(method, query, what, budget, self.me(budget))
        except TokenExpired:
            pass
        signed_in = self.sign_in(budget)
        try:
            return self._get(method, query, what, budget, signed_in)
        except TokenExpired:
            pass
        raise AuthFailed(f"{WHERE}, {what}: even a new sign-in is not accepted; {HOW_TO_RENEW}")

    def _get(self, method: str, query: Mapping[str, Any], what: str, budget: Budget, signed_in: SignedIn) -> Answer:
        budget.spend()
        self._api.headers["Authorization"] = f"Bearer {signed_in.access}"
        answer = self._api.get(f"/xrpc/{method}", query, what=what)
        if usage := usage_of(answer.headers, self.now()):
            budget.note(usage)
        return answer

    def _take(self, payload: Any) -> SignedIn:
        said: Mapping[str, Any] = payload if isinstance(payload, dict) else {}
        words = {name: said.get(name) for name in ("did", "handle", "accessJwt")}
        if not all(isinstance(word, str) and word for word in words.values()):
            raise UnexpectedReply(f"{WHERE}, signing in: the answer does not say who we are")
        status = said.get("status")
        signed_in = SignedIn(
            did=str(words["did"]),
            handle=str(words["handle"]),
            active=said.get("active") is not False,
            status=status[:30] if isinstance(status, str) else "",
            access=str(words["accessJwt"]),
        )
        self._sign_ins.put(self._key, signed_in)
        return signed_in


_TOKEN_ERRORS = frozenset({"ExpiredToken", "InvalidToken"})
_REFUSALS = {
    "AccountTakedown": "Bluesky has taken the account down; ask Bluesky's moderators why",
    "AccountDeactivated": "the account is deactivated; sign in on Bluesky to bring it back",
    "AccountSuspended": "Bluesky has suspended the account; ask Bluesky's moderators why",
    "AuthFactorTokenRequired": f"this is the account's main password, which needs a code by mail; {HOW_TO_RENEW}",
}


def meaning(exchange: Exchange, where: str, now: datetime) -> ConnectorError | None:
    """What a refusal means. Most have status 400, and a name in `error` that decides (lexicons of com.atproto)."""
    name = _error_name(exchange.body)
    if name in _TOKEN_ERRORS:
        return TokenExpired(f"{where}: the sign-in has expired")
    if name in _REFUSALS:
        return AuthFailed(f"{where}: {_REFUSALS[name]}")
    if exchange.status == 401:
        return AuthFailed(f"{where}: handle or app password is not accepted; {HOW_TO_RENEW}")
    if exchange.status == 429 or name == "RateLimitExceeded":
        headers = {key.lower(): value for key, value in exchange.headers.items()}
        reset = {"x-rate-limit-reset": headers["ratelimit-reset"]} if "ratelimit-reset" in headers else headers
        return RateLimited(f"{where}: too many calls", retry_at(reset, now) or now.astimezone(UTC) + UNSAID_WAIT)
    if name in {"NotFound", "RecordNotFound"}:
        return NotThere(f"{where}: it is not there")
    if name in {"UpstreamFailure", "UpstreamTimeout", "InternalServerError"}:
        return TemporaryFailure(f"{where}: the network has a fault of its own; it is asked again next time")
    if name in {"BlockedActor", "BlockedByActor"}:
        return Forbidden(f"{where}: one of the two accounts has blocked the other")
    return None


def _error_name(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    name = said.get("error") if isinstance(said, dict) else None
    return name if isinstance(name, str) else ""


def in_pieces(values: Sequence[str], size: int) -> list[Sequence[str]]:
    """`values` in pieces of at most `size`."""
    return [values[start : start + size] for start in range(0, len(values), size)]
