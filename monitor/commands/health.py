"""`health`: on one screen, whether all is well with the monitor itself."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.commands.base import CommandFailed, Outcome, app_for, local
from monitor.commands.listening_lines import it_runs, mail_leaves, people_are_reached, told_elsewhere
from monitor.commands.mail_lines import mail_credentials_last
from monitor.commands.people import declare_viewer
from monitor.commands.printing import print_table
from monitor.commands.register_lines import register_is_sound
from monitor.commands.soundness import evidence_folder, evidence_log, passes, say

if TYPE_CHECKING:
    from monitor.wiring import App

EXAMPLE = "school-monitor health || echo 'somebody should look'"
GIVEN_UP_LATELY = timedelta(days=7)
SENT_WITHIN = timedelta(minutes=30)
"""A mail that has been due for longer and was never tried: nothing is running that would send it."""
MOST_MAILS = 5


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    declare_viewer(parser)


def run(args: Namespace) -> int:
    """Print what was read and what is wrong, asking no network. 1 when something needs a person."""
    app = app_for(args)
    are_read = _accounts(app)
    sound = [
        passes("incidents", lambda: _incidents(app)),
        passes("register", lambda: register_is_sound(app)),
        passes("mails", lambda: _mails(app)),
        mail_credentials_last(app),
        passes("digests", lambda: _digests(app)),
        passes("mail leaves", lambda: mail_leaves(app)),
        passes("people", lambda: people_are_reached(app)),
        passes("somebody is told elsewhere", lambda: told_elsewhere(app)),
        passes("this program", lambda: it_runs(app)),
        passes("urgent alerts", lambda: _alerts(app, _hidden(app, args))),
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
    from monitor.telling import held_back

    now = app.clock()
    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        then = now - SENT_WITHIN
        stuck = outbox.in_trouble(tx, school, now - GIVEN_UP_LATELY, then, held_back(app.school, then))
        lines = [f"{mail.kind} to {mail.recipient}: {mail.outcome or 'due, and nothing sends it'}" for mail in stuck]
    if not lines:
        return "none waits"
    more = f"; and {len(lines) - MOST_MAILS} more" if len(lines) > MOST_MAILS else ""
    raise CommandFailed("; ".join(lines[:MOST_MAILS]) + more)


def _digests(app: App) -> str:
    """Who gets no digest."""
    from monitor.commands.digest_stop import stops_of

    return "; ".join(stops_of(app).in_words(app.clock())) or "nobody stopped theirs"


def _hidden(app: App, args: Namespace) -> frozenset[int]:
    """Cases of which nothing is told here: what somebody named with --by may not know of.

    Where nobody says who they are, or a technician looks, an alert that nobody acknowledged is told all the same, as
    it goes by no number: that nobody looks after an urgent comment is worse than that somebody guesses at one.
    """
    from monitor.commands.people import configured
    from monitor.rules.seeing import is_only_a_technician

    person = configured(args.by, app.settings) if args.by else None
    if person is None or is_only_a_technician(person):
        return frozenset()
    return app.reporter.hidden_from(person, app.clock())


def _alerts(app: App, hidden: frozenset[int]) -> str:
    """How many urgent alerts are on their way from person to person. Raises CommandFailed for those at the end."""
    from monitor.store import alerts, ledger

    zone = app.settings.school.timezone
    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        waiting = [alert for alert in alerts.unsettled(tx, school) if alert.comment_id not in hidden]
        # Without the number: not everybody who reads this may know which case it is. Those who were told do.
        lines = [
            f"{alert.comment.account.label}: a comment is urgent since {local(alert.opened_at, zone)}, everybody who "
            "should hear of it was told, and nobody has acknowledged it"
            for alert in waiting
            if alert.next_step_at is None
        ]
    if lines:
        more = f"; and {len(lines) - MOST_MAILS} more" if len(lines) > MOST_MAILS else ""
        raise CommandFailed("; ".join(lines[:MOST_MAILS]) + more)
    return f"{len(waiting)} not acknowledged yet, and somebody comes next" if waiting else "none open"


def _signed(app: App) -> str:
    """That the evidence log is signed, and up to now. Raises CommandFailed."""
    from monitor.status_file import SIGNED_WITHIN
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
