"""`decide`: record what a moderator did, or that a flag was right or wrong. Nothing is done on any network."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.base import CommandFailed, Outcome, a_day, app_for, case_number
from monitor.commands.people import LONGEST_NAME, LONGEST_REASON, acting, configured, declare_actor
from monitor.commands.sight import sight_of
from monitor.model import Action

if TYPE_CHECKING:
    from monitor.custody.log import Actor
    from monitor.deciding import Decider
    from monitor.rules.decisions import Request
    from monitor.store.item_tables import Comment
    from monitor.wiring import App

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
        + ". confirm_flag and false_alarm say that the flags of the version you saw are right or wrong; hide, "
        "delete, report and block say that somebody did it on the network",
    )
    declare_actor(parser, what="decided: one of the configured people, on a duty that may")
    parser.add_argument(
        "--version",
        type=int,
        metavar="N",
        help="the version you saw, as `show` prints it; needed once a comment was edited, refused if it was again",
    )
    parser.add_argument("--house-rule", default="", metavar="NUMBER", help="the house rule a removal cites")
    parser.add_argument("--audience", default="", metavar="TEXT", help="what readers were told about a removal")
    parser.add_argument("--stage", default="", metavar="ID", help="with escalate: the stage of the policy's ladder")
    parser.add_argument("--on", type=a_day, metavar="DATE", help="with escalate: when it was reached, YYYY-MM-DD")
    parser.add_argument("--school", default="", metavar="NAME", help="with pass_on: the school that was told")
    parser.add_argument(
        "--decision",
        type=case_number,
        metavar="N",
        help="with undo: the decision to take back, by its number in `show`",
    )


def run(args: Namespace) -> int:
    """Add the decision to the book. It is bound to the version its author saw."""
    from monitor.deciding import NothingFlagged, Refused, decide_as
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
        decider = _decider(app, actor, comment)
        if args.version is None and len(comment.versions) > 1:
            raise CommandFailed(
                f"case {args.case} has been edited; say which version you saw with --version, as `show` prints it",
                Outcome.USAGE,
            )
        seen = args.version if args.version is not None else comment.versions[-1].number
        try:
            number = decide_as(tx, app.capturer, comment, seen, _request(args), decider, app.clock()).id
        except (judged.Stale, NothingFlagged, ClockSetBack) as refused:
            raise CommandFailed(str(refused)) from None
        except Refused as refused:
            outcome = Outcome.USAGE if refused.is_misuse else Outcome.PROBLEMS
            raise CommandFailed(str(refused), outcome) from None
        after = _what_follows(args, comment)
    print(f"Case {args.case}: recorded {args.action} by {actor.name} as decision {number}. {after}")
    return Outcome.DONE


def _decider(app: App, actor: Actor, comment: Comment) -> Decider:
    """The person named with --by, with today's duties. Raises CommandFailed for somebody who is not configured."""
    from zoneinfo import ZoneInfo

    from monitor.deciding import Decider
    from monitor.rules.duties import duties_of

    settings = app.settings
    person = configured(actor.name, settings)
    if person is None:
        raise CommandFailed(
            f'"{actor.name}" is nobody in the configuration, and a decision is made by somebody who is; '
            "name one of the people under [[people]], by name or e-mail address",
            Outcome.USAGE,
        )
    today = app.clock().astimezone(ZoneInfo(settings.school.timezone)).date()
    posters = settings.register_entry(comment.account.key).posters
    return Decider(actor, duties_of(person, settings.people, posters, today))


def _request(args: Namespace) -> Request:
    from monitor.rules.decisions import Request

    return Request(
        action=Action(args.action),
        house_rule=plain(args.house_rule, LONGEST_NAME).strip(),
        audience=plain(args.audience, LONGEST_REASON).strip(),
        stage=plain(args.stage, LONGEST_NAME).strip(),
        on=args.on,
        school=plain(args.school, LONGEST_NAME).strip(),
        undoes=args.decision,
    )


def _what_follows(args: Namespace, comment: Comment) -> str:
    from monitor.rules.removals import CLAIMS
    from monitor.rules.undoing import STAYS_DONE

    action = Action(args.action)
    if action in CLAIMS:
        return "Evidence of what you saw is kept. It is said to be done; the next reads tell whether it shows."
    if action is Action.UNDO:
        undone = next(each for each in comment.decisions if each.id == args.decision)
        return f"It no longer counts, and stays on record. {STAYS_DONE.get(Action(undone.action), '')}".strip()
    return "Evidence of what you saw is kept."
