"""What several commands take on the command line, read and refused in the same way."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime

from monitor.commands.base import LONGEST_NUMBER


def aware_moment(text: str) -> datetime:
    """A moment with its offset. Raises ArgumentTypeError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ArgumentTypeError(f'a time has its offset, as 2026-11-01T00:00:00Z (found "{text[:40]}")')
    return moment


def position_number(text: str) -> int:
    """The position of an entry in the evidence log. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise ArgumentTypeError(f'an entry is a number such as 17, as in `evidence list` (found "{text[:40]}")')
    return int(text)


def declare_since(parser: ArgumentParser, what: str) -> None:
    """Declare --since."""
    parser.add_argument(
        "--since", type=aware_moment, metavar="TIME", help=f"only {what} since then (ISO 8601 with offset)"
    )
