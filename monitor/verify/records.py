"""Opening the entries of the evidence log: is each record the one committed to, and what do they say together?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitor.evidence.log.checkpoint import time_text
from monitor.evidence.log.commitment import commit, read_record
from monitor.evidence.log.signing import KeyUnusable, PublicKey
from monitor.store.evidence_log import Opened

EVIDENCE = frozenset({"snapshot", "screen_print", "live_page", "media"})
"""Kinds of entries that name a folder of evidence and the digest of its manifest."""


@dataclass(frozen=True)
class Named:
    """A folder of evidence as the log names it. `manifest` is a digest with "sha256:" in front."""

    snapshot_id: str
    manifest: str
    kind: str
    case: int | None
    version: int | None


@dataclass
class Records:
    """What the opened entries say, by position. Give them in order with `take`, then ask for `missing`."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    keys: list[PublicKey] = field(default_factory=list)
    """The keys that may sign, oldest first; the last is in force."""
    evidence: dict[int, Named] = field(default_factory=dict)
    cards: dict[int, str] = field(default_factory=dict)
    """Digest of the list of the newest card, by the position of its snapshot."""
    erased: set[int] = field(default_factory=set)
    """Entries whose record an erasure destroyed, as the entry about the erasure says."""
    erased_files: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Files an erasure took out of a snapshot that stayed."""
    withheld: set[int] = field(default_factory=set)
    """Cases whose media are withheld."""
    restored: bool = False
    """Whether a backup was ever brought back."""
    closed: set[int] = field(default_factory=set)
    """Entries that cannot be opened any more."""

    def take(self, entry: Opened) -> None:
        """Check one entry against its commitment and remember what it says."""
        if entry.record is None or entry.salt is None:
            self.closed.add(entry.position)
            return
        try:
            record = read_record(entry.record)
            genuine = commit(bytes.fromhex(entry.salt), entry.record.encode("ascii")).hex() == entry.commitment
        except ValueError:
            genuine = False
        if not genuine:
            self.problems.append(f"entry {entry.position}: its record or salt was changed after it was written")
            return
        beside_it = (entry.kind, entry.case, time_text(entry.at))
        if (record.get("kind"), record.get("case"), record.get("at")) != beside_it:
            self.problems.append(f"entry {entry.position}: its kind, case or time was changed in the database")
        try:
            self._remember(entry.position, record)
        except (KeyError, TypeError):
            self.problems.append(f"entry {entry.position}: its record is not as this program writes them")

    def finish(self) -> None:
        """Hold the entries that cannot be opened against the erasures that account for them."""
        self.problems += [
            f"entry {position}: its record was taken out, and no erasure accounts for it"
            for position in sorted(self.closed - self.erased)
        ]
        self.problems += [
            f"entry {position}: it was erased, and its record is still in the database"
            for position in sorted(self.erased - self.closed)
        ]

    def _remember(self, position: int, record: Mapping[str, Any]) -> None:
        kind = record.get("kind")
        if kind in EVIDENCE and "manifest" in record:  # a page that was not photographed left an entry only
            named = Named(
                str(record.get("snapshot")),
                str(record.get("manifest")),
                kind,
                record.get("case"),
                record.get("version"),
            )
            self.evidence[position] = named
        elif kind == "card" and record.get("evidence") is not None:
            self.cards[record["evidence"]] = str(record.get("files"))
        elif kind == "key":
            self._take_key(position, record)
        elif kind == "media_gate" and record.get("state") == "withheld":
            self.withheld.add(record["case"])
        elif kind == "restore":
            self.restored = True
            self.notes.append(
                f"entry {position}: {record.get('by')} restored a backup here: {record.get('why')}; roots printed "
                "after that backup belong to the log that was set aside"
            )
        elif kind == "erasure":
            self.erased.update(record.get("positions", ()))
            for part in record.get("parts", ()):
                self.erased_files[part["evidence"]].add(part["file"])

    def _take_key(self, position: int, record: Mapping[str, Any]) -> None:
        try:
            key = PublicKey.from_pem(str(record.get("public_key")))
        except KeyUnusable:
            self.problems.append(f"entry {position}: it names a signing key that cannot be read")
            return
        if self.keys and not (record.get("by") and record.get("why")):
            self.problems.append(
                f"entry {position}: the signing key was replaced: a new one begins here, and nobody answers for it"
            )
        elif self.keys:
            self.notes.append(
                f"entry {position}: {record['by']} began a new signing key ({key.fingerprint}): {record['why']}"
            )
        self.keys.append(key)
