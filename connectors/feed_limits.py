"""Whether a feed is too large for feedparser: it takes half a kilobyte for every tag, and a time that grows with the
square of the attributes of one tag (a quarter of a megabyte of them: 19 seconds). No network here."""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

MOST_TAGS = 100_000
MOST_IN_AN_ENTRY = 5_000
"""Tags: for what an entry has again and again, its links for one, the time grows with the square as well."""
MOST_ATTRIBUTES = 200
MOST_SQUARES = 1_000_000
"""Of the attributes of each tag: for many tags with many of them each, the time comes together as well."""
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
    tags = squares = in_entry = 0

    def begins(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal tags, squares, in_entry
        tags += 1
        squares += len(attributes) ** 2
        in_entry = 0 if name.rpartition(":")[2] in {"item", "entry"} else in_entry + 1
        too_many_tags = tags > MOST_TAGS or in_entry > MOST_IN_AN_ENTRY
        if too_many_tags or len(attributes) > MOST_ATTRIBUTES or squares > MOST_SQUARES:
            raise _TooMuch

    parser = expat.ParserCreate()
    parser.StartElementHandler = begins
    try:
        parser.Parse(body, True)
    except _TooMuch:
        return "tags" if tags > MOST_TAGS or in_entry > MOST_IN_AN_ENTRY else "attributes"
    except (expat.ExpatError, ValueError, LookupError):
        return _too_much_where_broken(body)
    return ""


def _too_much_where_broken(body: bytes) -> str:
    """The slower means do not mind attributes, and counting them here would count what visitors wrote."""
    if len(body) > MOST_BROKEN:
        return "broken XML"
    return "tags" if body.count(b"<") > MOST_TAGS else ""
