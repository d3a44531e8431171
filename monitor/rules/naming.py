"""Who is kept out of a case because it is about them. Pure.

`monitor/language/people_named.py` reads whom words name; here stands what follows from it under the policy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

NAMED = "Its words name this person."
POINTED_AT = "Its words speak of somebody whom the post or the comment above it names."
POSTER = "This person publishes on the account, and the policy keeps such cases from whoever does."


def kept_out_by(
    *,
    named: Collection[str],
    pointed_at: Collection[str],
    posters: Collection[str],
    keeps_out_named: bool,
    keeps_out_posters: bool,
) -> Mapping[str, str]:
    """By e-mail address in small letters: why this person must not see the case, in a sentence without names.

    `named`: whom the comment names, in any of its versions. `pointed_at`: whom the post or the comment above it
    names, where this one says "she" or "that teacher". `posters`: who publishes on the account.
    """
    why: dict[str, str] = {}
    if keeps_out_posters:
        why |= dict.fromkeys(posters, POSTER)
    if keeps_out_named:
        why |= dict.fromkeys(pointed_at, POINTED_AT) | dict.fromkeys(named, NAMED)
    return {person.lower(): reason for person, reason in why.items()}
