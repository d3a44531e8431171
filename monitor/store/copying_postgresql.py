"""Copying a PostgreSQL database while others write to it, and making a copy ready to take its place.

PostgreSQL's own programs do the copying: pg_dump, which sees one moment of the database, and pg_restore. What is
brought back is made ready in a database of its own, which then gets the name of the present one; the server does both
renamings or neither, and only while nobody is connected. That takes a user who may create databases.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from monitor.store.copying import Copied, CopyFailed, InUse, Move
from monitor.store.engine import HEAD, Store, StoreUnusable, open_store

MAINTENANCE = "postgres"
"""A database that every server has: one that is to be renamed cannot be the one we are connected to."""
LONGEST_NAME = 63  # bytes of a PostgreSQL identifier
BY_HAND = {
    "pg_dump": "`pg_dump --format=custom --no-owner --file=database.dump NAME` copies the database, and nothing else",
    "pg_restore": "`pg_restore --no-owner --dbname=NAME database.dump` fills a new, empty database",
}
"""What can be done where the programs are."""
OBJECT_IN_USE, NO_RIGHT = "55006", "42501"  # SQLSTATE


class PostgresDatabase:
    """A database on a PostgreSQL server."""

    name_in_backup = "database.dump"

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._name = self._url.database or ""
        self._staged = _cut(self._name, "-restoring")

    @contextmanager
    def copied_to(self, target: Path) -> Iterator[Copied]:
        """pg_dump is shown the very moment that our transaction sees."""
        target.touch(0o600, exist_ok=False)
        with _store(self._url) as store:
            try:
                with store.reading() as tx:
                    tx.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                    schema = _schema(tx.connection())
                    if schema != HEAD:
                        raise CopyFailed(
                            "the database has an older schema; run `school-monitor check`, which brings it up to date"
                        )
                    moment = tx.scalar(text("SELECT pg_export_snapshot()"))
                    wanted = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}")
                    _run("pg_dump", *wanted, f"--file={target}", f"--dbname={_libpq(self._url)}")
                    yield Copied(tx, schema)
            except DBAPIError as error:
                raise CopyFailed(f"the database cannot be read ({_words(error)})") from None

    def exists(self) -> bool:
        """Whether there is a database with tables; an empty one is as good as none."""
        if not self._is_there(self._name):
            return False
        with _connected(self._url) as connection:
            tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
            return bool(connection.scalar(text(tables)))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody can be kept out of a database that goes on being served; whoever comes stops the renaming."""
        self._refuse_if_used()
        yield

    @contextmanager
    def present(self) -> Iterator[Store | None]:
        """The database itself, unless its schema is another."""
        if not self.exists():
            yield None
            return
        with _connected(self._url) as connection:
            schema = _schema(connection)
        if schema != HEAD:
            yield None
            return
        with _store(self._url) as store:
            yield store

    def stage(self, copy: Path) -> Store:
        """In a database of its own."""
        with self._maintenance() as connection:
            connection.execute(text(f"CREATE DATABASE {_quoted(self._staged)} TEMPLATE template0"))
        url = self._url.set(database=self._staged)
        options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        _run("pg_restore", *options, f"--dbname={_libpq(url)}", str(copy))
        try:
            return open_store(url.render_as_string(hide_password=False))
        except StoreUnusable as unusable:
            raise CopyFailed(f"the database in the backup cannot be used: {unusable}") from None

    def is_half_way(self) -> bool:
        """Never: the server does both renamings or neither."""
        return False

    def settle(self) -> None:
        """The server keeps it whole; what remains is to see that nobody came in meanwhile."""
        self._refuse_if_used()

    def moves(self, suffix: str) -> list[Move]:
        """Nothing of it is a file of ours."""
        return []

    def put_in_place(self, suffix: str) -> None:
        """Both renamings in one transaction."""
        if not self._is_there(self._staged):
            return
        aside = _cut(self._name, suffix)
        with self._maintenance("READ COMMITTED") as connection, connection.begin():
            if self._is_there(self._name):
                connection.execute(text(f"ALTER DATABASE {_quoted(self._name)} RENAME TO {_quoted(aside)}"))
            connection.execute(text(f"ALTER DATABASE {_quoted(self._staged)} RENAME TO {_quoted(self._name)}"))

    def set_aside(self, suffix: str) -> tuple[str, ...]:
        """The database that was there, under the name it has now."""
        aside = _cut(self._name, suffix)
        return (f"the database {aside}",) if self._is_there(aside) else ()

    def discard(self) -> None:
        """With everything in it."""
        with self._maintenance() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {_quoted(self._staged)}"))

    def _is_there(self, name: str) -> bool:
        with self._maintenance() as connection:
            known = text("SELECT count(*) FROM pg_database WHERE datname = :name")
            return bool(connection.scalar(known, {"name": name}))

    def _refuse_if_used(self) -> None:
        with self._maintenance() as connection:
            users = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")
            if connection.scalar(users, {"name": self._name}):
                raise _in_use(self._name)

    @contextmanager
    def _maintenance(self, level: str = "AUTOCOMMIT") -> Iterator[Connection]:
        """A connection to the server and not to the database. Raises InUse, CopyFailed."""
        with _connected(self._url.set(database=MAINTENANCE), level) as connection:
            yield connection


@contextmanager
def _connected(url: URL, level: Any = "AUTOCOMMIT") -> Iterator[Connection]:
    engine = create_engine(url, hide_parameters=True, isolation_level=level)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state == OBJECT_IN_USE:
            raise _in_use(url.database or "") from None
        if state == NO_RIGHT:
            raise CopyFailed(
                f"the database user {url.username} may not create or rename databases; have the administrator run "
                f"ALTER ROLE {url.username} CREATEDB, then try again"
            ) from None
        raise CopyFailed(f"the database server refuses ({_words(error)})") from None
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        raise CopyFailed(f"the database server cannot be asked ({type(error).__name__})") from None
    finally:
        engine.dispose()


@contextmanager
def _store(url: URL) -> Iterator[Store]:
    store = Store(create_engine(url, hide_parameters=True))
    try:
        yield store
    finally:
        store.close()


def _schema(connection: Connection) -> str | None:
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _in_use(name: str) -> InUse:
    return InUse(
        f"somebody is connected to the database {name}; stop the daemon and whatever else uses it, then try again"
    )


def _run(program: str, *words: str) -> None:
    """Run one of PostgreSQL's own programs. Raises CopyFailed."""
    found = shutil.which(program)
    if found is None:
        raise CopyFailed(
            f"{program} is not installed; install PostgreSQL's client programs (Debian: apt install "
            f"postgresql-client). On a computer that has them, {BY_HAND[program]}"
        )
    done = subprocess.run(  # noqa: S603  fixed words, the address from the configuration, paths of ours
        [found, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CopyFailed(f"{program} failed: {said[0][:300] if said else done.returncode}")


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _words(error: DBAPIError) -> str:
    lines: Sequence[str] = str(error.orig).strip().splitlines()
    return lines[0][:300] if lines else type(error.orig).__name__


def _cut(name: str, ending: str) -> str:
    """A name with an ending, short enough for PostgreSQL, which would cut the ending off."""
    return name.encode()[: LONGEST_NAME - len(ending)].decode("utf-8", "ignore") + ending


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
