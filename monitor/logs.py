"""Logging without secrets and without what people wrote.

Our own messages name accounts and numbers only. Everything is passed through a redactor that knows the secrets in
force, because a library may log what we would not; the SDKs that log requests are not let below WARNING.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

HIDDEN = "[hidden]"
TALKATIVE = ("tweepy", "prawcore", "praw", "urllib3", "requests", "requests_oauthlib", "oauthlib", "apscheduler")


class Redacting(logging.Formatter):
    """Formats a record, exception and all, and then takes every known secret out of the result."""

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        self._secrets = sorted((s for s in secrets if s), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """One line of log, or several for an exception, without secrets."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return line


def start_logging(secrets: Collection[str], level: int = logging.INFO) -> None:
    """Log to standard error. Safe to call again with other secrets."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
