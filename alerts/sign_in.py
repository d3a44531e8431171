"""Tokens that stand for a password: from Microsoft by msal, or from anyone who speaks OAuth 2 by plain questions.

The only place that knows msal, an extra which is loaded when the first token is needed. A token lives in the memory
of this process and nowhere else; it is in no error and no log.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import requests

from alerts.certificate import read_certificate
from alerts.transport import MailRefused
from alerts.web import Web, ask, asked_to_wait, json_of, meaning

RENEWED_BEFORE = 120
"""Seconds before its end from which a token is not used any more."""
LONGEST_LIFE = 86_400
"""Seconds, whatever the answer says."""
_MICROSOFT = "the sign-in at Microsoft"
_MISSING = (
    "signing in at Microsoft 365 needs the extra [m365], which is not installed: "
    "pip install 'school-social-monitor[m365]'"
)


class Tokens(Protocol):
    """Where tokens come from."""

    def token(self) -> str:
        """A token that is good now. Raises MailRefused, never for good."""
        ...

    def forget(self) -> None:
        """Somebody refused the last one: get another next time."""
        ...


@dataclass(frozen=True)
class MicrosoftApp:
    """An application registered at Microsoft Entra. It proves itself by `secret`, or by `key` (PEM) and the
    certificate in `certificate_file`. `authority`: https address of the sign-in service, without the tenant."""

    authority: str
    tenant_id: str
    client_id: str
    secret: str | None = None
    key: str | None = None
    certificate_file: Path | None = None


class MicrosoftTokens:
    """Tokens for the application itself, for one scope."""

    def __init__(self, app: MicrosoftApp, scope: str, web: Web) -> None:
        self._app = app
        self._scope = scope
        self._web = web
        self._client: Any = None

    def token(self) -> str:
        """As `Tokens.token`: msal's own, out of its memory while it is good."""
        try:
            if self._client is None:
                self._client = self._sign_on()
            answer = self._client.acquire_token_for_client(scopes=[self._scope])
        except MailRefused:
            raise
        except requests.RequestException as failed:
            raise MailRefused(False, f"{_MICROSOFT}: {meaning(failed)}") from None
        except Exception as failed:
            # msal's own errors quote addresses and whole answers; ours name what can be wrong.
            raise MailRefused(False, _unusable(failed)) from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise MailRefused(False, f"{_MICROSOFT} was refused: {_advice(answer)}")
        return token

    def forget(self) -> None:
        """As `Tokens.forget`."""
        if self._client is not None:
            self._client.remove_tokens_for_client()

    def _sign_on(self) -> Any:
        try:
            import msal
        except ImportError:
            raise MailRefused(False, _MISSING) from None
        app = self._app
        proof: str | dict[str, str] = app.secret or ""
        if app.key is not None and app.certificate_file is not None:
            proof = {"private_key": app.key, "public_certificate": read_certificate(app.certificate_file).pem}
        # The school named this authority, so nobody else is asked whether there is one. No region: it would be looked
        # for at an address of the cloud's own machines.
        return msal.ConfidentialClientApplication(
            app.client_id,
            client_credential=proof,
            authority=f"{app.authority}/{app.tenant_id}",
            instance_discovery=False,
            azure_region=False,
            http_client=_ForMsal(self._web),
        )


