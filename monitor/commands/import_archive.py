"""`import`: take in what was downloaded from an account, or JSON lines."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.filters import counted, plain
from monitor.commands.base import CommandFailed, Outcome, app_for

if TYPE_CHECKING:
    from config.accounts import AccountSettings
    from monitor.wiring import App

EXAMPLE = "school-monitor import ~/Downloads/twitter-2026-11-20.zip --account x"
FORMATS = ("x", "meta", "reddit", "lines")


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the download: a zip, the folder it unpacks to, or one file"
    )
    parser.add_argument("--account", metavar="KEY", required=True, help="the account it was downloaded from")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="x, meta (Facebook and Instagram), reddit, or lines (JSON lines, .jsonl); default: told by its files",
    )


def run(args: Namespace) -> int:
    """Keep what is new in it. 1 when some of it could not be read, 2 when there is nothing to read."""
    from connectors.archives.reading import FORMATS as READERS
    from connectors.archives.reading import ArchiveUnusable, Found, read_archive
    from monitor.importing import take_in

    app = app_for(args)
    account = _account(app, args.account)
    keeper = app.page_keeper(account, judged_from=app.clock() - timedelta(days=account.lookback_days))
    own_id = _own_id(app, account)
    if not args.file.exists():
        raise CommandFailed(f"{args.file} is not there", Outcome.USAGE)
    held = new = unreadable = files = 0
    try:
        for found in read_archive(args.file, own_id, [args.format] if args.format else tuple(READERS)):
            if not isinstance(found, Found):
                print(f"left out {plain(found.name, 200)}: {found.why}")
                unreadable += 1
                continue
            done = take_in(keeper, found.batches)
            files, held, new = files + 1, held + done.held, new + done.result.new
            unreadable += done.result.quarantined
            figures = f"{done.result.new} new, {done.held} held already, {done.result.flagged} flagged"
            print(f"{plain(found.name, 200)}: {figures}")
            for reason in dict.fromkeys(done.result.reasons):
                print(f"  kept aside: {plain(reason, 300)}")
    except ArchiveUnusable as unusable:
        raise CommandFailed(str(unusable), Outcome.USAGE) from None
    if not files:
        raise CommandFailed(
            f"{args.file} holds no file we know: X's data/tweets.js, Meta's comments as JSON, Reddit's comments.csv, "
            "or JSON lines (.jsonl)",
            Outcome.USAGE,
        )
    app.cards.run()
    print(f"{counted(new, 'item')} taken in, {held} held already, {unreadable} could not be read.")
    return Outcome.PROBLEMS if unreadable else Outcome.DONE


def _account(app: App, key: str) -> AccountSettings:
    for account in app.settings.accounts:
        if account.key == key:
            return account
    known = ", ".join(account.key for account in app.settings.accounts)
    raise CommandFailed(f'there is no account "{key}"; the configuration has {known}', Outcome.USAGE)


def _own_id(app: App, account: AccountSettings) -> str:
    """The author id by which the account's own words are known."""
    from monitor.store import ledger

    with app.store.reading() as tx:
        own_ids = ledger.enrolled_account(tx, app.settings.school.key, account.key).own_ids
    if not own_ids:
        raise CommandFailed(
            f"the network was not asked yet who {account.key} is; run this first: "
            f"school-monitor poll --account {account.key}"
        )
    own_id: str = own_ids[0]
    return own_id
