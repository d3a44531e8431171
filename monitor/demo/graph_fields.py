"""The Graph API's `fields` parameter: `id,from,comments.filter(stream).limit(25){id,message}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Za-z_0-9]+")
_MODIFIER = re.compile(r"\.([a-z_]+)\(([^()]*)\)")


class BadFields(ValueError):
    """The parameter is not written as the Graph API reads it."""


@dataclass
class Field:
    """One field asked for: its modifiers (`limit` -> "25") and the fields asked inside it."""

    modifiers: dict[str, str] = field(default_factory=dict)
    inside: dict[str, Field] = field(default_factory=dict)


def parse_fields(text: str) -> dict[str, Field]:
    """What is asked for, by name. Raises BadFields."""
    fields, end = _list(text, 0)
    if end != len(text):
        raise BadFields(f"unexpected character at position {end}")
    return fields


def _list(text: str, at: int) -> tuple[dict[str, Field], int]:
    fields: dict[str, Field] = {}
    while name := _NAME.match(text, at):
        asked = fields[name.group()] = Field()
        at = name.end()
        while modifier := _MODIFIER.match(text, at):
            asked.modifiers[modifier[1]] = modifier[2]
            at = modifier.end()
        if text[at : at + 1] == "{":
            asked.inside, at = _list(text, at + 1)
            if text[at : at + 1] != "}":
                raise BadFields(f"a closing brace is missing at position {at}")
            at += 1
        if text[at : at + 1] != ",":
            break
        at += 1
    return fields, at
