"""Whose digest stays stopped. Pure.

    two are left    of every account two people who look after it get the digest; who would be one of the last two
                    cannot stop theirs
    who came first  where people leave, are away or cannot be spared any more, the oldest stops hold and the others
                    rest until there are enough again

People go by e-mail address in small letters.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

LEFT = 2
"""People who look after an account and get the digest about it, at least."""


def in_force(stops: Sequence[str], circles: Sequence[Collection[str]]) -> frozenset[str]:
    """Who gets no digest. `stops`: who stopped it, oldest first; `circles`: for each account, who looks after it."""
    stopped: set[str] = set()
    for person in stops:
        if all(len(set(circle) - stopped - {person}) >= LEFT for circle in circles if person in circle):
            stopped.add(person)
    return frozenset(stopped)


def may_stop(person: str, stops: Sequence[str], circles: Sequence[Collection[str]]) -> bool:
    """Whether this person may stop theirs now, given who stopped it before."""
    others = [each for each in stops if each != person]
    return person in in_force([*others, person], circles)
