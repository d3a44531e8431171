"""The line to a mail server: whatever it says, and however slowly, it is heard out only so long and so far.

smtplib reads an answer of any number of lines, and its time-out begins anew with every byte. A server that never
comes to an end would hold the daemon for ever, or fill its memory.
"""

from __future__ import annotations

import io
import smtplib
import socket
import time
from typing import Any

from alerts.transport import MailRefused

LONGEST_ANSWER = 1 << 16
"""Bytes of one answer; a long list of what a server can do has two thousand."""
WHOLE_ANSWER = 3
"""One answer may take this many times the time-out in all, however steadily it drips."""
LAST_ANSWER = 10
"""After the whole mail a server may look through it before it answers; given up early, it would come twice."""
GOODBYE = 2.0
"""Seconds for the answer to ours: until it is over the mail is not ticked off, and would come twice after a crash."""
WHOLE_CONVERSATION = 600.0
"""Seconds. Less than the lease of a mail that is being sent (15 minutes), so that nobody else begins to send it."""


class _Line(io.RawIOBase):
    """What arrives from a socket until `until` (monotonic seconds); then TimeoutError, as when nothing arrives."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._sock = sock
        self.each = 0.0
        self.until = 0.0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for some bytes. Raises TimeoutError, OSError."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(min(self.each, left))
        return self._sock.recv_into(buffer)


class _Answers:
    """Stands where smtplib keeps the file it reads answers from."""

    def __init__(self, sock: socket.socket) -> None:
        self._line = _Line(sock)
        self._file = io.BufferedReader(self._line)
        self._left = 0

    def begin(self, each: float, whole: float) -> None:
        """A new answer: `each` seconds for any part of it, `whole` in all."""
        self._line.each, self._line.until = each, time.monotonic() + whole
        self._left = LONGEST_ANSWER

    def readline(self, most: int) -> bytes:
        """The next line of the answer. Raises MailRefused, OSError."""
        try:
            text = self._file.readline(most)
        except TimeoutError:
            raise MailRefused(False, "the mail server took too long to answer") from None
        self._left -= len(text)
        if self._left < 0 or len(text) == most:  # smtplib would call a line that is too long an answer of 500
            raise MailRefused(False, "the mail server's answer had no end; check host and port of [mail]")
        return text

    def close(self) -> None:
        """Let go of the line; the socket itself is closed by smtplib."""
        self._file.close()


class _Bounded(smtplib.SMTP):
    """An smtplib client whose every answer is bounded."""

    patience = 1.0
    _ends_at: float | None = None

    def getreply(self) -> tuple[int, bytes]:
        """As smtplib's own. Raises MailRefused besides."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected
        now = time.monotonic()
        self._ends_at = self._ends_at or now + WHOLE_CONVERSATION
        if self.file is None:
            self.file = _Answers(self.sock)
        each = self.timeout * self.patience
        self.file.begin(each, min(max(each, self.timeout * WHOLE_ANSWER), self._ends_at - now))
        try:
            return super().getreply()
        except MailRefused:
            self.close()  # what comes later would be taken for the answer to something else
            raise

    def wait_longer(self) -> None:
        """From now on the server may take its time: the next it answers to is the mail itself."""
        self.patience = LAST_ANSWER
        if self.sock is not None:
            self.sock.settimeout(self.timeout * LAST_ANSWER)

    def be_brief(self) -> None:
        """From now on nothing of importance is said."""
        self.patience, self.timeout = 1.0, min(self.timeout, GOODBYE)


class BoundedSMTP(_Bounded):
    """In clear, until it is told to encrypt."""


class BoundedSMTPOverTLS(_Bounded, smtplib.SMTP_SSL):
    """Encrypted from the first byte."""
