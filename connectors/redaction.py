"""Takes credentials out of addresses, reply headers, bodies and payloads before anybody keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

REMOVED = "REMOVED"
SHORTEST_SECRET = 6  # characters; anything shorter would be found inside ordinary words

_CREDENTIAL_NAMES = (
    r"access_token|appsecret_proof|client_secret|client_assertion|input_token|fb_exchange_token|refresh_token"
    r"|id_token|api_key|apikey|oauth_token|oauth_signature|password|code|key|signature|token"
)
_IN_QUERY = re.compile(rf"(?i)(^|&)({_CREDENTIAL_NAMES})=[^&]*")
_IN_LINK = r"(?i)((?:access_token|appsecret_proof|client_secret)=)[^&\"'\s\\>]+"
_IN_HEADER_LINK = re.compile(_IN_LINK)
_IN_BODY_LINK = re.compile(_IN_LINK.encode())
_IN_BODY_KEY = re.compile(
    rb"""(?i)("(?:access_token|refresh_token|client_secret|id_token|accessJwt|refreshJwt)"\s*:\s*")(?:[^"\\]|\\.)*"""
)
_SECRET_HEADERS = frozenset({"set-cookie", "set-cookie2", "authorization", "proxy-authorization", "cookie"})


def _in_json(secret: str) -> tuple[str, str]:
    """A secret as it stands in JSON; some networks, Facebook among them, write "/" as "\\/" there."""
    plain = json.dumps(secret)[1:-1]
    return plain, plain.replace("/", "\\/")


class Redactor:
    """Knows the secrets of one account. Also recognises credentials by the name they travel under."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        self._forms: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Know one more: a token that was made while signing in."""
        if len(secret) < SHORTEST_SECRET:
            return
        forms = {secret, quote(secret, safe=""), quote(secret), *_in_json(secret)}
        # Longest first, so that no tail of a longer form survives the removal of a shorter one.
        self._forms = sorted({*self._forms, *forms}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` with every known secret replaced."""
        for form in self._forms:
            text = text.replace(form, REMOVED)
        return text

    def url(self, url: str) -> str:
        """`url` without user and password, and with the values of secret parameters replaced."""
        split = urlsplit(url)
        host = split.netloc.rpartition("@")[2]
        query = _IN_QUERY.sub(rf"\1\2={REMOVED}", split.query)
        return self.text(urlunsplit((split.scheme, host, split.path, query, "")))

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Reply headers without cookies, and with the credentials in links replaced."""
        return {
            name: self.text(_IN_HEADER_LINK.sub(rf"\1{REMOVED}", value))
            for name, value in headers.items()
            if name.lower() not in _SECRET_HEADERS
        }

    def body(self, body: bytes) -> bytes:
        """A reply's body with tokens replaced. Networks repeat them in the links to the next page."""
        for form in self._forms:
            body = body.replace(form.encode("utf-8", "surrogatepass"), REMOVED.encode())
        body = _IN_BODY_LINK.sub(rb"\1" + REMOVED.encode(), body)
        return _IN_BODY_KEY.sub(rb"\1" + REMOVED.encode(), body)

    def payload(self, payload: Any) -> Any:
        """Decoded JSON with every known secret replaced; the very same object when it holds none."""
        written = json.dumps(payload)
        cleaned = self.text(written)
        return payload if cleaned == written else json.loads(cleaned)
