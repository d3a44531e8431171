"""Entries of the evidence log with their proofs, for somebody who has the checkpoint and not the log.

What a proof needs: position and size, the record with its salt, and the hashes beside the way up to the root
(RFC 6962, 2.1.1). Of a sealed entry the commitment stands in place of record and salt: that it is in the log is
shown all the same, and what it says can be shown later by whoever holds the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.evidence.log.commitment import read_record
from monitor.evidence.log.merkle import Tree


@dataclass(frozen=True)
class Entry:
    """One entry that can be opened. `sealed`: what of its record may be read instead; None: all of it."""

    position: int
    commitment: str
    salt: str
    record: str
    sealed: Mapping[str, object] | None = None


def proofs_json(tree: Tree, entries: Iterable[Entry]) -> bytes:
    """All of them in one list. `tree`: the log up to the checkpoint. Raises ValueError for a record that is none."""
    return (json.dumps([_proof(tree, entry) for entry in entries], indent=1) + "\n").encode("ascii")


def custody_lines(tree: Tree, entries: Iterable[Entry]) -> bytes:
    """One on each line, what it says first. Raises ValueError for a record that is none."""
    return "".join(json.dumps(_proof(tree, entry)) + "\n" for entry in entries).encode("ascii")


def _proof(tree: Tree, entry: Entry) -> dict[str, Any]:
    path = [step.hex() for step in tree.inclusion_proof(entry.position)]
    place = {"position": entry.position, "size": tree.size, "path": path}
    if entry.sealed is not None:
        return {"sealed": dict(entry.sealed), "commitment": entry.commitment, **place}
    return {"record": read_record(entry.record), "salt": entry.salt, **place}
