"""`poll`: read the accounts once, now."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from monitor.commands.base import CommandFailed, Outcome, app_for
from monitor.commands.printing import print_gap, print_plain, print_reads

EXAMPLE = "school-monitor poll --account facebook"


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--account", metavar="KEY", help="only this account (default: all)")


def run(args: Namespace) -> int:
    """Read, keep and judge; mails are left to `tick` and `run`. 1 when an account could not be read to its end."""
    from monitor.round import begin, read_account

    app = app_for(args)
    accounts = [a for a in app.settings.accounts if args.account in {None, a.key}]
    if not accounts:
        known = ", ".join(account.key for account in app.settings.accounts)
        raise CommandFailed(f'there is no account "{args.account}"; the configuration has {known}', Outcome.USAGE)
    print_gap(begin(app)[0])
    results = [read_account(app, account, by_hand=True) for account in accounts]
    app.cards.run()
    app.listening.still_alive()
    unwritten = app.listening.write_status()
    print_reads(results)
    if unwritten:
        print_plain(unwritten)
    return Outcome.PROBLEMS if unwritten or any(result.failures for result in results) else Outcome.DONE
