"""The one HTTP session that every SDK and connector goes through, and what its failures mean.

None of the SDKs brings safe time-outs, a limit on the size of a reply, or a record of what was received. They
all accept a `requests.Session`, so all of that is done here, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import requests
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError, SSLError

from connectors.answer_size import reads_to_too_much
from connectors.deadline import DeadlineAdapter
from connectors.errors import ConnectorError, TemporaryFailure, UnexpectedReply
from connectors.fetched import Exchange
from connectors.redaction import Redactor

PIECE = 1 << 16  # bytes read at a time
WHOLE_ANSWER = 3  # headers and body may take this many times `read_seconds` in all, however steadily they drip
SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(hours=24)
_UNIX_TIMES_FROM = 1_000_000_000  # seconds; a larger number is a moment, a smaller one a duration


class ReplyTooLarge(requests.RequestException):
    """The body, unpacked or once decoded, is larger than allowed. Raised before it fills the memory."""


class NetworkSession(requests.Session):
    """A session with limits, for one account, used by one thread at a time.

    `connect_seconds`, `read_seconds`: forced on every request, whatever the SDK passes. `largest_reply`:
    bytes after unpacking. `proxy`: address of the school's web proxy; the environment is never asked.
    `ca_file`: certificates to trust instead of the usual ones, where a web filter opens encrypted connections.
    `rewrite`: starts of addresses, and what stands in for them (SDKs have theirs built in). `secrets`: never
    to be kept. Redirects are not followed: a 3xx comes back as it is, so no token travels to another host.
    Cookies are refused.

    Raises `requests` exceptions, whose texts hold addresses with tokens: translate them, never print them.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        connect_seconds: float = 5,
        read_seconds: float = 20,
        largest_reply: int = 10 << 20,
        proxy: str | None = None,
        ca_file: str | None = None,
        rewrite: Mapping[str, str] | None = None,
        secrets: Collection[str] = (),
    ) -> None:
        super().__init__()
        self.trust_env = False
        for scheme in ("http://", "https://"):
            self.mount(scheme, DeadlineAdapter(read_seconds * WHOLE_ANSWER))
        self.verify = ca_file or True
        self.proxies = {"http": proxy, "https": proxy} if proxy else {}
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.redactor = Redactor(secrets)
        self._now = now
        self._timeout = (connect_seconds, read_seconds)
        self._largest_reply = largest_reply
        self._rewrite = dict(rewrite or {})
        self._exchanges: list[Exchange] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send one prepared request and read its whole answer within the limits."""
        if isinstance(self.verify, str) and not Path(self.verify).is_file():
            raise requests.exceptions.SSLError  # requests itself would raise an OSError that no caller expects
        request.url = self._rewritten(request.url or "")
        options |= {"timeout": self._timeout, "allow_redirects": False, "stream": True}
        response = super().send(request, **options)
        try:
            body = self._read(response)
        finally:
            response.close()
        # What `Response.content` itself sets once it has read everything.
        response._content = body
        response._content_consumed = True  # type: ignore[attr-defined]
        self._record(response, body)
        return response

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere. requests reads the whole body of a redirect, however large, even to stay where it is."""
        return

    def take_exchanges(self) -> tuple[Exchange, ...]:
        """Every answer since the last call, oldest first, without secrets; then forget them."""
        taken = tuple(self._exchanges)
        self._exchanges.clear()
        return taken

    def _rewritten(self, url: str) -> str:
        for start, instead in self._rewrite.items():
            if url.startswith(start) and url[len(start) : len(start) + 1] in {"", "/", "?"}:
                return instead + url[len(start) :]
        return url

    def _read(self, response: requests.Response) -> bytes:
        body = bytearray()
        while piece := self._read_piece(response):
            body += piece
            if len(body) > self._largest_reply:
                raise ReplyTooLarge
        if reads_to_too_much(bytes(body), self._largest_reply):
            raise ReplyTooLarge
        return bytes(body)

    def _read_piece(self, response: requests.Response) -> bytes:
        """Whatever has arrived, unpacked, at most PIECE bytes. Fails as `Response.content` would."""
        try:
            return bytes(response.raw.read1(PIECE, decode_content=True))
        except ReadTimeoutError as late:
            raise requests.ReadTimeout from late
        except DecodeError as broken:
            raise requests.exceptions.ContentDecodingError from broken
        except SSLError as broken:
            raise requests.exceptions.SSLError from broken
        except (ProtocolError, OSError) as broken:
            raise requests.exceptions.ChunkedEncodingError from broken

    def _record(self, response: requests.Response, body: bytes) -> None:
        self._exchanges.append(
            Exchange(
                method=response.request.method or "GET",
                url=self.redactor.url(response.url),
                status=response.status_code,
                headers=self.redactor.headers(response.headers),
                body=self.redactor.body(body),
                received_at=self._now().astimezone(UTC),
            )
        )


