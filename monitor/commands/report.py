"""`report`: the head's page for a week, and the governors' page for a term."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.commands.base import CommandFailed, Outcome, app_for
from monitor.commands.governors_report import GOVERNORS, declare_term, governors_report
from monitor.commands.people import declare_viewer, viewer
from monitor.commands.sight import Sight
from monitor.commands.weekly_files import Explaining
from monitor.rules.slots import latest_weekly_report

if TYPE_CHECKING:
    from config.people import Person
    from monitor.weekly.gathering import Gathered
    from monitor.wiring import App

EXAMPLE = "school-monitor report weekly --week 2026-W47 --format pdf --output report.pdf"
WEEKLY = "weekly"
XLSX = "xlsx"


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "kind", choices=[WEEKLY, GOVERNORS], help="the head's page for a week, or the governors' page for a term"
    )
    parser.add_argument("--week", metavar="YYYY-Www", help="weekly: ISO week (default: the last one that is over)")
    declare_term(parser)
    parser.add_argument(
        "--explain",
        metavar="NUMBER",
        help="weekly: what is behind one number: the number as it is printed, its name, or part of one; "
        "'list' names them all",
    )
    parser.add_argument(
        "--as-of-now", action="store_true", help="weekly: count anew, and say what differs from what was sent"
    )
    parser.add_argument("--format", choices=["text", "html", "pdf", "csv", XLSX], default="text")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to standard output")
    declare_viewer(parser)


def run(args: Namespace) -> int:
    """Make the report from what is stored now, and send it nowhere."""
    _refuse_options_of_the_other(args)
    app = app_for(args)
    person = viewer(args, app.settings)
    make = governors_report if args.kind == GOVERNORS else _weekly_report
    content = make(args, app, person)
    Sight(person, frozenset()).note_beside()
    if args.output:
        try:
            args.output.write_bytes(content)
        except OSError as failed:
            raise CommandFailed(
                f"--output: {args.output} cannot be written: {failed.strerror}", Outcome.USAGE
            ) from None
        print(f"Written to {args.output}")
    elif args.format in {"pdf", XLSX} and sys.stdout.isatty():
        raise CommandFailed(
            f"a file of the kind {args.format} cannot be shown on a terminal; add --output report.{args.format}",
            Outcome.USAGE,
        )
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    return Outcome.DONE


def _refuse_options_of_the_other(args: Namespace) -> None:
    given = {
        "--week": (args.week, WEEKLY),
        "--term": (args.term, GOVERNORS),
        "--from": (args.first_day, GOVERNORS),
        "--until": (args.last_day, GOVERNORS),
        "--so-far": (args.so_far, GOVERNORS),
        "--explain": (args.explain, WEEKLY),
        "--as-of-now": (args.as_of_now, WEEKLY),
        "--format xlsx": (args.format == XLSX, WEEKLY),
    }
    for option, (value, kind) in given.items():
        if value and kind != args.kind:
            raise CommandFailed(f"{option} goes with report {kind}, not with report {args.kind}", Outcome.USAGE)


def _weekly_report(args: Namespace, app: App, person: Person | None) -> bytes:
    from monitor.store.sent_reports import ChangedAfterwards

    now, settings = app.clock(), app.settings
    latest = latest_weekly_report(now, settings.school.timezone, settings.schedule.weekly_report_at)
    reports, week, email = app.reporter.weekly_reports, args.week or latest.key, person.email if person else None
    sent: Gathered | None = None
    try:
        if args.as_of_now:
            gathered, sent = reports.as_of_now(week, now, email)
        else:
            gathered = reports.shown(week, now, email)
    except ValueError as wrong:
        raise CommandFailed(f"--week: {wrong}", Outcome.USAGE) from None
    except ChangedAfterwards as changed:
        raise CommandFailed(str(changed)) from None
    hidden = reports.hidden_from(email, now)
    explainer = Explaining(app, gathered, hidden, now, lambda other: reports.kept(other, now, email))
    if args.explain:
        return explainer.answer(args.explain)
    made = explainer.file(args.format)
    return made + _differences(gathered, sent, args.format) if args.as_of_now else made


def _differences(now: Gathered, sent: Gathered | None, form: str) -> bytes:
    """What differs from what was sent, below the text; beside everything else."""
    from monitor.commands.weekly_explained import differences

    lines = differences(now.report, sent.report if sent else None)
    if form == "text":
        return ("\n" + "\n".join(lines) + "\n").encode()
    print(*lines, sep="\n", file=sys.stderr)
    return b""
