"""Reads what the reply of a time-stamping authority says (RFC 3161, section 2.4.2). It proves nothing.

Read by hand, with the strictness of DER that RFC 3161 demands of a token: `rfc3161-client` refuses a whole reply
over the order of the certificates in it, and such a reply has to be judged, kept and described all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

GRANTED, GRANTED_WITH_MODS, WAITING = (
    0,
    1,
    3,
)  # PKIStatus of RFC 3161, section 2.4.2; only the first two bring a token
SHA256 = "2.16.840.1.101.3.4.2.1"  # NIST's number for the algorithm
FAILURES = {
    0: "badAlg",
    2: "badRequest",
    5: "badDataFormat",
    14: "timeNotAvailable",
    15: "unacceptedPolicy",
    16: "unacceptedExtension",
    17: "addInfoNotAvailable",
    25: "systemFailure",
}  # PKIFailureInfo of RFC 3161, section 2.4.2: bit and name

_INTEGER, _BITS, _OCTETS, _OID, _TIME, _BMP_STRING = 0x02, 0x03, 0x04, 0x06, 0x18, 0x1E
_SEQUENCE, _SET, _CONTEXT_0 = 0x30, 0x31, 0xA0
_SIGNED_DATA = "1.2.840.113549.1.7.2"  # RFC 5652, section 5.1
_TST_INFO = "1.2.840.113549.1.9.16.1.4"  # RFC 3161, section 2.4.2
_NAME_PARTS = {
    "2.5.4.3": "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
}  # RFC 4514, section 3
_LONGEST_NUMBER = 64  # bytes; serial numbers of a token have up to 20
_LONGEST_NAME = 300  # characters
_GENERALIZED_TIME = re.compile(rb"(\d{14})(?:\.(\d{1,20}))?Z")


class TimestampInvalid(Exception):
    """The time stamp proves nothing. One sentence that says why; no word of a reply is repeated in it."""


@dataclass(frozen=True)
class Token:
    """What a token claims. `at` is aware, in UTC. `digest` is over what was stamped, by `algorithm` (an OID).

    `policy` is the OID of the rules the authority works by. `authority` is the subject of the certificate that
    signed, empty when the reply does not hold it.
    """

    at: datetime
    authority: str
    policy: str
    serial: int
    algorithm: str
    digest: bytes
    nonce: int | None


@dataclass(frozen=True)
class Reply:
    """`status` is a PKIStatus, `failures` are bits of PKIFailureInfo (see FAILURES)."""

    status: int
    failures: tuple[int, ...]
    token: Token | None


def read_reply(tsr: bytes) -> Reply:
    """What the reply says, believed or not. Raises TimestampInvalid when it cannot be read."""
    try:
        (whole,) = _elements(tsr)
        info, *token = _inside(whole, _SEQUENCE)
        status, *details = _inside(info, _SEQUENCE)
        failures = [number for part in details if part.tag == _BITS for number in _set_bits(part.content)]
        return Reply(_integer(status), tuple(failures), _token(*token) if token else None)
    except (ValueError, IndexError, TypeError):
        raise TimestampInvalid(
            "the time stamp cannot be read: it is cut, damaged or no RFC 3161 reply in DER"
        ) from None


def token_of(tsr: bytes) -> Token:
    """The token of a reply. Raises TimestampInvalid when it cannot be read or holds none."""
    reply = read_reply(tsr)
    if reply.token is None:
        raise TimestampInvalid(f"the reply holds no time stamp (its status is {reply.status}); ask for another")
    return reply.token


def describe(tsr: bytes) -> dict[str, str]:
    """Plain facts about a reply, for people to read beside it: time (UTC), authority, policy, serial, digest.

    Nothing of it is verified. Raises TimestampInvalid when the reply cannot be read.
    """
    token = token_of(tsr)
    return {
        "time": token.at.isoformat().replace("+00:00", "Z"),
        "authority": token.authority,
        "policy": token.policy,
        "serial": hex(token.serial),
        "hash_algorithm": "SHA-256" if token.algorithm == SHA256 else token.algorithm,
        "digest": token.digest.hex(),
    }


@dataclass(frozen=True)
class _Element:
    tag: int
    content: bytes
    whole: bytes


def _elements(encoded: bytes) -> list[_Element]:
    """The DER elements that stand one after the other in `encoded` (X.690, clauses 8.1 and 10.1)."""
    found: list[_Element] = []
    begin = 0
    while begin < len(encoded):
        tag, length, start = encoded[begin], encoded[begin + 1], begin + 2
        if length >= 0x80:
            octets = encoded[start : start + (length & 0x7F)]
            start += len(octets)
            length = int.from_bytes(octets, "big")
            if not 1 <= len(octets) <= 4 or not octets[0] or length < 0x80:
                raise ValueError("a length that is not DER")
        end = start + length
        if end > len(encoded) or tag & 0x1F == 0x1F:
            raise ValueError("an element that is cut, or of a kind no reply has")
        found.append(_Element(tag, encoded[start:end], encoded[begin:end]))
        begin = end
    return found


def _inside(element: _Element, tag: int) -> list[_Element]:
    return _elements(_content(element, tag))


def _content(element: _Element, tag: int) -> bytes:
    if element.tag != tag:
        raise ValueError("another kind of element stands here")
    return element.content


def _token(content_info: _Element) -> Token:
    signed_data = _wrapped(content_info, _SIGNED_DATA)
    _version, _algorithms, encapsulated, *rest = _inside(signed_data, _SEQUENCE)
    (info,) = _elements(_content(_wrapped(encapsulated, _TST_INFO), _OCTETS))
    certificates = [found for part in rest if part.tag == _CONTEXT_0 for found in _elements(part.content)]
    (signer,) = _inside(rest[-1], _SET)  # RFC 3161, section 2.4.2: nobody else's signature is in it
    _version, identifier, *_ = _inside(signer, _SEQUENCE)
    _version, policy, imprint, serial, moment, *optional = _inside(info, _SEQUENCE)
    algorithm, digest = _inside(imprint, _SEQUENCE)
    return Token(
        at=_moment(moment),
        authority=_subject(certificates, _inside(identifier, _SEQUENCE)),
        policy=_dotted(policy),
        serial=_integer(serial),
        algorithm=_dotted(_inside(algorithm, _SEQUENCE)[0]),
        digest=_content(digest, _OCTETS),
        nonce=next((_integer(part) for part in optional if part.tag == _INTEGER), None),
    )


def _wrapped(element: _Element, kind: str) -> _Element:
    identifier, explicit = _inside(element, _SEQUENCE)
    (wrapped,) = _inside(explicit, _CONTEXT_0)
    if _dotted(identifier) != kind:
        raise ValueError("other content than a time stamp")
    return wrapped


def _subject(certificates: list[_Element], issuer_and_serial: list[_Element]) -> str:
    """Whose certificate signed: the one with this issuer and serial number (RFC 5652, section 10.2.4)."""
    issuer, serial = issuer_and_serial
    for certificate in certificates:
        fields = _inside(_inside(certificate, _SEQUENCE)[0], _SEQUENCE)
        numbered, _algorithm, issued_by, _validity, subject, *_ = fields[fields[0].tag == _CONTEXT_0 :]
        if (numbered.whole, issued_by.whole) == (serial.whole, issuer.whole):
            return _name(subject)
    return ""


def _name(subject: _Element) -> str:
    """The parts of a distinguished name that people know, in the certificate's own order (RFC 5280, 4.1.2.4)."""
    parts = []
    for relative in _inside(subject, _SEQUENCE):
        for attribute in _inside(relative, _SET):
            kind, value = _inside(attribute, _SEQUENCE)
            if (label := _NAME_PARTS.get(_dotted(kind))) is not None:
                encoding = "utf-16-be" if value.tag == _BMP_STRING else "utf-8"
                parts.append(f"{label}={value.content.decode(encoding, 'replace')}")
    name = ", ".join(parts)[:_LONGEST_NAME]
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _integer(element: _Element) -> int:
    content = _content(element, _INTEGER)
    if not 1 <= len(content) <= _LONGEST_NUMBER:
        raise ValueError("a number of no bytes, or of too many")
    return int.from_bytes(content, "big", signed=True)


def _set_bits(content: bytes) -> list[int]:
    bits = content[1:]  # the first byte counts the unused ones
    return [number for number in range(8 * len(bits)) if bits[number // 8] & 0x80 >> number % 8]


def _dotted(element: _Element) -> str:
    """An object identifier as people write it (X.690, clause 8.19)."""
    content = _content(element, _OID)
    if not 1 <= len(content) <= _LONGEST_NUMBER or content[-1] >= 0x80:
        raise ValueError("no object identifier")
    arcs, arc = [], 0
    for byte in content:
        arc = arc << 7 | byte & 0x7F
        if byte < 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def _moment(element: _Element) -> datetime:
    """GeneralizedTime, always UTC, with any fraction of a second (RFC 3161, section 2.4.2)."""
    parts = _GENERALIZED_TIME.fullmatch(_content(element, _TIME))
    if parts is None:
        raise ValueError("no time")
    whole = datetime.strptime(parts[1].decode("ascii"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return whole + timedelta(microseconds=int((parts[2] or b"0").ljust(6, b"0")[:6]))
