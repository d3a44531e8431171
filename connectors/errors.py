"""The errors a connector may raise.

ConnectorError                what happened, in our words: network, account, what to do. Never a URL or token.
├── AuthFailed                a person must act: the credentials are dead, missing or refused
├── Forbidden                 a person must act: signed in, but this stream is not allowed to us
├── Waiting                   nothing to repair: the network asks us to come back (carries `until`)
│   ├── RateLimited           too many calls
│   └── BudgetSpent           the paid or daily allowance is used up
│       ├── RunLimitReached   the calls we allowed ourselves for this run are used up; the next run goes on
│       └── AllowanceLow      of an allowance only what is held back for checking what we hold is left
├── TemporaryFailure          try again at the next run: time-out, reset, 5xx
└── UnexpectedReply           the network changed, or something between us and it answered: not what it documents
    └── EmptyAnswer           a proper answer with nothing in it where something we know must be
"""

from __future__ import annotations

from datetime import datetime


class ConnectorError(Exception):
    """Base of everything a connector raises on purpose. Its text is fit for a screen and a log."""


class AuthFailed(ConnectorError):
    """The credentials no longer work. Only a person can mend that."""


class Forbidden(ConnectorError):
    """Signed in, but not allowed to read this stream."""


class Waiting(ConnectorError):
    """The network asks us to come back at `until` (aware, UTC)."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class RateLimited(Waiting):
    """Too many calls."""


class BudgetSpent(Waiting):
    """The paid or daily allowance is used up."""


class RunLimitReached(BudgetSpent):
    """Our own limit for one run. Nobody has to wait: the next run goes on from here."""


class AllowanceLow(BudgetSpent):
    """Only the share that is held back is left until then. Checking what we hold goes on, reading does not."""


class TemporaryFailure(ConnectorError):
    """Likely to work at the next run."""


class UnexpectedReply(ConnectorError):
    """The answer is not what the network documents."""


class EmptyAnswer(UnexpectedReply):
    """Nothing came, not even our own posts: the network, or something before it, does not show us what is there."""
