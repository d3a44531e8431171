"""One signed-in way to ask Reddit, through praw, with everything unsafe taken out of praw's hands.

praw signs in, renews the token and builds the requests. The rest is done here:

* Answers are judged in `_send`, which praw reaches through its `requestor_class` hook, before prawcore sees them.
  Whatever is no success leaves as one of our errors, so prawcore's own retries (sleeps of up to 4 s that no
  setting turns off) never begin. Nor does its bare KeyError for a 401 without `www-authenticate`.
* Reddit's allowance (`x-ratelimit-*`) is kept here, told to the budget and taken off the answer. prawcore would sleep
  up to ten seconds between any two calls and up to ten minutes on an empty allowance, and fails on `used: 1.0`.
* No `praw.ini` is read: one in the working directory could send our credentials elsewhere.
"""

from __future__ import annotations

import configparser
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, TypeVar
from urllib.parse import quote

import praw
import praw.config
import prawcore
import requests
from prawcore.const import ACCESS_TOKEN_PATH

from connectors.budget import Budget, Usage
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

WINDOW = timedelta(minutes=10)  # over which Reddit counts calls; waited for when it does not say how long

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Source:
    """Something to ask for: where, what messages call it, and the setting of the account that names it, if any.

    `may_be_gone`: that it is not there is an answer (NothingThere), and no fault of ours.
    """

    path: str
    what: str
    setting: str = ""
    may_be_gone: bool = False


class NothingThere(UnexpectedReply):
    """What was asked for is not there (any more)."""


class _Requestor(prawcore.Requestor):
    """Hands every request of praw to `send` instead of the session."""

    def __init__(self, *, send: Callable[..., requests.Response], **settings: Any) -> None:
        super().__init__(**settings)
        self._send = send

    def request(self, *args: Any, timeout: float | None = None, **options: Any) -> requests.Response:
        """Send one request. `timeout` is dropped: the session has its own."""
        return self._send(*args, **options)


class RedditAccess:
    """Asks as one user. `now` gives the present moment (aware). Methods raise nothing but a ConnectorError."""

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        username: str,
        client_id: str,
        client_secret: str,
        refresh_token: str,
    ) -> None:
        self._session = session
        self._now = now
        self._source = Source("", "signing in")
        self._allowance_back_at: datetime | None = None
        self._usage: Usage | None = None
        _forget_praw_ini()
        self._praw = praw.Reddit(
            "DEFAULT",
            requestor_class=_Requestor,
            requestor_kwargs={"session": session, "send": self._send},
            user_agent=f"school-social-monitor/0.1 (by /u/{quote(username, safe='')})",
            client_id=client_id,
            client_secret=client_secret,
            refresh_token=refresh_token,
            # Given so that no praw_* environment variable is asked.
            username=None,
            password=None,
            redirect_uri=None,
            check_for_updates=False,
            ratelimit_seconds=0,
        )

    def get(
        self, source: Source, params: Mapping[str, Any] | None = None, budget: Budget | None = None
    ) -> tuple[Any, tuple[Exchange, ...]]:
        """The decoded answer, and the exchange it came in. Signing in takes nothing from the budget."""
        if self._allowance_back_at is not None and self._now() < self._allowance_back_at:
            raise RateLimited(f"Reddit, {source.what}: the calls it allows are used up", self._allowance_back_at)
        if budget is not None:
            budget.spend()
        self._session.take_exchanges()  # those of a call that failed belong to nobody

        def ask() -> Any:
            answer = self._praw.request(method="GET", path=source.path, params=dict(params or {}))
            return self._session.redactor.payload(answer)

        try:
            answer = self._guarded(source, ask)
        finally:
            if budget is not None and self._usage is not None:
                budget.note(self._usage)
        # Signing in is no evidence, and its answer is a token.
        return answer, tuple(e for e in self._session.take_exchanges() if e.method == "GET")

    def scopes(self) -> set[str]:
        """What the token allows. No call is made while the token of the last one is good."""
        return self._guarded(Source("", "the token's permissions"), self._praw.auth.scopes)

    def _guarded(self, source: Source, call: Callable[[], _Answer]) -> _Answer:
        self._source = source
        try:
            return call()
        # praw, prawcore, requests and json raise bare KeyErrors, ValueErrors, TypeErrors and more on answers they
        # did not expect; their texts hold addresses. All of them mean just that.
        except Exception as error:
            if isinstance(error, prawcore.OAuthException) and isinstance(error.error, str):
                raise self._sign_in_refused() from None
            raise translate_transport_error(error, f"Reddit, {source.what}") from None

    def _send(self, method: str, url: str, **options: Any) -> requests.Response:
        signs_in = url.endswith(ACCESS_TOKEN_PATH)
        response = self._session.request(method, url, **options)
        if refusal := self._refusal(response, signs_in):
            raise refusal
        if not signs_in:
            self._note_allowance(response)
        return response

    def _refusal(self, response: requests.Response, signs_in: bool) -> ConnectorError | None:
        status, where = response.status_code, f"Reddit, {self._source.what}"
        if 200 <= status < 300:
            return None
        if status in {404, 410} and self._source.may_be_gone and not signs_in:
            return NothingThere(f"{where}: it is not there ({status})")
        if status == 429:
            return RateLimited(f"{where}: too many calls (429)", self._back_at(response))
        if status == 402:
            words = "what is paid for is used up (402); see the app's account with Reddit"
            return BudgetSpent(f"{where}: {words}", self._back_at(response))
        if status == 401 or (signs_in and status == 400):
            return self._sign_in_refused()
        if status >= 500 or status == 408:
            return TemporaryFailure(f"{where}: Reddit is in trouble ({status}); it is asked again at the next run")
        if status == 403:
            return Forbidden(f"{where}: Reddit does not allow it (403); {self._advice()}")
        # For a name that does not exist Reddit answers 404 or leads to its search page.
        searches = 300 <= status < 400 and "/subreddits/search" in response.headers.get("location", "")
        if self._source.setting and not signs_in and (status == 404 or searches):
            return Forbidden(f"{where}: Reddit shows nothing there ({status}); {self._advice()}")
        return UnexpectedReply(f"{where}: Reddit answered {status}, which means nothing here")

    def _advice(self) -> str:
        permissions = "check the permissions of the token"
        if not self._source.setting:
            return permissions
        return f"it may be private, banned or misspelt: check `{self._source.setting}`, and {permissions}"

    def _sign_in_refused(self) -> AuthFailed:
        return AuthFailed(
            f"Reddit, {self._source.what}: the credentials are not accepted; check client_id and client_secret, "
            "and sign in again for a new refresh_token"
        )

    def _note_allowance(self, response: requests.Response) -> None:
        left, used = (_number(response.headers.get(f"x-ratelimit-{name}")) for name in ("remaining", "used"))
        if left is not None and left < 1:
            self._allowance_back_at = self._back_at(response)
        if left is not None and used is not None and left + used > 0:
            self._usage = Usage("Reddit", min(used / (left + used), 1.0), self._back_at(response))
        for name in ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset"):
            response.headers.pop(name, None)

    def _back_at(self, response: requests.Response) -> datetime:
        now = self._now().astimezone(UTC)
        return retry_at(response.headers, now) or now + WINDOW


def _number(written: str | None) -> float | None:
    try:
        number = float(written or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _forget_praw_ini() -> None:
    """Give praw the settings it ships with, so that it looks for no file. Nothing else here uses praw."""
    shipped = configparser.ConfigParser(interpolation=None)
    shipped.read_string(files("praw").joinpath("praw.ini").read_text("utf-8"))
    praw.config.Config.CONFIG = shipped
