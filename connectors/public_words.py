"""What an account says of itself in public, as far as a network tells it: bounded, and never believed to be complete.

It is the school's own text, but it comes from a network: whatever shape it has, nothing here raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST_ABOUT = 5000
LONGEST_LINK = 2000
MOST_LINKS = 50


def about_of(*texts: Any) -> str:
    """The texts among these, one below the other; what is no text is passed over."""
    told = (text.strip()[:LONGEST_ABOUT] for text in texts if isinstance(text, str))
    return "\n".join(text for text in told if text)[:LONGEST_ABOUT]


def links_of(*addresses: Any) -> tuple[str, ...]:
    """The addresses among these, each once. A text of several is taken apart at its spaces and commas."""
    told = (address.replace(",", " ").split() for address in addresses if isinstance(address, str))
    every = (part for parts in told for part in parts[:MOST_LINKS] if len(part) <= LONGEST_LINK)
    return tuple(dict.fromkeys(every))[:MOST_LINKS]


def inside(value: Any, *names: str) -> Any:
    """What stands under `names` inside nested objects; None where one of them is missing or no object."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def values_of(rows: Any, name: str) -> list[Any]:
    """What stands under `name` in each object of a list; nothing where it is none."""
    return [row.get(name) for row in rows[:MOST_LINKS] if isinstance(row, Mapping)] if isinstance(rows, list) else []
