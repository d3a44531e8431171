"""`coverage`: what was read when, and what was not."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from monitor.commands.base import CommandFailed, Outcome, app_for, local
from monitor.commands.printing import print_table
from monitor.rules.slots import week_name

EXAMPLE = "school-monitor coverage --week 2026-W47"


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--week", metavar="YYYY-Www", help="ISO week (default: this one)")


def run(args: Namespace) -> int:
    """Print the ledger of the week, account by account. 1 when there is a hole in it."""
    from zoneinfo import ZoneInfo

    app = app_for(args)
    zone = app.settings.school.timezone
    week = args.week or week_name(app.clock().astimezone(ZoneInfo(zone)).date())
    try:
        coverage = app.reporter.weekly(week, app.clock()).coverage
    except ValueError as wrong:
        raise CommandFailed(f"--week: {wrong}", Outcome.USAGE) from None
    print_table(
        ("account", "reads", "read to the end", "hours watched", "hours in all", "comments received"),
        (
            (c.account, c.reads, c.complete_reads, f"{c.hours_covered:.1f}", f"{c.hours_in_week:.1f}", c.stored)
            for c in coverage
        ),
        title=f"Week {week}",
    )
    for account in coverage:
        for since, until in account.holes:
            print(f"{account.account}: not read from {local(since, zone)} to {local(until, zone)}")
    print("Direct messages are not watched.")
    return Outcome.PROBLEMS if any(account.holes for account in coverage) else Outcome.DONE
