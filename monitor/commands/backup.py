"""`backup`: copy everything a school has here, while the daemon goes on."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.filters import counted
from monitor.commands.base import CommandFailed, Outcome, local, settings_for
from monitor.commands.long_work import shown_progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.backup.backup import BackedUp

EXAMPLE = "school-monitor backup /mnt/backups --keep 35"
LONGEST_KEEP = 10_000
SHOWN = 10  # lines of one kind


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where backups lie; better on another disk")
    parser.add_argument(
        "--keep",
        type=_number,
        metavar="N",
        help="then remove all but the newest N backups of this school (default: remove none)",
    )
    parser.add_argument(
        "--with-key",
        action="store_true",
        help="also copy the private signing key: whoever gets the backup can then sign in the school's name",
    )


def run(args: Namespace) -> int:
    """Take it, and say what it holds and how far back the others reach. 1 when something was not there to copy."""
    from importlib.metadata import version

    from monitor.backup.backup import BackupTaker
    from monitor.backup.draft import NotBackedUp
    from monitor.clock import system_clock
    from monitor.store.copying import CopyFailed
    from monitor.store.engine import StoreUnusable

    settings = settings_for(args)
    taker = BackupTaker(settings, f"School Social Monitor {version('school-social-monitor')}", system_clock)
    began = time.monotonic()
    try:
        with shown_progress() as progress:
            held = taker.run(args.folder, args.keep, args.with_key, progress)
    except (NotBackedUp, CopyFailed, StoreUnusable, ValueError) as failed:
        raise CommandFailed(f"no backup was taken: {failed}") from None
    _say(held, time.monotonic() - began, args.with_key)
    _say_old(held, system_clock(), settings.school.timezone)
    return Outcome.PROBLEMS if held.missing or not held.has_configuration else Outcome.DONE


def _say(held: BackedUp, seconds: float, with_key: bool) -> None:
    facts = held.facts
    shared = f", {_megabytes(held.linked_bytes)} of it shared with earlier backups" if held.linked_bytes else ""
    print(f"Backup {held.path}: {_megabytes(held.bytes)}{shared}, in {seconds:.1f} s.")
    parts = [
        f"the database with {counted(facts.log_size, 'entry', 'entries')} of the evidence log",
        counted(held.evidence, "snapshot or exhibit", "snapshots and exhibits"),
        "the journal of erasures",
        *(["the configuration"] if held.has_configuration else []),
        *(["the signing key"] if with_key else []),
    ]
    print(f"It holds {', '.join(parts)}. Passwords and tokens are not in it.")
    if not with_key:
        print("The signing key is not in it: keep a copy of that in the safe.")
    for line in (*_remarks(held), *_problems(held)):
        print(line)


def _remarks(held: BackedUp) -> Iterator[str]:
    if others := [key for key in held.facts.schools if key != held.facts.school]:
        yield f"The database is shared with {', '.join(others)}. Their evidence may lie elsewhere (docs/backup.md)."
    if held.facts.left_out:
        pictures = counted(len(held.facts.left_out), "record with pictures", "records with pictures")
        yield f"{pictures} of comments marked MEDIA WITHHELD: not copied, as such pictures never are."
    if held.strange:
        yield f"{counted(held.strange, 'file')} in the evidence folder passed over: no evidence of this program."
    for name in held.removed:
        yield f"Removed the older backup {name}."


def _problems(held: BackedUp) -> Iterator[str]:
    for path in held.missing[:SHOWN]:
        yield f"PROBLEM  {path}: the database names this evidence, and its folder is missing"
    if more := len(held.missing[SHOWN:]):
        yield f"PROBLEM  and {more} more; `school-monitor evidence verify` names them all"
    if not held.has_configuration:
        yield "PROBLEM  a secret stands in the configuration file or the policy pack, so neither was copied"


def _say_old(held: BackedUp, now: datetime, timezone: str) -> None:
    age = max(0, (now - held.oldest).days)
    print(f"The oldest backup kept is of {local(held.oldest, timezone)}, {counted(age, 'day')} ago.")
    if held.erased_since:
        print(
            f"{counted(held.erased_since, 'comment was', 'comments were')} erased since then and can still be read "
            "in older backups until those are removed: keep none for more than 35 days."
        )


def _megabytes(number: int) -> str:
    return f"{number / 1e6:.1f} MB"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= LONGEST_KEEP):
        raise ArgumentTypeError(f'how many to keep is a number from 1 to {LONGEST_KEEP} (found "{text[:40]}")')
    return int(text)
