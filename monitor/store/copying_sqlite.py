"""Copying a SQLite database while others write to it, and making a copy ready to take its place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine

from monitor.store.copying import Copied, CopyFailed, InUse, Move
from monitor.store.engine import FILE, HEAD, Store, StoreUnusable, open_store

WAIT = 5.0
"""Seconds for whoever uses the database to let go of it."""
STEP = 4096
"""Pages copied before they are pushed to the disk: 16 MB. Of 200 MB, a writer beside us waited for 14 ms at most; for
100 ms where all was copied first."""
JOURNALS = ("-wal", "-shm")
"""What SQLite keeps beside a database. One left over from another database would spoil it."""
_AT_REST = "?immutable=1"  # of a file nobody writes: read without a lock and without files beside it


class SqliteDatabase:
    """A database in one file."""

    name_in_backup = "database.db"

    def __init__(self, path: Path) -> None:
        self._path = path = path.resolve()  # the file itself is moved, not a link to it
        self._stage = path.with_name(f".{path.name}.restoring")
        self._staged = self._stage / path.name
        self._held: sqlite3.Connection | None = None

    @contextmanager
    def copied_to(self, target: Path) -> Iterator[Copied]:
        """Nobody is kept waiting: a writer goes on beside it."""
        try:
            with closing(_open(self._path)) as source:
                _copy(source, target)
        except sqlite3.Error as error:
            raise CopyFailed(
                f"the database {self._path.name} could not be copied ({error}); see that it is there, that no "
                "restore is under way and that the disk is not full"
            ) from None
        _check(target)
        schema = _schema(target)
        with _looked_into(target, schema) as store, store.reading() as tx:
            yield Copied(tx, schema)

    def exists(self) -> bool:
        """Whether there is a file of that name, or what SQLite keeps beside one."""
        return any(self._path.with_name(self._path.name + ending).exists() for ending in ("", *JOURNALS))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Every program that has the file open holds a share of it, a waiting daemon as well."""
        if not self._path.is_file():
            yield
            return
        with closing(_open(self._path)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            try:
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("COMMIT")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._held = connection
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                    raise InUse(
                        f"a program has the database {self._path.name} open; stop the daemon and wait for commands "
                        "that are running, then try again"
                    ) from None
            except sqlite3.DatabaseError:
                pass  # too damaged to be read: a reason to restore, and nothing to hold
            try:
                yield
            finally:
                self._held = None

    @contextmanager
    def present(self) -> Iterator[Store | None]:
        """A copy is looked into: one of an older schema would have to be changed before it can be read."""
        self._stage.mkdir(0o700, parents=True, exist_ok=True)
        copy, store = self._stage / "present.db", None
        try:
            if self._held is not None:
                _copy(self._held, copy)
                store = open_store(f"{FILE}{copy}")
        except (sqlite3.Error, StoreUnusable):
            pass  # as good as none
        try:
            yield store
        finally:
            if store is not None:
                store.close()
            _remove(copy)

    def stage(self, copy: Path) -> Store:
        """In a folder beside the database: on the same disk, so that it can be given its name."""
        self._stage.mkdir(0o700, parents=True, exist_ok=True)
        self._staged.touch(0o600, exist_ok=False)
        shutil.copyfile(copy, self._staged)
        try:
            return open_store(f"{FILE}{self._staged}")
        except StoreUnusable as unusable:
            raise CopyFailed(f"the database in the backup cannot be used: {unusable}") from None

    def is_half_way(self) -> bool:
        """Between two renamings there is no file of that name."""
        return self._stage.is_dir()

    def settle(self) -> None:
        """Alone in one file, so that one rename is all it takes; and on the disk."""
        _check(self._staged)
        for path, how in ((self._staged, os.O_RDONLY), (self._stage, os.O_RDONLY | os.O_DIRECTORY)):
            handle = os.open(path, how)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def moves(self, suffix: str) -> list[Move]:
        """The file, with its journals going first."""
        return [Move(self._staged, self._path, self._path.with_name(self._path.name + suffix), JOURNALS)]

    def put_in_place(self, suffix: str) -> None:
        """Moving the file is all."""

    def set_aside(self, suffix: str) -> tuple[str, ...]:
        """Nothing beside the file that was moved."""
        return ()

    def discard(self) -> None:
        """With the folder it lies in."""
        if self._stage.is_dir():
            shutil.rmtree(self._stage)


def _open(path: Path, how: str = "?mode=rw") -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}{how}", uri=True, timeout=WAIT, isolation_level=None, check_same_thread=False
    )


def _copy(source: sqlite3.Connection, target: Path) -> None:
    """Copy the database as it is at this moment, however much others write meanwhile. Raises sqlite3.Error.

    The reading transaction holds on to that moment. Without one, a copy in several steps would begin again whenever
    somebody writes, and never end; in one step, the disk would be kept so busy at its end that writers wait.
    """
    source.execute("BEGIN")
    source.execute("SELECT count(*) FROM sqlite_master")  # here a lock is waited for; the copy would wait for ever
    target.touch(0o600, exist_ok=False)
    with closing(_open(target)) as copy, target.open("rb") as file:
        copy.execute("PRAGMA synchronous=OFF")  # a copy cut off by a crash is thrown away
        source.backup(copy, pages=STEP, progress=lambda _status, _left, _all: os.fsync(file.fileno()))
        # Without files beside it, it can be read where nobody may write.
        copy.execute("PRAGMA journal_mode=DELETE")
        os.fsync(file.fileno())
    source.execute("COMMIT")


@contextmanager
def _looked_into(copy: Path, schema: str) -> Iterator[Store]:
    """A copy to be read and not changed; where its schema is older, by way of another copy."""
    if schema == HEAD:
        store = Store(create_engine("sqlite://", creator=lambda: _open(copy, _AT_REST), hide_parameters=True))
        try:
            yield store
        finally:
            store.close()
        return
    scratch = copy.with_name(f".{copy.name}.scratch")
    try:
        with closing(_open(copy, _AT_REST)) as source:
            _copy(source, scratch)
        try:
            store = open_store(f"{FILE}{scratch}")
        except StoreUnusable as unusable:
            raise CopyFailed(str(unusable)) from None
        try:
            yield store
        finally:
            store.close()
    finally:
        _remove(scratch)


def _schema(path: Path) -> str:
    try:
        with closing(_open(path, _AT_REST)) as database:
            return str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError):
        raise CopyFailed("the database is empty or belongs to another program; see storage.database") from None


def _remove(database: Path) -> None:
    for ending in ("", *JOURNALS):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def _check(path: Path) -> None:
    """Bring a database that nobody has open into one file, and have SQLite look at every page of it."""
    try:
        with closing(_open(path)) as database:
            database.execute("PRAGMA journal_mode=DELETE")
            found = [row[0] for row in database.execute("PRAGMA integrity_check(3)")]
    except sqlite3.Error as error:
        found = [str(error)]
    if found != ["ok"]:
        raise CopyFailed(
            f"the copy of the database is damaged ({found[0]}); if the disk is sound, the database itself is: "
            "restore the newest backup that is whole"
        )
