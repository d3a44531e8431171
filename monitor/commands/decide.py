"""`decide`: record what a moderator did. Nothing is done on any network."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.model import Action

EXAMPLE = 'school-monitor decide 12 answered_elsewhere --by "Mrs Ali" --why "phoned the parent" --version 1'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("case", type=case_number, metavar="CASE", help="number of the case")
    parser.add_argument(
        "action",
        choices=[action.value for action in Action],
        metavar="ACTION",
        help="one of " + ", ".join(action.value for action in Action),
    )
    parser.add_argument("--by", required=True, metavar="PERSON", help="who decided")
    parser.add_argument("--why", required=True, metavar="TEXT", help="the reason; it stays on record")
    parser.add_argument(
        "--version",
        type=int,
        metavar="N",
        help="the version you saw, as `show` prints it; refused when there is a newer one",
    )


def run(args: Namespace) -> int:
    """Add the decision to the book. It is bound to the version its author saw."""
    from monitor.store import judged, ledger

    if not args.by.strip() or not args.why.strip():
        raise CommandFailed(
            "--by and --why must not be empty: a decision without person or reason is none", Outcome.USAGE
        )
    app = app_for(args)
    with app.store.writing() as tx:
        school = ledger.school_by_key(tx, app.settings.school.key)
        comment = judged.comment_of(tx, school, args.case) if school else None
        if comment is None:
            raise CommandFailed(f"there is no case {args.case}; school-monitor queue lists what waits")
        seen = args.version if args.version is not None else comment.versions[-1].number
        try:
            judged.record_decision(
                tx, comment, seen, Action(args.action), args.by.strip(), args.why.strip(), app.clock()
            )
        except judged.Stale as stale:
            raise CommandFailed(str(stale)) from None
    print(f"Case {args.case}: recorded {args.action} by {args.by.strip()}.")
    return Outcome.DONE
