"""What one recorded file yields, and how a recorded file is opened: shared by the readers of the three networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from monitor.demo.world import StoryMessage, StoryPost

UNTIMED = datetime.max.replace(tzinfo=UTC)
"""Stands in for the time of something that carries none, until a moment to show it is chosen."""


@dataclass(frozen=True)
class Found:
    """What one file holds. `reason` says why there is no message in it; empty when there are some."""

    messages: tuple[StoryMessage, ...] = ()
    posts: tuple[StoryPost, ...] = ()
    reason: str = ""


def answers(document: Any) -> Iterator[tuple[str, Any]]:
    """Each answer in a file with the address it came from: of exchanges, or the file itself (address "")."""
    exchanges = isinstance(document, list) and all(isinstance(e, dict) and "response" in e for e in document)
    if not exchanges:
        yield "", document
        return
    for exchange in document:
        yield exchange["request"]["uri"], exchange["response"]["body"]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object in `value`, however deep, outer ones first."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from objects(inner)
