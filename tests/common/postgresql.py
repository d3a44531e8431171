"""A PostgreSQL server of one's own on this machine, for as long as a test needs it; skips where there is none."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

USER = "school"


def newest():
    """The folder of the newest PostgreSQL there is; None where there is none."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = [*filter(None, [shutil.which("initdb")]), *installed]
    return Path(found[-1]).resolve().parent if found else None


def programs():
    """The folder of the newest PostgreSQL there is."""
    return newest() or pytest.skip("PostgreSQL is not installed on this machine")


@contextmanager
def server():
    """Address of an empty database, and a function that gives all of it as text."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: see the extra named postgres")
    binaries, as_somebody = programs(), _somebody()
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    data, port = folder / "data", _free_port()

    def call(program, *words):
        return subprocess.run(
            [binaries / program, *words], env={"PATH": os.defpath}, check=True, capture_output=True, **as_somebody
        ).stdout

    if as_somebody:
        os.chown(folder, as_somebody["user"], as_somebody["group"])
    try:
        call("initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off"
        call("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            where = ("-h", "127.0.0.1", "-p", str(port), "-U", USER)
            yield (
                f"postgresql+psycopg://{USER}@127.0.0.1:{port}/postgres",
                lambda: call("pg_dump", *where, "postgres"),
            )
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def empty(store):
    """Leave nothing in the database, so that the next test begins with an empty one."""
    with store.writing() as tx:
        tx.execute(text("DROP SCHEMA public CASCADE"))
        tx.execute(text("CREATE SCHEMA public"))


def _somebody():
    """Whom to run it as: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    with suppress(KeyError):
        postgres = pwd.getpwnam("postgres")
        return {"user": postgres.pw_uid, "group": postgres.pw_gid, "extra_groups": []}
    pytest.skip("PostgreSQL cannot be run by root, and there is no user named postgres")


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
