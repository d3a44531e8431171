"""`retention run`: erase exactly what a preview listed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from alerts.filters import counted, plain
from monitor.commands.base import CommandFailed, Outcome, app_for
from monitor.commands.erase import MAY_ASK
from monitor.commands.erased_words import NOT_CLEARED
from monitor.commands.long_work import shown_progress
from monitor.commands.people import acting, declare_actor
from monitor.commands.retention_preview import retention_of
from monitor.commands.sight import sight_of

EXAMPLE = 'school-monitor retention run 1f0c9a77be21 --by "Mrs Ali" --why "monthly review"'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("code", metavar="CODE", help="the code of the list, as retention preview prints it")
    declare_actor(parser, what="looked at the list; needs the role moderator, head or safeguarding")


def run(args: Namespace) -> int:
    """Erase what has no evidence; put the rest up for a second person. 1 when the list has changed."""
    from monitor.erasing.retention import RetentionRefused
    from monitor.store.evidence_log import ClockSetBack

    app = app_for(args)
    actor, hidden = acting(args, app.settings, MAY_ASK), sight_of(app, args).hidden
    try:
        with shown_progress() as progress:
            ran = retention_of(app).run(plain(args.code, 40).strip().lower(), actor, progress, hidden)
    except (RetentionRefused, ClockSetBack, ValueError) as refused:
        raise CommandFailed(str(refused)) from None
    print(f"{counted(ran.erased, 'comment', 'comments')} erased.")
    if ran.quarantined:
        print(f"{counted(ran.quarantined, 'unreadable item', 'unreadable items')} removed.")
    if ran.waiting:
        numbers = ",".join(map(str, ran.waiting))
        print(
            f"{counted(len(ran.waiting), 'comment has', 'comments have')} evidence, so a second person has to agree "
            f"(head or safeguarding): school-monitor erase --approve {numbers} --by … --why … (or --approve all)"
        )
    for problem in ran.refused:
        print(f"Refused: {plain(problem, 500)}.")
    if not ran.cleared:
        print(NOT_CLEARED)
    return Outcome.PROBLEMS if ran.refused or not ran.cleared else Outcome.DONE
