"""`evidence verify`: check every file, entry, signature and time stamp of the evidence."""

from __future__ import annotations

import base64
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from functools import partial
from typing import TYPE_CHECKING

from alerts.filters import counted, plain
from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.long_work import shown_progress
from monitor.commands.options import aware_moment, declare_since
from monitor.commands.people import declare_viewer
from monitor.commands.sight import sight_of

if TYPE_CHECKING:
    from monitor.verify.verifier import Asked, Verdict
    from monitor.wiring import App

EXAMPLE = "school-monitor evidence verify --printed 1234:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
LONGEST_LINE = 1000
MEANING = (
    "What this shows: every file is, byte for byte, the one that the evidence log names, and no entry was changed, "
    "moved or taken out since it was signed. What it does not show: that a network told the truth, or that nobody "
    "with this computer and its key wrote it all anew, which only an old report (--printed) or a time stamp from "
    "outside brings to light."
)


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--printed",
        type=_printed,
        metavar="SIZE:ROOT",
        help="the root in an old weekly report: does today's log still begin with exactly that log?",
    )
    parser.add_argument(
        "--proof",
        action="store_true",
        help="with --printed: also print the proof that somebody without the log can check (RFC 6962, 2.1.2)",
    )
    parser.add_argument("--case", type=case_number, metavar="CASE", help="only the files of this case")
    declare_since(parser, "files captured")
    parser.add_argument("--until", type=aware_moment, metavar="TIME", help="only files captured before then")
    declare_viewer(parser)


def run(args: Namespace) -> int:
    """Check it and print what is wrong, one line each. 1 when there is anything."""
    from monitor.verify.verifier import Asked

    if args.proof and not args.printed:
        raise CommandFailed("--proof is about a printed root: give --printed as well", Outcome.USAGE)
    app = app_for(args)
    sight = sight_of(app, args)
    asked = Asked(args.case, args.since, args.until, args.printed, sight.hidden)
    verdict = _verdict(app, asked)
    for problem in verdict.problems:
        print(f"PROBLEM  {plain(problem, LONGEST_LINE)}")
    for note in verdict.notes:
        print(f"note     {plain(note, LONGEST_LINE)}")
    if verdict.begins_as_printed:
        _say_printed(app, args.printed[0], args.proof)
    print(_counts(verdict))
    print("\n".join([MEANING, *sight.note()]))
    return Outcome.PROBLEMS if verdict.problems else Outcome.DONE


def _verdict(app: App, asked: Asked) -> Verdict:
    from monitor.verify.verifier import Verifier

    settings, folder = app.settings, app.settings.path.parent
    verifier = Verifier(
        store=app.store,
        school_key=settings.school.key,
        folder=settings.evidence_folder,
        signing_key=settings.signing_key,
        authorities={each.url: folder / each.ca_file for each in settings.timestamps},
    )
    with shown_progress() as show:
        show("Reading the evidence log", 0, 1)
        return verifier.run(asked, partial(show, "Checking files"))


def _counts(verdict: Verdict) -> str:
    parts = (
        counted(verdict.entries, "entry", "entries"),
        counted(verdict.checkpoints, "checkpoint"),
        counted(verdict.time_stamps, "time stamp"),
        f"{counted(verdict.folders, 'snapshot or exhibit', 'snapshots and exhibits')} with "
        f"{counted(verdict.files, 'file')} ({verdict.bytes / 1e6:.1f} MB)",
    )
    found = counted(len(verdict.problems), "problem") if verdict.problems else "no problem"
    return f"Checked {', '.join(parts)}: {found}."


def _say_printed(app: App, size: int, proof: bool) -> None:
    print(f"Today's log begins with exactly the {counted(size, 'entry', 'entries')} of the printed report.")
    if not proof:
        return
    from monitor.store import ledger
    from monitor.verify.log import continuation

    with app.store.reading() as tx:
        now = continuation(tx, ledger.enrolled_school(tx, app.settings.school.key), size)
    print(f"Proof that {now.size}:{_base64(now.root)} continues it (RFC 6962, 2.1.2), for somebody without the log:")
    for each in now.proof:
        print(f"  {_base64(each)}")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _printed(text: str) -> tuple[int, bytes]:
    from monitor.evidence.log.checkpoint import parse_short

    try:
        return parse_short(text)
    except ValueError as wrong:
        raise ArgumentTypeError(str(wrong)) from None
