"""Many comments under one post, as one line of a mail: when, where and how many. No words, no names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Matter:
    """One pile-on, as far as the reader may know of it: what is hidden from them is in no figure here."""

    account: str
    published_at: datetime | None
    """When the school published the post; None: the network did not show us."""
    link: str
    """Where the post stands; empty: nobody knows."""
    since: datetime
    """The time of its first comment, as `until` that of its newest."""
    until: datetime
    comments: int
    to_answer: int
    overdue: int
    """Of those to answer: the ones whose deadline has passed."""
    first_due: datetime | None
    """The earliest deadline of those to answer."""
    held: int
    """Those that nobody is to answer, by the policy."""
    flagged: int
    """Those with a flag on which nobody has decided yet."""
    kinds: tuple[tuple[str, int], ...]
    """How many are flagged as what, in neutral words, gravest first. One comment may be of several kinds."""
    clauses: tuple[str, ...] = ()
    """The headings of the policy under which the school acts on these kinds."""
    limits: tuple[str, ...] = ()
    """What must not be done, or not yet, in sentences."""
    steps: tuple[str, ...] = ()
    """What the policy asks people to do, first things first."""
