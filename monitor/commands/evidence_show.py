"""`evidence show`: look at a piece of evidence. The log says that somebody looked before anything is shown."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.options import position_number
from monitor.commands.people import acting, declare_actor
from monitor.commands.sight import sight_of

if TYPE_CHECKING:
    from monitor.custody.log import Actor
    from monitor.store.evidence_log import Opened
    from monitor.store.evidence_rows import Kept
    from monitor.wiring import App

EXAMPLE = 'school-monitor evidence show 17 --by "Mrs Ali" --why "the parents have complained"'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "entry", nargs="?", type=position_number, metavar="ENTRY", help="number of its entry, as in `evidence list`"
    )
    which.add_argument("--case", type=case_number, metavar="CASE", help="all evidence of this case")
    declare_actor(parser, what="looks at it")


@dataclass(frozen=True)
class _Looked:
    """What somebody may look at now, their look being recorded."""

    pieces: Sequence[Kept]
    withheld: bool
    custody: Sequence[Opened]
    erased: Mapping[int, frozenset[str]]
    """Files that an erasure took out, by row of the snapshot."""
    hidden: Mapping[int, frozenset[str]]
    """Files of the thread whose words are withheld, by row of the snapshot."""


def run(args: Namespace) -> int:
    """Record the look, then print what is kept and everything that was done with it."""
    app = app_for(args)
    looked = _record(app, args, acting(args, app.settings), sight_of(app, args).hidden)
    case = looked.pieces[0].case
    if looked.withheld:
        from monitor.commands.withheld import withheld_lines

        found = app.reporter.case(case)
        zone = app.settings.school.timezone
        lines = withheld_lines(found, app.settings.names("safeguarding"), zone) if found else []
    else:
        lines = [line for kept in looked.pieces for line in _piece(app, kept, looked)]
    print("\n".join([*lines, *_custody(app, case, looked.custody)]))
    return Outcome.DONE


def _record(app: App, args: Namespace, actor: Actor, out_of_sight: Collection[int]) -> _Looked:
    """Find what is asked for and write the look down, in one transaction: without the entry nothing is shown."""
    from monitor.custody.log import note
    from monitor.custody.media_gate import all_withheld
    from monitor.store import evidence_log, evidence_rows, exclusions, ledger, snapshots

    now = app.clock()
    try:
        with app.store.writing() as tx:
            school = ledger.enrolled_school(tx, app.settings.school.key)
            if args.case is not None:
                pieces = evidence_rows.kept(tx, school, case=args.case)
            else:
                one = evidence_rows.at_position(tx, school, args.entry)
                pieces = [one] if one else []
            pieces = [kept for kept in pieces if kept.case not in out_of_sight]
            if not pieces:
                what = f"entry {args.entry}" if args.case is None else f"case {args.case}"
                raise CommandFailed(
                    f"no evidence is kept of {what}; school-monitor evidence list names what there is"
                )
            marks, hidden = all_withheld(tx, school), {}
            elsewhere = marks.keys() | exclusions.restricted(tx, school).keys()
            withheld = pieces[0].case in marks
            for kept in pieces:
                note(tx, school, "view", now, kept.case, {"evidence": kept.position, "withheld": withheld}, actor)
                if snapshot := snapshots.by_snapshot_id(tx, kept.snapshot_id):
                    hidden[kept.row] = snapshots.files_with_words_of(tx, snapshot, elsewhere)
            custody = evidence_log.of_case(tx, school, pieces[0].case)
            return _Looked(pieces, withheld, custody, evidence_rows.erased_parts(tx, school), hidden)
    except evidence_log.ClockSetBack as refused:
        raise CommandFailed(f"nothing is shown, as the look cannot be recorded: {refused}") from None


def _piece(app: App, kept: Kept, looked: _Looked) -> list[str]:
    from monitor.commands.snapshot_lines import exhibit_lines, snapshot_lines

    directory = app.settings.evidence_folder / kept.path
    entry = "not in the log yet" if kept.position is None else f"entry {kept.position}"
    lines = [
        f"{kept.kind.replace('_', ' ').capitalize()} of case {kept.case}, version {kept.version} ({entry})",
        f"  folder      {directory}",
        f"  manifest    {kept.digest}",
        f"  files       {_state(directory, kept, looked)}",
    ]
    try:
        if kept.kind == "snapshot":
            return [*lines, *snapshot_lines(directory, looked.hidden[kept.row]), ""]
        return [*lines, *exhibit_lines(directory), ""]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as damaged:
        return [*lines, f"  Its files cannot be read ({type(damaged).__name__}); see `evidence verify`.", ""]


def _state(directory: Path, kept: Kept, looked: _Looked) -> str:
    """Whether the files are those that the log has, in words."""
    from monitor.evidence.folder_check import examine_folder
    from monitor.evidence.log.commitment import read_record

    record = next((entry.record for entry in looked.custody if entry.position == kept.position), None)
    manifest = str(read_record(record)["manifest"]) if record else kept.digest
    try:
        problems = examine_folder(directory, looked.erased.get(kept.row, ()), manifest).problems
    except OSError as error:
        problems = [f"the folder cannot be read ({error.strerror})"]
    if problems:
        return f"PROBLEM: {plain('; '.join(problems), 500)}"
    return "as they were kept" if record else "as they were kept; the log does not have them yet"


def _custody(app: App, case: int, entries: Sequence[Opened]) -> list[str]:
    from monitor.commands.custody_lines import custody_line

    zone = app.settings.school.timezone
    return [f"What was done with case {case}:", *(custody_line(entry, zone) for entry in entries)]
