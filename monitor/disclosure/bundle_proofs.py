"""What a bundle holds of the evidence log: its signed head, its keys, and proved entries about the cases."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from monitor.custody.log import checkpoint_of, known_keys
from monitor.evidence.handing_out.blacked_copy import blacked_record
from monitor.evidence.handing_out.blackout import Blackout
from monitor.evidence.handing_out.how_to_verify import Stamp, root_name, token_name
from monitor.evidence.log.checkpoint import Checkpoint
from monitor.evidence.log.commitment import read_record
from monitor.evidence.log.merkle import Tree, leaf_hash
from monitor.evidence.log.proofs import Entry, custody_lines, proofs_json
from monitor.store import evidence_log, tokens
from monitor.store.engine import Transaction
from monitor.store.evidence_log import Opened
from monitor.store.evidence_tables import LogCheckpoint
from monitor.store.school_tables import School

_WITH_DIGESTS = frozenset({"manifest", "files", "snapshot"})


@dataclass(frozen=True)
class LogPart:
    """The log up to one checkpoint. `fingerprint`: of the key that signed it.

    `custody`: entries about the cases, and those that name a key.
    """

    checkpoint: Checkpoint
    fingerprint: str
    tree: Tree
    custody: Sequence[Opened]
    files: Mapping[str, bytes]
    """checkpoint.txt and .sig, pub.pem, the time stamps and their roots."""
    stamps: Sequence[Stamp]

    def proofs(
        self, records: Collection[int], sealed: Collection[int], blackouts: Mapping[int, Blackout]
    ) -> dict[str, bytes]:
        """proofs.json for the entries at `records`, and custody.jsonl. `sealed`: whose files were blacked out."""
        entries = [_entry(each, sealed, blackouts) for each in self.custody]
        return {
            "proofs.json": proofs_json(self.tree, (entry for entry in entries if entry.position in records)),
            "custody.jsonl": custody_lines(self.tree, entries),
        }


def log_part(
    tx: Transaction, school: School, row: LogCheckpoint, cases: Iterable[int], roots: Mapping[str, Path]
) -> LogPart:
    """Read what belongs to these cases. `roots`: files with the root certificates, by address of the authority."""
    tree = Tree(leaf_hash(bytes.fromhex(each)) for each in _up_to(tx, school, row.size))
    opened = [*evidence_log.of_kinds(tx, school, {"key"})]
    for case in cases:
        opened += evidence_log.of_case(tx, school, case)
    checkpoint = checkpoint_of(school, row)
    files = {
        "checkpoint.txt": checkpoint.text(),
        "checkpoint.sig": base64.b64decode(row.signature),
        "pub.pem": _keys(tx, school, row.key),
    }
    stamps = []
    for number, token in enumerate(tokens.of_checkpoint(tx, row), 1):
        root = roots.get(token.authority)
        files[token_name(number)] = token.token or b""
        if root is not None and root.is_file():
            files[root_name(number)] = root.read_bytes()
        host = urlsplit(token.authority).hostname or token.authority
        stamps.append(Stamp(number, host, root_name(number) in files))
    custody = sorted((each for each in opened if each.position < row.size), key=lambda each: each.position)
    return LogPart(checkpoint, row.key, tree, custody, files, stamps)


def _up_to(tx: Transaction, school: School, size: int) -> Iterable[str]:
    return (commitment for _, commitment in zip(range(size), evidence_log.commitments(tx, school), strict=False))


def _keys(tx: Transaction, school: School, in_force: str) -> bytes:
    """All keys the log names, the one that signed first: openssl takes the first one of a file."""
    keys = known_keys(tx, school)
    return "".join(key.pem for key in sorted(keys, key=lambda key: key.fingerprint != in_force)).encode("ascii")


def _entry(opened: Opened, sealed: Collection[int], blackouts: Mapping[int, Blackout]) -> Entry:
    blackout = blackouts.get(opened.case) if opened.case is not None else None
    reading = None
    if blackout:
        record = read_record(opened.record or "")
        about = record.get("evidence")
        is_sealed = opened.position in sealed or (about in sealed if isinstance(about, int) else False)
        has_digests = not _WITH_DIGESTS.isdisjoint(record)
        reading = blacked_record(record, blackout, sealed=is_sealed and has_digests)
    return Entry(opened.position, opened.commitment, opened.salt or "", opened.record or "", reading)
