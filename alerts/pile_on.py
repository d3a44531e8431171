"""The mail about many comments under one post: what it may contain, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from alerts import filters
from alerts.matter import Matter
from alerts.render import Envelope, compose


@dataclass(frozen=True)
class PileOnMail:
    """To one person: posts under which many comments came in a short time, each told as one matter."""

    school: str
    timezone: str
    now: datetime
    recipient: str
    matters: tuple[Matter, ...]
    """Oldest first; at least one."""
    many: int
    """So many comments ..."""
    minutes: int
    """... within so many minutes are one matter."""
    growth: tuple[int, ...]
    """The numbers of comments at which another mail comes."""
    rule_in_words: str
    clause: str
    policy: str
    """Name and version of the policy pack."""
    shown: int


def render_pile_on(mail: PileOnMail, envelope: Envelope) -> EmailMessage:
    """The mail, text and HTML. Raises ValueError for an envelope that cannot be written."""
    accounts = {matter.account for matter in mail.matters}
    due = [matter.first_due for matter in mail.matters if matter.first_due is not None]
    values = {
        "mail": mail,
        "times": filters.SchoolTime(ZoneInfo(mail.timezone), mail.now),
        "comments": sum(matter.comments for matter in mail.matters),
        "flagged": sum(matter.flagged for matter in mail.matters),
        "first_due": min(due, default=None),
        "place": next(iter(accounts)) if len(accounts) == 1 else f"{len(accounts)} accounts",
        "address": filters.web_address,
    }
    return compose("pile_on", values, envelope)
