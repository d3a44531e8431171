"""The web archive (WARC, ISO 28500:2017) of a public page: what was asked, what came, and its picture.

The records are made from our own answers, not recorded from a connection: so a header that carries a session or a
credential cannot get in. The digests inside are SHA-1, as warcio writes them; what counts is the SHA-256 of the whole
file in the manifest beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote
from uuid import UUID

from monitor.evidence.outside.egress import target_of
from monitor.evidence.outside.guarded_fetch import Fetched

SUFFIX = ".warc.gz"
VERSION = "1.1"
_ASKED = frozenset({"host", "user-agent", "accept", "accept-encoding", "accept-language", "connection"})
_LEFT_OUT = frozenset({"set-cookie", "set-cookie2", "transfer-encoding"})
_LINE_BREAKS = re.compile(r"[\r\n]+[ \t]*")
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_ABOUT = (
    "A public page, visited without signing in. Cookies are left out, and bodies stand without the chunks "
    "they were sent in. The picture was drawn from these answers."
)


class WarcUnavailable(Exception):
    """No archive can be written here. One sentence."""


def page_archive(answers: Sequence[Fetched], png: bytes, at: datetime, ids: Iterator[UUID], software: str) -> bytes:
    """The archive of one page, compressed record by record. The first of `answers` is the page itself.

    `at` (aware) dates every record and `ids` names them, so that the same input gives the same bytes with the same
    warcio and zlib. `software`: name and version of this program. Raises WarcUnavailable, and ValueError for a time
    without a zone.
    """
    try:
        from warcio.statusandheaders import StatusAndHeaders
        from warcio.warcwriter import WARCWriter
    except ImportError:
        raise WarcUnavailable("no web archive was made: the extra [live] (warcio) is not installed") from None
    if at.tzinfo is None:
        raise ValueError("a time in evidence needs its zone; this one has none")
    date = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version=VERSION)

    def write(kind: str, address: str, content: bytes, media_type: str = "", http: Any = None, **extra: str) -> str:
        name = next(ids).urn
        headers = {"WARC-Record-ID": f"<{name}>", "WARC-Date": date}
        headers |= {key.replace("_", "-"): value for key, value in extra.items()}
        record = writer.create_warc_record(
            address, kind, BytesIO(content), len(content), media_type, headers, http_headers=http
        )
        writer.write_record(record)
        return f"<{name}>"

    write(
        "warcinfo",
        "",
        _fields({"software": software, "format": f"WARC File Format {VERSION}", "description": _ABOUT}),
    )
    for answer in answers:
        status = StatusAndHeaders(f"{answer.status} {_plain(answer.reason)}", _received(answer), "HTTP/1.1")
        name = write("response", answer.url, answer.body, http=status, WARC_IP_Address=answer.ip)
        asked = StatusAndHeaders(f"GET {target_of(answer.url).path} HTTP/1.1", _asked(answer), is_http_request=True)
        write("request", answer.url, b"", http=asked, WARC_Concurrent_To=name)
    write("resource", f"urn:view:{answers[0].url}", png, "image/png")
    return out.getvalue()


def _fields(values: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {_plain(value)}\r\n" for name, value in values.items()).encode()


def _asked(answer: Fetched) -> list[tuple[str, str]]:
    return [(_plain(name), _plain(value)) for name, value in answer.request if name.lower() in _ASKED]


def _received(answer: Fetched) -> list[tuple[str, str]]:
    return [(_plain(name), _plain(value)) for name, value in answer.headers if name.lower() not in _LEFT_OUT]


def _plain(value: str) -> str:
    """One line of ASCII. http.client reads headers as Latin-1: what is no ASCII appears as the bytes that came.

    A header may go on in a second line (obsolete, RFC 9112 section 5.2). In ours it may not.
    """
    return quote(_LINE_BREAKS.sub(" ", value).encode("latin-1", "replace"), safe=_PRINTABLE)
