"""Opening the database: file modes, durability, transactions, and bringing an older one up to date.

SQLite is used in WAL mode with synchronous=FULL, and every writing transaction begins with BEGIN IMMEDIATE: a
deferred one that turns into a writer half-way fails at once when someone else is writing, however long it was
told to wait. PostgreSQL needs none of this.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

STEPS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
"""The schema steps in `migrations/versions/`, oldest first. A test holds the two together."""
HEAD = STEPS[-1]

BUSY_TIMEOUT = 10_000  # milliseconds to wait for another writer

FILE = "sqlite:///"
VERSION_TABLE = "alembic_version"
UPGRADE_LOCK = 7_060_514
"""Any number, the same in every process: PostgreSQL lets one of them at a time change the schema."""

Transaction = Session
"""What the functions of this package take: one transaction. Callers pass it on and never look inside."""


class StoreUnusable(Exception):
    """The database cannot be opened or is newer than this program. One sentence, and what to do."""


class Store:
    """One database. `writing` and `reading` give a transaction: committed at the end, rolled back on an error."""

    def __init__(self, engine: Engine) -> None:
        self._write = engine
        self._read = engine.execution_options(read_only=True)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that may write. On SQLite nobody else writes meanwhile."""
        with Session(self._write, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that sees one moment of the database and writes nothing."""
        with Session(self._read, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Let go of every connection."""
        self._write.dispose()


def open_store(url: str) -> Store:
    """Open the database, create or upgrade it when needed. Raises StoreUnusable."""
    try:
        engine = _engine(url)
        try:
            _bring_up_to_date(engine)
        except BaseException:
            engine.dispose()
            raise
    except (ArgumentError, ModuleNotFoundError) as wrong:
        raise StoreUnusable(
            f"storage.database is not an address this program can open ({type(wrong).__name__}); "
            "give a file name, or postgresql+psycopg://user@host/name with the psycopg package installed"
        ) from None
    except (DBAPIError, OSError) as broken:
        cause = broken.orig if isinstance(broken, DBAPIError) else broken
        raise StoreUnusable(
            f"the database cannot be opened ({type(cause).__name__}: {cause}); "
            "check that its folder exists, that this user may write there and that the disk is not full"
        ) from None
    return Store(engine)


def _engine(url: str) -> Engine:
    # hide_parameters: else an error's text would quote what was being written, comments included.
    # A file name may hold a question mark, which an address would take for the beginning of its options.
    address = URL.create("sqlite", database=url.removeprefix(FILE)) if url.startswith(FILE) else make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    if address.database:
        _refuse_if_foreign(_tables_in_file(Path(address.database)))
        _create_private_file(Path(address.database))
    engine = create_engine(address, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tables_in_file(path: Path) -> list[str]:
    """Tables of an existing file, read without a lock, a journal or any change to it; none if it cannot be read."""
    if not path.is_file():
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as file:
            return [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    except sqlite3.DatabaseError:
        return []  # opening it in earnest says what is wrong


def _refuse_if_foreign(tables: Collection[str]) -> None:
    if tables and VERSION_TABLE not in tables:
        raise StoreUnusable("the database belongs to another program; give storage.database a name of its own")


def _create_private_file(path: Path) -> None:
    """SQLite gives its journal files the mode of the database, so the database is made 0600 before it is used."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # or the driver would begin a deferred transaction of its own
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    _write_ahead(cursor)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Put the file into WAL mode. Here SQLite does not wait for a second program that is doing so to a new file."""
    give_up_at = time.monotonic() + BUSY_TIMEOUT / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _bring_up_to_date(engine: Engine) -> None:
    with engine.begin() as connection:  # a second process waits here and then finds it done
        if connection.dialect.name == "postgresql":  # on SQLite, BEGIN IMMEDIATE is that wait
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        present = _schema_version(connection)
        if present == HEAD:
            return
        if present is not None and present not in STEPS:
            raise StoreUnusable(
                f"the database was made by a newer version of this program, or by another one (schema {present}); "
                "install that version, or restore a backup made before it"
            )
        # Alembic takes a quarter of a second to import; a start with an up-to-date database does without it.
        from monitor.store.migrate import upgrade

        upgrade(connection)


def _schema_version(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    _refuse_if_foreign(tables)
    if not tables:
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version
