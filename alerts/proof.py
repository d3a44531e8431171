"""A mail that asks to be answered with a code: that a server accepted it proves less than that somebody read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from alerts import filters
from alerts.render import Envelope, compose


@dataclass(frozen=True)
class Proof:
    """To whoever should get alerts: a code to read back."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    code: str
    until: datetime
    """Until when the code is taken."""


def render_proof(test: Proof, envelope: Envelope) -> EmailMessage:
    """The test as a mail. Raises ValueError as `render_digest` does."""
    times = filters.SchoolTime(ZoneInfo(test.timezone), test.now)
    return compose("proof", {"test": test, "times": times}, envelope)
