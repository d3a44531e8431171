"""`retention preview`: what is due to be erased. Numbers only, no word of any comment."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections import Counter
from typing import TYPE_CHECKING

from alerts.filters import counted
from monitor.commands.base import Outcome, app_for, local
from monitor.commands.people import declare_viewer
from monitor.commands.printing import print_table
from monitor.commands.sight import sight_of

if TYPE_CHECKING:
    from monitor.erasing.retention import Due, Preview, Retention
    from monitor.wiring import App

EXAMPLE = "school-monitor retention preview"
FATE_WORDS = {
    "erase": "erase",
    "review": "a person decides",
    "held": "kept: legal hold",
    "waiting": "waits for a second person",
}


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--format", choices=["text", "json"], default="text", help="json: one object, for programs")
    declare_viewer(parser)


def run(args: Namespace) -> int:
    """Print what is due and the code of the list."""
    app = app_for(args)
    sight = sight_of(app, args)
    preview = retention_of(app).preview(sight.hidden)
    if args.format == "json":
        print(json.dumps(_plain(preview), indent=1))
    elif preview.due or preview.quarantined:
        _print(preview, app)
    else:
        print("Nothing is due: no term is over.")
    for line in sight.note() if args.format == "text" else ():
        print(line)
    return Outcome.DONE


def retention_of(app: App) -> Retention:
    """The terms of the school, ready to be applied."""
    from monitor.erasing.eraser import Eraser
    from monitor.erasing.retention import Retention

    eraser = Eraser(app.store, app.settings.school.key, app.settings.evidence_folder, app.clock)
    return Retention(eraser, app.settings.policy)


def _print(preview: Preview, app: App) -> None:
    zone = app.settings.school.timezone
    if preview.due:
        print_table(
            ("case", "class", "over since", "what happens", "versions", "attachments", "evidence"),
            (
                (d.case, d.kept_as, local(d.since, zone), FATE_WORDS[d.fate], d.versions, d.attachments, d.evidence)
                for d in preview.due
            ),
        )
    for kept_as, reason in sorted({(each.kept_as, each.reason) for each in preview.due}):
        print(f"{kept_as}: {reason}")
    print(_totals(preview))
    if any(each.fate == "review" for each in preview.due):
        print(
            "Where a person decides: export it to the child-protection file and record that (evidence export, "
            "evidence share); its term counts from then. Or put it under a hold (evidence hold)."
        )
    if preview.to_erase or preview.quarantined:
        print(f"To erase exactly this: school-monitor retention run {preview.code} --by … --why …")


def _totals(preview: Preview) -> str:
    fates = Counter(each.fate for each in preview.due)
    with_evidence = sum(bool(each.evidence) for each in preview.to_erase)
    parts = [
        f"{counted(fates['erase'], 'comment', 'comments')} to erase, {with_evidence} of them with evidence",
        f"{_sum(preview.to_erase, 'versions')} versions",
        f"{_sum(preview.to_erase, 'attachments')} attachments",
        f"{counted(len(preview.quarantined), 'unreadable item', 'unreadable items')} to remove",
        f"{fates['review']} for a person to decide",
        f"{fates['held']} on hold",
        f"{fates['waiting']} waiting for a second person",
    ]
    return "In all: " + ", ".join(parts) + "."


def _sum(due: tuple[Due, ...], what: str) -> int:
    return sum(getattr(each, what) for each in due)


def _plain(preview: Preview) -> dict[str, object]:
    return {
        "code": preview.code,
        "due": [{**vars(each), "since": each.since.isoformat().replace("+00:00", "Z")} for each in preview.due],
        "unreadable_items": len(preview.quarantined),
    }
