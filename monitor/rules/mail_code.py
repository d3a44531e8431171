"""The code in a test mail: made of the address and the day with a key, so that nothing need be remembered."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date, timedelta

DIGITS = 6
GOOD_FOR = timedelta(days=7)
"""Days of the school on which a code is taken after the one it was made on."""


def code_for(key: bytes, address: str, day: date) -> str:
    """Six digits that only whoever got the mail of that day at that address can know."""
    drawn = hmac.new(key, f"{day.isoformat()} {address}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(drawn[:8], 'big') % 10**DIGITS:0{DIGITS}}"


def whose(key: bytes, code: str, addresses: Iterable[str], today: date) -> tuple[str, date] | None:
    """The address a code was sent to, and the newest day on which it was; None: nobody's, or too old."""
    for back in range(GOOD_FOR.days + 1):
        day = today - timedelta(days=back)
        for address in addresses:
            if hmac.compare_digest(code_for(key, address, day).encode(), code.encode("utf-8", "replace")):
                return address, day
    return None
