"""A real Bluesky network on this machine: PostgreSQL, Redis and the servers that `install_bluesky.sh` installed.

`running(folder)` starts it and stops it again; `python tests/servers/bluesky_network.py` does so by hand.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

HERE = Path(__file__).parent
SERVERS = Path(os.environ.get("SCHOOL_MONITOR_SERVERS") or Path.home() / ".cache" / "school-monitor-servers")
INSTALLED = SERVERS / "bluesky"
STARTS_WITHIN = 90  # seconds
ANSWERS_WITHIN = 30  # seconds


class DidNotStart(Exception):
    """A server did not start; the words say which and what it said last."""


def missing():
    """What is not installed that it takes, as one sentence; empty when all is there."""
    how = "run tests/servers/install_bluesky.sh (make test-servers)"
    if not (INSTALLED / "installed").is_file():
        return f"no Bluesky network is installed in {INSTALLED}: {how}"
    lacking = [name for name in ("node", "redis-server") if not shutil.which(name)]
    lacking += [] if _postgresql() else ["PostgreSQL"]
    return f"{' and '.join(lacking)} not found: {how}" if lacking else ""


@dataclass(frozen=True)
class Network:
    """A running network. `url`: where its people sign in, and where the school's connector does."""

    url: str

    def call(self, method, token=None, **asked):
        """A query of the protocol. Its answer, decoded."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.get(f"{self.url}/xrpc/{method}", params=asked, headers=headers, timeout=ANSWERS_WITHIN)
        answer.raise_for_status()
        return answer.json()

    def do(self, method, token=None, **body):
        """A procedure of the protocol. Its answer, decoded; None where there is none."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.post(f"{self.url}/xrpc/{method}", json=body, headers=headers, timeout=ANSWERS_WITHIN)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def running(folder):
    """The network with all its files under `folder`, until the block is left."""
    ports = _free_ports(5)
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(_postgres(folder, ports[0]))
        stack.enter_context(_redis(folder, ports[1]))
        stack.enter_context(_servers(folder, database, ports[1], ports[2:]))
        yield Network(f"http://localhost:{ports[3]}")


@contextmanager
def _postgres(folder, port):
    programs, somebody = _postgresql(), _somebody()
    data = folder / "postgres"
    data.mkdir(parents=True)
    if somebody:
        os.chown(data, somebody["user"], somebody["group"])
        for above in data.parents:
            if above.stat().st_mode & 0o001 == 0:
                above.chmod(above.stat().st_mode | 0o011)

    def call(program, *words):
        done = subprocess.run([programs / program, *words], capture_output=True, text=True, cwd=data, **somebody)
        if done.returncode:
            raise DidNotStart(f"{program}: {done.stderr[-500:]}")

    call("initdb", "-D", data / "d", "-U", "pg", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data} -c fsync=off"
    # Its output must not stay open, or whoever reads it waits for a server that runs on.
    with (data / "said").open("wb") as said:
        command = [programs / "pg_ctl", "-D", data / "d", "-w", "-o", options, "-l", data / "log", "start"]
        subprocess.run(command, stdout=said, stderr=said, cwd=data, check=True, **somebody)
    try:
        # The servers' own migrations name this role.
        call(
            "psql", "-h", "127.0.0.1", "-p", str(port), "-U", "pg", "postgres", "-c", "CREATE ROLE postgres SUPERUSER"
        )
        yield f"postgresql://pg@127.0.0.1:{port}/postgres"
    finally:
        call("pg_ctl", "-D", data / "d", "-m", "immediate", "stop")


@contextmanager
def _redis(folder, port):
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with _stopped_at_the_end(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)):
        yield


@contextmanager
def _servers(folder, database, redis, ports):
    names = dict(zip(("PLC_PORT", "PDS_PORT", "VIEW_PORT"), map(str, ports), strict=True))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "NODE_PATH": str(INSTALLED / "node_modules"),
        "NODE_ENV": "development",
        "LOG_ENABLED": "false",
        "DB_POSTGRES_URL": database,
        "REDIS_HOST": f"127.0.0.1:{redis}",
        **names,
    }
    with (folder / "servers.log").open("wb") as log:
        process = subprocess.Popen(
            ["node", HERE / "bluesky_network.js"],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        with _stopped_at_the_end(process):
            _wait_for_ready(process, folder / "servers.log")
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield


def _wait_for_ready(process, log):
    giving_up = threading.Timer(STARTS_WITHIN, process.kill)
    giving_up.start()
    try:
        for line in process.stdout:
            if line.strip() == b"READY":
                return
    finally:
        giving_up.cancel()
    raise DidNotStart(f"the Bluesky network: {log.read_text('utf-8', 'replace')[-800:]}")


@contextmanager
def _stopped_at_the_end(process):
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()


def _postgresql():
    """The folder of the newest PostgreSQL's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    elsewhere = shutil.which("initdb")
    return found[-1].parent if found else Path(elsewhere).resolve().parent if elsewhere else None


def _somebody():
    """Whom to run PostgreSQL as: it refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return {}


def _free_ports(how_many):
    """Free ports below those that the system hands out by itself: the servers take some of these for others."""
    begin, found = 20_000 + os.getpid() * 11 % 10_000, []
    while len(found) < how_many:
        begin += 1
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", begin)):
            found.append(begin)
    return found


def main():
    """Start the network, say where it is, and stop it when interrupted."""
    if lacking := missing():
        sys.exit(lacking)
    with tempfile.TemporaryDirectory(prefix="bluesky-") as folder, running(Path(folder)) as network:
        sys.stdout.write(f"people sign in at {network.url}; stop with Ctrl-C\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
