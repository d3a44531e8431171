"""`keep-out`: keep somebody out of a case that is about them, or let them in again."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.people import LONGEST_NAME, acting, configured, declare_actor
from monitor.commands.sight import Sight, sight_of

if TYPE_CHECKING:
    from config.people import Person
    from monitor.rules.seeing import Restriction
    from monitor.wiring import App

EXAMPLE = 'school-monitor keep-out 12 "Mr Bevan" --by "Ms Okafor" --why "the second sentence means him"'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("case", type=case_number, metavar="CASE", help="number of the case")
    parser.add_argument(
        "person",
        nargs="?",
        metavar="PERSON",
        help="who must not see it: a name, an e-mail address or what they are known as",
    )
    parser.add_argument(
        "--others", action="store_true", help="in place of a person: everybody who is not told of it by its route"
    )
    parser.add_argument("--lift", action="store_true", help="let them in again")
    declare_actor(
        parser, what="decided; needs the role head or safeguarding, or whoever stands in for a head who is kept out"
    )


def run(args: Namespace) -> int:
    """Write it down, and enter it in the evidence log by number. Nobody decides it who is kept out themselves."""
    from monitor import keeping_out
    from monitor.seeing import Seeing
    from monitor.store import judged, ledger
    from monitor.store.evidence_log import ClockSetBack

    app = app_for(args)
    actor, sight = acting(args, app.settings), sight_of(app, args)
    whom, called = _whom(args, app)
    try:
        with app.store.writing() as tx:
            school = ledger.enrolled_school(tx, app.settings.school.key)
            comment = judged.comment_of(tx, school, args.case)
            if comment is None or comment.erased_at is not None or comment.id in sight.hidden:
                raise CommandFailed(sight.no_such_case(args.case))
            _refuse_without_role(app, sight, Seeing(app.school).restriction_of(tx, school, comment.id, app.clock()))
            if args.lift:
                entry = keeping_out.let_in_by_hand(tx, comment, whom, actor, app.clock())
            else:
                facts = app.school
                entry = keeping_out.keep_out_by_hand(tx, facts, comment, whom, actor, app.clock())
    except ClockSetBack as refused:
        raise CommandFailed(str(refused)) from None
    if entry is None:
        raise CommandFailed(f"{called} {'is not' if args.lift else 'is already'} kept out of case {args.case}")
    app.cards.run()
    done = "may see" if args.lift else "is kept out of"
    print(f"{called} {done} case {args.case} from now on (entry {entry} of the evidence log, by number only).")
    return Outcome.DONE


def _whom(args: Namespace, app: App) -> tuple[str, str]:
    """Address and name of who is meant. Raises CommandFailed."""
    from monitor.store.exclusions import THE_OTHERS

    if bool(args.person) == args.others:
        raise CommandFailed("say whom: either PERSON, or --others", Outcome.USAGE)
    if args.others:
        return THE_OTHERS, "Whoever is not told of it"
    wanted = plain(args.person, LONGEST_NAME).strip()
    person = configured(wanted, app.settings) or _known_as(wanted, app)
    if person is None:
        known = ", ".join(each.name for each in app.settings.people)
        raise CommandFailed(f"{wanted} is not in the configuration, which names {known}", Outcome.USAGE)
    return person.email.lower(), person.name


def _known_as(wanted: str, app: App) -> Person | None:
    names = wanted.casefold()
    found = [p for p in app.settings.people if names in {name.casefold() for name in p.known_as}]
    return found[0] if len(found) == 1 else None


def _refuse_without_role(app: App, sight: Sight, circle: Restriction) -> None:
    from monitor.rules.seeing import may_decide_who_is_kept_out, may_still_decide

    if sight.person is None or not may_decide_who_is_kept_out(sight.person, circle):
        allowed = ", ".join(may_still_decide(app.settings.people, circle)) or "nobody who may see it"
        raise CommandFailed(
            f"this needs the role {' or '.join(sorted(circle.responsible))}, which {allowed} has in the "
            "configuration",
            Outcome.USAGE,
        )
