"""What a replay changes, text by text, as a file for a spreadsheet: numbers and categories, no words of anybody."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.rehearsal.replay import Replayed, Side

COLUMNS = ("case", "version", "then", "today", "tried", "change", "mark")


@contextmanager
def written_to(path: Path | None) -> Iterator[Callable[[Replayed], None]]:
    """Writes a line for each text that is flagged on any side; without a path, nothing. Raises OSError."""
    if path is None:
        yield lambda each: None
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)

        def write(each: Replayed) -> None:
            if any(side.flagged for side in each.sides):
                mark = each.mark.action.value if each.mark else ""
                lines.writerow((each.case, each.version, *map(_names, each.sides), _change(each), mark))

        yield write


def _names(side: Side) -> str:
    return " ".join(sorted(side.categories))


def _change(each: Replayed) -> str:
    if each.today.flagged == each.tried.flagged:
        return "" if each.today.categories == each.tried.categories else "other categories"
    return "newly flagged" if each.tried.flagged else "no longer flagged"
