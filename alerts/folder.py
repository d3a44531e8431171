"""Mails as files: one `.eml` for each mail, for trying out and for schools whose mail leaves some other way."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from email.message import EmailMessage
from pathlib import Path

from alerts.transport import MailRefused, only_recipient

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.@_-]{0,99}")


class FolderTransport:
    """Writes each mail to `<message id>.eml`. The same mail sent again is one file still."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the mail whole or not at all, readable by its owner only. Raises MailRefused, ValueError."""
        only_recipient(message)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._folder / f"{_file_name(message)}.eml", message.as_bytes())
        except OSError as failed:
            # strerror, never str(): the path may say more than a status page should.
            why = failed.strerror or type(failed).__name__
            raise MailRefused(False, f"the mail folder cannot be written: {why}") from None

    def check(self) -> None:
        """Make the folder if need be and see that it can be written. Raises MailRefused."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder):
                pass
        except OSError as failed:
            why = failed.strerror or type(failed).__name__
            raise MailRefused(False, f"the mail folder cannot be written: {why}") from None


def _write(path: Path, content: bytes) -> None:
    # mkstemp makes the file 0600; the rename puts it in place whole, over an earlier copy.
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut, not only the content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _file_name(message: EmailMessage) -> str:
    message_id = str(message["Message-ID"] or "").strip().removeprefix("<").removesuffix(">")
    if not message_id:
        raise ValueError("a mail needs a Message-ID: it is how a second copy is recognised")
    if _SAFE_NAME.fullmatch(message_id):
        return message_id
    return hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()
