"""`evidence release`: end a legal hold."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.evidence_hold import MAY_HOLD
from monitor.commands.people import acting, declare_actor

EXAMPLE = 'school-monitor evidence release 12 --by "Ms Okafor" --why "the police closed crime 42/26"'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("case", type=case_number, metavar="CASE", help="number of the case")
    declare_actor(parser, what="decided; needs the role head or safeguarding")


def run(args: Namespace) -> int:
    """End the hold, and enter that in the evidence log."""
    from monitor.erasing import holds
    from monitor.store import ledger
    from monitor.store.evidence_log import ClockSetBack

    app = app_for(args)
    actor = acting(args, app.settings, MAY_HOLD)
    try:
        with app.store.writing() as tx:
            school = ledger.enrolled_school(tx, app.settings.school.key)
            position = holds.lift(tx, school, args.case, actor, app.clock())
    except (holds.HoldRefused, ClockSetBack) as refused:
        raise CommandFailed(str(refused)) from None
    print(
        f"The hold on case {args.case} is lifted (entry {position} of the evidence log). Its term counts again; what "
        "was agreed to and stopped by the hold is erased at the next start."
    )
    return Outcome.DONE
