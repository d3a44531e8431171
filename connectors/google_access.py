"""Signing in to Google's interfaces as the owner of a channel or place: an access token from a refresh token.

The access token lives in memory only. RFC 6749 section 6; "Using OAuth 2.0 for Web Server Applications" by Google.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.errors import AuthFailed, ConnectorError, RateLimited, UnexpectedReply
from connectors.fetched import Exchange
from connectors.json_api import UNSAID_WAIT, Answer, JsonApi
from connectors.transport import NetworkSession, retry_at

TOKEN_HOST = "https://oauth2.googleapis.com"  # noqa: S105  an address
RENEW_BEFORE = timedelta(minutes=2)
USUAL_LIFE = timedelta(minutes=55)
_SCOPE_BEGINS = "https://www.googleapis.com/auth/"
_PACIFIC = ZoneInfo("America/Los_Angeles")
_APP_REFUSED = frozenset({"invalid_client", "unauthorized_client", "deleted_client", "disabled_client"})
_LONGEST_LIFE = 10 * 365 * 86_400  # seconds


class GoogleAccess:
    """Gives an access token and renews it when its time is up. `session` rewrites TOKEN_HOST where that is asked.

    `scopes` and `ends_at` are what Google said when it last gave a token: what it allows, in Google's own words
    without their common beginning, and when the refresh token ends (UTC; None: Google does not say).
    """

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        client_id: str,
        client_secret: str,
        refresh_token: str,
    ) -> None:
        self.scopes: tuple[str, ...] = ()
        self.ends_at: datetime | None = None
        self._api = JsonApi(session=session, now=now, network="Google", base=TOKEN_HOST, meaning=_meaning)
        self._session = session
        self._now = now
        self._asked = {
            "client_id": client_id,
            "client_secret": client_secret,
            "refresh_token": refresh_token,
            "grant_type": "refresh_token",
        }
        self._token = ""
        self._until: datetime | None = None

    def signed(self, ask: Callable[[Mapping[str, str]], Answer], before_again: Callable[[], None]) -> Answer:
        """What `ask` brings with the header that signs it in. Raises a ConnectorError.

        A token that is refused before its time is renewed and `ask` called once more, after `before_again`.
        """
        headers = self.header()
        try:
            return ask(headers)
        except AuthFailed:
            self._until = None
        before_again()
        return ask(self.header())

    def header(self) -> dict[str, str]:
        """The header that signs a request in. Raises a ConnectorError."""
        if self._until is None or self._now() >= self._until:
            self._renew()
        return {"Authorization": f"Bearer {self._token}"}

    def _renew(self) -> None:
        payload = self._api.sign_in("/token", self._asked, what="signing in")
        token = payload.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise UnexpectedReply("Google, signing in: the answer holds no access token")
        self._session.redactor.add(token)
        self._token = token
        now, life = self._now(), _seconds(payload.get("expires_in"))
        self._until = now + (max(life - RENEW_BEFORE, life / 2) if life else USUAL_LIFE)
        scope, ends_in = payload.get("scope"), _seconds(payload.get("refresh_token_expires_in"))
        if isinstance(scope, str):
            self.scopes = tuple(sorted(each.removeprefix(_SCOPE_BEGINS) for each in scope.split()))
        self.ends_at = (now + ends_in).astimezone(UTC) if ends_in else None


def error_of(body: bytes) -> Mapping[str, Any]:
    """The error in a refusal of Google's interfaces, as it came; empty where there is none. Never raises."""
    try:
        error = json.loads(body)["error"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def notes_on(error: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What an error has to say besides its words: each with a `reason`, newer ones with `metadata` about quotas."""
    listed = (each for name in ("errors", "details") if isinstance(each := error.get(name), list))
    return [note for notes in listed for note in notes if isinstance(note, dict)]


def quota_of(note: Mapping[str, Any], name: str) -> str:
    """What a note on an error says of a quota under this name ("quota_limit"); empty where it says nothing."""
    metadata = note.get("metadata")
    value = metadata.get(name) if isinstance(metadata, dict) else None
    return value if isinstance(value, str) else ""


def quota_begins_anew(now: datetime) -> datetime:
    """When a daily quota of Google's begins anew after `now`: at midnight in California. UTC."""
    midnight = now.astimezone(_PACIFIC).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return (midnight + timedelta(days=1)).astimezone(UTC)


def _seconds(value: Any) -> timedelta | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LONGEST_LIFE
    return timedelta(seconds=value) if good else None


def _meaning(exchange: Exchange, where: str, now: datetime) -> ConnectorError | None:
    """`invalid_grant`: the refresh token is dead; `invalid_client`: the app's own credentials are (RFC 6749 5.2)."""
    if exchange.status == 403 and b"Exceeded" in exchange.body:
        return RateLimited(f"{where}: too many calls", retry_at(exchange.headers, now) or now + UNSAID_WAIT)
    try:
        said = json.loads(exchange.body).get("error")
    except (ValueError, RecursionError, AttributeError):
        said = None
    if said == "invalid_grant":
        return AuthFailed(
            f"{where}: the refresh token no longer works; the owner has to sign in again and a new one be made. "
            "Tokens of an app still in testing end after 7 days"
        )
    if exchange.status == 401 or (isinstance(said, str) and said in _APP_REFUSED):
        return AuthFailed(f"{where}: client_id and client_secret are refused; check both in the Google Cloud console")
    return None
