"""kill -9 at every step of an erasure: before its commit nothing has happened, and one more start finishes it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from desk import DAY, NOW, Desk, item
from erased import (
    ALI,
    AUTHOR,
    HEAD,
    REMOTE_ID,
    TRACES,
    ask,
    conversation_in,
    copy_of,
    eraser,
    finish,
    found_in,
    taken_up,
)
from kept_evidence import problems

from monitor.evidence.erasure_journal import read, unended

ROOT = Path(__file__).parents[2]
KILLED = """
import importlib, os, signal, sys
from datetime import datetime
from pathlib import Path
from config.loading import load_settings
from monitor.clock import SetClock
from monitor.custody.log import Actor
from monitor.erasing.eraser import Eraser
from monitor import wiring

folder, number, module, name, when, now = sys.argv[1:]
settings = load_settings(Path(folder) / "school-monitor.toml", {"TOKEN": "plantedTokenOfOakfield/0123456789"})
wiring.finish_pending = lambda *_: None  # it is finished by the next start, not by this one
app = wiring.build_app(settings, SetClock(datetime.fromisoformat(now)))
place = importlib.import_module(module)
*inside, name = name.split(".")
for each in inside:
    place = getattr(place, each)
real = getattr(place, name)

def killing(*args, **more):
    if when == "half-way":
        there = [path for path in Path(args[0]).rglob("*") if path.is_file()]
        if not there:  # the scratch folder of a card
            return real(*args, **more)
        there[0].unlink()
    if when == "after":
        real(*args, **more)
    os.kill(os.getpid(), signal.SIGKILL)

eraser = Eraser(app.store, settings.school.key, settings.evidence_folder, app.clock)
if when != "never":
    setattr(place, name, killing)
eraser.carry_out([int(number)], "head on head-pc")
"""
BEFORE_THE_COMMIT = [
    ("monitor.erasing.eraser", "destroy", "before"),
    ("monitor.erasing.steps", "erasing.forget_words", "after"),
    ("monitor.erasing.steps", "erasure_journal.append", "before"),
    ("monitor.erasing.steps", "erasure_journal.append", "after"),
]
AFTER_THE_COMMIT = [
    ("monitor.erasing.eraser", "clear", "before"),
    ("monitor.erasing.steps", "removal.remove_parts", "after"),
    ("monitor.evidence.removal", "shutil.rmtree", "half-way"),
    ("monitor.erasing.steps", "removal.remove_folders", "after"),
    ("monitor.erasing.steps", "sweep", "before"),
    ("monitor.erasing.steps", "sweep", "after"),
]


@pytest.fixture(scope="module")
def conversation(tmp_path_factory):
    return conversation_in(tmp_path_factory)


def killed_at(folder, number, step):
    """Carry an erasure out in a program of its own, which is killed at that step."""
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
    now = (NOW + DAY).isoformat()
    words = [sys.executable, "-c", KILLED, str(folder), str(number), *step, now]
    return subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, timeout=60).returncode


def agreed(folder):
    """A copy of the conversation in which the erasure is agreed to and not carried out."""
    with taken_up(folder) as desk:
        asked = ask(desk)
        eraser(desk).approve(asked.number, HEAD)
    return asked.number


@pytest.mark.parametrize("step", BEFORE_THE_COMMIT, ids=" ".join)
def test_killed_before_the_commit_all_is_there_and_the_next_start_erases_it(conversation, tmp_path, step):
    folder = copy_of(conversation, tmp_path / "desk")
    number = agreed(folder)
    assert killed_at(folder, number, step) == -signal.SIGKILL
    with taken_up(folder) as desk:
        desk.later(2 * DAY)
        assert REMOTE_ID in desk.cases()
        assert problems(desk) == []
        assert [each.number for each in finish(desk).erased] == [number]
        assert_nothing_left(desk)


@pytest.mark.parametrize("step", AFTER_THE_COMMIT, ids=" ".join)
def test_killed_after_the_commit_the_books_know_it_and_the_next_start_clears_the_rest(conversation, tmp_path, step):
    folder = copy_of(conversation, tmp_path / "desk")
    number = agreed(folder)
    assert killed_at(folder, number, step) == -signal.SIGKILL
    with taken_up(folder) as desk:
        desk.later(2 * DAY)
        assert REMOTE_ID not in desk.cases()
        done = finish(desk)
        assert (done.erased, done.again.done, done.cleared) == ((), 0, True)
        assert_nothing_left(desk)


def test_one_asked_for_without_evidence_and_killed_at_once_is_finished_as_well(conversation, tmp_path):
    folder = copy_of(conversation, tmp_path / "desk")
    with taken_up(folder) as desk:
        desk.read(item("c5", "Nobody rings Herr Mustermann back", by=AUTHOR))
        number = ask(desk, "c5", actor=ALI).number
    assert killed_at(folder, number, BEFORE_THE_COMMIT[0]) == -signal.SIGKILL
    with taken_up(folder) as desk:
        desk.later(2 * DAY)
        assert [each.number for each in finish(desk).erased] == [number]
        assert found_in(desk.folder, "Herr Mustermann") == []


def test_the_next_start_of_whatever_command_finishes_it_before_anything_is_served(conversation, tmp_path):
    folder = copy_of(conversation, tmp_path / "desk")
    assert killed_at(folder, agreed(folder), AFTER_THE_COMMIT[0]) == -signal.SIGKILL
    assert found_in(folder, *TRACES)
    Desk(folder, now=NOW + 2 * DAY).close()
    assert found_in(folder, *TRACES) == []


def test_nobody_killed_it_and_it_is_done(conversation, tmp_path):
    folder = copy_of(conversation, tmp_path / "desk")
    number = agreed(folder)
    assert killed_at(folder, number, (*BEFORE_THE_COMMIT[0][:2], "never")) == 0
    with taken_up(folder) as desk:
        desk.later(2 * DAY)
        assert_nothing_left(desk)


def assert_nothing_left(desk):
    assert found_in(desk.folder, *TRACES) == []
    assert unended(read(desk.settings.evidence_folder)) == []
    assert finish(desk).erased == ()
    desk.app.cards.run()
    assert problems(desk) == []
