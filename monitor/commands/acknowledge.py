"""`acknowledge`: somebody has an urgent case in hand. Nobody else is told of it then."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.base import CommandFailed, Outcome, app_for, case_number, local
from monitor.commands.people import LONGEST_NAME, LONGEST_REASON, computer_account, configured

if TYPE_CHECKING:
    from monitor.alerting import Acknowledged
    from monitor.wiring import App

EXAMPLE = 'school-monitor acknowledge 12 --by "Mrs Ali"'
WHY = "has the case in hand"


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "cases", type=case_number, nargs="+", metavar="CASE", help="number of the case, as the mail names it"
    )
    parser.add_argument(
        "--by",
        required=True,
        metavar="PERSON",
        help="who has it in hand: a name or e-mail address, one of those told",
    )
    parser.add_argument("--why", default=WHY, metavar="TEXT", help=f'what is on record beside it (default: "{WHY}")')


def run(args: Namespace) -> int:
    """Enter each acknowledgement, and say what was acknowledged before. 1 when one was refused."""
    app = app_for(args)
    refused = [problem for number in args.cases if (problem := _one(app, number, args))]
    if refused:
        raise CommandFailed("\n".join(refused))
    return Outcome.DONE


def _one(app: App, number: int, args: Namespace) -> str:
    """Acknowledge one case and print that. Returns why not, in a sentence; empty: it is done."""
    from monitor.alerting import NotTold, acknowledge
    from monitor.custody.log import Actor
    from monitor.store import judged, ledger
    from monitor.store.evidence_log import ClockSetBack

    by, why = plain(args.by, LONGEST_NAME).strip(), plain(args.why, LONGEST_REASON).strip() or WHY
    person = configured(by, app.settings)
    name, address = (person.name, person.email) if person else (by, by)
    try:
        with app.store.writing() as tx:
            school = ledger.enrolled_school(tx, app.settings.school.key)
            comment = judged.comment_of(tx, school, number)
            actor = Actor(name, why, computer_account())
            done = acknowledge(tx, app.school, comment, address, actor, app.clock())
    except (NotTold, ClockSetBack) as refused:
        return f"case {number}: {refused}"
    print("\n".join(_line(number, each, app.settings.school.timezone) for each in done))
    return ""


def _line(number: int, done: Acknowledged, zone: str) -> str:
    version = f", version {done.version}" if done.version > 1 else ""
    if done.now:
        return f"Case {number}{version}: acknowledged by {done.by}. Nobody else is told."
    return f"Case {number}{version}: was acknowledged before, by {done.by} on {local(done.at, zone)}."
