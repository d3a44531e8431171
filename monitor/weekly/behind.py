"""What is behind each number of a report: the comments it counts, or the amounts it was worked out from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Row = tuple[int, float]
"""The number of a case, and how much it adds (hours of an answer, days overdue)."""


@dataclass
class Behind:
    """By the name of a number (`alerts/report_numbers.py`): the cases it counts, or their amounts.

    What it says nothing of is worked out from the ledger of reads when somebody asks.
    """

    cases: dict[str, tuple[int, ...]] = field(default_factory=dict)
    amounts: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    posts: dict[str, tuple[tuple[str, int, int], ...]] = field(default_factory=dict)
    """By account: of each post the network counts under, when it was published (empty: unknown), how many comments
    it counts, and how many we hold."""

    def count(self, key: str, ids: Iterable[int]) -> int:
        """Note the cases behind a number, and return the number."""
        self.cases[_spelt(key)] = found = tuple(sorted(set(ids)))
        return len(found)

    def figures(self, part: str, columns: Mapping[str, Iterable[int]]) -> dict[str, int]:
        """The same for several numbers of one row."""
        return {name: self.count(f"{part}/{name}", ids) for name, ids in columns.items()}


def _spelt(key: str) -> str:
    return key.replace(" ", "-")
