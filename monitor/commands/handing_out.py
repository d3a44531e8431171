"""What the commands that hand something out share: who may, where the file goes, and what is said of it."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from monitor.commands.base import CommandFailed, Outcome

MAY_HAND_OUT = ("head", "safeguarding")


def declare_output(parser: ArgumentParser) -> None:
    """Declare --output."""
    parser.add_argument(
        "--output", type=Path, required=True, metavar="FILE.zip", help="the file to make; one that exists is refused"
    )


def refuse_unusable(output: Path) -> None:
    """Find out before anything is entered in the log whether the file can be made. Raises CommandFailed."""
    if os.path.lexists(output):
        raise CommandFailed(f"--output: {output} is there already; give another name", Outcome.USAGE)
    if not (output.parent.is_dir() and os.access(output.parent, os.W_OK)):
        raise CommandFailed(f"--output: the folder {output.parent} is not there or not writable", Outcome.USAGE)


def numbers(cases: Sequence[int]) -> str:
    """Case numbers in a sentence: "12", "12 and 15", "12, 15 and 17"."""
    *first, last = map(str, cases)
    return f"{', '.join(first)} and {last}" if first else last
