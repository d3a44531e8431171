"""`evidence verify`: every file, every entry, every checkpoint, every time stamp, held against each other.

What it shows: the files are byte for byte those the log names, and the log is the one that was signed. What it cannot
show: whoever owns this computer and its key could write another log from the beginning. A root on paper (`Asked.
printed`) or a time stamp from outside shows that as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alerts.filters import counted
from monitor.evidence.log.signing import KeyUnusable, PublicKey, SigningKey
from monitor.store import evidence_rows, ledger
from monitor.store.engine import Store
from monitor.store.evidence_rows import Kept
from monitor.verify.files import Shelf, name_of, strays
from monitor.verify.log import LogFound, Printed, check_log
from monitor.verify.records import Named
from monitor.verify.stamps import StampsFound, check_time_stamps

HIDDEN_PROBLEM = (
    "something in the evidence folder is not as it was kept; a safeguarding lead should run evidence verify --by"
)
Step = Callable[[int, int], None]
"""Told after each folder: how many are done, of how many."""


@dataclass(frozen=True)
class Asked:
    """Which folders to check: all, or those of one case or captured from `since` and before `until` (aware).

    The log is always checked whole. `printed`: what the log must begin with.
    """

    case: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    printed: Printed | None = None
    hidden: frozenset[int] = frozenset()
    """Cases of which whoever asks must not know. They are checked all the same, and told of without a number."""

    def covers(self, kept: Kept) -> bool:
        """Whether the folder of this evidence is to be checked."""
        return (
            self.case in {None, kept.case}
            and not (self.case is not None and self.case in self.hidden)
            and (self.since is None or kept.captured_at >= self.since)
            and (self.until is None or kept.captured_at < self.until)
        )


@dataclass(frozen=True)
class Verdict:
    """What was checked and what was found. Each problem and each note is one sentence that names what it is about."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]
    entries: int
    checkpoints: int
    time_stamps: int
    folders: int
    files: int
    bytes: int
    begins_as_printed: bool


@dataclass(frozen=True)
class _Books:
    """What the database says at one moment."""

    log: LogFound
    stamps: StampsFound
    kept: Sequence[Kept]
    shelf: Shelf
    known: set[str]


@dataclass(frozen=True)
class Verifier:
    """Checks the evidence of one school. `authorities`: file of the root certificate by address."""

    store: Store
    school_key: str
    folder: Path
    signing_key: Path
    authorities: Mapping[str, Path]

    def run(self, asked: Asked, step: Step = lambda _done, _all: None) -> Verdict:
        """Check it all. Nothing is written and nothing is waited for."""
        books = self._read(asked)
        wanted = [kept for kept in books.kept if asked.covers(kept)]
        suspects, files, read, shown = set(), 0, 0, 0
        for number, kept in enumerate(wanted, 1):
            examined = books.shelf.examine(kept)
            if kept.case not in asked.hidden:
                shown, files, read = shown + 1, files + examined.files, read + examined.bytes
            if examined.problems:
                suspects.add(kept.row)
            step(number, len(wanted))
        if suspects:  # erased meanwhile, or its card drawn anew: what the books say now decides
            books = self._read(asked)
        again = [(kept, books.shelf.examine(kept)) for kept in books.kept if kept.row in suspects]
        of_folders = [
            HIDDEN_PROBLEM if kept.case in asked.hidden else problem
            for kept, found in again
            for problem in found.problems
        ]
        problems = [*books.log.problems, *self._key_problems(books.log.records.keys), *books.stamps.problems]
        return Verdict(
            problems=tuple(dict.fromkeys((*problems, *_without_row(books, asked), *of_folders))),
            notes=(*books.log.notes, *books.stamps.notes, *self._notes(books, asked)),
            entries=books.log.entries,
            checkpoints=books.log.checkpoints,
            time_stamps=books.stamps.good,
            folders=shown,
            files=files,
            bytes=read,
            begins_as_printed=books.log.begins_as_printed,
        )

    def _read(self, asked: Asked) -> _Books:
        with self.store.reading() as tx:
            school = ledger.enrolled_school(tx, self.school_key)
            log = check_log(tx, school, asked.printed)
            return _Books(
                log,
                check_time_stamps(school, evidence_rows.time_stamps(tx, school), self.authorities),
                evidence_rows.kept(tx, school),
                Shelf(self.folder, log.records, evidence_rows.erased_parts(tx, school)),
                evidence_rows.known_paths(tx),
            )

    def _key_problems(self, keys: Sequence[PublicKey]) -> list[str]:
        if not keys:
            return []
        if not os.path.lexists(self.signing_key):
            return [
                f"the signing key {self.signing_key} is missing; put it back from a backup, or begin a new one with "
                "`school-monitor evidence new-key`"
            ]
        try:
            key = SigningKey.load(self.signing_key).public
        except KeyUnusable as unusable:
            return [str(unusable)]
        if key.fingerprint == keys[-1].fingerprint:
            return []
        return [
            f"the signing key was replaced: the file {self.signing_key} holds {key.fingerprint}, the log names "
            f"{keys[-1].fingerprint}"
        ]

    def _notes(self, books: _Books, asked: Asked) -> list[str]:
        notes = []
        if older := sum(kept.position is None for kept in books.kept):
            notes.append(
                f"{counted(older, 'snapshot')} kept before there was an evidence log, and not entered in it yet; the "
                "program does that when it next runs"
            )
        seen = [kept for kept in books.kept if kept.case not in asked.hidden]
        if left := [kept for kept in seen if books.shelf.was_not_brought_back(kept)]:
            listed = ", ".join(name_of(kept) for kept in left)
            notes.append(f"pictures that are withheld were not brought back with the backup: {listed}")
        if asked.case is None and asked.since is None and asked.until is None:
            notes += [
                f"{path} belongs to no evidence: left by a crash, or being written at this moment"
                for path in strays(self.folder, books.known)
            ]
        return notes


def _without_row(books: _Books, asked: Asked) -> list[str]:
    """What the log names and the database has forgotten."""
    there = {kept.position for kept in books.kept}
    gone = {at: named for at, named in books.log.records.evidence.items() if at not in there}
    return [
        HIDDEN_PROBLEM if named.case in asked.hidden else _forgotten(at, named)
        for at, named in sorted(gone.items())
        if asked.case is None or (asked.case == named.case and named.case not in asked.hidden)
    ]


def _forgotten(position: int, named: Named) -> str:
    case = "" if named.case is None else f" (case {named.case})"
    return f"evidence {position}{case}: it was taken out of the database; its folder is called {named.snapshot_id}"
