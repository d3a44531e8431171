"""Whether an answer in JSON would take too much memory once it is read: a byte of it can become three hundred.

Measured with every connector on Python 3.11, with the page before still held and all that is made of both: text takes
up to 10 bytes for each on the wire, a value up to 256, an object, which may be a row, up to 1600. No network here.
"""

from __future__ import annotations

import re

TEXT, VALUE, OBJECT = 10, 256, 1600
ALLOWED = 14
"""So many bytes of memory for each byte that the largest answer may have: 140 MiB for the usual 10 MiB."""
# A string, whether it is closed or not, or what a value begins with. Nothing is gone back over.
_PIECE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[,\[{]', re.DOTALL)
_BEFORE_JSON = b" \t\r\n\x00\xef\xbb\xbf\xfe\xff"  # blanks, and what tells the encoding


def reads_to_too_much(body: bytes, largest: int) -> bool:
    """Whether `body`, of at most `largest` bytes, is JSON of so many values that reading it would fill the memory."""
    if body.lstrip(_BEFORE_JSON)[:1] not in (b"{", b"["):
        return False
    left = ALLOWED * largest - TEXT * len(body)
    objects, others = body.count(b"{"), body.count(b",") + body.count(b"[")
    if objects * OBJECT + others * VALUE <= left:
        return False
    # What people wrote may be full of commas and brackets, so strings are passed over, as that takes longer.
    for piece in _PIECE.finditer(body):
        first = body[piece.start()]
        left -= OBJECT if first == ord("{") else 0 if first == ord('"') else VALUE
        if left < 0:
            return True
    return False
