"""`evidence share`: record that a piece of evidence was passed on."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from alerts.filters import plain
from monitor.commands.base import CommandFailed, Outcome, app_for
from monitor.commands.options import position_number
from monitor.commands.people import acting, declare_actor
from monitor.commands.sight import sight_of

EXAMPLE = (
    'school-monitor evidence share 17 --with "PC 1234, Thames Valley Police" --by "Mrs Okafor" --why "crime 42/26"'
)
MAY_SHARE = ("head", "safeguarding")
LONGEST_RECEIVER = 300


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "entry", type=position_number, metavar="ENTRY", help="number of its entry in the evidence log"
    )
    parser.add_argument("--with", dest="receiver", required=True, metavar="WHOM", help="who received it")
    declare_actor(parser, what="passed it on; needs the role head or safeguarding")


def run(args: Namespace) -> int:
    """Add an entry about it. Nothing is sent: who passes evidence on does that themselves."""
    from monitor.custody import media_gate
    from monitor.custody.log import note
    from monitor.store import evidence_rows, ledger
    from monitor.store.evidence_log import ClockSetBack

    app = app_for(args)
    actor = acting(args, app.settings, MAY_SHARE)
    hidden = sight_of(app, args).hidden
    receiver = plain(args.receiver, LONGEST_RECEIVER).strip()
    if not receiver:
        raise CommandFailed("--with must not be empty: say who received it", Outcome.USAGE)
    try:
        with app.store.writing() as tx:
            school = ledger.enrolled_school(tx, app.settings.school.key)
            kept = evidence_rows.at_position(tx, school, args.entry)
            if kept is None or kept.case in hidden:
                raise CommandFailed(f"entry {args.entry} is no evidence; school-monitor evidence list names what is")
            withheld = media_gate.is_withheld(tx, school, kept.case)
            kind, facts = ("refused", {"what": "share"}) if withheld else ("share", {"with": receiver})
            position = note(tx, school, kind, app.clock(), kept.case, {"evidence": kept.position, **facts}, actor)
    except ClockSetBack as refused:
        raise CommandFailed(str(refused)) from None
    if withheld:
        raise CommandFailed(
            f"case {kept.case}: MEDIA WITHHELD. {media_gate.route(app.settings.names('safeguarding'))}"
        )
    print(f"Recorded as entry {position}: {actor.name} passed entry {args.entry} on to {receiver}.")
    return Outcome.DONE
