"""What the log keeps of a record: a salted digest that can be opened while salt and record exist, and never after.

A record is a small mapping with exactly one spelling as bytes, so that whoever holds record and salt can show what
an entry says, and nobody who lacks the salt can try out what it might say.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping

SALT_SIZE = 32
LARGEST_NUMBER = 2**53 - 1  # every JSON reader agrees on whole numbers up to here (RFC 7493, 2.2)
DEEPEST = 10  # levels of lists and dictionaries
_HALF_A_LETTER = re.compile("[\\ud800-\\udfff]")


def record_bytes(record: Mapping[str, object]) -> bytes:
    """The one spelling of a record: JSON in ASCII, keys sorted, no spaces.

    Raises ValueError for what has no one spelling everywhere: fractions, times, bytes, whole numbers beyond 2**53,
    halves of surrogate pairs, keys that are not text, more than 10 levels. The message never quotes the record.
    """
    fields = dict(record)
    problem = next(_problems(fields, DEEPEST), None)
    if problem:
        raise ValueError(problem)
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def read_record(content: bytes | str) -> dict[str, object]:
    """The record these bytes spell. Raises ValueError unless they are the one spelling of it."""
    try:
        text = content if isinstance(content, str) else content.decode("ascii")
        record = json.loads(text)
        canonical = isinstance(record, dict) and record_bytes(record) == text.encode("ascii")
    except (ValueError, RecursionError):
        canonical = False
    if not canonical:
        raise ValueError("this is not a record as the log writes them; it was changed or cut short")
    return dict(record)


def new_salt() -> bytes:
    """32 fresh random bytes from the operating system."""
    return secrets.token_bytes(SALT_SIZE)


def commit(salt: bytes, record: bytes) -> bytes:
    """HMAC-SHA256 of a record under its salt: 32 bytes. Raises ValueError for a salt that is not 32 bytes."""
    if len(salt) != SALT_SIZE:  # HMAC fills a short key up with zeros, so two salts could give one commitment
        raise ValueError(f"a salt has {SALT_SIZE} bytes, not {len(salt)}; take it from new_salt()")
    return hmac.digest(salt, record, "sha256")


def _problems(value: object, levels: int) -> Iterator[str]:
    """What keeps a value from having one spelling, in sentences that quote nothing of it."""
    if isinstance(value, str):
        if _HALF_A_LETTER.search(value):
            yield "a record holds half of a surrogate pair; replace it before it is recorded"
    elif isinstance(value, int):  # true and false are among them
        if abs(value) > LARGEST_NUMBER:
            yield "a record holds a whole number beyond 2**53; write it as text"
    elif isinstance(value, list | dict):
        if levels == 0:
            yield f"a record is nested more than {DEEPEST} levels deep; make it flatter"
            return
        if isinstance(value, dict):
            yield from _problems(list(value), levels)
            if not all(isinstance(key, str) for key in value):
                yield "a record has a key that is not text; write it as text"
        for part in value.values() if isinstance(value, dict) else value:
            yield from _problems(part, levels - 1)
    elif value is not None:
        yield f"a record holds a value of type {type(value).__name__}; write it as text or as a whole number"
