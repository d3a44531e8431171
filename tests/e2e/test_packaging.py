"""The wheel holds everything the program needs, and nothing else."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = (
    "alerts/templates/digest/body.html",
    "alerts/templates/digest/body.txt",
    "alerts/templates/digest/subject.txt",
    "alerts/templates/weekly/body.html",
    "alerts/templates/weekly/report.typ",
    "config/example.toml",
    "config/policies/carey.toml",
    "config/policies/default.toml",
    "config/policies/hasland.toml",
    "config/policies/heathcoat.toml",
    "config/policies/king-offa.toml",
    "config/policies/walter-halls.toml",
    "monitor/evidence/card/card.typ",
    "monitor/evidence/card/style.typ",
    "monitor/evidence/card/typeset.py",
    "monitor/evidence/card/withheld.typ",
    "monitor/evidence/handing_out/bundle/verify.py",
    "monitor/language/allowed/names.toml",
    "monitor/language/models/shipped/calibration.json",
    "monitor/language/models/shipped/linear.npz",
    "monitor/language/models/shipped/minilm.onnx",
    "monitor/language/models/shipped/minilm-pieces.json",
    "monitor/language/other_languages/pl.toml",
    "monitor/language/patterns/threat.toml",
    "monitor/language/words/abuse.toml",
    "monitor/store/migrations/env.py",
    "monitor/store/migrations/versions/0001_first_schema.py",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_every_file_of_the_four_packages(wheel):
    with zipfile.ZipFile(wheel) as content:
        packed = set(content.namelist())
    ours = {
        str(path.relative_to(ROOT))
        for package in ("alerts", "config", "connectors", "monitor")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours >= set(DATA)
    assert ours - packed == set()


def test_the_wheel_holds_nothing_but_the_program(wheel):
    with zipfile.ZipFile(wheel) as content:
        packed = content.namelist()
    assert {name.split("/")[0].removesuffix(".dist-info").split("-")[0] for name in packed} == {
        "alerts",
        "config",
        "connectors",
        "monitor",
        "school_social_monitor",
    }
    assert not [name for name in packed if "test" in name.lower()]


def test_the_program_runs_from_the_wheel_alone(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as content:
        content.extractall(tmp_path / "unpacked")
    command = [sys.executable, "-m", "monitor", "classify"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "unpacked")}
    line = b'{"id": "1", "text": "you are an idiot"}\n'
    done = subprocess.run(command, input=line, cwd=tmp_path, env=environment, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'"abuse"' in done.stdout
    where = [sys.executable, "-c", "import monitor.language.judging as judging; print(judging.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert Path(found.stdout.strip()).is_relative_to(tmp_path)