# The first kind that fits decides: several of these are also one of those further down.
_MEANINGS: tuple[tuple[type[Exception], type[ConnectorError], str], ...] = (
    (
        ReplyTooLarge,
        UnexpectedReply,
        "the answer is larger than allowed; if that is right, raise largest_reply_mb",
    ),
    (requests.exceptions.ContentDecodingError, UnexpectedReply, "the answer cannot be unpacked"),
    (
        requests.exceptions.ProxyError,
        TemporaryFailure,
        "the web proxy let nothing through; check [connection] proxy",
    ),
    (
        requests.exceptions.SSLError,
        TemporaryFailure,
        "no secure connection; check this computer's clock and, behind a web filter, [connection] ca_file",
    ),
    (requests.Timeout, TemporaryFailure, "no whole answer in time; it is asked again at the next run"),
    (requests.ConnectionError, TemporaryFailure, "cannot be reached; it is asked again at the next run"),
    (
        requests.exceptions.ChunkedEncodingError,
        TemporaryFailure,
        "the answer broke off; it is asked again at the next run",
    ),
    (JSONDecodeError, UnexpectedReply, "the answer is not JSON"),
    (
        requests.RequestException,
        UnexpectedReply,
        "could not be asked; check api_url in the account's settings",
    ),
    (RecursionError, UnexpectedReply, "the answer is nested too deeply to be read"),
)


def translate_transport_error(error: Exception, where: str) -> ConnectorError:
    """What a failure of the session, or of an SDK reading its answer, means. `where` names network and call.

    An error that is already ours comes back as it is. The words of `error` are never repeated: they hold
    addresses.
    """
    if isinstance(error, ConnectorError):
        return error
    for kind, meaning, words in _MEANINGS:
        if isinstance(error, kind):
            return meaning(f"{where}: {words}")
    return UnexpectedReply(f"{where}: the answer is not what the network documents ({type(error).__name__})")


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the network asks us to come back (UTC), from whichever header says so; None when none does.

    Understands `Retry-After` (seconds or an HTTP date, RFC 9110 section 10.2.3), `x-rate-limit-reset` (X:
    Unix time), `X-RateLimit-Reset` (Mastodon: ISO 8601) and `x-ratelimit-reset` (Reddit: seconds). Never
    sooner than a second and never later than a day after `now`, so that no header parks an account for good.
    """
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    for name in ("retry-after", "x-rate-limit-reset", "x-ratelimit-reset"):
        if name in lower and (wait := _wait(lower[name], now)) is not None:
            return now.astimezone(UTC) + min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)
    return None


def _wait(value: str, now: datetime) -> timedelta | None:
    try:
        number = float(value)
    except ValueError:
        moment = _moment(value)
        return None if moment is None else moment - now
    if math.isnan(number):
        return None
    seconds = number - now.timestamp() if number >= _UNIX_TIMES_FROM else number
    return timedelta(seconds=min(max(seconds, 0), LONGEST_WAIT.total_seconds()))


def _moment(value: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
