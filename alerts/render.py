"""Turns a finished message (`alerts/messages.py`) into a mail. What the words are is decided in `templates/`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email

from alerts import filters, pages
from alerts.messages import (
    AccountFigures,
    Alarm,
    Digest,
    Expiring,
    Line,
    OwnWords,
    Pressing,
    Recovery,
    Serious,
    Urgent,
    WeeklyReport,
)

LONGEST_ID = 60
"""Characters of a Message-ID with its brackets. From 78 on Python writes ids as encoded words, which Exchange drops
(https://github.com/python/cpython/issues/100991)."""

# Unfolded: folding encoded words adds spaces inside long names and breaks long ids (same issue).
_HEADERS = SMTP.clone(max_line_length=998)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._-]+@[A-Za-z0-9._-]+>")
_LIST_ID = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NO_DOMAIN = "school-monitor.invalid"


@dataclass(frozen=True)
class Envelope:
    """From whom to whom, and how a second copy of the same mail is recognised.

    `message_id` comes from `make_message_id` and is the same at every attempt. `list_id` is a dotted name such as
    "alerts.oakfield.monitor", by which people can sort these mails. `date` is aware.
    """

    sender: str
    sender_name: str
    reply_to: str | None
    recipient: str
    message_id: str
    list_id: str
    date: datetime


def make_message_id(school_key: str, kind: str, key: str, recipient: str, domain: str) -> str:
    """The Message-ID of one delivery: always the same for the same five values, at most 60 characters whole.

    `domain` is the sender's. One that is too long or no ASCII host name stays in the hash only.
    """
    named = json.dumps([school_key, kind, key, recipient, domain])
    local = hashlib.sha256(named.encode()).hexdigest()[:24]
    whole = f"<{local}@{domain}>"
    fits = len(whole) <= LONGEST_ID and _MESSAGE_ID.fullmatch(whole)
    return whole if fits else f"<{local}@{_NO_DOMAIN}>"


def render_digest(digest: Digest, envelope: Envelope) -> EmailMessage:
    """The digest as a mail, text and HTML. Raises ValueError for an envelope that cannot be written."""
    values = {
        "digest": digest,
        "times": _times(digest.timezone, digest.now),
        **_headline(digest),
    }
    return _mail("digest", values, envelope)


def render_urgent(urgent: Urgent, envelope: Envelope) -> EmailMessage:
    """What cannot wait, as a mail. Raises ValueError as `render_digest` does."""
    values = {"urgent": urgent, "times": _times(urgent.timezone, urgent.now), "place": _place(urgent.cases)}
    return _mail("urgent", values, envelope)


def render_serious(serious: Serious, envelope: Envelope) -> EmailMessage:
    """What waits until people work, and no longer, as a mail. Raises ValueError as `render_digest` does."""
    values = {"serious": serious, "times": _times(serious.timezone, serious.now), "place": _place(serious.cases)}
    return _mail("serious", values, envelope)


def _place(cases: tuple[Pressing, ...]) -> str:
    """The account that all of these are on; where there are several, how many."""
    accounts = {case.account for case in cases}
    return next(iter(accounts)) if len(accounts) == 1 else f"{len(accounts)} accounts"


def render_weekly(report: WeeklyReport, envelope: Envelope) -> EmailMessage:
    """The weekly report as a mail, text and HTML. Raises ValueError for an envelope that cannot be written."""
    return _mail("weekly", _weekly_values(report), envelope)


def render_alarm(alarm: Alarm, envelope: Envelope) -> EmailMessage:
    """The news that an account cannot be read, as a mail. Raises ValueError as `render_digest` does."""
    return _mail("alarm", {"alarm": alarm, "times": _times(alarm.timezone, alarm.now)}, envelope)


def render_recovery(recovery: Recovery, envelope: Envelope) -> EmailMessage:
    """The news that it is read again, as a mail. Raises ValueError as `render_digest` does."""
    return _mail("recovery", {"recovery": recovery, "times": _times(recovery.timezone, recovery.now)}, envelope)


def render_expiring(expiring: Expiring, envelope: Envelope) -> EmailMessage:
    """The warning that credentials will end, as a mail. Raises ValueError as `render_digest` does."""
    left = (expiring.expires_at - expiring.now) / timedelta(days=1)
    values = {
        "expiring": expiring,
        "times": _times(expiring.timezone, expiring.now),
        "in_days": filters.in_days(left),
        "is_over": left <= 0,
    }
    return _mail("expiry", values, envelope)


