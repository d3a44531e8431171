"""The mails about nobody listening: somebody whom no mail reaches, and a time in which the monitor did not run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from alerts import filters
from alerts.render import Envelope, compose


@dataclass(frozen=True)
class NotReached:
    """To the others: mail to one person is refused, or is accepted again."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    name: str
    """Of the person, as the configuration has it."""
    since: datetime
    why: str
    """The kind of reason in a clause of ours; never the server's own words, which may quote anything."""
    over_at: datetime | None = None
    """When a mail to them was accepted again; None: none was."""


@dataclass(frozen=True)
class DidNotRun:
    """To whoever keeps the monitor running: it did not, for longer than an hour in which people work."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    since: datetime
    until: datetime
    left_out: tuple[str, ...]
    """Weeks of which no report was made meanwhile, and none is mailed any more: "2026-W44"."""


def render_not_reached(news: NotReached, envelope: Envelope) -> EmailMessage:
    """That mail to somebody is refused, or no longer is, as a mail. Raises ValueError as `render_digest` does."""
    return compose("unreachable", {"news": news, "times": _times(news.timezone, news.now)}, envelope)


def render_did_not_run(news: DidNotRun, envelope: Envelope) -> EmailMessage:
    """That the monitor did not run, as a mail. Raises ValueError as `render_digest` does."""
    return compose("downtime", {"news": news, "times": _times(news.timezone, news.now)}, envelope)


def _times(timezone: str, now: datetime) -> filters.SchoolTime:
    return filters.SchoolTime(ZoneInfo(timezone), now)
