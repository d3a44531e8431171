"""`outgoing report`: somebody says that the school published something wrong. The head is told at once."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from alerts.filters import web_address
from monitor.commands.base import CommandFailed, Outcome, app_for, known_account
from monitor.commands.people import acting, declare_actor

if TYPE_CHECKING:
    from monitor.wiring import App

EXAMPLE = (
    'school-monitor outgoing report --account facebook --link https://facebook.com/oakfield/posts/1 --by "Mrs Ali"'
    ' --why "a child is in the picture who must not be"'
)


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--account", required=True, metavar="KEY", help="the account it was published on")
    parser.add_argument("--link", required=True, metavar="URL", help="where it stands, or stood")
    declare_actor(parser, what="says so")


def run(args: Namespace) -> int:
    """Write it down and send the mail now. 1 when the mail could not be sent yet; it is tried again."""
    from monitor.store import ledger, outgoing

    app = app_for(args)
    actor = acting(args, app.settings)
    known_account(app, args.account)
    link = web_address(args.link)
    if not link:
        raise CommandFailed("--link: an address starts with https:// or http:// and holds no space", Outcome.USAGE)
    now = app.clock()
    with app.store.writing() as tx:
        account = ledger.enrolled_account(tx, app.settings.school.key, args.account)
        clause = app.settings.policy.outgoing.clause
        number = outgoing.report(tx, account, link, actor.name, actor.why, clause, now).id
    mails = app.notifier.run()
    print(f"Written down as number {number}, and told: {_told(app, number)}.")
    if mails.failures:
        raise CommandFailed("not every mail could be sent; it is tried again: " + "; ".join(mails.failures))
    return Outcome.DONE


def _told(app: App, number: int) -> str:
    from monitor.store.outgoing_tables import OutgoingFound

    people = {person.email: person.name for person in app.settings.people}
    with app.store.reading() as tx:
        row = tx.get_one(OutgoingFound, number)
        return ", ".join(people.get(each, each) for each in row.told_to or ()) or "nobody yet"
