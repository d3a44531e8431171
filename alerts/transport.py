"""The contract every way of sending mail keeps, and the one error it may raise."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Protocol

from alerts.filters import plain

LONGEST_REASON = 300


class MailRefused(Exception):
    """A mail was not accepted. Its text says why in our words: no secret, one line, at most 300 characters.

    `permanent` False: the mail may well be accepted later (time-out, lost connection, 4xx, a sign-in that a
    person can mend). True: the server refused this mail or its recipient (5xx); sending it again will not help.
    `again_after`: how long the server asks to be left alone, where it says so.
    """

    def __init__(self, permanent: bool, reason: str, again_after: timedelta | None = None) -> None:
        super().__init__(plain(reason, LONGEST_REASON))
        self.permanent = permanent
        self.again_after = again_after

    @property
    def reason(self) -> str:
        """Why, in one line fit for a screen and a log."""
        return str(self)


class MailTransport(Protocol):
    """Hands one mail over. Returning means accepted, and only then may the mail be called sent."""

    def send(self, message: EmailMessage) -> None:
        """Send `message` to its one recipient, once, without trying again.

        Raises MailRefused when it was not accepted or when nobody can tell: a mail may then arrive twice,
        which its Message-ID shows, but never not at all. Raises ValueError when it has not exactly one
        recipient.
        """
        ...

    def check(self) -> None:
        """Find out whether mail could leave now, without sending any. Raises MailRefused."""
        ...


def only_recipient(message: EmailMessage) -> str:
    """The address of the one recipient. Raises ValueError for none, several, or a Cc or Bcc field."""
    if message["Cc"] is not None or message["Bcc"] is not None:
        raise ValueError("a mail goes to one recipient; Cc and Bcc are not used")
    addresses = [] if message["To"] is None else message["To"].addresses
    if len(addresses) != 1:
        raise ValueError(f"a mail goes to one recipient; this one names {len(addresses)}")
    return str(addresses[0].addr_spec)
