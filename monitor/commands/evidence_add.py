"""`evidence add`: keep a screen print that somebody made."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.people import acting, declare_actor
from monitor.commands.sight import sight_of

EXAMPLE = 'school-monitor evidence add 12 print.png --by "Mrs Ali" --why "how the page looked on my telephone"'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("case", type=case_number, metavar="CASE", help="number of the case it belongs to")
    parser.add_argument("file", type=Path, metavar="FILE", help="the screen print: PNG, JPEG or WebP")
    declare_actor(parser, what="made it")


def run(args: Namespace) -> int:
    """Keep the file, byte for byte, as evidence of one case."""
    from monitor.custody.exhibits import NoSuchCase
    from monitor.custody.media_gate import Withheld
    from monitor.evidence.screen_print import NotAScreenPrint, read_screen_print
    from monitor.store import ledger
    from monitor.store.evidence_log import ClockSetBack

    app = app_for(args)
    actor = acting(args, app.settings)
    sight_of(app, args).refuse(args.case)
    try:
        screen_print = read_screen_print(args.file)
        with app.store.writing() as tx:
            school = ledger.enrolled_school(tx, app.settings.school.key)
            kept = app.exhibits.add_screen_print(tx, school, args.case, screen_print, actor, app.clock())
    except (NotAScreenPrint, NoSuchCase, Withheld, ClockSetBack) as refused:
        raise CommandFailed(str(refused)) from None
    print(f"Kept as entry {kept.position} of the evidence log: {app.settings.evidence_folder / kept.path}")
    print(f"sha256:{screen_print.sha256}")
    return Outcome.DONE
