"""The entries about one case as people read them: who did what with it, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts.filters import plain
from monitor.commands.base import local
from monitor.evidence.log.commitment import read_record
from monitor.store.evidence_log import Opened

LONGEST = 500
_WORDS = {
    "snapshot": "kept as evidence: {trigger} By {triggered_by}",
    "card": "evidence card made of entry {evidence}",
    "screen_print": "screen print added",
    "live_page": "public page photographed",
    "media": "attachments fetched and kept unopened",
    "recheck": "looked again after {after_hours} h: {found}",
    "decision": "decided: {action}, on version {version}",
    "keep_out": "somebody was kept out of it (exclusion {exclusions})",
    "let_in": "somebody was let in again (exclusion {exclusions})",
    "view": "looked at it",
    "export": "exported",
    "share": "passed entry {evidence} on to {with}",
    "hold": "put under a hold",
    "release": "hold ended",
    "media_gate": "media gate: {state}",
    "erasure": "erasure {state}",
    "subject_access": "given to the person it is about",
    "restore": "restored from a backup",
    "key": "signing key begun: {fingerprint}",
    "refused": "refused: {what}",
}
"""By kind of entry; what stands in braces is taken from the record."""


def custody_line(entry: Opened, timezone: str) -> str:
    """One entry on one line: number, time, what happened, and where a person acted, who, from where and why."""
    record = read_record(entry.record or "{}")
    words = _WORDS.get(str(entry.kind), str(entry.kind).replace("_", " ")).format_map(_Told(record))
    if by := record.get("by"):
        account = f" ({record['account']})" if record.get("account") else ""
        words = f"{words}, by {by}{account}: {record.get('why', '')}"
    return f"{entry.position:>6}  {local(entry.at, timezone)}: {plain(words, LONGEST)}"


class _Told(dict[str, Any]):
    """A record of which any fact may be missing."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        super().__init__({name: str(value).replace("_", " ") for name, value in record.items()})

    def __missing__(self, name: str) -> str:
        return "?"
