"""From whom to whom a mail goes, which thread it belongs to, and the whole of it put together.

Every id in a header is at most 60 characters of ASCII: from 78 on Python writes ids as encoded words, which Exchange
drops (https://github.com/python/cpython/issues/100991).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Protocol

from email_validator import EmailNotValidError, validate_email

from alerts import filters, pages

LONGEST_ID = 60
"""Characters of an id in a header, with its brackets."""

# Unfolded: folding encoded words adds spaces inside long names and breaks long ids (same issue).
_HEADERS = SMTP.clone(max_line_length=998)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._-]+@[A-Za-z0-9._-]+>")
_LIST_ID = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_STOP_URL = re.compile(r"https://[A-Za-z0-9./:_~%\[\]-]{1,800}")
_NO_DOMAIN = "school-monitor.invalid"


@dataclass(frozen=True)
class Envelope:
    """From whom to whom, and how a second copy of the same mail is recognised.

    `message_id` comes from `make_message_id` and is the same at every attempt. `list_id` is a dotted name such as
    "alerts.oakfield.monitor", by which people can sort these mails. `date` is aware, and the same at every attempt:
    Exchange knows a second copy by it and the Message-ID together.
    """

    sender: str
    sender_name: str
    reply_to: str | None
    recipient: str
    message_id: str
    list_id: str
    date: datetime
    thread_id: str | None = None
    """What all mails about one case refer to (`in_thread`); None: it is about several, or about none."""
    stop_url: str | None = None
    """Where the recipient stops mails of this kind, https and for them alone; None: they cannot, or need not."""


class _AboutACase(Protocol):
    @property
    def case(self) -> int: ...

    @property
    def received_at(self) -> datetime: ...


def make_message_id(school_key: str, kind: str, key: str, recipient: str, domain: str) -> str:
    """The Message-ID of one delivery: always the same for the same five values, at most 60 characters whole.

    `domain` is the sender's. One that is too long or no ASCII host name stays in the hash only.
    """
    return _id((school_key, kind, key, recipient, domain), domain)


def in_thread(envelope: Envelope, cases: Iterable[_AboutACase]) -> Envelope:
    """The envelope of a mail about these cases: where it is one alone, mails about it are shown as one thread.

    What they refer to is made of the case and is never sent itself. A relay may rewrite a Message-ID, so none of
    them refers to another.
    """
    found = {(case.case, case.received_at.isoformat()) for case in cases}
    if len(found) != 1:
        return envelope
    # Numbers of cases come again once a backup was brought back: the moment it was received tells them apart.
    number, received_at = found.pop()
    domain = envelope.sender.rpartition("@")[2]
    named = ("a thread about one case", envelope.list_id, str(number), received_at, domain)
    return replace(envelope, thread_id=_id(named, domain))


def compose(name: str, values: Mapping[str, Any], envelope: Envelope) -> EmailMessage:
    """The mail that the templates in `templates/<name>/` make of these values, as text and as HTML.

    The templates get `stop_url` besides. Raises ValueError for an envelope that cannot be written.
    """
    values = {**values, "stop_url": envelope.stop_url}
    message = EmailMessage(policy=_HEADERS)
    message["From"] = Address(filters.plain(envelope.sender_name, 60), addr_spec=_address(envelope.sender))
    message["To"] = Address(addr_spec=_address(envelope.recipient))
    if envelope.reply_to is not None:
        message["Reply-To"] = Address(addr_spec=_address(envelope.reply_to))
    message["Subject"] = pages.subject(name, values)
    message["Date"] = envelope.date
    message["Message-ID"] = _message_id(envelope.message_id)
    if envelope.thread_id is not None:
        message["In-Reply-To"] = message["References"] = _message_id(envelope.thread_id)
    message["List-Id"] = f"<{_list_id(envelope.list_id)}>"
    if envelope.stop_url is not None:
        # RFC 8058: a mail program may stop it by one POST, and by nothing less.
        message["List-Unsubscribe"] = f"<{_stop_url(envelope.stop_url)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
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


def _part(content: str, subtype: str) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part.set_content(content, subtype=subtype, cte="quoted-printable")
    return part


def _id(named: tuple[str, ...], domain: str) -> str:
    local = hashlib.sha256(json.dumps(named).encode()).hexdigest()[:24]
    whole = f"<{local}@{domain}>"
    fits = len(whole) <= LONGEST_ID and _MESSAGE_ID.fullmatch(whole)
    return whole if fits else f"<{local}@{_NO_DOMAIN}>"


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


def _stop_url(text: str) -> str:
    if not _STOP_URL.fullmatch(text):
        raise ValueError("the address at which a mail can be stopped is https:// and plain ASCII")
    return text
