"""`export`: everything stored, one comment or own reply a line."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace

from monitor.commands.base import Outcome, app_for, known_account
from monitor.commands.options import declare_since
from monitor.commands.people import declare_viewer
from monitor.commands.sight import sight_of

EXAMPLE = "school-monitor export --account facebook --since 2026-11-01T00:00:00Z > comments.jsonl"

FOR_NOBODY_IN_PARTICULAR = (
    "This is everything stored, cases that are not for everybody among it. "
    "What is given to a person is made with --by PERSON."
)


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--account", metavar="KEY", help="only this account")
    declare_since(parser, "what was written")
    declare_viewer(parser)
    parser.add_argument(
        "--holds",
        action="store_true",
        help="one key more, held_under: the clause of the policy under which nobody answers it, else null",
    )


def run(args: Namespace) -> int:
    """Write JSON lines to standard output."""
    from monitor.custody import media_gate
    from monitor.store import archive, cases, ledger

    app = app_for(args)
    account, sight = known_account(app, args.account), sight_of(app, args)
    # Without a person it is everything stored, which is what an export is for: a second database, a comparison.
    hidden = sight.hidden if sight.person else frozenset[int]()
    with app.store.reading() as tx:
        school = ledger.school_by_key(tx, app.settings.school.key)
        withheld = media_gate.all_withheld(tx, school).keys() if school else set()
        left_out = archive.LeftOut.of(tx, withheld, hidden)
        held = cases.held_under(tx, school, app.settings.policy) if school and args.holds else None
        for row in archive.everything(tx, school, account, args.since, left_out, held) if school else ():
            print(json.dumps(row, ensure_ascii=False))
    if told := sorted(withheld - hidden):
        print(f"Left out, as their media are withheld: case {', '.join(map(str, told))}", file=sys.stderr)
    if sight.person is None and sight.hidden:
        print(FOR_NOBODY_IN_PARTICULAR, file=sys.stderr)
    return Outcome.DONE
