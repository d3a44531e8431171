"""Asks a time-stamping authority to put its own clock and signature to a checkpoint (RFC 3161).

Only a SHA-256 digest leaves the machine. A checkpoint is complete without a time stamp; with one, it stands on the
word of somebody outside the school that it existed at that moment. `monitor.evidence.log.timestamp_check` verifies.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import requests

from connectors.transport import NetworkSession, ReplyTooLarge, retry_at, translate_transport_error
from monitor.evidence.log.timestamp_reply import (
    FAILURES,
    GRANTED,
    GRANTED_WITH_MODS,
    SHA256,
    WAITING,
    Reply,
    TimestampInvalid,
    read_reply,
)
from monitor.rules.retry import WAITS

LARGEST_REPLY = 64 << 10  # bytes; real replies have 1 to 8 kB
JITTER = 0.2  # the largest share by which a wait may grow
QUERY = "application/timestamp-query"  # both names: RFC 3161, section 3.4
REPLY = "application/timestamp-reply"

# Everything of a TimeStampReq that is the same each time (RFC 3161, section 2.4.1): version 1 and the SHA-256
# imprint, ready for its 32 bytes; and at the end `certReq TRUE`, so that a stranger needs nothing but the root.
_HEAD = bytes.fromhex("0201013031300d060960864801650304020105000420")
_CERTIFICATES_PLEASE = bytes.fromhex("0101ff")
_PASSING_HTTP = frozenset({408, 425, 429})  # and everything from 500 on
_PASSING_FAILURES = frozenset({14, 25})  # its clock or its system is out of order
_PASSING_STATUSES = frozenset({GRANTED, GRANTED_WITH_MODS, WAITING})  # granted without a token is a slip of theirs


class TimestampRefused(Exception):
    """No time stamp this time. One sentence: which authority, what happened, what to do.

    `retryable`: the same question may be answered later without anybody changing a setting. `not_before`: when
    the authority asks us to come back (aware, UTC), if it says so.
    """

    def __init__(self, message: str, *, retryable: bool, not_before: datetime | None = None) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.not_before = not_before


def request_bytes(content: bytes) -> tuple[bytes, int]:
    """A TimeStampReq in DER over the SHA-256 of `content`, and the 64-bit nonce that is in it."""
    nonce = secrets.randbits(64)
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")
    body = _HEAD + hashlib.sha256(content).digest() + bytes([2, len(number)]) + number + _CERTIFICATES_PLEASE
    return bytes([0x30, len(body)]) + body, nonce


def ask(session: NetworkSession, url: str, content: bytes, now: datetime) -> bytes:
    """The reply of the authority at `url`, to be kept byte for byte: a token over our digest, with our nonce.

    `session` sets the limits of time; nothing longer than LARGEST_REPLY is taken. `now` (aware) is only used to
    read how long the authority asks us to wait. The signature is not checked here. Raises TimestampRefused.
    """
    where = _authority(url)
    body, nonce = request_bytes(content)
    response = _post(session, url, body, where)
    _check_http(response, where, now)
    try:
        reply = read_reply(response.content)
    except TimestampInvalid as unreadable:
        raise TimestampRefused(f"{where}: {unreadable}; it is asked again", retryable=True) from None
    _check_reply(reply, hashlib.sha256(content).digest(), nonce, where)
    return response.content


def next_try(tries: int, now: datetime, jitter: float) -> datetime:
    """When to ask again after this many tries (1 or more): 1, 5, 15, 60 minutes, then hourly, for ever.

    `jitter`, from 0 to 1, lengthens the wait by up to a fifth, so that not all schools ask at the same moment.
    """
    wait = timedelta(minutes=WAITS[min(max(tries, 1), len(WAITS)) - 1])
    return now.astimezone(UTC) + wait * (1 + JITTER * min(max(jitter, 0.0), 1.0))


def _authority(url: str) -> str:
    """Names the authority by its host: the rest of an address may hold an account."""
    try:
        return f"time-stamping authority {urlsplit(url).hostname or 'without a host'}"
    except ValueError:
        return "time-stamping authority"


def _post(session: NetworkSession, url: str, body: bytes, where: str) -> requests.Response:
    try:
        return session.post(url, data=body, headers={"Content-Type": QUERY, "Accept": REPLY})
    except ReplyTooLarge:
        raise _too_large(where) from None
    except ValueError:  # from whichever of requests, urllib3 and idna read the address first
        raise TimestampRefused(
            f"{where}: its address cannot be used; check how it is written in the settings", retryable=False
        ) from None
    except Exception as error:
        raise TimestampRefused(str(translate_transport_error(error, where)), retryable=True) from None
    finally:
        session.take_exchanges()  # the reply is kept as evidence; a second copy would only grow


def _check_http(response: requests.Response, where: str, now: datetime) -> None:
    status = response.status_code
    if status in _PASSING_HTTP or status >= 500:
        later = retry_at(response.headers, now)
        raise TimestampRefused(
            f"{where} cannot answer now (HTTP {status}); it is asked again", retryable=True, not_before=later
        )
    if status != 200:
        raise TimestampRefused(
            f"{where} does not answer at this address (HTTP {status}); check the address in the settings",
            retryable=False,
        )
    if len(response.content) > LARGEST_REPLY:
        raise _too_large(where)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != REPLY:
        raise TimestampRefused(
            f"{where}: something else than a time stamp came back; if this goes on, check the address in the "
            "settings and whether a web filter answers in its place",
            retryable=True,
        )


def _too_large(where: str) -> TimestampRefused:
    return TimestampRefused(
        f"{where}: the answer is larger than {LARGEST_REPLY >> 10} kB, which no time stamp is; if this goes on, "
        "check the address in the settings",
        retryable=True,
    )


def _check_reply(reply: Reply, digest: bytes, nonce: int, where: str) -> None:
    if reply.token is None or reply.status not in (GRANTED, GRANTED_WITH_MODS):
        names = ", ".join(FAILURES[bit] for bit in reply.failures if bit in FAILURES) or "no reason given"
        passing = reply.status in _PASSING_STATUSES or _PASSING_FAILURES.issuperset(reply.failures)
        advice = "it is asked again" if passing else "ask the authority, or choose another in the settings"
        raise TimestampRefused(
            f"{where} gave no time stamp (status {reply.status}, {names}); {advice}", retryable=passing
        )
    if (reply.token.algorithm, reply.token.digest) != (SHA256, digest):
        raise TimestampRefused(f"{where} stamped something else than was asked; it is asked again", retryable=True)
    if reply.token.nonce != nonce:
        raise TimestampRefused(
            f"{where} answered another question than ours (an old reply, perhaps); it is asked again", retryable=True
        )
