"""`evidence withhold`: mark a comment as a suspected indecent image of a child. There is no way back."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.people import acting, declare_actor
from monitor.commands.sight import sight_of

if TYPE_CHECKING:
    from monitor.wiring import App

EXAMPLE = 'school-monitor evidence withhold 12 --by "Mrs Ali" --why "a parent says what the picture shows"'
MAY_SHOW_IT = ("screen_print", "live_page", "media")


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("case", type=case_number, metavar="CASE", help="number of the case")
    declare_actor(parser, what="says so")


def run(args: Namespace) -> int:
    """Withhold everything of the case at once, and say whom to tell. Anybody may do it: minutes count."""
    from monitor.custody import media_gate
    from monitor.custody.exhibits import NoSuchCase
    from monitor.store import ledger, snapshots
    from monitor.store.evidence_log import ClockSetBack

    app = app_for(args)
    actor = acting(args, app.settings)
    sight_of(app, args).refuse(args.case)
    try:
        with app.store.writing() as tx:
            school = ledger.enrolled_school(tx, app.settings.school.key)
            app.exhibits.withhold(tx, school, args.case, actor, app.clock())
            pictures = [s.position for s in snapshots.of_comment(tx, args.case) if s.kind in MAY_SHOW_IT]
    except (NoSuchCase, ClockSetBack) as refused:
        raise CommandFailed(str(refused)) from None
    app.cards.run()
    print(
        f"Case {args.case}: MEDIA WITHHELD, for good. Nothing of it is fetched, shown, exported or mailed any more."
    )
    print(media_gate.route(app.settings.names("safeguarding")))
    _tell_of_pictures(app, pictures)
    return Outcome.DONE


def _tell_of_pictures(app: App, positions: list[int | None]) -> None:
    if positions:
        listed = ", ".join(map(str, positions))
        print(
            f"Pictures were kept of it before (entries {listed} of the evidence log, in "
            f"{app.settings.evidence_folder}). Do not open, copy or delete them: tell the police that they are there."
        )
