"""`run`: the daemon."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from functools import partial

from monitor.commands.base import Outcome, app_for

EXAMPLE = "school-monitor run --config /etc/school-monitor.toml"


def configure(parser: ArgumentParser) -> None:
    """There are no options beyond --config."""


def run(args: Namespace) -> int:
    """Read every account at its interval, and mail, until SIGTERM or Ctrl-C; the page in hand is finished first."""
    from monitor.round import mail, read_account
    from monitor.schedule import Daemon

    app = app_for(args)
    app.listening.round_begins()
    daemon = Daemon(app.clock())
    for account in app.settings.accounts:
        job = partial(read_account, app, account, daemon.should_stop)
        daemon.read(account.key, job, timedelta(minutes=account.poll_minutes))
    daemon.tell("mails", partial(mail, app))
    daemon.draw("cards", app.cards.run)
    daemon.draw("live pages", app.photograph)
    daemon.run_until_stopped()
    app.store.close()
    return Outcome.DONE
