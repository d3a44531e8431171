"""Whether a list that comes newest first has been read far enough. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

LAST_FEW = 5
"""The end of a page is judged by so many rows with a time, in case one is not in its place: dated back, brought in
from elsewhere, or given a time that cannot be."""


def has_passed(moments: Sequence[datetime | None], than: datetime) -> bool:
    """Whether the last few of these that are known, in the order of the list, are all before `than`."""
    known = [moment for moment in moments if moment is not None][-LAST_FEW:]
    return bool(known) and max(known) < than
