"""Reading the values that archives are made of: text that may be mis-encoded, and times in several shapes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from connectors.fetched import IMPORTED, is_plausible

_MILLISECONDS_FROM = 100_000_000_000  # a number of seconds so large lies beyond the year 5000


def made_up_id(at: datetime, text: str) -> str:
    """The same for the same time and words, so that importing a file twice changes nothing."""
    digest = hashlib.sha256(f"{at.isoformat()}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{IMPORTED}{digest[:32]}"


def text_of(value: Any) -> str | None:
    """Text, or None when it is none."""
    return value if isinstance(value, str) else None


def mended(text: str) -> str:
    """Text whose UTF-8 was written as if it were Latin-1, one escape a byte, as Meta's downloads have it."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text  # it was written properly


def unix_time(value: Any) -> datetime | None:
    """Seconds or milliseconds since 1970, UTC."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        moment = datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS_FROM else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if is_plausible(moment) else None


def iso_time(value: Any) -> datetime | None:
    """An ISO time with its zone, or "2024-05-06 07:08:09 UTC" as Reddit writes it."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(
            value.strip().removesuffix(" UTC") + ("+00:00" if value.endswith(" UTC") else "")
        )
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo and is_plausible(moment) else None
