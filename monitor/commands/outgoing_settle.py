"""`outgoing settle`: record that nothing is left to do about something found in the school's own words."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace

from alerts.filters import counted
from monitor.commands.base import LONGEST_NUMBER, CommandFailed, Outcome, app_for
from monitor.commands.people import acting, configured, declare_actor

EXAMPLE = 'school-monitor outgoing settle 3 4 --by "Ms Okafor" --why "surnames taken out"'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "numbers", type=_number, nargs="+", metavar="NUMBER", help="as `school-monitor outgoing list` prints it"
    )
    declare_actor(parser, what="looked at it")


def run(args: Namespace) -> int:
    """Settle all of them, or none where one cannot be."""
    from monitor.store import ledger, outgoing

    app = app_for(args)
    actor = acting(args, app.settings)
    person = configured(actor.name, app.settings)
    if person is None:
        known = ", ".join(each.name for each in app.settings.people)
        raise CommandFailed(f"--by: {actor.name} is none of the configured people: {known}", Outcome.USAGE)
    now = app.clock()
    with app.store.writing() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        for number in dict.fromkeys(args.numbers):
            row = outgoing.by_number(tx, school, number)
            if row is None:
                raise CommandFailed(
                    f"nothing was found under number {number}; school-monitor outgoing list names all"
                )
            if row.settled_at is not None:
                raise CommandFailed(f"number {number} was settled before, by {row.settled_by}")
            is_poster = person.name in app.settings.register_entry(row.account.key).posters
            if is_poster and not row.is_history and person.email not in (row.told_to or ()):
                raise CommandFailed(
                    f"number {number}: {person.name} publishes on this account; somebody else has to look at it"
                )
            outgoing.settle(row, person.name, actor.why, now)
    print(f"{counted(len(dict.fromkeys(args.numbers)), 'finding')} settled by {person.name}.")
    return Outcome.DONE


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise ArgumentTypeError(f'a number such as 3, as in `outgoing list` (found "{text[:40]}")')
    return int(text)
