"""What `check` and `health` say of the credentials that mail leaves with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config.mail import FolderMail
from monitor.commands.base import CommandFailed, local
from monitor.commands.soundness import passes

if TYPE_CHECKING:
    from monitor.wiring import App

WARNED_BEFORE = timedelta(days=30)
"""A new certificate needs somebody with rights in Entra, and schools are closed for weeks."""


def mail_credentials_last(app: App) -> bool:
    """Print until when mail can sign in, where that is known. False when it ends within 30 days or is not told."""
    mail = app.settings.mail
    if isinstance(mail, FolderMail):
        return True
    folder, timezone = app.settings.path.parent, app.settings.school.timezone
    if mail.certificate_file is not None:
        file = folder / mail.certificate_file
        return passes("mail sign-in", lambda: _lasts("the certificate", _end_of_certificate(file), app))
    if mail.client_secret_ends is not None:
        ends = _end_of_day(mail.client_secret_ends, timezone)
        return passes("mail sign-in", lambda: _lasts("the client secret", ends, app))
    return True


def _lasts(what: str, ends: datetime, app: App) -> str:
    """Until when. Raises CommandFailed."""
    when, left = local(ends, app.settings.school.timezone), ends - app.clock()
    if left <= timedelta(0):
        raise CommandFailed(f"{what} ended {when}, so no mail leaves; make a new one in Entra and put it in place")
    if left <= WARNED_BEFORE:
        raise CommandFailed(f"{what} ends {when}; make a new one in Entra and put it in place before that")
    return f"{what} is good until {when}"


def _end_of_certificate(file: Path) -> datetime:
    """Raises MailRefused."""
    from alerts.certificate import read_certificate

    return read_certificate(file).ends


def _end_of_day(day: date, timezone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone)).astimezone(UTC)
