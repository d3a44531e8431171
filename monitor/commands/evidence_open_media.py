"""`evidence open-media`: have the attachments of one comment fetched, after a person responsible decided so."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from alerts.filters import plain
from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.people import acting, declare_actor
from monitor.commands.sight import sight_of

EXAMPLE = 'school-monitor evidence open-media 12 --by "Robin Achterberg" --why "the police asked for the picture"'
MAY_OPEN = ("safeguarding",)


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("case", type=case_number, metavar="CASE", help="number of the one case")
    declare_actor(parser, what="decided it; needs the role safeguarding")


def run(args: Namespace) -> int:
    """Fetch what is attached to this one comment and keep it unopened. 1 when some of it could not be fetched."""
    from monitor.custody.exhibits import NoSuchCase
    from monitor.custody.media_gate import Withheld
    from monitor.evidence.outside.media import MediaFile
    from monitor.store.evidence_log import ClockSetBack

    app = app_for(args)
    actor = acting(args, app.settings, MAY_OPEN)
    sight_of(app, args).refuse(args.case)
    try:
        fetched = app.exhibits.fetch_media(app.store, app.settings.school.key, args.case, actor, app.clock())
    except (NoSuchCase, Withheld, ClockSetBack) as refused:
        raise CommandFailed(str(refused)) from None
    for number, each in enumerate(fetched, 1):
        if isinstance(each, MediaFile):
            print(f"attachment {number}: kept, {each.kind}, {len(each.content)} bytes, sha256:{each.sha256}")
        else:
            print(f"attachment {number}: not fetched: {plain(each.reason, 300)}")
    if not fetched:
        print(f"Case {args.case} has no attachments.")
    print("Nothing was opened. Should it show a child indecently: do not look on, run `evidence withhold`.")
    return Outcome.DONE if all(isinstance(each, MediaFile) for each in fetched) else Outcome.PROBLEMS
