"""How a restore takes effect: all at once, whatever happens meanwhile.

Everything is made ready under names nobody opens. Then a plan is written down that says what takes the place of what:
with that the restore has happened, and the moves that follow are made up for by whoever comes next, if they were cut
off. Until then, nothing has. `ready_to_open` sees to that before any program opens the database.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.settings import Settings
from monitor.evidence.files import PRIVATE_FILE, make_folder, sync_folder, write_new
from monitor.store.copying import CopyFailed, Database, InUse, Move, database_at
from monitor.store.engine import FILE, StoreUnusable

PLAN = "plan.json"
OPENING = 5.0
"""Seconds a starting program waits for another that starts; a restore takes longer."""
RESTORING = 20.0
"""Seconds a restore waits for programs that are starting."""


class RestoreUnderWay(StoreUnusable):
    """A restore is going on, or a program is starting. One sentence."""


@dataclass(frozen=True)
class Plan:
    """What is to be done, in this order. `backup`: name of the backup; `suffix`: ending of what is set aside."""

    backup: str
    suffix: str
    moves: Sequence[Move]


@dataclass(frozen=True)
class Workplace:
    """Where a restore is made ready: beside the evidence folder, and beside the database where that is a file.

    `locks`: empty files beside them, held by whoever opens or restores.
    """

    evidence: Path
    database: Database
    locks: tuple[Path, ...]

    @classmethod
    def of(cls, settings: Settings) -> Workplace:
        """For the school with these settings."""
        url, evidence = settings.database_url, settings.evidence_folder.resolve()
        guarded = {evidence} | ({Path(url.removeprefix(FILE)).resolve()} if url.startswith(FILE) else set())
        locks = sorted(path.with_name(f".{path.name}.lock") for path in guarded)
        return cls(evidence, database_at(url), tuple(locks))

    @property
    def folder(self) -> Path:
        """Beside the evidence folder, so that what is in it can be moved there."""
        return self.evidence.with_name(f".{self.evidence.name}.restoring")

    @property
    def new_evidence(self) -> Path:
        """The evidence folder to be."""
        return self.folder / "evidence"

    def begin(self) -> None:
        """An empty workplace; what a restore that was cut off left here goes."""
        self.discard()
        make_folder(self.folder)

    def decide(self, backup: str, suffix: str) -> None:
        """The moment from which the restore has happened. What is made ready must be on the disk by now."""
        moves = [Move(self.new_evidence, self.evidence, self.evidence.with_name(self.evidence.name + suffix))]
        moves += self.database.moves(suffix)
        held = {"backup": backup, "suffix": suffix, "moves": [_plain(move) for move in moves]}
        write_new(self.folder / f".{PLAN}", json.dumps(held).encode("ascii"))
        (self.folder / f".{PLAN}").rename(self.folder / PLAN)
        sync_folder(self.folder)

    def plan(self) -> Plan | None:
        """What was decided and is not finished. Raises ValueError, in one sentence, when it cannot be read."""
        try:
            held = json.loads((self.folder / PLAN).read_bytes())
            return Plan(str(held["backup"]), str(held["suffix"]), [_move(each) for each in held["moves"]])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise ValueError(
                f"{self.folder / PLAN}, which says how to finish a restore, is damaged; restore the backup again, "
                "after moving that folder away"
            ) from None

    def finish(self) -> Plan | None:
        """Do what was decided, or what is left of it. None: nothing was. Raises `copying.InUse`, OSError."""
        plan = self.plan()
        if plan is not None:
            for move in plan.moves:
                _carry_out(move)
            self.database.put_in_place(plan.suffix)
        self.discard()
        return plan

    def discard(self) -> None:
        """Remove what was made ready and is not in place. The plan goes first: without it there is nothing to do."""
        if not self.folder.is_dir():
            return
        (self.folder / PLAN).unlink(missing_ok=True)
        sync_folder(self.folder)
        self.database.discard()
        shutil.rmtree(self.folder)


@contextmanager
def alone(workplace: Workplace) -> Iterator[None]:
    """While a restore goes on: no program of ours opens database or evidence. Raises RestoreUnderWay, OSError."""
    with _locks(workplace, fcntl.LOCK_EX, RESTORING):
        yield


@contextmanager
def ready_to_open(settings: Settings) -> Iterator[None]:
    """While a program opens the database: no restore begins, and one that was cut off is finished or forgotten.

    Raises RestoreUnderWay, and StoreUnusable for one that cannot be finished; OSError.
    """
    workplace = Workplace.of(settings)
    while True:
        with _locks(workplace, fcntl.LOCK_SH, OPENING):
            if not workplace.folder.exists():
                _refuse_if_half_way(workplace)
                yield
                return
        with _locks(workplace, fcntl.LOCK_EX, OPENING):
            _finish(workplace)


def _refuse_if_half_way(workplace: Workplace) -> None:
    """Where several schools share a database, a restore is finished from the evidence folder it was begun from."""
    if workplace.database.is_half_way():
        raise StoreUnusable(
            "a restore of another school in this database was cut off; run any command with that school's "
            "configuration, which finishes it"
        )


def _finish(workplace: Workplace) -> None:
    try:
        workplace.finish()
    except (InUse, CopyFailed, ValueError) as problem:
        raise StoreUnusable(f"a restore that was cut off cannot be finished: {problem}") from None


@contextmanager
def _locks(workplace: Workplace, how: int, seconds: float) -> Iterator[None]:
    """Hold the lock files, shared or alone. A process that dies lets go of them."""
    give_up_at = time.monotonic() + seconds
    with ExitStack() as held:
        for path in workplace.locks:
            make_folder(path.parent)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
            held.callback(os.close, handle)
            while not _lock(handle, how):
                if time.monotonic() > give_up_at:
                    raise RestoreUnderWay(
                        f"a restore is under way in {path.parent}, or a program is starting there or taking a "
                        "backup; wait until it is done and try again"
                    )
                time.sleep(0.05)
        yield


def _lock(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _carry_out(move: Move) -> None:
    """Give one thing the place of another. Once the new one is gone from where it was, all of it is done."""
    if not os.path.lexists(move.new):
        return
    displaced = [ending for ending in (*move.beside, "") if os.path.lexists(_with(move.place, ending))]
    aside = _free(move.aside) if displaced else move.aside
    for ending in displaced:
        _with(move.place, ending).rename(_with(aside, ending))
    sync_folder(move.place.parent)
    move.new.rename(move.place)
    sync_folder(move.new.parent)
    sync_folder(move.place.parent)


def _free(wanted: Path) -> Path:
    """A name that nothing has: what was set aside is never overwritten."""
    number, path = 1, wanted
    while os.path.lexists(path):
        number += 1
        path = _with(wanted, f"-{number}")
    return path


def _with(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _plain(move: Move) -> list[Any]:
    return [str(move.new), str(move.place), str(move.aside), list(move.beside)]


def _move(held: list[Any]) -> Move:
    new, place, aside, beside = held
    return Move(Path(new), Path(place), Path(aside), tuple(map(str, beside)))
