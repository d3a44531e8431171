"""`tick`: run whatever is due once and stop."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from monitor.commands.base import Outcome, app_for
from monitor.commands.printing import print_gap, print_mails, print_reads

EXAMPLE = "school-monitor tick --config /etc/school-monitor.toml    (every five minutes, by cron)"


def configure(parser: ArgumentParser) -> None:
    """There are no options beyond --config."""


def run(args: Namespace) -> int:
    """Read the accounts whose interval has passed, make cards, send mails. Two at once are harmless."""
    from monitor.round import accounts_due, begin, read_accounts, tell

    app = app_for(args)
    print_gap(begin(app)[0])
    app.listening.round_begins()
    results = read_accounts(app, accounts_due(app, app.clock()))
    print_reads(results)
    mails = tell(app)
    print_mails(mails)
    return Outcome.PROBLEMS if mails.failures or any(result.failures for result in results) else Outcome.DONE
