"""A PostgreSQL server of our own on this machine, where its programs and psycopg are installed."""

import os
import socket
import subprocess
from contextlib import contextmanager
from importlib.util import find_spec

import pytest
from postgresql import newest

NOBODY = 65534


def missing():
    """What is not installed that it takes, in words; empty when all is there."""
    where = newest()
    programs = [
        name for name in ("initdb", "postgres", "pg_dump", "pg_restore") if not (where and (where / name).exists())
    ]
    return ", ".join(programs + ([] if find_spec("psycopg") else ["psycopg"]))


@contextmanager
def postgres(folder):
    """A server with its files in `folder`: the address of a database of its own, without the database's name.

    For as long as it runs, its programs are found by their names.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{newest()}{os.pathsep}{os.environ['PATH']}")
        with _running(folder) as address:
            yield address


@contextmanager
def _running(folder):
    data, sockets = folder / "data", folder / "sockets"
    sockets.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    if os.geteuid() == 0:  # it refuses to run as an administrator
        for path in (folder, sockets):
            os.chown(path, NOBODY, NOBODY)
        for above in folder.parents:
            if above.stat().st_mode & 0o001 == 0:
                above.chmod(above.stat().st_mode | 0o011)
        options |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    subprocess.run(["initdb", "-D", data, "-A", "trust", "-U", "monitor", "-E", "UTF8", "--no-sync"], **options)
    server = subprocess.Popen(
        ["postgres", "-D", data, "-p", str(port), "-k", sockets, "-c", "fsync=off", "-h", "127.0.0.1"],
        **{name: value for name, value in options.items() if name != "check"},
    )
    try:
        wait = ["pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "30"]
        while subprocess.run(wait, stdout=subprocess.DEVNULL).returncode != 0:
            assert server.poll() is None, "the server did not start"
        yield f"postgresql+psycopg://monitor@127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def run_sql(address, words, database="postgres"):
    """Have the server do something."""
    url = address.replace("+psycopg", "") + f"/{database}"
    done = subprocess.run(["psql", "-X", "-q", "-t", "-A", "-d", url, "-c", words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
