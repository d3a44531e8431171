"""The lines written for this project: plain text, one comment a line, under headers that label them.

A header is `= label label | group`; `= - | group` says that none of the categories holds. Every line below it, up to
the next header, is one comment with exactly those labels; all categories of such a line are known. `\\n` stands for a
line break, and lines that begin with `# ` are notes. docs/model-card.md says who wrote them and under which licence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.policy import CATEGORIES

LINES = Path(__file__).parent / "lines"
TRAINING = LINES / "training"
UNSEEN = LINES / "unseen"
"""Never trained or tuned on: written apart, by people who had not seen the others, and opened by `report` only."""


@dataclass(frozen=True)
class WrittenLine:
    """One comment, its categories, the kind of line it is, and the file it stands in."""

    text: str
    labels: frozenset[str]
    group: str
    file: str


def written_lines(folder: Path) -> Iterator[WrittenLine]:
    """Every line of the `.txt` files of a folder, in order. ValueError: what is wrong, in which file and line."""
    for file in sorted(folder.glob("*.txt")):
        labels: frozenset[str] | None = None
        group = ""
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip() or line.startswith("# "):
                continue
            if line.startswith("= "):
                labels, group = _header(line, f"{file.name}, line {number}")
            elif labels is None:
                raise ValueError(f"{file.name}, line {number}: a comment stands before the first header")
            else:
                yield WrittenLine(line.strip().replace("\\n", "\n"), labels, group, file.stem)


def _header(line: str, where: str) -> tuple[frozenset[str], str]:
    head, _, group = line[2:].partition("|")
    labels = frozenset(head.split()) - {"-"}
    if unknown := sorted(labels - set(CATEGORIES)):
        raise ValueError(f"{where}: {', '.join(unknown)} is no category; one of {', '.join(CATEGORIES)}")
    return labels, group.strip()
