"""Making untrusted text safe to keep, without changing what it says."""

from __future__ import annotations

import hashlib

from connectors.fetched import FetchedItem, FetchedPost

LONGEST_TEXT = 100_000  # characters kept of one comment; the payload is kept whole beside it


def storable(text: str) -> str:
    """The same text with what no database or mail can hold replaced by U+FFFD: lone surrogates and NUL.

    Surrogate pairs that a network sent as two escapes become the one character they stand for.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def bounded(text: str, longest: int) -> str:
    """At most `longest` characters."""
    return text if len(text) <= longest else text[:longest]


def fingerprint(text: str) -> str:
    """SHA-256 of the text in UTF-8, with the algorithm in front."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def words_of(fetched: FetchedItem | FetchedPost) -> str:
    """What is kept of its text."""
    return bounded(storable(fetched.text), LONGEST_TEXT)
