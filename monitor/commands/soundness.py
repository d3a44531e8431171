"""Tests that more than one command makes: one line each, and what to do where one fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from alerts.filters import counted, plain
from alerts.transport import MailRefused
from connectors.errors import ConnectorError
from monitor.commands.base import CommandFailed, local

if TYPE_CHECKING:
    from monitor.wiring import App

LONGEST = 600  # characters of what a test says
CLOCK_MAY_DIFFER = timedelta(seconds=60)


def say(state: str, line: str) -> None:
    """One line with its state in front: ok, note or FAIL."""
    print(f"{state:6}{plain(line, LONGEST)}")


def passes(name: str, test: Callable[[], str]) -> bool:
    """Make a test, print its line, and say whether it passed."""
    try:
        say("ok", f"{name}: {test()}")
    except (ConnectorError, MailRefused, OSError, CommandFailed) as problem:
        words = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        say("FAIL", f"{name}: {words}")
        return False
    return True


def evidence_folder(app: App) -> str:
    """That there is room for evidence. Raises CommandFailed, OSError."""
    from monitor.status_file import LEAST_FREE

    folder = app.settings.evidence_folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise CommandFailed(f"only {free >> 20} MB are free on its disk; make room, or evidence will be lost")
    return f"{folder}, {free >> 30} GB free"


def evidence_log(app: App) -> str:
    """That the log is signed. Raises CommandFailed.

    The key signs and is the log's own; the newest signature is not older than the newest hour of entries.
    """
    from monitor.custody.log import known_keys
    from monitor.evidence.log.signing import KeyUnusable, SigningKey
    from monitor.store import evidence_log as book
    from monitor.store import ledger

    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        size, newest = book.size(tx, school), book.newest_checkpoint(tx, school)
        keys, last = known_keys(tx, school), book.last_moment(tx, school)
    if last and last > app.clock() + CLOCK_MAY_DIFFER:
        raise CommandFailed("its newest entry lies in the future: this computer's clock is wrong; set it right")
    if not keys or newest is None:
        return f"{counted(size, 'entry', 'entries')}, not signed yet"
    try:
        mine = SigningKey.load(app.settings.signing_key).public
    except KeyUnusable as unusable:
        raise CommandFailed(str(unusable)) from None
    if mine.fingerprint != keys[-1].fingerprint:
        raise CommandFailed("the signing key is not the one the log names; put the old file back from a backup")
    signed = local(newest.at, app.settings.school.timezone)
    return f"{counted(size, 'entry', 'entries')}, the first {newest.size} signed {signed}"
