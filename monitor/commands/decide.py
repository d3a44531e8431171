"""`decide`: record what a moderator did. Nothing is done on any network."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from alerts.filters import plain
from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.model import Action

LONGEST_NAME = 200
LONGEST_REASON = 4000
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
        help="the version you saw, as `show` prints it; needed once a comment was edited, refused if it was again",
    )


def run(args: Namespace) -> int:
    """Add the decision to the book. It is bound to the version its author saw."""
    from monitor.store import judged, ledger

    by, why = plain(args.by, LONGEST_NAME).strip(), plain(args.why, LONGEST_REASON).strip()
    if not by or not why:
        raise CommandFailed(
            "--by and --why must not be empty: a decision without person or reason is none", Outcome.USAGE
        )
    app = app_for(args)
    with app.store.writing() as tx:
        school = ledger.school_by_key(tx, app.settings.school.key)
        comment = judged.comment_of(tx, school, args.case) if school else None
        if comment is None:
            raise CommandFailed(f"there is no case {args.case}; school-monitor queue lists what waits")
        if args.version is None and len(comment.versions) > 1:
            raise CommandFailed(
                f"case {args.case} has been edited; say which version you saw with --version, as `show` prints it",
                Outcome.USAGE,
            )
        seen = args.version if args.version is not None else comment.versions[-1].number
        try:
            judged.record_decision(tx, comment, seen, Action(args.action), by, why, app.clock())
        except judged.Stale as stale:
            raise CommandFailed(str(stale)) from None
        kept = judged.has_evidence(tx, comment)
    print(f"Case {args.case}: recorded {args.action} by {by}.")
    if args.action == Action.CONFIRM_OFFENSIVE.value and not kept:
        print("No evidence snapshot was kept of it, as it was never flagged: make a screen print yourself.")
    return Outcome.DONE
