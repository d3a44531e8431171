"""Turns a finished message (`alerts/messages.py`) into a mail. What the words are is decided in `templates/`."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from alerts import filters
from alerts.envelope import Envelope as Envelope
from alerts.envelope import compose as compose
from alerts.envelope import in_thread as in_thread
from alerts.envelope import make_message_id as make_message_id
from alerts.messages import (
    Alarm,
    Digest,
    Expiring,
    Line,
    OwnWords,
    Pressing,
    Recovery,
    Serious,
    Urgent,
)


def render_digest(digest: Digest, envelope: Envelope) -> EmailMessage:
    """The digest as a mail, text and HTML. Raises ValueError for an envelope that cannot be written."""
    values = {
        "digest": digest,
        "times": times(digest.timezone, digest.now),
        **_headline(digest),
    }
    return compose("digest", values, envelope)


def render_urgent(urgent: Urgent, envelope: Envelope) -> EmailMessage:
    """What cannot wait, as a mail. Raises ValueError as `render_digest` does."""
    values = {"urgent": urgent, "times": times(urgent.timezone, urgent.now), "place": _place(urgent.cases)}
    return compose("urgent", values, in_thread(envelope, urgent.cases))


def render_serious(serious: Serious, envelope: Envelope) -> EmailMessage:
    """What waits until people work, and no longer, as a mail. Raises ValueError as `render_digest` does."""
    values = {"serious": serious, "times": times(serious.timezone, serious.now), "place": _place(serious.cases)}
    return compose("serious", values, in_thread(envelope, serious.cases))


def _place(cases: tuple[Pressing, ...]) -> str:
    """The account that all of these are on; where there are several, how many."""
    accounts = {case.account for case in cases}
    return next(iter(accounts)) if len(accounts) == 1 else f"{len(accounts)} accounts"


def render_alarm(alarm: Alarm, envelope: Envelope) -> EmailMessage:
    """The news that an account cannot be read, as a mail. Raises ValueError as `render_digest` does."""
    return compose("alarm", {"alarm": alarm, "times": times(alarm.timezone, alarm.now)}, envelope)


def render_recovery(recovery: Recovery, envelope: Envelope) -> EmailMessage:
    """The news that it is read again, as a mail. Raises ValueError as `render_digest` does."""
    return compose("recovery", {"recovery": recovery, "times": times(recovery.timezone, recovery.now)}, envelope)


def render_expiring(expiring: Expiring, envelope: Envelope) -> EmailMessage:
    """The warning that credentials will end, as a mail. Raises ValueError as `render_digest` does."""
    left = (expiring.expires_at - expiring.now) / timedelta(days=1)
    values = {
        "expiring": expiring,
        "times": times(expiring.timezone, expiring.now),
        "in_days": filters.in_days(left),
        "is_over": left <= 0,
    }
    return compose("expiry", values, envelope)


def render_own_words(own: OwnWords, envelope: Envelope) -> EmailMessage:
    """What the school's own accounts should not have published, as a mail. Raises as `render_digest` does."""
    values = {"own": own, "times": times(own.timezone, own.now), "address": filters.web_address}
    return compose("published_wrong" if own.is_report else "outgoing", values, envelope)


def times(timezone: str, now: datetime) -> filters.SchoolTime:
    return filters.SchoolTime(ZoneInfo(timezone), now)


def _headline(digest: Digest) -> dict[str, Any]:
    """What the subject says: the lines it is about, the earliest deadline among them, and how many more."""
    certain = tuple(line for line in digest.overdue if line.state == "overdue")
    pressing: tuple[Line, ...] = certain or digest.overdue or digest.to_answer
    deadlines = [line.due_at for line in pressing if line.due_at is not None]
    lines = digest.overdue + digest.to_answer or digest.flagged
    accounts = {line.account for line in lines} or {blind.account for blind in digest.blind}
    place = next(iter(accounts)) if len(accounts) == 1 else f"{len(accounts)} accounts" if lines else ""
    return {
        "certain": certain,
        "overdue_title": _overdue_title(len(certain), len(digest.overdue)),
        "pressing": pressing,
        "more": len(digest.overdue) + len(digest.to_answer) - len(pressing),
        "first_due": min(deadlines, default=None),
        "place": place,
    }


def _overdue_title(certain: int, all_of_them: int) -> str:
    """Nothing is called overdue before its account was read after the deadline."""
    if certain == all_of_them:
        return "Overdue"
    return "Overdue, or may be" if certain else "May be overdue"
