"""Expressions as RE2 searches with them: its time grows with the length of the text and nothing else.

A text whose characters are all of one byte is searched as bytes (`Joined.searched`): RE2 then need not look out for
letters of several bytes, which makes its search a fifth shorter.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import re2

MOST_MEMORY = 2 << 20  # bytes for one expression at work; RE2 begins anew when they are full


def matches(source: str, text: str | bytes) -> Iterator[re2._Match[str | bytes]]:
    """Where an expression is found in a text (bytes: all ASCII), in order. Raises re2.error where it is none."""
    found: Iterator[re2._Match[str | bytes]] = compiled(source, isinstance(text, bytes)).finditer(text)
    return found


def holds(source: str, text: str | bytes) -> bool:
    """Whether an expression is found in a text at all. Raises re2.error where it is none."""
    return compiled(source, isinstance(text, bytes)).search(text) is not None


@lru_cache(maxsize=8192)
def compiled(source: str, in_ascii: bool = False) -> re2._Regexp[str | bytes]:
    """An expression ready to search with. Raises re2.error for what RE2 does not take."""
    options = re2.Options()
    options.max_mem = MOST_MEMORY
    options.log_errors = False
    if not (in_ascii and source.isascii()):
        return re2.compile(source, options)
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(source.encode("ascii"), options)
