"""`check --send-test-mails` and `--mail-code`: whether mail reaches those who are to be told."""

from __future__ import annotations

import os
import secrets
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerts.proof import Proof, render_proof
from alerts.render import Envelope, make_message_id
from monitor.commands.base import CommandFailed, Outcome
from monitor.commands.soundness import passes, say
from monitor.mail_transports import mail_transport
from monitor.rules.mail_code import GOOD_FOR, code_for, whose

if TYPE_CHECKING:
    from config.people import Person
    from monitor.wiring import App

KEY_FILE = "mail-test.key"
KEY_BYTES = 32


def send_test_mails(app: App) -> Outcome:
    """Send each moderator a mail with a code of their own, and say how that went."""
    key = _key(app.settings.path.parent)
    sent = [passes(f"mail to {person.email}", partial(_send, app, person, key)) for person in _told(app)]
    say("note", "ask each of them for the code and type it: school-monitor check --mail-code CODE")
    return Outcome.DONE if all(sent) else Outcome.PROBLEMS


def take_code(app: App, code: str) -> Outcome:
    """Say whose code it is."""
    today = app.clock().astimezone(ZoneInfo(app.settings.school.timezone)).date()
    found = whose(_key(app.settings.path.parent), code.strip(), [person.email for person in _told(app)], today)
    if found is None:
        say("FAIL", f"mail: no test mail of the last {GOOD_FOR.days} days holds this code; send them again")
        return Outcome.PROBLEMS
    name = next(person.name for person in _told(app) if person.email == found[0])
    say("ok", f"mail: {name} ({found[0]}) has read the test mail of {found[1]:%d %b %Y}")
    return Outcome.DONE


def _told(app: App) -> list[Person]:
    return [person for person in app.settings.people if "moderator" in person.roles]


def _send(app: App, person: Person, key: bytes) -> str:
    """Raises MailRefused."""
    settings, now = app.settings, app.clock()
    school, mail, zone = settings.school, settings.mail, ZoneInfo(settings.school.timezone)
    today = now.astimezone(zone).date()
    test = Proof(
        school=school.name,
        timezone=school.timezone,
        now=now,
        recipient=person.name,
        code=code_for(key, person.email, today),
        until=datetime.combine(today + GOOD_FOR + timedelta(days=1), time(), zone) - timedelta(minutes=1),
    )
    message_key = f"{now:%Y-%m-%d %H:%M:%S}"  # asked for again, it is another mail
    envelope = Envelope(
        sender=mail.sender,
        sender_name=f"{school.name} monitor",
        reply_to=mail.reply_to,
        recipient=person.email,
        message_id=make_message_id(school.key, "proof", message_key, person.email, mail.sender.rpartition("@")[2]),
        list_id=f"alerts.{school.key}.monitor",
        date=now,
    )
    mail_transport(settings, app.clock).send(render_proof(test, envelope))
    return f"accepted; {person.name} is asked for a code"


def _key(folder: Path) -> bytes:
    """The key of this school's codes, made at first use for its owner only. Raises CommandFailed."""
    file = folder / KEY_FILE
    try:
        if not file.exists():
            with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as new:
                new.write(secrets.token_bytes(KEY_BYTES))
        key = file.read_bytes()
    except OSError as failed:
        raise CommandFailed(f"{KEY_FILE} cannot be made or read: {failed.strerror}", Outcome.USAGE) from None
    if len(key) != KEY_BYTES:
        raise CommandFailed(f"{KEY_FILE} is not a key of this program's; delete it, and send the test mails again")
    return key
