"""A marked part of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stretch:
    """Part of the original text, end excluded, and what kind of thing stands there."""

    start: int
    end: int
    kind: str
