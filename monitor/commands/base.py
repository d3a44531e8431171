"""What commands share: finding the configuration, exit states, and errors that are one sentence."""

from __future__ import annotations

import gc
import os
from argparse import ArgumentTypeError, Namespace
from datetime import date
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

    from config.settings import Settings
    from monitor.wiring import App

CONFIG_VARIABLE = "SCHOOL_MONITOR_CONFIG"
LONGEST_NUMBER = 18  # digits; no database numbers its rows further


class Outcome(IntEnum):
    """Exit states of every command."""

    DONE = 0
    PROBLEMS = 1
    USAGE = 2


class CommandFailed(Exception):
    """Ends a command with one message and an exit state."""

    def __init__(self, message: str, outcome: Outcome = Outcome.PROBLEMS) -> None:
        super().__init__(message)
        self.outcome = outcome


def settings_for(args: Namespace) -> Settings:
    """The settings the command line, the environment or the present folder points at. Raises CommandFailed."""
    from config.loading import load_settings
    from config.problems import ConfigurationProblems
    from config.settings import DEFAULT_FILE

    path: Path = args.config or Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_FILE)
    try:
        return load_settings(path, os.environ)
    except ConfigurationProblems as problems:
        raise CommandFailed(f"the configuration cannot be used:\n{problems}", Outcome.USAGE) from None


def app_for(args: Namespace) -> App:
    """The whole monitor for the settings the command is given, with logging started. Raises CommandFailed."""
    from config.secrets import all_secrets
    from monitor.logs import start_logging

    settings = settings_for(args)
    start_logging(all_secrets(settings))
    gc.disable()  # nothing that loading makes is garbage, and to look for it takes a tenth of the start
    try:
        from monitor.store.engine import StoreUnusable
        from monitor.wiring import build_app
    finally:
        gc.enable()
    try:
        return build_app(settings)
    except StoreUnusable as unusable:
        raise CommandFailed(str(unusable), Outcome.USAGE) from None


def known_account(app: App, key: str | None) -> str | None:
    """`key` as given, when it is None or an account has ever been enrolled under it. Raises CommandFailed."""
    from monitor.store import ledger

    with app.store.reading() as tx:
        school = ledger.school_by_key(tx, app.settings.school.key)
        known = [account.key for account in ledger.accounts_of(tx, school)] if school else []
    if key is not None and key not in known:
        raise CommandFailed(f'there is no account "{key[:40]}"; there are {", ".join(known)}', Outcome.USAGE)
    return key


def case_number(text: str) -> int:
    """A case's number on the command line. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise ArgumentTypeError(f'a case is a number such as 12, as in the queue (found "{text[:40]}")')
    return int(text)


def a_day(text: str) -> date:
    """A day on the command line. Raises ArgumentTypeError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is not None and day.isoformat() == text:  # it also reads weeks, and days without hyphens
        return day
    raise ArgumentTypeError(f'a day is written YYYY-MM-DD (found "{text[:40]}")')


def local(moment: datetime, timezone: str) -> str:
    """A moment as people at the school read it: "Fri 13 Nov 2026 15:58"."""
    from monitor.rules.wording import moment_in_words

    return moment_in_words(moment.astimezone(ZoneInfo(timezone)))
