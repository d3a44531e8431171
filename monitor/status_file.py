"""`status.json`: for other programs, whether the monitor works. Counts and set sentences; no name, text or address.

`next_by` is what matters most: a file that was not rewritten by then means that nothing runs.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.settings import Settings
from monitor.coverage import blind
from monitor.store import alerts, evidence_log, ledger, listening
from monitor.store.engine import Transaction
from monitor.store.school_tables import School

VERSION = 1
SIGNED_WITHIN = timedelta(hours=2)
"""Entries of the evidence log are signed every hour while something runs."""
LEAST_FREE = 500 << 20  # bytes of disk below which evidence is at risk
_MODE = 0o644


@dataclass(frozen=True)
class Problem:
    """Something that needs a person. `kind`: a word that does not change; `count`: how many, where it can be counted;
    `since`: from when on, where that is known."""

    kind: str
    count: int | None = None
    since: datetime | None = None


SENTENCES = {
    "accounts_not_read": "Accounts are not being read.",
    "mail_failing": "No mail leaves: for an hour or longer no mail server accepted any.",
    "people_unreachable": "Mail to some of the people is refused for good.",
    "urgent_not_acknowledged": "Comments are urgent, everybody was told, and nobody has acknowledged them.",
    "evidence_log_unsigned": "Entries of the evidence log have not been signed for hours.",
    "disk_full": "The disk with the evidence is nearly full, or cannot be looked at.",
    "chat_failing": "The chat that should hear of mail not leaving cannot be told.",
}


def problems(tx: Transaction, school: School, settings: Settings, now: datetime) -> list[Problem]:
    """Everything that needs a person at `now`, most pressing first."""
    return list(_problems(tx, school, settings, now))


def _problems(tx: Transaction, school: School, settings: Settings, now: datetime) -> Iterator[Problem]:
    life = listening.sign_of_life_if_any(tx, school)
    waiting = [alert for alert in alerts.unsettled(tx, school) if alert.next_step_at is None]
    if waiting:
        yield Problem("urgent_not_acknowledged", len(waiting), min(alert.opened_at for alert in waiting))
    if life and life.fails_since:
        yield Problem("mail_failing", since=life.fails_since)
    if unread := _not_read(tx, settings, now):
        yield Problem("accounts_not_read", unread)
    people = {person.email.lower() for person in settings.people} | {settings.last_resort.lower()}
    if refused := [each for each in listening.unreachable_people(tx, school) if each in people]:
        yield Problem("people_unreachable", len(refused))
    newest = evidence_log.newest_checkpoint(tx, school)
    unsigned = next(iter(evidence_log.entries(tx, school, newest.size if newest else 0)), None)
    if unsigned and now - unsigned.at > SIGNED_WITHIN:
        yield Problem("evidence_log_unsigned", since=unsigned.at)
    if _is_full(settings.evidence_folder):
        yield Problem("disk_full")
    if life and life.chat_failure:
        yield Problem("chat_failing", since=life.chat_failed_at)


def _not_read(tx: Transaction, settings: Settings, now: datetime) -> int:
    keys = {account.key: account.poll_minutes for account in settings.accounts}
    rows = [ledger.enrolled_account(tx, settings.school.key, key) for key in keys]
    return sum(blind(tx, row, keys[row.key], now) is not None for row in rows)


def _is_full(folder: Path) -> bool:
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        return shutil.disk_usage(there).free < LEAST_FREE
    except OSError:
        return True


def content(found: list[Problem], now: datetime, next_by: datetime) -> dict[str, Any]:
    """What stands in the file."""
    return {
        "version": VERSION,
        "written_at": _text(now),
        "next_by": _text(next_by),
        "state": "problem" if found else "ok",
        "problems": [
            {"kind": each.kind, "sentence": SENTENCES[each.kind]}
            | ({} if each.count is None else {"count": each.count})
            | ({} if each.since is None else {"since": _text(each.since)})
            for each in found
        ],
    }


def write(path: Path, what: dict[str, Any]) -> None:
    """Put the whole file in the place of the one before, so that nobody reads half of it. Raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _MODE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(what, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
