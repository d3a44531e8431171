"""Tables for people. Everything that came from a network is cleaned first: a terminal obeys control characters."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from alerts.filters import plain

if TYPE_CHECKING:
    from monitor.ledger_line import RunResult
    from monitor.notify import MailResult

PIPE_WIDTH = 120  # columns when nobody is looking at a terminal


def console() -> Console:
    """Where tables go: as wide as the terminal, or wide enough for a line of a pipe."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False, soft_wrap=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """A table. Cells are shown as text and never as markup."""
    table = Table(*columns, title=title, title_justify="left", header_style="bold")
    for row in rows:
        table.add_row(*(Text(plain(str(cell), 2000)) for cell in row))
    console().print(table)


def print_plain(line: str, most: int = 800) -> None:
    """One line for a person, without anything a terminal would obey; an indent at its beginning stays."""
    print(" " * (len(line) - len(line.lstrip(" "))) + plain(line, most))


def print_reads(results: Sequence[RunResult]) -> None:
    """What reading the accounts brought."""
    if not results:
        print("No account was due to be read.")
        return
    print_table(
        ("account", "items read", "new", "edited", "gone", "flagged", "unreadable items", "read to the end"),
        (
            (r.account, r.items, r.new, r.edited, r.gone, r.flagged, r.quarantined, "yes" if r.complete else "no")
            for r in results
        ),
    )
    for result in results:
        for failure in result.failures:
            print(plain(failure, 500))


def print_gap(said: str) -> None:
    """That nothing ran for a while, where that is so."""
    if said:
        print_plain(said)


def print_mails(mails: MailResult) -> None:
    """What became of the mails owed."""
    print(f"{mails.sent} mails sent, {mails.not_needed} found not to be needed.")
    for failure in mails.failures:
        print(plain(failure, 500))