class _ForMsal:
    """What msal wants of an HTTP client, over our sessions."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def get(self, url: str, **more: Any) -> requests.Response:
        return self._ask("GET", url, **more)

    def post(self, url: str, **more: Any) -> requests.Response:
        return self._ask("POST", url, **more)

    def _ask(self, method: str, url: str, **more: Any) -> requests.Response:
        with self._web() as session:
            answer = session.request(method, url, **more)
        if answer.status_code == 429 or answer.status_code >= 500:
            # Not left to msal: it would keep the answer and give it again without asking.
            raise MailRefused(
                False,
                f"{_MICROSOFT} does not work for now (answer {answer.status_code})",
                asked_to_wait(answer.headers),
            )
        return answer

    def close(self) -> None:
        """Each session was closed after its use."""


_BY_NUMBER = {
    "7000215": "the client secret is wrong: give its value, not its id",
    "7000222": "the client secret has ended: make a new one in Entra and put it in place",
    "700027": "the certificate is not the one registered for this application, or has ended: upload certificate_file",
    "700016": "there is no application with this client_id in this tenant: check both",
    "90002": "there is no such tenant: check tenant_id",
    "900023": "tenant_id is no tenant's id or domain: check it",
    "7000112": "the application is switched off in Entra: switch it on",
    "70011": "the scope is not right: check scope, or graph_url",
    "1002012": "the scope must end in /.default: check scope",
    "500011": "Microsoft does not know what the scope names: check scope, or graph_url",
    "53003": "a rule (conditional access) forbids this sign-in: have an administrator allow it",
    "7000229": "the application is not set up in this tenant: an administrator has to agree to it",
}


def _advice(answer: object) -> str:
    """What to do about a refusal of Microsoft's: by its number, which is all of its words that is repeated."""
    said = str(answer.get("error_description", "")) if isinstance(answer, dict) else ""
    found = re.search(r"AADSTS(\d{4,8})\b", said[:4000])
    if found is None:
        error = str(answer.get("error", "")) if isinstance(answer, dict) else ""
        kind = error if re.fullmatch(r"[a-z_]{1,40}", error) else "no reason given"
        return f"{kind}; check tenant_id, client_id and the secret or certificate"
    number = found[1]
    return f"{_BY_NUMBER.get(number, 'see what Microsoft says about this number')} (AADSTS{number})"


def _unusable(failed: Exception) -> str:
    """Why msal could not even ask."""
    if isinstance(failed, ValueError):
        return (
            f"{_MICROSOFT} cannot be found or used: check tenant_id and authority, and that certificate_key is the "
            "private key (PEM) of certificate_file"
        )
    return f"{_MICROSOFT} failed ({type(failed).__name__}); check tenant_id, client_id and the secret or certificate"


class OAuthTokens:
    """Tokens from `token_url` (RFC 6749): for a refresh token where there is one, else for the client's secret."""

    def __init__(
        self,
        token_url: str,
        client_id: str,
        secret: str,
        web: Web,
        *,
        refresh_token: str | None = None,
        scope: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = token_url
        self._form = {"client_id": client_id, "client_secret": secret, "grant_type": "client_credentials"}
        if refresh_token is not None:
            self._form |= {"grant_type": "refresh_token", "refresh_token": refresh_token}
        if scope:
            self._form["scope"] = scope
        self._web = web
        self._monotonic = monotonic
        self._token, self._good_until = "", 0.0

    def token(self) -> str:
        """As `Tokens.token`."""
        now = self._monotonic()
        if not self._token or now >= self._good_until:
            self._token, life = self._ask()
            self._good_until = now + life - RENEWED_BEFORE
        return self._token

    def forget(self) -> None:
        """As `Tokens.forget`."""
        self._token = ""

    def _ask(self) -> tuple[str, float]:
        answer = ask(self._web, "POST", self._url, "the sign-in at token_url", data=self._form)
        said = json_of(answer)
        token, life = said.get("access_token"), said.get("expires_in", 0)
        if answer.status_code == 200 and isinstance(token, str) and token:
            seconds = life if isinstance(life, int | float) else 0
            # In this order what is not a number counts as no time at all.
            return token, float(min(max(0, seconds), LONGEST_LIFE))
        error = str(said.get("error", ""))
        kind = error if re.fullmatch(r"[a-z_]{1,40}", error) else f"answer {answer.status_code}"
        advice = _OAUTH_ERRORS.get(kind, "check token_url, client_id and its secret")
        raise MailRefused(
            False, f"the sign-in at token_url was refused ({kind}): {advice}", asked_to_wait(answer.headers)
        )


_OAUTH_ERRORS = {
    "invalid_grant": "the refresh token has ended or was taken back; make a new one",
    "invalid_client": "client_id or its secret is wrong or has ended",
    "unauthorized_client": "this client may not get tokens this way; have that allowed where it is registered",
    "invalid_scope": "check scope",
}
