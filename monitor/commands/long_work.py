"""Showing on a terminal how far long work has come; in a pipe nothing is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from monitor.commands.printing import console

if TYPE_CHECKING:
    from monitor.evidence.backups.copy_tree import Progress


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A bar for what is being done, which begins anew when something else is. It is gone at the end."""
    from rich.progress import Progress as Bars

    out = console()
    with Bars(console=out, disable=not out.is_terminal, transient=True) as bars:
        task = bars.add_task("", total=None)

        def show(what: str, done: int, of: int) -> None:
            bars.update(task, description=what, completed=done, total=of)

        yield show
