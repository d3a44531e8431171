import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from books import exported
from processes import Finished, school_monitor

from monitor.demo import play
from monitor.demo.oakfield import demo_moments
from monitor.demo.workplace import TIMEZONE, open_workplace
from monitor.model import NEVER


@dataclass(frozen=True)
class Demo:
    """A demonstration lived through: its folder, what it said, and the story it was told from."""

    folder: Path
    said: Finished
    anchor: datetime
    worlds: dict

    @property
    def moments(self):
        return demo_moments(self.anchor, TIMEZONE)


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    """One demonstration for all workers. Nobody runs anything in its folder afterwards."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, note = shared / "demonstration", shared / "demonstration.json"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first worker lives through the fortnight, the others wait for it
        if not note.exists():
            done = school_monitor("demo", "--dir", folder)
            note.write_text(json.dumps([done.status, done.out, done.err]))
    place = open_workplace(folder, NEVER)
    return Demo(folder, Finished(*json.loads(note.read_text())), place.anchor, play.oakfield_worlds(place))


@pytest.fixture(scope="session")
def oakfield(pristine, tmp_path_factory):
    """The folder of a demonstration, for commands that only look."""
    return shutil.copytree(pristine.folder, tmp_path_factory.mktemp("look") / "demo")


@pytest.fixture
def oakfield_to_change(pristine, tmp_path):
    """The folder of a demonstration, for one test to do as it likes."""
    return shutil.copytree(pristine.folder, tmp_path / "demo")


@pytest.fixture(scope="session")
def kept(oakfield):
    """(account, remote id) -> its line of the export."""
    return {(row["account"], row["remote_id"]): row for row in exported(oakfield)}


@pytest.fixture(scope="session", autouse=True)
def quiet_servers():
    """No traceback on the terminal for a connection that a test tears down on purpose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socketserver.BaseServer.handle_error", lambda *_: None)
        yield
