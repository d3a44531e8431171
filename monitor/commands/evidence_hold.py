"""`evidence hold`: keep everything of a case from being erased."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.people import acting, declare_actor
from monitor.commands.sight import sight_of

EXAMPLE = 'school-monitor evidence hold 12 --by "Ms Okafor" --why "the police asked us to keep it, crime 42/26"'
MAY_HOLD = ("head", "safeguarding")


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("case", type=case_number, metavar="CASE", help="number of the case")
    declare_actor(parser, what="decided; needs the role head or safeguarding")


def run(args: Namespace) -> int:
    """Place the hold, and enter it in the evidence log."""
    entry = changed(args, held=True)
    print(
        f"Case {args.case} is on hold (entry {entry} of the evidence log): nothing of it is erased, whoever asks and "
        "whatever its term, until school-monitor evidence release."
    )
    return Outcome.DONE


def changed(args: Namespace, *, held: bool) -> int:
    """Place the hold on a case, or lift it, and return the entry in the log. Raises CommandFailed."""
    from monitor.erasing import holds
    from monitor.store import ledger
    from monitor.store.evidence_log import ClockSetBack

    app = app_for(args)
    actor = acting(args, app.settings, MAY_HOLD)
    sight = sight_of(app, args)
    if held:
        sight.refuse(args.case)
    elif args.case in sight.hidden:
        raise CommandFailed(f"no hold is on case {args.case}; nothing was changed")
    try:
        with app.store.writing() as tx:
            school = ledger.enrolled_school(tx, app.settings.school.key)
            return (holds.place if held else holds.lift)(tx, school, args.case, actor, app.clock())
    except (holds.HoldRefused, ClockSetBack) as refused:
        raise CommandFailed(str(refused)) from None
