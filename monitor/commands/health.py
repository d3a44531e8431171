"""`health`: on one screen, whether all is well with the monitor itself."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.commands.base import CommandFailed, Outcome, app_for, local
from monitor.commands.printing import print_table
from monitor.commands.register_lines import register_is_sound
from monitor.commands.soundness import evidence_folder, evidence_log, passes, say

if TYPE_CHECKING:
    from monitor.wiring import App

EXAMPLE = "school-monitor health || echo 'somebody should look'"
GIVEN_UP_LATELY = timedelta(days=7)
SENT_WITHIN = timedelta(minutes=30)
"""A mail that has been due for longer and was never tried: nothing is running that would send it."""
SIGNED_WITHIN = timedelta(hours=2)
"""Entries of the evidence log are signed every hour while something runs."""
MOST_MAILS = 5


def configure(parser: ArgumentParser) -> None:
    """There are no options beyond --config."""


def run(args: Namespace) -> int:
    """Print what was read and what is wrong, asking no network. 1 when something needs a person."""
    app = app_for(args)
    are_read = _accounts(app)
    sound = [
        passes("incidents", lambda: _incidents(app)),
        passes("register", lambda: register_is_sound(app)),
        passes("mails", lambda: _mails(app)),
        passes("disk", lambda: evidence_folder(app)),
        passes("evidence log", lambda: _signed(app)),
    ]
    return Outcome.DONE if are_read and all(sound) else Outcome.PROBLEMS


def _accounts(app: App) -> bool:
    """Print how each account stands. False when one is not read."""
    from monitor.commands.account_lines import expiry_line
    from monitor.coverage import blind
    from monitor.store import ledger

    now, zone = app.clock(), app.settings.school.timezone
    rows, why = [], []
    with app.store.reading() as tx:
        for configured in app.settings.accounts:
            account = ledger.enrolled_account(tx, app.settings.school.key, configured.key)
            read_until = ledger.last_complete_read(tx, account)
            wrong = blind(tx, account, configured.poll_minutes, now)
            state = "is not read" if wrong else "is read"
            read = local(read_until, zone) if read_until else "never"
            rows.append((account.label, state, read, expiry_line(account.expires_at, now, zone)))
            why += [f"account {configured.key}: {wrong.account} is not read: {wrong.why}"] if wrong else []
    print_table(("account", "now", "read completely up to", "credentials"), rows)
    for line in why:
        say("FAIL", line)
    return not why


def _incidents(app: App) -> str:
    from monitor.reconnecting import what_is_wrong
    from monitor.rules.watching import Trouble
    from monitor.store import incidents, ledger

    zone = app.settings.school.timezone
    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        found = [
            f"{each.account.label}{f' ({each.stream})' if each.stream else ''}: "
            f"{what_is_wrong(Trouble(each.trouble), each.account.network, each.account.label)} "
            f"Found {local(each.opened_at, zone)}"
            for each in incidents.open_in_school(tx, school)
        ]
    if found:
        raise CommandFailed("; ".join(found))
    return "none open"


def _mails(app: App) -> str:
    from monitor.store import ledger, outbox

    now = app.clock()
    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        stuck = outbox.in_trouble(tx, school, now - GIVEN_UP_LATELY, now - SENT_WITHIN)
        lines = [f"{mail.kind} to {mail.recipient}: {mail.outcome or 'due, and nothing sends it'}" for mail in stuck]
    if not lines:
        return "none waits"
    more = f"; and {len(lines) - MOST_MAILS} more" if len(lines) > MOST_MAILS else ""
    raise CommandFailed("; ".join(lines[:MOST_MAILS]) + more)


def _signed(app: App) -> str:
    """That the evidence log is signed, and up to now. Raises CommandFailed."""
    from monitor.store import evidence_log as book
    from monitor.store import ledger

    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        newest = book.newest_checkpoint(tx, school)
        unsigned = next(iter(book.entries(tx, school, newest.size if newest else 0)), None)
    if unsigned and app.clock() - unsigned.at > SIGNED_WITHIN:
        since = local(unsigned.at, app.settings.school.timezone)
        raise CommandFailed(f"entries since {since} are not signed; run school-monitor tick and see what it says")
    return evidence_log(app)
