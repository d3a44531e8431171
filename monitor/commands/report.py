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
from monitor.rules.slots import latest_weekly_report

if TYPE_CHECKING:
    from alerts.weekly_report import WeeklyReport
    from config.people import Person
    from monitor.wiring import App

EXAMPLE = "school-monitor report weekly --week 2026-W47 --format pdf --output report.pdf"
WEEKLY = "weekly"


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "kind", choices=[WEEKLY, GOVERNORS], help="the head's page for a week, or the governors' page for a term"
    )
    parser.add_argument("--week", metavar="YYYY-Www", help="weekly: ISO week (default: the last one that is over)")
    declare_term(parser)
    parser.add_argument("--format", choices=["text", "html", "pdf", "csv"], default="text")
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
    elif args.format == "pdf" and sys.stdout.isatty():
        raise CommandFailed("a PDF cannot be shown on a terminal; add --output report.pdf", Outcome.USAGE)
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
    }
    for option, (value, kind) in given.items():
        if value and kind != args.kind:
            raise CommandFailed(f"{option} goes with report {kind}, not with report {args.kind}", Outcome.USAGE)


def _weekly_report(args: Namespace, app: App, person: Person | None) -> bytes:
    now, settings = app.clock(), app.settings
    latest = latest_weekly_report(now, settings.school.timezone, settings.schedule.weekly_report_at)
    try:
        report = app.reporter.weekly(args.week or latest.key, now, person.email if person else None)
    except ValueError as wrong:
        raise CommandFailed(f"--week: {wrong}", Outcome.USAGE) from None
    return _make(args.format, report)


def _make(form: str, report: WeeklyReport) -> bytes:
    from alerts.report_csv import weekly_csv
    from alerts.report_render import weekly_html, weekly_text

    match form:
        case "html":
            return weekly_html(report).encode()
        case "csv":
            return weekly_csv(report).encode()
        case "pdf":
            from alerts.report_pdf import weekly_pdf

            return weekly_pdf(report)
        case _:
            return weekly_text(report).encode()
