"""What an audit of the register finds, and the small questions it asks of addresses and lists. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import unquote

from monitor.rules.wording import day_in_words

_AROUND = "<>()[]{}\"'“”‘’«»,;.!?:|*"
"""What may stand around an address in running words."""


class Weight(StrEnum):
    """How grave something is, gravest first."""

    GRAVE = "grave"
    """Shown wherever the health of the monitor is: nobody may be there, or something is used that should not be."""
    WRONG = "wrong"
    """Not as the policy asks."""
    LOOK = "look"
    """For a person to know or to look at; nothing is wrong that could be seen."""


class Topic(StrEnum):
    """What it is about."""

    ENTRY = "entry"
    ADMINISTRATORS = "administrators"
    MODERATORS = "moderators"
    APPROVAL = "approval"
    DATES = "dates"
    TOKEN = "token"  # noqa: S105  no password
    NEGLECT = "neglect"
    POLICY_LINK = "policy link"
    ADDRESS = "official address"


@dataclass(frozen=True)
class Found:
    """One thing found about an account, what to do, and the policy's clause where it is a matter of policy."""

    topic: Topic
    weight: Weight
    sentence: str
    todo: str
    clause: str = ""


def links_to(wanted: str, about: str, links: Iterable[str]) -> bool:
    """Whether an address stands in a description or among its links, however it is written: with or without
    https://, www. or a slash at its end."""
    address = _bare(wanted)
    return any(_bare(each.strip(_AROUND)) == address for each in (*links, *about.split()))


def serves(address: str, domains: Collection[str]) -> bool:
    """Whether a mail address is of one of these domains or of one below them. Without domains nobody can tell."""
    own = address.rpartition("@")[2].lower()
    return not domains or any(own == domain or own.endswith(f".{domain}") for domain in domains)


def day(moment: date) -> str:
    """ "4 Jan 2027"."""
    return day_in_words(moment, weekday=False, year=True)


def counted(number: int, noun: str) -> str:
    """ "No moderator", "1 moderator", "2 moderators"."""
    return f"{number or 'No'} {noun}{'' if number < 2 else 's'}"


def in_words(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _bare(address: str) -> str:
    """An address as far as two ways of writing it have it in common."""
    rest = unquote(address).partition("#")[0]
    scheme, sign, after = rest.partition("://")
    if sign and scheme.lower() in {"http", "https"}:
        rest = after
    host, slash, path = rest.partition("/")
    return (host.lower().removeprefix("www.") + slash + path).rstrip("/")
