"""Read the data and our lines as the models will see them, and write the file that fitting starts from.

    python -m monitor.language.training.prepare DATA PREPARED

DATA: the folder of the public sets (docs/model-card.md lists them, with their licences).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from monitor.language.reading import read
from monitor.language.training import prepared
from monitor.language.training.examples import examples


def main() -> None:
    """Read the arguments and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("prepared", type=Path)
    args = parser.parse_args()
    print(prepared.write(args.prepared, _rows(args.data)), "examples")


def _rows(data: Path) -> Iterator[tuple[str, frozenset[str], frozenset[str], str, str, str]]:
    for example in examples(data):
        seen = read(example.text).model_view.text
        yield seen, example.labels, example.known, example.source, example.group, example.part


if __name__ == "__main__":
    main()
