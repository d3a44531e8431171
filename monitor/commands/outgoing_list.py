"""`outgoing list`: what was found in the school's own words. None of them is printed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from alerts.filters import counted
from monitor.commands.base import Outcome, app_for, known_account, local
from monitor.commands.printing import print_plain, print_table

if TYPE_CHECKING:
    from monitor.store.outgoing_tables import OutgoingFound
    from monitor.wiring import App

EXAMPLE = "school-monitor outgoing list --account facebook"


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--account", metavar="KEY", help="only this account")
    parser.add_argument("--all", action="store_true", help="also what is settled")


def run(args: Namespace) -> int:
    """Print the list. 0 even when something is open."""
    from monitor.store import ledger, outgoing

    app = app_for(args)
    account = known_account(app, args.account)
    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        rows = [row for row in outgoing.found(tx, school, settled=args.all) if account in {None, row.account.key}]
        told = outgoing.told_at(tx, school, rows)
        if rows:
            _print(rows, {row.id: _standing(app, row, row.id in told) for row in rows}, app)
    if not rows:
        print("Nothing was found in the school's own words." if args.all else "Nothing is open.")
    return Outcome.DONE


def _print(rows: list[OutgoingFound], standing: dict[int, str], app: App) -> None:
    from monitor.model import OutgoingKind
    from monitor.outgoing_mail import link_of
    from monitor.words import outgoing_words

    zone = app.settings.school.timezone
    print_table(
        ("number", "account", "where", "found", "what", "standing"),
        (
            (
                row.id,
                row.account.label,
                "reported" if row.kind == OutgoingKind.REPORTED else "reply" if row.item else "post",
                local(row.found_at, zone),
                outgoing_words(OutgoingKind(row.kind)),
                standing[row.id],
            )
            for row in rows
        ),
    )
    for row in rows:
        by = f"{row.reported_by}: " if row.reported_by else ""
        place = f" (letters {row.start + 1} to {row.end})" if row.end else ""
        print_plain(f"{row.id}: {by}{row.reason}{place} {link_of(row)}")
    print(
        f"{counted(len(rows), 'finding')}. Settle one: "
        'school-monitor outgoing settle NUMBER --by PERSON --why "what was done"'
    )


def _standing(app: App, row: OutgoingFound, is_told: bool) -> str:
    from monitor.store import outgoing

    zone = app.settings.school.timezone
    if row.settled_at:
        return f"settled {local(row.settled_at, zone)} by {row.settled_by}: {row.settled_why}"
    if row.is_history:
        return "from before the account was watched; nobody is told"
    if outgoing.is_gone(row):
        return "not visible to us any more"
    if row.told_to is None:
        return "to be told"
    people = {person.email: person.name for person in app.settings.people}
    names = ", ".join(people.get(each, each) for each in row.told_to)
    return f"{names} told" if is_told else f"{names} will be told"
