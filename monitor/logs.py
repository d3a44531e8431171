"""Logging without secrets and without what people wrote.

Our own messages name accounts and numbers only. Everything is passed through a redactor that knows the secrets in
force, because a library may log what we would not; the SDKs that log requests are not let below WARNING, and
APScheduler, which logs the exceptions of our jobs with their text, says nothing: `monitor/schedule.py` does.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TextIO
from urllib.parse import quote, quote_plus

HIDDEN = "[hidden]"
TALKATIVE = ("tweepy", "prawcore", "praw", "urllib3", "requests", "requests_oauthlib", "oauthlib", "alembic", "msal")
SILENT = "apscheduler"


class Redacting(logging.Formatter):
    """Formats a record, exception and all, and then takes every known secret out of the result."""

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        # As they are, and as they look inside an address, in JSON and in a quoted Python string.
        ways = (
            str,
            quote,
            lambda s: quote(s, safe=""),
            quote_plus,
            lambda s: json.dumps(s)[1:-1],
            lambda s: repr(s)[1:-1],
        )
        forms = {write(secret) for secret in secrets if secret for write in ways}
        self._secrets = sorted(forms, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """One line of log, or several for an exception, without secrets."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return line


class CarefulHandler(logging.StreamHandler[TextIO]):
    """Writes to standard error."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Python would print the line with its arguments, secrets and all; this names only where it came from."""
        with suppress(OSError, ValueError):
            self.stream.write(f"a line of log by {record.name} could not be written (line {record.lineno})\n")


def start_logging(secrets: Collection[str], level: int = logging.INFO) -> None:
    """Log to standard error. Safe to call again with other secrets."""
    handler = CarefulHandler()
    handler.setFormatter(Redacting(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.getLogger(SILENT).setLevel(logging.CRITICAL)


def where(error: BaseException) -> str:
    """File and line an error came from: enough for a report, and free of what it was about."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
