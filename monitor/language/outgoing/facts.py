"""What has to be known of a post or reply, and of the school, to say what it should not hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.language.own_words import NO_OWN_WORDS, OwnWords


@dataclass(frozen=True)
class Published:
    """Words of the school's own account. `text` is as the network has it.

    `has_picture`: a picture or film is shown with it. `is_private`: a direct message, read by one person.
    `is_reply`: it answers somebody. `tagged`: how many people the network itself says are tagged in it who have no
    part in the conversation.
    `talking`: names and @names of those who have a part in it.
    """

    text: str
    has_picture: bool = False
    is_private: bool = False
    is_reply: bool = False
    tagged: int = 0
    talking: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnPeople:
    """What the school may publish of itself. Everything in small letters but the names.

    `names`: its people, by any name they go by. `domains`: of its own e-mail. `contacts`: addresses, telephone
    numbers and @names it publishes. `handles`: @names of its own accounts.
    """

    names: tuple[str, ...] = ()
    domains: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()
    words: OwnWords = field(default=NO_OWN_WORDS, repr=False)


def digits_of(text: str) -> str:
    """The digits of a telephone number, as from inside the country: "+44 (0)1424 555 100" is "01424555100"."""
    digits = "".join(char for char in text if char.isdecimal() and char.isascii())
    for country in ("0044", "44"):
        if digits.startswith(country) and len(digits) > 11:
            return "0" + digits.removeprefix(country).removeprefix("0")
    return digits


def contacts_of(given: Iterable[str]) -> frozenset[str]:
    """Contacts as they are compared: numbers by their digits, the rest in small letters."""
    return frozenset(
        digits_of(each) if not any(char.isalpha() for char in each) else each.strip().casefold() for each in given
    )
