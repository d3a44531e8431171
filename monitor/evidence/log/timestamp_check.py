"""Verifies a time stamp against its content and the root certificate of the authority (RFC 3161, RFC 5652).

`rfc3161-client` (extra `timestamps`) goes first. Where it is not installed or cannot read the reply, `openssl ts`
decides; a stranger with the bundle uses the same command. What the client has read and refused stays refused.

Certificates are held against the time in the token, not against today, so that a time stamp outlives them. Whether
one was revoked since is not looked up: nothing is fetched.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography import x509

from monitor.evidence.log.timestamp_reply import GRANTED, SHA256, TimestampInvalid, read_reply, token_of

TIME_LIMIT = 20.0  # seconds for one run of openssl

Verifier = Literal["rfc3161-client", "openssl"]


class TimestampUnavailable(Exception):
    """It cannot be told here whether the time stamp is good. One sentence with what to do; the reply stays kept."""


@dataclass(frozen=True)
class Stamped:
    """A time stamp that holds: when (aware, UTC), the authority's name in its certificate, and who verified it."""

    at: datetime
    authority: str
    by: Verifier


def verify(tsr: bytes, content: bytes, root_pem: bytes) -> Stamped:
    """Who says that `content` existed, and when. `root_pem`: the trusted root certificates of that authority.

    Raises TimestampInvalid when the time stamp does not hold, TimestampUnavailable when that cannot be told.
    """
    token = token_of(tsr)
    if (token.algorithm, token.digest) != (SHA256, hashlib.sha256(content).digest()):
        raise TimestampInvalid("the time stamp is over other content: one of the two was changed or exchanged")
    by: Verifier = "rfc3161-client"
    try:
        verify_with_client(tsr, content, root_pem)
    except TimestampUnavailable:
        by = "openssl"
        verify_with_openssl(tsr, content, root_pem)
    return Stamped(token.at, token.authority, by)


def verify_with_client(tsr: bytes, content: bytes, root_pem: bytes) -> None:
    """Return when rfc3161-client accepts. Raises TimestampInvalid, or TimestampUnavailable when it cannot tell."""
    try:
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError:
        raise TimestampUnavailable("rfc3161-client is not installed; install the extra `timestamps`") from None
    roots = _roots(root_pem)
    if read_reply(tsr).status != GRANTED:  # the client takes no modifications; openssl does
        raise TimestampUnavailable("rfc3161-client does not judge a reply of this status; openssl does")
    try:
        reply = decode_timestamp_response(tsr)
        VerifierBuilder(roots=roots).build().verify_message(reply, content)
    except VerificationError:
        raise _refused() from None
    except Exception:
        # ValueError, mostly; what hostile bytes may bring out of its Rust and C parts is listed nowhere.
        raise TimestampUnavailable("rfc3161-client cannot read the time stamp; install openssl") from None


def verify_with_openssl(tsr: bytes, content: bytes, root_pem: bytes) -> None:
    """Return when `openssl ts -verify` accepts. Raises TimestampInvalid, or TimestampUnavailable if it cannot run."""
    _roots(root_pem)
    at = token_of(tsr).at
    program = shutil.which("openssl")
    if program is None:
        raise TimestampUnavailable(
            "the time stamp cannot be verified on this computer: rfc3161-client is missing or cannot read it, and "
            "there is no openssl; install openssl"
        )
    command = [program, "ts", "-verify", "-data", "content", "-in", "reply.tsr", "-CAfile", "root.pem"]
    command += ["-attime", str(int(at.timestamp()))]
    try:
        with tempfile.TemporaryDirectory(prefix="timestamp-") as scratch:
            folder = Path(scratch)
            for name, data in (("content", content), ("reply.tsr", tsr), ("root.pem", root_pem)):
                (folder / name).write_bytes(data)
            done = subprocess.run(  # noqa: S603  fixed words; what is hostile comes in files
                command,
                cwd=folder,
                env={"LC_ALL": "C"},  # without the settings file that OPENSSL_CONF may name
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIME_LIMIT,
                check=False,
            )
    except (OSError, subprocess.SubprocessError) as problem:
        kind = type(problem).__name__
        raise TimestampUnavailable(f"openssl could not be run ({kind}); verify the time stamp again later") from None
    if done.returncode == 0 and b"Verification: OK" in done.stdout:
        return
    if b"Verification: FAILED" in done.stdout:
        raise _refused()
    raise TimestampUnavailable("this openssl cannot verify time stamps; install OpenSSL 1.1.1 or later")


def _roots(root_pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(root_pem)
    except ValueError:
        raise TimestampUnavailable(
            "the authority's root certificate cannot be read; put it into the settings as a PEM file"
        ) from None


def _refused() -> TimestampInvalid:
    return TimestampInvalid(
        "the time stamp does not hold: its signature, its content or its certificates do not lead to the root "
        "certificate given; check that this is the root of the authority that was asked"
    )
