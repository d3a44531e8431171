"""Mail through the school's own mail server (SMTP). The only place that knows smtplib."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Literal

from alerts.filters import plain
from alerts.transport import MailRefused, only_recipient

_SIGN_IN_SWITCHED_OFF = (
    "Microsoft 365 no longer lets this mailbox sign in with a password (SMTP AUTH is switched off): "
    "switch it on again for the mailbox, or send through a relay"
)
# Microsoft's enhanced codes for password sign-in that is switched off, whatever text comes with them.
_SWITCHED_OFF_CODES = ("5.7.30", "5.7.139")
_LONGEST_QUOTE = 80
_NOBODY = "school-monitor.invalid"  # what we call ourselves when there is no sender yet


class SmtpTransport:
    """Opens a connection for each mail: a digest and a report a day need no more, and nothing grows stale.

    `security`: "starttls" (encrypt before anything is said; never goes on in clear), "tls" (encrypted from
    the first byte) or "none" (only for a server on this machine). Certificates are always verified against
    the machine's trusted authorities. `timeout_seconds` bounds each step of the conversation.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Literal["starttls", "tls", "none"],
        user: str | None,
        password: str | None,
        timeout_seconds: float,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._user = user
        self._password = password
        self._timeout = timeout_seconds

    def send(self, message: EmailMessage) -> None:
        """Hand the mail to the server, once.

        Raises MailRefused: for good only when the server answered this very mail or its recipient with 5xx. A
        server that does not let us in at all has said nothing about the mail, which stays owed meanwhile.
        Raises ValueError when it has not exactly one recipient.
        """
        recipient = only_recipient(message)
        sender = message["From"].addresses[0]
        # smtplib sends bytes as they are, and a bare line feed in mail is what smuggled commands hide behind.
        content = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        with _failures_in_words(self._timeout):
            server = self._connect(sender.domain)
            try:
                self._encrypt(server)
                self._sign_in(server)
                server.sendmail(sender.addr_spec, [recipient], content)
            finally:
                _leave(server)

    def check(self) -> None:
        """Connect, encrypt and sign in as for a mail, then take leave. Raises MailRefused."""
        with _failures_in_words(self._timeout):
            server = self._connect(_NOBODY)
            try:
                self._encrypt(server)
                self._sign_in(server)
            finally:
                _leave(server)

    def _connect(self, our_name: str) -> smtplib.SMTP:
        # The sender's domain as our name: relays expect one of theirs, and looking up our own can hang.
        try:
            if self._security == "tls":
                context = ssl.create_default_context()
                return smtplib.SMTP_SSL(self._host, self._port, our_name, timeout=self._timeout, context=context)
            return smtplib.SMTP(self._host, self._port, our_name, timeout=self._timeout)
        except smtplib.SMTPResponseException as refused:
            raise _refusal(refused.smtp_code, refused.smtp_error, "our call", False) from None

    def _encrypt(self, server: smtplib.SMTP) -> None:
        try:
            server.ehlo_or_helo_if_needed()
            if self._security != "starttls":
                return
            if not server.has_extn("starttls"):
                raise MailRefused(
                    False, "the mail server offers no encryption (STARTTLS), and mail is never sent in clear"
                )
            server.starttls(context=ssl.create_default_context())
        except smtplib.SMTPResponseException as refused:
            raise _refusal(refused.smtp_code, refused.smtp_error, "an encrypted connection", False) from None

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if self._user is None or self._password is None:
            return
        try:
            server.login(self._user, self._password)
        except smtplib.SMTPResponseException as refused:
            raise _refusal(refused.smtp_code, refused.smtp_error, "user name or password", False) from None
        except smtplib.SMTPNotSupportedError:
            raise MailRefused(
                False, "the mail server offers no way of signing in with a password on this connection"
            ) from None
        except UnicodeEncodeError:
            # Its own text would show part of the password.
            raise MailRefused(
                False, "the user name or password for mail has a letter outside ASCII; choose one without"
            ) from None


@contextmanager
def _failures_in_words(timeout_seconds: float) -> Iterator[None]:
    """Turn whatever goes wrong into MailRefused. `from None`: a server's own words may repeat addresses."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        raise _refusal(code, text, "the recipient's address", True) from None
    except smtplib.SMTPResponseException as refused:
        raise _refusal(refused.smtp_code, refused.smtp_error, "the mail", True) from None
    except smtplib.SMTPServerDisconnected:
        raise MailRefused(False, "the mail server broke off before it had accepted the mail") from None
    except smtplib.SMTPException as failed:
        raise MailRefused(False, f"the mail could not be handed over ({type(failed).__name__})") from None
    except ssl.SSLCertVerificationError as wrong:
        why = plain(wrong.verify_message, _LONGEST_QUOTE)
        raise MailRefused(False, f"the mail server's certificate cannot be trusted ({why})") from None
    except ssl.SSLError:
        raise MailRefused(False, "no encrypted connection could be made; check port and security") from None
    except TimeoutError:
        raise MailRefused(False, f"the mail server was silent for {timeout_seconds:g} seconds") from None
    except OSError as failed:
        why = failed.strerror or type(failed).__name__
        raise MailRefused(False, f"the mail server cannot be reached ({why})") from None


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye. Once the mail is accepted nothing said here may turn that into a failure."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _refusal(code: int, text: bytes | str, what: str, about_the_mail: bool) -> MailRefused:
    """The server's answer in our words. Only a 5xx about the mail itself is a refusal for good."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if any(mark in said for mark in _SWITCHED_OFF_CODES):
        return MailRefused(False, f"{_SIGN_IN_SWITCHED_OFF} (answer {code})")
    refused_for_good = 500 <= code <= 599
    how = "refused" if refused_for_good else "does not accept for now:"
    quote = plain(said, _LONGEST_QUOTE)
    return MailRefused(refused_for_good and about_the_mail, f"the mail server {how} {what} (answer {code} {quote})")
