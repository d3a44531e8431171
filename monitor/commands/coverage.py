"""`coverage`: what was read when, what was not, and whether the networks count as we do."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from alerts.filters import counted
from monitor.commands.base import CommandFailed, Outcome, app_for, known_account, local
from monitor.commands.printing import print_plain, print_table
from monitor.rules.slots import week_bounds, week_name

if TYPE_CHECKING:
    from alerts.weekly_report import Coverage
    from monitor.coverage import AccountCoverage
    from monitor.wiring import App

EXAMPLE = "school-monitor coverage --week 2026-W47 --account facebook"
MOST_POSTS = 20
"""Posts named one by one; the rest is counted."""


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--week", metavar="YYYY-Www", help="ISO week (default: this one)")
    parser.add_argument("--account", metavar="KEY", help="only this account (default: all)")


def run(args: Namespace) -> int:
    """Print the ledger of the week, account by account. 1 when there is a hole in it or something is wrong now."""
    from zoneinfo import ZoneInfo

    app = app_for(args)
    key = known_account(app, args.account)
    now, zone = app.clock(), app.settings.school.timezone
    week = args.week or week_name(now.astimezone(ZoneInfo(zone)).date())
    try:
        since, until = week_bounds(week, zone)
    except ValueError as wrong:
        raise CommandFailed(f"--week: {wrong}", Outcome.USAGE) from None
    if since > now:
        raise CommandFailed(f"--week: the week {week} has not begun", Outcome.USAGE)
    return _print(app, week, _of_accounts(app, key, since, min(until, now), now))


def _of_accounts(
    app: App, key: str | None, since: datetime, until: datetime, now: datetime
) -> list[tuple[Coverage, AccountCoverage]]:
    from monitor.coverage import account_coverage, week_of
    from monitor.store import ledger

    found = []
    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        for configured in app.settings.accounts:
            account = ledger.account_by_key(tx, school, configured.key)
            if account is not None and key in {None, configured.key}:
                in_short = week_of(tx, account, configured.poll_minutes, since, until)
                found.append((in_short, account_coverage(tx, account, configured, since, until, now)))
    return found


def _print(app: App, week: str, accounts: list[tuple[Coverage, AccountCoverage]]) -> int:
    print_table(
        ("account", "reads", "read to the end", "hours watched", "hours in all", "comments received"),
        (
            (c.account, c.reads, c.complete_reads, f"{c.hours_covered:.1f}", f"{c.hours_in_week:.1f}", c.stored)
            for c, _ in accounts
        ),
        title=f"Week {week}",
    )
    print_table(
        ("account", "stream", "read every", "reads", "read to the end", "calls", "items"),
        (
            (whole.label, s.stream, f"{s.minutes} min" if s.minutes else "-", s.reads, s.complete, s.calls, s.items)
            for _, whole in accounts
            for s in whole.streams
        ),
    )
    for _, whole in accounts:
        for line in _lines(whole, app.settings.school.timezone):
            print_plain(line)
    for line in _messages(app, {whole.label for _, whole in accounts}):
        print_plain(line)
    is_wrong = any(whole.unread or any(not each.over_at for each in whole.incidents) for _, whole in accounts)
    return Outcome.PROBLEMS if is_wrong else Outcome.DONE


def _lines(whole: AccountCoverage, zone: str) -> Iterator[str]:
    from monitor.commands.account_lines import money_line

    for hole in whole.unread:
        streams = f" ({', '.join(hole.streams)})" if hole.streams else ""
        yield f"{whole.label}{streams}: not read from {local(hole.since, zone)} to {local(hole.until, zone)}"
    for incident in whole.incidents:
        over = f", over since {local(incident.over_at, zone)}" if incident.over_at else ", and still so"
        part = f" ({', '.join(incident.streams)})" if incident.streams else ""
        why = f" {incident.why.rstrip('.')}." if incident.why else ""
        yield f"{whole.label}{part}: {incident.what}{why} Found {local(incident.found_at, zone)}{over}."
    yield from _counts(whole, zone)
    if whole.used is not None and whole.used.money is not None:
        yield f"{whole.label}: {money_line(whole.used.money)}."


def _counts(whole: AccountCoverage, zone: str) -> Iterator[str]:
    if not whole.posts:
        yield f"{whole.label}: the network gives no counts to compare ours with."
        return
    name = whole.network[:1].upper() + whole.network[1:]
    all_counted, held = sum(each.counted for each in whole.posts), sum(each.held for each in whole.posts)
    under = f"{counted(all_counted, 'comment')} under {counted(len(whole.posts), 'post')}"
    yield f"{whole.label}: {name} counts {under}, we hold {held}."
    short = [each for each in whole.posts if each.missing]
    for post in short[:MOST_POSTS]:
        which = f"the post of {local(post.made_at, zone)}" if post.made_at else "a post"
        where = f" {post.permalink}" if post.permalink else ""
        seen = local(post.seen_at, zone)
        yield f"  {name} counts {post.counted} under {which}, we hold {post.held}. Last looked {seen}.{where}"
    if len(short) > MOST_POSTS:
        yield f"  and {counted(len(short) - MOST_POSTS, 'more post')}"
    if more := sum(each.held > each.counted for each in whole.posts):
        reason = "some networks count direct replies only"
        yield f"  Under {counted(more, 'post')} we hold more than {name} counts: {reason}."


def _messages(app: App, labels: set[str]) -> Iterator[str]:
    from monitor.unwatched import uncovered_promise, unwatched_messages

    for each in unwatched_messages(app.settings):
        for account in [label for label in each.accounts if label in labels]:
            yield f"Direct messages are not watched: {account} ({each.why})."
    if promise := uncovered_promise(app.settings):
        yield promise
