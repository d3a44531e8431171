"""Mail through the school's own mail server (SMTP). With `alerts/mail_line.py` the only place that knows smtplib."""

from __future__ import annotations

import binascii
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Literal

from alerts.filters import plain
from alerts.mail_line import BoundedSMTP, BoundedSMTPOverTLS
from alerts.refusals import LONGEST_QUOTE, Step, refusal
from alerts.sign_in import Tokens
from alerts.transport import MailRefused, only_recipient

_NOBODY = "school-monitor.invalid"  # what we call ourselves when there is no sender yet
_XOAUTH2 = "XOAUTH2"


class SmtpTransport:
    """Opens a connection for each mail: a digest and a report a day need no more, and nothing grows stale.

    `security`: "starttls" (encrypt before anything is said; never goes on in clear), "tls" (encrypted from
    the first byte) or "none" (only for a server on this machine). Certificates are always verified against
    the machine's trusted authorities. `timeout_seconds` bounds each step of the conversation.
    `user` signs in with `password`, or with a token of `tokens` (XOAUTH2), or not at all where both are None.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Literal["starttls", "tls", "none"],
        user: str | None,
        password: str | None,
        timeout_seconds: float,
        tokens: Tokens | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._user = user
        self._password = password
        self._timeout = timeout_seconds
        self._tokens = tokens

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
        with self._signed_in(sender.domain) as server:
            _hand_over(server, sender.addr_spec, recipient, content)

    def check(self) -> None:
        """Connect, encrypt and sign in as for a mail, then take leave. Raises MailRefused."""
        with self._signed_in(_NOBODY):
            pass

    @contextmanager
    def _signed_in(self, our_name: str) -> Iterator[BoundedSMTP | BoundedSMTPOverTLS]:
        # The token first: a mail server does not wait for the minute that a slow sign-in may take.
        token = self._tokens.token() if self._tokens else None
        with _failures_in_words(self._timeout):
            server = self._connect(our_name)
            try:
                self._encrypt(server)
                self._sign_in(server, token)
                yield server
            finally:
                _leave(server)

    def _connect(self, our_name: str) -> BoundedSMTP | BoundedSMTPOverTLS:
        # The sender's domain as our name: relays expect one of theirs, and looking up our own can hang.
        with _answers_to(Step.CALL):
            if self._security == "tls":
                context = ssl.create_default_context()
                return BoundedSMTPOverTLS(self._host, self._port, our_name, timeout=self._timeout, context=context)
            return BoundedSMTP(self._host, self._port, our_name, timeout=self._timeout)

    def _encrypt(self, server: smtplib.SMTP) -> None:
        with _answers_to(Step.ENCRYPTION):
            server.ehlo_or_helo_if_needed()
            if self._security != "starttls":
                return
            if not server.has_extn("starttls"):
                raise MailRefused(
                    False, "the mail server offers no encryption (STARTTLS), and mail is never sent in clear"
                )
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()

    def _sign_in(self, server: smtplib.SMTP, token: str | None) -> None:
        if self._user is None or (self._password is None and token is None):
            return
        try:
            with _answers_to(Step.SIGN_IN if token is None else Step.OAUTH):
                if token is not None:
                    _sign_in_with(token, self._user, server)
                elif self._password is not None:
                    server.login(self._user, self._password)
        except smtplib.SMTPNotSupportedError:
            raise MailRefused(
                False, "the mail server offers no way of signing in with a password on this connection"
            ) from None
        except UnicodeEncodeError:
            # Its own text would show part of the password.
            raise MailRefused(
                False, "the user name or password for mail has a letter outside ASCII; choose one without"
            ) from None
        except MailRefused:
            if self._tokens:
                self._tokens.forget()  # the next attempt, a minute from now, comes with a new one
            raise


def _sign_in_with(token: str, user: str, server: smtplib.SMTP) -> None:
    """XOAUTH2. A server that refuses says why in a challenge; its answer comes after an empty line of ours."""
    if _XOAUTH2 not in server.esmtp_features.get("auth", "").upper().split():
        raise MailRefused(
            False,
            'the mail server takes no tokens (XOAUTH2) on this connection; check host, or use sign_in "password"',
        )
    ours = f"user={user}\x01auth=Bearer {token}\x01\x01"
    server.auth(_XOAUTH2, lambda challenge=None: ours if challenge is None else "")


def _hand_over(server: BoundedSMTP | BoundedSMTPOverTLS, sender: str, recipient: str, content: bytes) -> None:
    """MAIL, RCPT, DATA. Returns when the server has answered 250 to the whole mail."""
    size = [f"size={len(content)}"] if server.has_extn("size") else []
    with _answers_to(Step.SENDER):
        code, said = server.mail(sender, size)
        _expect(code in {250}, code, said)
    with _answers_to(Step.RECIPIENT):
        code, said = server.rcpt(recipient)
        _expect(code in {250, 251}, code, said)
    with _answers_to(Step.CONTENT):
        server.wait_longer()
        code, said = server.data(content)
        _expect(code == 250, code, said)


def _expect(accepted: bool, code: int, said: bytes) -> None:
    if not accepted:
        raise smtplib.SMTPResponseException(code, said)


@contextmanager
def _answers_to(step: Step) -> Iterator[None]:
    """Turn the server's refusal of this step into MailRefused. `from None`: its own words may repeat addresses."""
    try:
        yield
    except smtplib.SMTPResponseException as refused:
        raise refusal(refused.smtp_code, refused.smtp_error, step) from None
    except binascii.Error:
        raise MailRefused(False, f"the mail server's answer to {step.value} cannot be read") from None


@contextmanager
def _failures_in_words(timeout_seconds: float) -> Iterator[None]:
    """Turn whatever else goes wrong into MailRefused."""
    try:
        yield
    except smtplib.SMTPServerDisconnected:
        raise MailRefused(False, "the mail server broke off before it had accepted the mail") from None
    except smtplib.SMTPException as failed:
        raise MailRefused(False, f"the mail could not be handed over ({type(failed).__name__})") from None
    except ssl.SSLCertVerificationError as wrong:
        why = plain(wrong.verify_message, LONGEST_QUOTE)
        raise MailRefused(False, f"the mail server's certificate cannot be trusted ({why})") from None
    except ssl.SSLError:
        raise MailRefused(False, "no encrypted connection could be made; check port and security") from None
    except TimeoutError:
        raise MailRefused(False, f"the mail server was silent for {timeout_seconds:g} seconds") from None
    except UnicodeEncodeError:
        raise MailRefused(True, "the sender's or the recipient's address has a letter outside ASCII") from None
    except OSError as failed:
        why = failed.strerror or type(failed).__name__
        raise MailRefused(False, f"the mail server cannot be reached ({why})") from None


def _leave(server: BoundedSMTP | BoundedSMTPOverTLS) -> None:
    """Say goodbye. Once the mail is accepted nothing said here may turn that into a failure."""
    with suppress(smtplib.SMTPException, OSError, MailRefused):
        server.be_brief()
        server.quit()
    server.close()
