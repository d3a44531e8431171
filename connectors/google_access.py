"""Signing in to Google's interfaces as the owner of a channel or place: an access token from a refresh token.

The access token lives in memory only. RFC 6749 section 6; "Using OAuth 2.0 for Web Server Applications" by Google.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.base import AuthFailed, ConnectorError, Exchange, RateLimited, UnexpectedReply
from connectors.json_api import UNSAID_WAIT, JsonApi
from connectors.transport import NetworkSession, retry_at

TOKEN_HOST = "https://oauth2.googleapis.com"  # noqa: S105  an address
RENEW_BEFORE = timedelta(minutes=2)
USUAL_LIFE = timedelta(minutes=55)


class GoogleAccess:
    """Gives an access token and renews it when its time is up. `session` rewrites TOKEN_HOST where that is asked."""

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        client_id: str,
        client_secret: str,
        refresh_token: str,
    ) -> None:
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

    def header(self) -> dict[str, str]:
        """The header that signs a request in. Raises a ConnectorError."""
        if self._until is None or self._now() >= self._until:
            self._renew()
        return {"Authorization": f"Bearer {self._token}"}

    def forget(self) -> None:
        """The token was refused: the next request asks for another one."""
        self._until = None

    def _renew(self) -> None:
        payload = self._api.sign_in("/token", self._asked, what="signing in")
        token, life = payload.get("access_token"), payload.get("expires_in")
        if not isinstance(token, str) or not token:
            raise UnexpectedReply("Google, signing in: the answer holds no access token")
        self._session.redactor.add(token)
        self._token = token
        seconds = life if isinstance(life, int) and not isinstance(life, bool) and 0 < life < 90_000 else None
        self._until = self._now() + (timedelta(seconds=seconds) - RENEW_BEFORE if seconds else USUAL_LIFE)


def _meaning(exchange: Exchange, where: str, now: datetime) -> ConnectorError | None:
    """`invalid_grant`: the refresh token is dead; `invalid_client`: the app's own credentials are (RFC 6749 5.2)."""
    if exchange.status == 403 and b"Exceeded" in exchange.body:
        return RateLimited(f"{where}: too many calls", retry_at(exchange.headers, now) or now + UNSAID_WAIT)
    if exchange.status not in {400, 401}:
        return None
    if b"invalid_grant" in exchange.body:
        return AuthFailed(
            f"{where}: the refresh token no longer works; the owner has to sign in again and a new one be made. "
            "Tokens of an app still in testing end after 7 days"
        )
    return AuthFailed(f"{where}: client_id and client_secret are refused; check both in the Google Cloud console")
