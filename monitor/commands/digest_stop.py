"""`digest stop`: no morning digest to one person. `digest start` shares all but the act."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.base import CommandFailed, Outcome, app_for
from monitor.commands.people import LONGEST_NAME, configured

if TYPE_CHECKING:
    from config.people import Person
    from monitor.digest_stops import DigestStops
    from monitor.wiring import App

EXAMPLE = 'school-monitor digest stop --by "Mrs Ali"'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--by", required=True, metavar="PERSON", help="who decides it: a name or e-mail address")
    parser.add_argument(
        "--for",
        dest="whose",
        metavar="PERSON",
        help="whose digest (default: that of whoever decides); only a head decides for somebody else",
    )


def run(args: Namespace) -> int:
    """Stop it, unless this is one of the last two who get the digest about an account: 1 then."""
    from monitor.digest_stops import CannotStop

    app = app_for(args)
    by, whose = people(args, app)
    try:
        stops_of(app).stop(whose.email, by.name, app.clock())
    except CannotStop:
        raise CommandFailed(
            f"{whose.name} is one of the last two who get the digest about an account. Have somebody else look after "
            "it as well, then it can be stopped"
        ) from None
    print(f"{whose.name} gets no morning digest from now on. What is urgent, serious or overdue still comes.")
    return Outcome.DONE


def stops_of(app: App) -> DigestStops:
    """Who of the school gets no digest."""
    from monitor.digest_stops import DigestStops

    return DigestStops(app.store, app.school, tuple(account.key for account in app.settings.accounts))


def people(args: Namespace, app: App) -> tuple[Person, Person]:
    """Who decides, and whose digest it is. Raises CommandFailed."""
    by = _known(args.by, app)
    whose = _known(args.whose, app) if args.whose else by
    if whose != by and "head" not in by.roles:
        heads = " or ".join(app.settings.names("head"))
        raise CommandFailed(f"only {heads} decides about the digest of somebody else", Outcome.USAGE)
    if whose.email not in stops_of(app).readers:
        raise CommandFailed(f"{whose.name} looks after the connections and gets no digest", Outcome.USAGE)
    return by, whose


def _known(text: str, app: App) -> Person:
    wanted = plain(text, LONGEST_NAME).strip()
    person = configured(wanted, app.settings)
    if person is None:
        known = ", ".join(each.name for each in app.settings.people)
        raise CommandFailed(f"{wanted} is not in the configuration, which names {known}", Outcome.USAGE)
    return person
