"""Where evidence may be fetched from: https addresses of hosts named beforehand, and public IP addresses only.

An address in a comment is written by a stranger. Followed blindly, it can reach a printer, a router or the records
system inside the school (server-side request forgery). So a host is looked up once, what does not belong to the
public internet is dropped, and whoever connects does so to an address from here and never looks the host up again.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

HTTPS_PORT = 443
LONGEST_ADDRESS = 8_000  # characters
_HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_ALL_BUT_LETTERS = "".join(map(chr, range(0x21, 0x7F)))

_NOT_PUBLIC_V4 = tuple(
    map(
        IPv4Network,
        (
            "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
            "192.88.99.0/24",  # 6to4 relays, RFC 7526
        ),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")  # the only block handed out for global use, RFC 4291 section 2.4
_NOT_PUBLIC_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments with Teredo in them, RFC 2928, RFC 4380
            "2001:db8::/32",  # documentation, RFC 3849
            "2002::/16",  # 6to4: an IPv4 address in disguise, RFC 3056
            "3fff::/20",  # documentation, RFC 9637
        ),
    )
)


class FetchRefused(Exception):
    """Nothing was fetched. One sentence that names the host at most, never the rest of an address."""


@dataclass(frozen=True)
class Target:
    """An https address taken apart. `path` is path and query as they go over the wire; the fragment is dropped."""

    host: str
    path: str

    @property
    def url(self) -> str:
        """The address as it is asked for."""
        return f"https://{self.host}{self.path}"


def target_of(url: str) -> Target:
    """Take an address apart. Raises FetchRefused for anything but https to a named host on its usual port."""
    if len(url) > LONGEST_ADDRESS or any(ord(char) <= 0x20 or char in "\\\x7f" for char in url):
        raise FetchRefused("an address is too long or has characters that no address has; it was not opened")
    try:
        parts = urlsplit(url)
        port, path = parts.port, quote(parts.path or "/", safe=_ALL_BUT_LETTERS)
        query = "?" + quote(parts.query, safe=_ALL_BUT_LETTERS) if parts.query else ""
    except ValueError:
        raise FetchRefused("an address cannot be read as a web address; it was not opened") from None
    if parts.scheme != "https" or parts.username is not None or parts.password is not None:
        raise FetchRefused("an address is not plain https, or carries a user name; it was not opened")
    if port not in {None, HTTPS_PORT} or not _HOST.fullmatch(parts.hostname or ""):
        raise FetchRefused("an address names no host by name on the usual port; it was not opened")
    return Target(parts.hostname or "", path + query)


def is_among(host: str, hosts: Collection[str]) -> bool:
    """Whether `host` is one of `hosts` or lies below one of them."""
    return any(name and (host == name or host.endswith("." + name)) for name in map(str.lower, hosts))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to one machine on the public internet.

    Stricter than `is_global`, which some Python versions answer with True for IPv4 addresses wrapped in IPv6
    (NAT64, 6to4, ::127.0.0.1) and for multicast.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in net for net in _NOT_PUBLIC_V4)
    return address in _GLOBAL_V6 and address.is_global and not any(address in net for net in _NOT_PUBLIC_V6)


def look_up(host: str) -> list[str]:
    """All addresses of a host, best first, from this computer's resolver and within its time. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class Egress:
    """The way out: how hosts are looked up, which addresses may be spoken to, and whose certificates are trusted.

    `ca_file`: certificates to trust instead of the usual ones, where a web filter opens encrypted connections.
    """

    resolve: Callable[[str], Sequence[str]] = look_up
    is_allowed: Callable[[IPv4Address | IPv6Address], bool] = is_public
    port: int = HTTPS_PORT
    ca_file: str | None = None

    def addresses(self, host: str) -> list[str]:
        """The addresses of `host` that may be spoken to. It is looked up once. Raises FetchRefused when none may."""
        try:
            found = [ip_address(each) for each in self.resolve(host)]
        except (OSError, ValueError):
            raise FetchRefused(f"{host}: its address cannot be looked up; check the connection") from None
        allowed = [str(each) for each in found if self.is_allowed(each)]
        if not allowed:
            raise FetchRefused(f"{host}: leads to no address on the public internet; it was not opened")
        return allowed


PUBLIC = Egress()
