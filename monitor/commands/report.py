"""`report weekly`: the head's page."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from alerts.messages import WeeklyReport
from alerts.render import weekly_html, weekly_text
from alerts.report_csv import weekly_csv
from monitor.commands.base import CommandFailed, Outcome, app_for
from monitor.commands.people import declare_viewer, viewer
from monitor.commands.sight import SAY_WHO
from monitor.rules.slots import latest_weekly_report

EXAMPLE = "school-monitor report weekly --week 2026-W47 --format pdf --output report.pdf"


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("kind", choices=["weekly"], help="which report")
    parser.add_argument("--week", metavar="YYYY-Www", help="ISO week (default: the last one that is over)")
    parser.add_argument("--format", choices=["text", "html", "pdf", "csv"], default="text")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to standard output")
    declare_viewer(parser)


def run(args: Namespace) -> int:
    """Make the report from what is stored now, and send it nowhere."""
    app = app_for(args)
    now, settings = app.clock(), app.settings
    latest = latest_weekly_report(now, settings.school.timezone, settings.schedule.weekly_report_at)
    person = viewer(args, settings)
    try:
        report = app.reporter.weekly(args.week or latest.key, now, person.email if person else None)
    except ValueError as wrong:
        raise CommandFailed(f"--week: {wrong}", Outcome.USAGE) from None
    content = _make(args.format, report)
    if person is None:
        print(SAY_WHO, file=sys.stderr)
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


def _make(form: str, report: WeeklyReport) -> bytes:
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
