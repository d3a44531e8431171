"""`decide`: record what a moderator did, or that a flag was right or wrong. Nothing is done on any network."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.people import acting, declare_actor
from monitor.commands.sight import sight_of
from monitor.model import Action

EXAMPLE = 'school-monitor decide 12 answered_elsewhere --by "Mrs Ali" --why "phoned the parent" --version 1'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("case", type=case_number, metavar="CASE", help="number of the case")
    parser.add_argument(
        "action",
        choices=[action.value for action in Action],
        metavar="ACTION",
        help="one of "
        + ", ".join(action.value for action in Action)
        + ". confirm_flag and false_alarm say that the flags of the version you saw are right or wrong",
    )
    declare_actor(parser, what="decided")
    parser.add_argument(
        "--version",
        type=int,
        metavar="N",
        help="the version you saw, as `show` prints it; needed once a comment was edited, refused if it was again",
    )


def run(args: Namespace) -> int:
    """Add the decision to the book. It is bound to the version its author saw."""
    from monitor.deciding import NothingFlagged, decide
    from monitor.store import judged, ledger
    from monitor.store.evidence_log import ClockSetBack

    app = app_for(args)
    actor = acting(args, app.settings)
    sight = sight_of(app, args)
    with app.store.writing() as tx:
        school = ledger.school_by_key(tx, app.settings.school.key)
        comment = judged.comment_of(tx, school, args.case) if school else None
        if comment is None or comment.erased_at is not None or comment.id in sight.hidden:
            raise CommandFailed(sight.no_such_case(args.case))
        if args.version is None and len(comment.versions) > 1:
            raise CommandFailed(
                f"case {args.case} has been edited; say which version you saw with --version, as `show` prints it",
                Outcome.USAGE,
            )
        seen = args.version if args.version is not None else comment.versions[-1].number
        try:
            decide(tx, app.capturer, comment, seen, Action(args.action), actor, app.clock())
        except (judged.Stale, NothingFlagged, ClockSetBack) as refused:
            raise CommandFailed(str(refused)) from None
    print(f"Case {args.case}: recorded {args.action} by {actor.name}. Evidence of what you saw is kept.")
    return Outcome.DONE
