"""The records of a bundle, copied one folder at a time: as they are, or blacked out where that is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.custody.media_gate import Mark
from monitor.evidence.exhibit import FACTS
from monitor.evidence.handing_out.blacked_copy import blacked_copy, is_card, with_card
from monitor.evidence.handing_out.blackout import Blackout
from monitor.evidence.handing_out.folder_copy import copy_folder
from monitor.evidence.handing_out.statement import Record
from monitor.evidence.snapshot import CAPTURE
from monitor.store import evidence_rows, snapshots
from monitor.store.engine import Transaction
from monitor.store.evidence_rows import Kept
from monitor.store.school_tables import School

BLACKED_OUT = "blacked-out"
NOTE = "BLACKED-OUT.txt"
_TITLE = "blacked-out copy of entry {position}"
SEALED = """\
The files in this folder are copies, made for this bundle, of the record that entry {position}
of the evidence log is about. The names of people other than the author, the school and
its staff are blacked out in them, as far as they were known to the program or given to
it. A blacked-out name has five blocks, however long it was. Digests and lengths of the
originals are left out as well: whoever has them could try names until one fits. The card,
where there is one, was drawn anew from the copies.

The originals are sealed at the school. Files of which there is no copy here: {missing}.

proofs.json shows that entry {position} is in the log; what the entry says is sealed with the
originals. If the school hands them over one day, record and salt open the entry, and
the digest in it fits the originals or it does not.
"""


@dataclass(frozen=True)
class Missing:
    """Files that are in a folder no more, or must not leave it, by the row of the snapshot.

    `old_cards`: rows whose card was drawn before words on it were withheld.
    """

    erased: Mapping[int, frozenset[str]]
    withheld: Mapping[int, frozenset[str]]
    old_cards: frozenset[int]

    @classmethod
    def of(cls, tx: Transaction, school: School, kept: Sequence[Kept], marks: Mapping[int, Mark]) -> Missing:
        """`marks`: comments nothing of which is handed out, not even beside another comment."""
        withheld: dict[int, frozenset[str]] = {}
        old_cards = set()
        for each in kept if marks else ():
            row = snapshots.by_snapshot_id(tx, each.snapshot_id)
            if row and (names := snapshots.files_with_words_of(tx, row, marks.keys())):
                withheld[each.row] = names
                if row.card_tried_at is None or row.card_tried_at <= max(mark.at for mark in marks.values()):
                    old_cards.add(each.row)
        return cls(evidence_rows.erased_parts(tx, school), withheld, frozenset(old_cards))


@dataclass
class Pieces:
    """Copies of these records. What was found on the way is there once `payload` has come to its end.

    `blackouts`: by case; where there is none for a case, its records go as they are. `note` stands beside each copy
    that was blacked out. `absent`: by position, files that have no copy.
    """

    folder: Path
    kept: Sequence[Kept]
    missing: Missing
    blackouts: Mapping[int, Blackout]
    note: str = SEALED
    sealed: set[int] = field(default_factory=set)
    absent: dict[int, list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    def payload(self) -> Iterator[tuple[str, bytes]]:
        """Names below data/ and contents."""
        for kept in self.kept:
            if kept.position is None:
                continue
            files = self._files(kept, kept.position)
            for name in sorted(files):
                yield f"{self.folder_of(kept)}/{name}", files[name]

    def folder_of(self, kept: Kept) -> str:
        """Where the copy of a record lies, once it is copied; empty for one without a copy."""
        if kept.position not in {record.position for record in self.records}:
            return ""
        return f"{BLACKED_OUT}/{kept.position}" if kept.position in self.sealed else str(kept.position)

    def _files(self, kept: Kept, position: int) -> Mapping[str, bytes]:
        withheld = self.missing.withheld.get(kept.row, frozenset())
        erased = self.missing.erased.get(kept.row, frozenset())
        try:
            copy = copy_folder(
                self.folder / kept.path, withheld | erased, card=kept.row not in self.missing.old_cards
            )
        except OSError:
            self.problems.append(f"entry {position}: its folder is missing or cannot be read")
            return {}
        self.problems += [f"entry {position}: {problem}" for problem in copy.problems]
        files, blackout = copy.files, self.blackouts.get(kept.case)
        copies = blacked_copy(files, blackout, _TITLE.format(position=position)) if blackout else None
        if copies is not None:
            self.sealed.add(position)
            absent = sorted(name for name in files if name not in copies and not is_card(name))
            if absent:
                self.absent[position] = absent
            note = self.note.format(position=position, missing=", ".join(absent) or "none")
            files = {**with_card(copies, self.folder, withheld), NOTE: note.encode("ascii")}
        self.records.append(_record(kept, position, files, sealed=copies is not None))
        return files


def _record(kept: Kept, position: int, files: Mapping[str, bytes], *, sealed: bool) -> Record:
    facts: Any = None
    with suppress(ValueError, RecursionError):  # a damaged file is told of as a problem
        facts = json.loads(files.get(CAPTURE) or files.get(FACTS) or b"{}")
    digest = None if sealed else kept.digest
    return Record(position, kept.kind, kept.case, digest, facts if isinstance(facts, dict) else {})
