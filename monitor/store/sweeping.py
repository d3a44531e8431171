"""Clearing what a database file keeps of rows that are gone."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from sqlalchemy import Engine

from monitor.store.engine import Store

PATIENCE = 10_000
"""Milliseconds to wait for other programs that use the file."""


def sweep(store: Store) -> bool:
    """Rewrite the database file with what is in it now, and empty its journal. True when nothing old is left.

    Overwriting deleted content (`secure_delete`) is not enough: SQLite leaves copies behind when it splits a page.
    False: another program is using the file, or there is no room to rewrite it; then it has to be done again later.
    On PostgreSQL nothing is done: it clears its own files when it vacuums.
    """
    with store.reading() as tx:
        engine = tx.get_bind()
    if not isinstance(engine, Engine) or engine.dialect.name != "sqlite":
        return True
    connection = engine.raw_connection()
    connection.detach()  # it waits differently from the others, so it is not to be used again
    with closing(connection), closing(connection.cursor()) as cursor:
        return _rewrite(cursor, engine.dialect.loaded_dbapi.OperationalError)


def _rewrite(cursor: Any, unable: type[Exception]) -> bool:
    try:
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE}")
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, _, _ = cursor.fetchone()
    except unable:
        return False
    return not busy
