"""`subject-access`: what is held on one person, for that person, with everybody else masked."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from alerts.filters import counted
from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.handing_out import MAY_HAND_OUT, declare_output, numbers, refuse_unusable
from monitor.commands.people import acting, declare_actor
from monitor.commands.sight import sight_of

if TYPE_CHECKING:
    from monitor.disclosure.subject import Candidate
    from monitor.disclosure.subject_access import Answered

EXAMPLE = (
    'school-monitor subject-access "Gary Pretend" --output answer.zip --by "Ms Okafor" '
    '--why "his request of 3 November"'
)
MOST_NUMBERS = 10


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "person",
        nargs="*",
        metavar="PERSON",
        help="the person's id on a network, or the whole name as shown there; several for several networks",
    )
    parser.add_argument(
        "--case", type=case_number, action="append", default=[], metavar="CASE", help="the author of this case"
    )
    parser.add_argument(
        "--also-known-as", nargs="+", default=[], metavar="NAME", help="further names by which others may name them"
    )
    parser.add_argument(
        "--also-black-out", nargs="+", default=[], metavar="NAME", help="further people whose names are taken out"
    )
    declare_output(parser)
    declare_actor(parser, what="answers the request; needs the role head or safeguarding")


def run(args: Namespace) -> int:
    """Enter the request in the log, then make the bundle. 1 when a record in it is not as it was kept."""
    from monitor.commands.custody_lines import custody_line
    from monitor.disclosure.subject import NoSuchComment, SeveralPeople
    from monitor.disclosure.subject_access import Asked, NothingHeld, SubjectAccess
    from monitor.evidence.handing_out.bag import BagRefused
    from monitor.store.evidence_log import ClockSetBack

    if not (args.person or args.case):
        raise CommandFailed("say who is meant: an id, a name, or --case with a comment of theirs", Outcome.USAGE)
    refuse_unusable(args.output)
    app = app_for(args)
    actor = acting(args, app.settings, MAY_HAND_OUT)
    access = SubjectAccess(
        store=app.store,
        school=app.capturer.school,
        clock=app.clock,
        staff=tuple(person.name for person in app.settings.people),
        in_words=partial(custody_line, timezone=app.settings.school.timezone),
    )
    hidden = sight_of(app, args).hidden
    asked = Asked(tuple(args.person), tuple(args.case), tuple(args.also_known_as), tuple(args.also_black_out), hidden)
    try:
        answered = access.answer(asked, args.output, actor)
    except SeveralPeople as several:
        raise CommandFailed(_choices(several.candidates), Outcome.USAGE) from None
    except (NoSuchComment, NothingHeld, ClockSetBack, BagRefused) as refused:
        raise CommandFailed(str(refused)) from None
    except OSError as failed:
        raise CommandFailed(
            f"the bundle could not be written ({failed.strerror or failed}); the log says that it was asked for"
        ) from None
    print("\n".join(_told(args, answered)))
    return Outcome.PROBLEMS if answered.problems else Outcome.DONE


def _choices(candidates: Sequence[Candidate]) -> str:
    """Who may be meant, by ids and numbers only."""
    lines = ["several people may be meant; choose one by id (or give all that are the same person):"]
    for each in candidates:
        shown = numbers(each.cases[:MOST_NUMBERS])
        more = f" and {len(each.cases) - MOST_NUMBERS} more" if len(each.cases) > MOST_NUMBERS else ""
        lines.append(f"  {each.key}   {counted(len(each.cases), 'comment')}: case {shown}{more}")
    return "\n".join(lines)


def _told(args: Namespace, answered: Answered) -> list[str]:
    parts = (
        counted(answered.comments, "comment"),
        f"{counted(answered.records, 'copy', 'copies')} of them",
        f"{counted(answered.mentions, 'place')} where others name the person",
        f"{counted(answered.notes, 'note')} by staff",
    )
    lines = [f"{args.output}: {', '.join(parts)}. Begin with data/what-we-hold.html in it."]
    if answered.withheld:
        lines.append(f"{counted(answered.withheld, 'item')} left out: MEDIA WITHHELD. The safeguarding lead answers.")
    if answered.unreadable:
        lines.append(
            f"{counted(answered.unreadable, 'item')} nobody could read may be about the person; not included."
        )
    lines += [f"PROBLEM  {problem}; school-monitor evidence verify says more" for problem in answered.problems]
    return [
        *lines,
        "Read it before you hand it over. A name in the middle of a sentence stays, unless the program knows it.",
        "Comments that are not for whoever answers are not in it: a safeguarding lead who may see all should answer.",
        "If the police or the local authority are involved, ask them first: it says what was passed on to whom.",
    ]
