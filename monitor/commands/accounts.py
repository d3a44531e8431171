"""`accounts`: the register of accounts as a page, and below each account what its audit found."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from alerts.filters import counted
from monitor.commands.account_lines import expiry_line
from monitor.commands.base import CommandFailed, Outcome, app_for, local
from monitor.commands.listening_lines import unreachable_lines
from monitor.commands.printing import print_plain
from monitor.commands.register_lines import audited_accounts

if TYPE_CHECKING:
    from datetime import datetime

    from config.register import RegisterEntry
    from monitor.registered import Audited
    from monitor.wiring import App

EXAMPLE = "school-monitor accounts --account facebook"
UNSAID = "-"
LONGEST_ABOUT = 300  # characters shown of what an account says of itself


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--account", metavar="KEY", help="only this account (default: all)")


def run(args: Namespace) -> int:
    """Print the register and its audit, asking no network. 1 when something is not as the policy asks."""
    app = app_for(args)
    keys = [account.key for account in app.settings.accounts]
    if args.account is not None and args.account not in keys:
        raise CommandFailed(f'there is no account "{args.account[:40]}"; there are {", ".join(keys)}', Outcome.USAGE)
    shown = [each for each in audited_accounts(app) if args.account in {None, each.account.key}]
    policy = app.settings.policy
    print_plain(f"Accounts of {app.settings.school.name}, held against the policy {policy.name} ({policy.version})")
    for each in shown:
        print()
        for line in _page(each, app):
            print_plain(line)
    _say_who_stopped(app)
    unreachable = unreachable_lines(app)
    if unreachable:
        print()
    for line in unreachable:
        print_plain(line)
    return _sum(shown)


def _say_who_stopped(app: App) -> None:
    from monitor.commands.digest_stop import stops_of

    if stopped := stops_of(app).in_words(app.clock()):
        print()
        for each in stopped:
            print_plain(f"{each}.")


def _sum(shown: list[Audited]) -> int:
    from monitor.rules.register_words import Weight

    wrong = sum(found.weight is not Weight.LOOK for each in shown for found in each.found)
    print()
    if wrong:
        print_plain(f"{counted(wrong, 'thing')} not as the policy asks.")
        return Outcome.PROBLEMS
    print_plain("Everything that can be seen from here is as the policy asks.")
    return Outcome.DONE


def _page(each: Audited, app: App) -> Iterator[str]:
    yield f"{each.account.label} ({each.account.key}, {each.account.network})"
    for words, value in (*_written(each, app), *_known(each, app.settings.school.timezone, app.clock())):
        yield f"  {words}: {value or UNSAID}"
    for found in each.found:
        yield f"  {found.weight.upper()}: {found.sentence}"
        yield f"      {found.todo}" + (f' (clause "{found.clause}")' if found.clause else "")
    if not each.found:
        yield "  Nothing was found."


def _written(each: Audited, app: App) -> Iterator[tuple[str, str]]:
    from monitor.rules.register import is_blank, moderators_of

    entry = each.entry
    if is_blank(entry):
        return
    yield "aim", entry.aim
    yield "audience", entry.audience
    yield "promotion", entry.promotion
    yield "open or closed", entry.access or ""
    yield "administrators", ", ".join(entry.administrators)
    others = "" if entry.moderators else " (everybody with the role)"
    yield "moderators", ", ".join(moderators_of(entry, app.settings.people)) + others
    yield "publish on it", ", ".join(entry.posters)
    yield "sign-in of", entry.token_owner or ""
    yield "registered to", entry.official_address or ""
    yield "link to the policy", entry.policy_link or ""
    yield "approved by", _approvals(entry)
    yield "used from, until", _dates(entry)


def _approvals(entry: RegisterEntry) -> str:
    from monitor.rules.approvals import duty_words
    from monitor.rules.register_words import day

    signed = sorted(entry.approvals, key=lambda approval: approval.on)
    return ", ".join(f"{each.by} as {duty_words(each.role)} on {day(each.on)}" for each in signed)


def _dates(entry: RegisterEntry) -> str:
    from monitor.rules.register_words import day

    begins = day(entry.live_from) if entry.live_from else UNSAID
    return f"{begins}, {day(entry.closes_on) if entry.closes_on else 'no end'}"


def _known(each: Audited, zone: str, now: datetime) -> Iterator[tuple[str, str]]:
    """What the books know of it."""
    from monitor.rules.register_words import day

    row, facts = each.row, each.facts
    yield "watched since", day(facts.watched_since)
    yield "read completely up to", day(facts.read_until) if facts.read_until else "never"
    yield "who we are, asked", local(row.checked_at, zone) if row.checked_at else "not yet"
    if facts.has_credentials:
        yield "credentials", expiry_line(row.expires_at, now, zone)
    if facts.shows_posts:
        yield "school last wrote", day(facts.last_post) if facts.last_post else "nothing seen yet"
    if facts.about is None:
        yield "says of itself", "not known here: look yourself"
    else:
        about = " ".join(facts.about.split())
        yield "says of itself", about if len(about) <= LONGEST_ABOUT else about[: LONGEST_ABOUT - 1] + "…"
        yield "links there", ", ".join(facts.links)
