"""Running the program as people run it: as a process of its own, with a deadline on every wait."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("school-monitor")
KILLED_AT = Path(__file__).with_name("killed_at.py")
PATIENCE = 240  # seconds; no promise, only the end of waiting for a process that hangs


@dataclass(frozen=True)
class Finished:
    """What a process left behind."""

    status: int
    out: str
    err: str

    @property
    def said(self):
        return self.out + self.err


def surroundings():
    """Our own environment without what would point a process at somebody's real configuration.

    And as at a school, where Python compiles a module once and not at every start.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SCHOOL_MONITOR_")}
    ours.pop("PYTHONDONTWRITEBYTECODE", None)
    return ours


def school_monitor(*words, given="", cwd=None):
    """Run one command to its end."""
    done = run_bytes(*words, given=given.encode(), cwd=cwd)
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())


def run_bytes(*words, given=b"", cwd=None):
    command = [PROGRAM, *map(str, words)]
    return subprocess.run(command, input=given, capture_output=True, cwd=cwd, env=surroundings(), timeout=PATIENCE)


def killed(event, part, number, *words):
    """Run one command and see it killed when it is about to do that for the n-th time (`killed_at.py`)."""
    # -B: Python gives its own caches their names by renaming as well.
    command = [sys.executable, "-B", KILLED_AT, event, part, str(number), *map(str, words)]
    done = subprocess.run(command, capture_output=True, env=surroundings(), timeout=PATIENCE)
    assert done.returncode == -signal.SIGKILL, f"it was never about to do that: {done.stdout} {done.stderr}"


def wait_for(what, condition, *processes):
    """Look again and again until `condition` holds, and return what it gave; fail loudly when it never does.

    `processes` are those that are to bring it about: what they said is in the failure, and none may have ended.
    """
    give_up_at = time.monotonic() + PATIENCE
    while not (found := condition()):
        ended = [each for each in processes if each.has_ended]
        if ended and (found := condition()):
            return found
        assert not ended, f"ended before {what}:\n{_all_said(ended)}"
        assert time.monotonic() < give_up_at, f"waited {PATIENCE} s in vain for {what}\n{_all_said(processes)}"
        time.sleep(0.005)
    return found


def _all_said(processes):
    return "\n".join(f"--- process {number} said:\n{each.said}" for number, each in enumerate(processes, 1))


class Running:
    """A process that is still at work. What it says goes to files, so that it never waits for a reader of ours."""

    def __init__(self, folder, *words):
        self._out, self._err = folder / "stdout", folder / "stderr"
        folder.mkdir(parents=True, exist_ok=True)
        with self._out.open("wb") as out, self._err.open("wb") as err:
            command = [PROGRAM, *map(str, words)]
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=surroundings()
            )

    @property
    def log(self):
        return self._err.read_text()

    @property
    def said(self):
        return self._out.read_text() + self.log

    @property
    def has_ended(self):
        return self._process.poll() is not None

    def wait_for_words(self, words):
        wait_for(f"{words!r} was said", lambda: words in self.said, self)

    def tell_to_stop(self):
        self._process.send_signal(signal.SIGTERM)

    def kill(self):
        """kill -9, whatever it is doing."""
        self._process.kill()
        assert self._process.wait(PATIENCE) == -signal.SIGKILL, f"it had ended by itself:\n{self.log}"

    def finish(self, seconds=PATIENCE):
        """Wait for the end, at most so long."""
        status = self._process.wait(seconds)
        return Finished(status, self._out.read_text(), self.log)

    def cpu_seconds(self):
        """Processor time used so far, as Linux counts it for every process."""
        used = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(PATIENCE)
