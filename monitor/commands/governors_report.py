"""`report governors`: its options, and the page they ask for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from monitor.commands.base import CommandFailed, Outcome, a_day

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.governors_fields import GovernorsPage
    from config.people import Person
    from monitor.rules.terms import Term
    from monitor.wiring import App

GOVERNORS = "governors"


def declare_term(parser: ArgumentParser) -> None:
    """Declare the options that say which days it is about."""
    parser.add_argument(
        "--term",
        metavar="YYYY-TERM",
        help="governors: 2026-autumn (from 1 September), 2026-spring (from 1 January) or 2026-summer (from 1 April); "
        "default: the last one that is over",
    )
    parser.add_argument(
        "--from", dest="first_day", type=a_day, metavar="DATE", help="governors: first day, YYYY-MM-DD"
    )
    parser.add_argument("--until", dest="last_day", type=a_day, metavar="DATE", help="governors: last day, included")
    parser.add_argument(
        "--so-far",
        action="store_true",
        help="governors: a term that is not over, as it stands now (default: this one)",
    )


def governors_report(args: Namespace, app: App, person: Person | None) -> bytes:
    """The page in the format asked for. Raises CommandFailed."""
    from monitor.governing import Governing

    now = app.clock()
    term = _term(args, app.settings.school.timezone, now)
    if term.since > now:
        raise CommandFailed(f"the {term.words} has not begun", Outcome.USAGE)
    if term.until > now and not args.so_far:
        raise CommandFailed(f"the {term.words} is not over; --so-far makes its page as it stands now", Outcome.USAGE)
    return _make(args.format, Governing(app.store, app.settings, app.school).page(term, now, person))


def _term(args: Namespace, timezone: str, now: datetime) -> Term:
    from monitor.rules.terms import latest_term, term_between, term_named

    days = (args.first_day, args.last_day)
    if any(days) and not all(days):
        raise CommandFailed("--from and --until go together: the first and the last day", Outcome.USAGE)
    if all(days) and args.term:
        raise CommandFailed("--term names the days already; leave out --from and --until, or --term", Outcome.USAGE)
    try:
        if all(days):
            return term_between(*days, timezone)
        return term_named(args.term, timezone) if args.term else latest_term(now, timezone, running=args.so_far)
    except ValueError as wrong:
        raise CommandFailed(f"{'--from, --until' if all(days) else '--term'}: {wrong}", Outcome.USAGE) from None


def _make(form: str, page: GovernorsPage) -> bytes:
    from alerts.governors_render import governors_csv, governors_html, governors_text

    match form:
        case "html":
            return governors_html(page).encode()
        case "csv":
            return governors_csv(page).encode()
        case "pdf":
            from alerts.governors_pdf import governors_pdf

            return governors_pdf(page)
        case _:
            return governors_text(page).encode()
