"""Fetching one thing for evidence from a host named beforehand, without credentials, within size and time.

One GET over its own connection to one checked address: no proxy, no cookies, no netrc, nothing reused. http.client
reads the answer from a stream of ours that counts bytes and time, so that no answer is waited for without end.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urljoin

import certifi

from monitor.evidence.outside.egress import PUBLIC, Egress, FetchRefused, Target, is_among, target_of

MOST_REDIRECTS = 2
MOST_ADDRESSES = 3  # tried one after the other, where the first are down
CONNECT_SECONDS = 5.0
PIECE = 1 << 16  # bytes read at a time
FRAMING = 1 << 20  # bytes an answer may have beside its body: headers, chunk sizes
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Fetched:
    """The last answer, whatever its status. `redirects`: the hosts that sent us on, in order.

    `request` and `headers` are as sent and received, in order; `ip` is the address spoken to.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    final_host: str
    url: str = field(repr=False)
    ip: str
    request: tuple[tuple[str, str], ...] = field(repr=False)
    redirects: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The first header of that name, in whatever case; empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def fetch(
    url: str,
    hosts: Collection[str],
    largest: int,
    seconds: float,
    egress: Egress = PUBLIC,
    without: tuple[str, ...] = (),
) -> Fetched:
    """GET an https address. Nothing at all is asked of a host that is not in `hosts` nor below one of them.

    `largest`: bytes of body. `seconds`: for everything together, redirects too; only the look-up of a name keeps
    to the resolver's own limit. `without`: starts of media types, for example "image/"; the body of such an answer
    is not read. At most two redirects are followed, each checked like the first address. Raises FetchRefused.
    """
    latest = time.monotonic() + seconds
    redirects: list[str] = []
    while True:
        target = target_of(url)
        if not is_among(target.host, hosts):
            raise FetchRefused(f"{target.host}: not among the hosts this may be fetched from; it was not opened")
        try:
            fetched = _exchange(target, largest, latest, egress, without)
        except TimeoutError:
            raise FetchRefused(f"{target.host}: no whole answer within {seconds:g} seconds") from None
        except ssl.SSLCertVerificationError:
            raise FetchRefused(
                f"{target.host}: its certificate is not trusted; check this computer's clock and, behind a web "
                "filter, [connection] ca_file"
            ) from None
        except (OSError, HTTPException, ValueError):
            raise FetchRefused(f"{target.host}: cannot be reached, or its answer broke off or is not HTTP") from None
        if fetched.status not in _REDIRECTS or not fetched.header("location"):
            return replace(fetched, redirects=tuple(redirects))
        if len(redirects) == MOST_REDIRECTS:
            raise FetchRefused(f"{target.host}: sends on more than {MOST_REDIRECTS} times; it was given up")
        redirects.append(target.host)
        url = _next(url, fetched.header("location"), target.host)


def _next(url: str, location: str, host: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise FetchRefused(f"{host}: sends on to something that is no address; it was given up") from None


def _exchange(target: Target, largest: int, latest: float, egress: Egress, without: tuple[str, ...]) -> Fetched:
    trust = _trust(egress)
    request = (
        ("Host", target.host),
        ("User-Agent", "SchoolSocialMonitor"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    )
    with _connect(egress.addresses(target.host), egress.port, latest) as plain:
        ip = plain.getpeername()[0]
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.settimeout(_left(latest))
        # A connection that is cut must not pass for an answer that ended.
        with trust.wrap_socket(plain, server_hostname=target.host, suppress_ragged_eofs=False) as secure:
            lines = [f"GET {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in request), "", ""]
            secure.settimeout(_left(latest))
            secure.sendall("\r\n".join(lines).encode("ascii"))
            response = HTTPResponse(_Wire(secure, latest, largest + FRAMING), method="GET")  # type: ignore[arg-type]
            response.begin()
            if response.headers.get("Content-Type", "").strip().lower().startswith(without):
                raise FetchRefused(f"{target.host}: its answer is of a kind that is not fetched; it was not read")
            body = b"" if response.status in _REDIRECTS else _body(response, target.host, largest)
            return Fetched(
                status=response.status,
                reason=response.reason,
                headers=tuple(response.getheaders()),
                body=body,
                final_host=target.host,
                url=target.url,
                ip=ip,
                request=request,
            )


def _trust(egress: Egress) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=egress.ca_file or certifi.where())
    except OSError:  # not there, or no certificates in it
        raise FetchRefused("the file of certificates to trust cannot be read; check [connection] ca_file") from None


def _connect(addresses: list[str], port: int, latest: float) -> socket.socket:
    for address in addresses[:MOST_ADDRESSES]:
        wait = min(_left(latest), CONNECT_SECONDS)
        with suppress(OSError):
            return socket.create_connection((address, port), wait)
    raise ConnectionError


def _body(response: HTTPResponse, host: str, largest: int) -> bytes:
    coding = response.headers.get_all("Content-Encoding", []) + response.headers.get_all("Transfer-Encoding", [])
    if any(each.strip().lower() not in {"identity", "chunked"} for each in coding):
        raise FetchRefused(f"{host}: its answer is packed although we asked for a plain one; it was not unpacked")
    too_large = FetchRefused(f"{host}: its answer is larger than {largest:,} bytes; it was not kept")
    if (response.length or 0) > largest:
        raise too_large
    body = bytearray()
    while piece := response.read(PIECE):
        body += piece
        if len(body) > largest:
            raise too_large
    if response.length:
        raise HTTPException
    return bytes(body)


def _left(latest: float) -> float:
    left = latest - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Wire(io.RawIOBase):
    """What comes over a connection, until the time is up or too much has come. Takes the place of a socket."""

    def __init__(self, secure: ssl.SSLSocket, latest: float, largest: int) -> None:
        self._secure = secure
        self._latest = latest
        self._left = largest

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What HTTPResponse reads from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with what has come. Raises OSError (TimeoutError when the time is up), HTTPException."""
        self._secure.settimeout(_left(self._latest))
        count = self._secure.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise HTTPException
        return count
