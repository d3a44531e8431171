"""Copying the database while others write to it, and making a copy ready to take its place.

`copying_sqlite` and `copying_postgresql` do it; `database_at` gives the one that an address asks for.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from monitor.store.engine import FILE, Store, Transaction


class CopyFailed(Exception):
    """The database could not be copied or put back. One sentence, and what to do."""


class InUse(Exception):
    """Another program has the database open. One sentence, and what to do."""


class Move(NamedTuple):
    """A file or folder that is to take the place of another, which is set aside.

    `beside`: endings of files that go with the one set aside, under its new name.
    """

    new: Path
    place: Path
    aside: Path
    beside: tuple[str, ...] = ()


class Copied(NamedTuple):
    """A transaction that sees exactly what was copied, and the schema step of the copy."""

    tx: Transaction
    schema: str


class Database(Protocol):
    """A database as backup and restore see it."""

    name_in_backup: str

    def copied_to(self, target: Path) -> AbstractContextManager[Copied]:
        """Copy it to a new file. Raises CopyFailed."""

    def exists(self) -> bool:
        """Whether something is there that a restore would displace."""

    def held(self) -> AbstractContextManager[None]:
        """Keep everybody else out of the database, where there is one. Raises InUse."""

    def present(self) -> AbstractContextManager[Store | None]:
        """The database as it is now, to look into while it is held; None: there is none that can be read."""

    def stage(self, copy: Path) -> Store:
        """Open a backup's database where nobody else finds it, brought up to date. Raises CopyFailed."""

    def is_half_way(self) -> bool:
        """Whether something is staged or being moved here, so that the database may not be where it belongs."""

    def settle(self) -> None:
        """Finish what was staged, when nobody has it open any more, and check it. Raises CopyFailed."""

    def moves(self, suffix: str) -> list[Move]:
        """The files to move so that what was staged takes its place; the present one gets its name and `suffix`."""

    def put_in_place(self, suffix: str) -> None:
        """The same where no file is moved. What is done already is passed over. Raises InUse, CopyFailed."""

    def set_aside(self, suffix: str) -> tuple[str, ...]:
        """What `put_in_place` set aside, in words."""

    def discard(self) -> None:
        """Remove what was staged and not put in place."""


def database_at(url: str) -> Database:
    """The database at this SQLAlchemy address."""
    if url.startswith(FILE):
        from monitor.store.copying_sqlite import SqliteDatabase

        return SqliteDatabase(Path(url.removeprefix(FILE)))
    from monitor.store.copying_postgresql import PostgresDatabase

    return PostgresDatabase(url)
