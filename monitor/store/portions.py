"""Asking about many rows in as many statements as it takes: databases bound the number of values in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

_T = TypeVar("_T")
_AT_ONCE = 500


def portions(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """The values in their order, as many at a time as go into one statement."""
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
