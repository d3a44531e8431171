"""Sends a school's owed mails in short lives: the process that is killed in the tests of mail.

    python -B mail_worker.py CONFIGURATION MOMENT

Everything is imported once, and what is owed at MOMENT is sent. For each further moment on standard input a child is
forked that opens the database, sends what is owed as of that moment with the real notifier and the real SMTP
transport, and ends. Its number is printed when it begins, and how it ended afterwards. Only what the mails say is
made up: writing them takes twenty times as long as sending them, and dying there is the harmless case.
"""

import os
import sys
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from alerts.render import make_message_id
from config.loading import load_settings
from monitor.clock import SetClock
from monitor.mail_writer import MailWriter
from monitor.wiring import build_app


def message_for(writer, delivery, now):
    """A mail that is like the true one in all that matters here: who gets it, and by what id it is recognised."""
    school, sender = writer.settings.school, writer.settings.mail.sender
    domain = sender.rpartition("@")[2]
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, delivery.recipient, delivery.kind
    mail["Message-ID"] = make_message_id(school.key, delivery.kind, delivery.key, delivery.recipient, domain)
    mail.set_content("x" * 70 + "\n" + now.isoformat())
    return mail


def one_life(app, now):
    """Send what is owed."""
    replace(app.notifier, clock=SetClock(now)).run()
    app.store.close()


def main(path, settled):
    settings = load_settings(Path(path), {"TOKEN": "x"})
    MailWriter.message_for = message_for
    app = build_app(settings)
    replace(app.notifier, clock=SetClock(settled)).run()  # what it asks the database is prepared once for all lives
    app.store.close()  # a child opens a connection of its own: none may be shared by two processes
    _say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                one_life(app, datetime.fromisoformat(line.strip()))
            except BaseException as wrong:
                os.write(2, f"{type(wrong).__name__}: {wrong}\n".encode())
                os._exit(1)
            os._exit(0)
        _say(child)
        _, status = os.waitpid(child, 0)
        _say(f"ended {os.waitstatus_to_exitcode(status)}")


def _say(what):
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
