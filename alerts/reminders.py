"""The mails that remind people of what is owed an answer: new, due soon, before days nobody works, overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from alerts import filters
from alerts.messages import Line
from alerts.render import Envelope, compose, in_thread


@dataclass(frozen=True)
class Reminder:
    """To one person: comments that are owed an answer. The list is complete, earliest deadline first; the template
    shows the first `shown` and counts the rest."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    by: str
    """What this person types after --by."""
    lines: tuple[Line, ...]
    """At least one, each with its deadline."""
    rule_in_words: str
    clause: str
    policy: str
    """Name and version of the policy pack."""
    shown: int
    last_today: bool
    """It is the last mail of the day that is not urgent."""
    passed_on: bool = False
    """The person looks after none of these accounts, and hears of it because nobody has answered."""
    until: datetime | None = None
    """On a sheet: it lists what falls due before this moment."""


def render_new(reminder: Reminder, envelope: Envelope) -> EmailMessage:
    """What is new to answer, as a mail. Raises ValueError for an envelope that cannot be written."""
    return _rendered("new", reminder, envelope)


def render_due_soon(reminder: Reminder, envelope: Envelope) -> EmailMessage:
    """What is due soon, as a mail. Raises ValueError as `render_new` does."""
    return _rendered("due_soon", reminder, envelope)


def render_sheet(reminder: Reminder, envelope: Envelope) -> EmailMessage:
    """What falls due on days nobody works, as a mail. Raises ValueError as `render_new` does."""
    return _rendered("sheet", reminder, envelope)


def render_overdue(reminder: Reminder, envelope: Envelope) -> EmailMessage:
    """What is overdue, or may be, as a mail. Raises ValueError as `render_new` does."""
    return _rendered("overdue", reminder, envelope)


def _rendered(name: str, reminder: Reminder, envelope: Envelope) -> EmailMessage:
    # Nothing is called overdue before its account was read after the deadline.
    certain = tuple(line for line in reminder.lines if line.state == "overdue")
    subject_of = (certain or reminder.lines) if name == "overdue" else reminder.lines
    accounts = {line.account for line in reminder.lines}
    values = {
        "mail": reminder,
        "times": filters.SchoolTime(ZoneInfo(reminder.timezone), reminder.now),
        "certain": certain,
        "first_due": min(line.due_at for line in subject_of if line.due_at),
        "number": len(subject_of),
        "more": len(reminder.lines) - len(subject_of),
        "place": next(iter(accounts)) if len(accounts) == 1 else f"{len(accounts)} accounts",
    }
    return compose(name, values, in_thread(envelope, reminder.lines))