def render_own_words(own: OwnWords, envelope: Envelope) -> EmailMessage:
    """What the school's own accounts should not have published, as a mail. Raises as `render_digest` does."""
    values = {"own": own, "times": _times(own.timezone, own.now), "address": filters.web_address}
    return _mail("published_wrong" if own.is_report else "outgoing", values, envelope)


def _times(timezone: str, now: datetime) -> filters.SchoolTime:
    return filters.SchoolTime(ZoneInfo(timezone), now)


def weekly_text(report: WeeklyReport) -> str:
    """The weekly report as plain text, complete in itself."""
    return pages.text("weekly", _weekly_values(report))


def weekly_html(report: WeeklyReport) -> str:
    """The weekly report as one HTML page with all styles inside."""
    return pages.html("weekly", _weekly_values(report))


def school_time(report: WeeklyReport) -> filters.SchoolTime:
    """How a report writes its moments: never "today", because it is read again later."""
    return filters.SchoolTime(ZoneInfo(report.timezone), report.made_at, today=False)


def total(figures: tuple[AccountFigures, ...]) -> AccountFigures:
    """The sum over all accounts."""
    counted = [field.name for field in fields(AccountFigures) if field.name != "account"]
    return AccountFigures("All accounts", **{name: sum(getattr(f, name) for f in figures) for name in counted})


def otherwise(figures: AccountFigures) -> tuple[str, ...]:
    """What became of the comments that were not answered in time, in words; what did not happen is left out."""
    parts = (
        (figures.answered_late, "answered late"),
        (figures.found_late, "found late"),
        (figures.no_reply_needed, "needing no reply"),
        (figures.actioned, "acted on"),
        (figures.withdrawn, "withdrawn"),
        (figures.spam, "spam"),
        (figures.held, "held"),
    )
    return (*(f"{number} {what}" for number, what in parts if number), f"{figures.unanswered} unanswered")


def _weekly_values(report: WeeklyReport) -> dict[str, Any]:
    return {
        "report": report,
        "times": school_time(report),
        "total": total(report.figures),
        "otherwise": otherwise,
        "never_read": [coverage for coverage in report.coverage if coverage.complete_reads == 0],
    }


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


def _mail(name: str, values: Mapping[str, Any], envelope: Envelope) -> EmailMessage:
    message = EmailMessage(policy=_HEADERS)
    message["From"] = Address(filters.plain(envelope.sender_name, 60), addr_spec=_address(envelope.sender))
    message["To"] = Address(addr_spec=_address(envelope.recipient))
    if envelope.reply_to is not None:
        message["Reply-To"] = Address(addr_spec=_address(envelope.reply_to))
    message["Subject"] = pages.subject(name, values)
    message["Date"] = envelope.date
    message["Message-ID"] = _message_id(envelope.message_id)
    message["List-Id"] = f"<{_list_id(envelope.list_id)}>"
    # RFC 3834, and Exchange's own way: no out-of-office answers to a machine.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["MIME-Version"] = "1.0"
    # Not a random boundary: the same mail sent again is the same bytes.
    boundary = hashlib.sha256(envelope.message_id.encode()).hexdigest()[:32]
    message["Content-Type"] = f'multipart/alternative; boundary="={boundary}"'
    message.attach(_part(pages.text(name, values), "plain"))
    message.attach(_part(pages.html(name, values), "html"))
    return message


compose = _mail
"""A mail from the three templates of this name. Raises ValueError as `render_digest` does."""


def _part(content: str, subtype: str) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part.set_content(content, subtype=subtype, cte="quoted-printable")
    return part


def _address(text: str) -> str:
    """The address in the ASCII form every mail server takes. Raises ValueError when there is none."""
    try:
        known = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as wrong:
        raise ValueError(f"the mail has an address that cannot be used: {wrong}") from wrong
    if known.ascii_email is None:
        raise ValueError("the part of a mail address before @ must be ASCII; many mail servers take no other")
    return known.ascii_email


def _message_id(text: str) -> str:
    if len(text) > LONGEST_ID or not _MESSAGE_ID.fullmatch(text):
        raise ValueError("a Message-ID is <name@domain>, at most 60 ASCII characters; use make_message_id")
    return text


def _list_id(text: str) -> str:
    if len(text) > LONGEST_ID or not _LIST_ID.fullmatch(text):
        raise ValueError("a List-Id is a dotted name such as alerts.oakfield.monitor, at most 60 characters")
    return text
