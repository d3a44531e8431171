"""`evidence list`: what is kept as evidence."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from alerts.filters import counted
from monitor.commands.base import Outcome, app_for, case_number, local
from monitor.commands.options import declare_since
from monitor.commands.people import declare_viewer
from monitor.commands.printing import print_table
from monitor.commands.sight import sight_of

if TYPE_CHECKING:
    from monitor.store.evidence_rows import Kept, SecondLook

EXAMPLE = "school-monitor evidence list --case 12"
KINDS = ("snapshot", "screen_print", "live_page", "media")
DIGEST_SHOWN = len("sha256:") + 12  # characters


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--case", type=case_number, metavar="CASE", help="only this case")
    parser.add_argument("--kind", choices=KINDS, help="only this kind")
    declare_since(parser, "what was captured")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="json: one object a line")
    declare_viewer(parser)


def run(args: Namespace) -> int:
    """Print the list. It holds no word of any comment, so that looking at it is no view of the evidence."""
    from monitor.erasing.holds import all_on_hold
    from monitor.store import evidence_rows, ledger

    app = app_for(args)
    sight = sight_of(app, args)
    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        of_them = evidence_rows.kept(tx, school, case=args.case, kind=args.kind, since=args.since)
        found = [kept for kept in of_them if kept.case not in sight.hidden]
        looks, held = evidence_rows.second_looks(tx, school), all_on_hold(tx, school)
    if args.format == "json":
        for kept in found:
            print(json.dumps(_facts(kept, looks.get(kept.row, []), kept.case in held)))
        return Outcome.DONE
    if not found:
        print("\n".join(["No evidence is kept of that.", *sight.note()]))
        return Outcome.DONE
    zone = app.settings.school.timezone
    print_table(
        ("entry", "kind", "case", "account", "captured", "manifest digest", "card", "hold", "looked again"),
        (
            (
                "-" if kept.position is None else kept.position,
                kept.kind.replace("_", " "),
                kept.case,
                kept.account,
                local(kept.captured_at, zone),
                kept.digest[:DIGEST_SHOWN],
                kept.card,
                "held" if kept.case in held else "-",
                _looks(looks.get(kept.row, [])),
            )
            for kept in found
        ),
    )
    print(f"{counted(len(found), 'piece', 'pieces')} of evidence. One of them: school-monitor evidence show ENTRY")
    for line in sight.note():
        print(line)
    return Outcome.DONE


def _facts(kept: Kept, looks: Sequence[SecondLook], held: bool) -> dict[str, object]:
    return {
        "entry": kept.position,
        "kind": kept.kind,
        "case": kept.case,
        "version": kept.version,
        "account": kept.account,
        "captured_at": kept.captured_at.isoformat().replace("+00:00", "Z"),
        "manifest": kept.digest,
        "path": kept.path,
        "card": kept.card,
        "held": held,
        "looked_again": {f"+{look.hours} h": look.found for look in looks},
    }


def _looks(looks: Sequence[SecondLook]) -> str:
    return "; ".join(f"+{look.hours} h: {look.found or 'owed'}" for look in looks) or "-"
