"""Whether a feed is too large for feedparser: it takes half a kilobyte for every tag, and a time that grows with the
square of the attributes of one tag (a quarter of a megabyte of them: 19 seconds). No network here."""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

MOST_TAGS = 100_000
MOST_ATTRIBUTES = 200
MOST_BYTES = 4 << 20
MOST_BROKEN = 1 << 19
"""Bytes of a feed that is no proper XML: it is gone through a second time, by slower means."""


class _TooMuch(Exception):
    """Stops the counting."""


def too_much(body: bytes) -> str:
    """What there is too much of, in words for people; empty: nothing.

    Counted by the parser that feedparser begins with, so that what visitors wrote, in CDATA, is not counted.
    """
    if len(body) > MOST_BYTES:
        return "bytes"
    tags = 0

    def begins(_: str, attributes: Mapping[str, str]) -> None:
        nonlocal tags
        tags += 1
        if tags > MOST_TAGS or len(attributes) > MOST_ATTRIBUTES:
            raise _TooMuch

    parser = expat.ParserCreate()
    parser.StartElementHandler = begins
    try:
        parser.Parse(body, True)
    except _TooMuch:
        return "tags" if tags > MOST_TAGS else "attributes"
    except (expat.ExpatError, ValueError, LookupError):
        return _too_much_where_broken(body)
    return ""


def _too_much_where_broken(body: bytes) -> str:
    """The slower means do not mind attributes, and counting them here would count what visitors wrote."""
    if len(body) > MOST_BROKEN:
        return "broken XML"
    return "tags" if body.count(b"<") > MOST_TAGS else ""
