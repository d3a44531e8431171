"""The 25 lines that travel with a bundle agree with the log about every proof, and about nothing else."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.evidence.handing_out.how_to_verify import TEXTS
from monitor.evidence.log.checkpoint import Checkpoint
from monitor.evidence.log.commitment import commit, new_salt, record_bytes
from monitor.evidence.log.merkle import Tree, leaf_hash
from monitor.evidence.log.proofs import Entry, custody_lines, proofs_json

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
PROGRAM = TEXTS / "verify.py"


def entry(number, sealed=None):
    salt, record = new_salt(), record_bytes({"v": 1, "kind": "view", "case": number, "why": "Zoë’s case"})
    return Entry(number, commit(salt, record).hex(), salt.hex(), record.decode(), sealed)


def written(folder, size, sealed=()):
    """A bundle without files whose custody is the whole log."""
    entries = [entry(number, {"kind": "view"} if number in sealed else None) for number in range(size)]
    tree = Tree(leaf_hash(bytes.fromhex(each.commitment)) for each in entries)
    folder.mkdir(exist_ok=True)
    (folder / "checkpoint.txt").write_bytes(Checkpoint("log/oakfield", size, tree.root(), AT).text())
    (folder / "proofs.json").write_bytes(proofs_json(tree, entries[:1]))
    (folder / "custody.jsonl").write_bytes(custody_lines(tree, entries))
    (folder / "data").mkdir(exist_ok=True)
    shutil.copy(PROGRAM, folder)
    return folder


def verify(folder):
    program = [sys.executable, "-I", "-S", "verify.py"]
    return subprocess.run(program, cwd=folder, env={"PATH": os.defpath}, capture_output=True, text=True, check=False)


def changed(folder, number, **fields):
    lines = [json.loads(line) for line in (folder / "custody.jsonl").read_text().splitlines()]
    lines[number] |= fields
    (folder / "custody.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_it_has_at_most_25_lines_and_needs_the_standard_library_only():
    lines = PROGRAM.read_text().splitlines()
    assert len(lines) <= 25
    imported = next(line for line in lines if line.startswith("import ")).partition("#")[0]
    assert set(imported.removeprefix("import ").replace(",", " ").split()) <= sys.stdlib_module_names


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 33])
def test_every_entry_of_a_log_of_any_size_is_found_in_it(tmp_path, size):
    done = verify(written(tmp_path / "b", size, sealed={size // 2}))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("entry ") == size + 1
    assert f"entry {size // 2} sealed at the school" in done.stdout


def test_it_prints_what_each_entry_says_exactly_as_the_log_has_it(tmp_path):
    folder = written(tmp_path / "b", 1)
    record = record_bytes({"v": 1, "kind": "view", "case": 0, "why": "Zoë’s case"}).decode()
    assert f"entry 0 {record}\n" in verify(folder).stdout


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_an_entry_in_any_other_place_is_not(tmp_path_factory, data):
    size = data.draw(st.integers(2, 20))
    number = data.draw(st.integers(0, size - 1))
    claimed = data.draw(st.integers(0, 3 * size).filter(lambda place: place != number))
    folder = written(tmp_path_factory.mktemp("bundle"), size)
    changed(folder, number, position=claimed)
    done = verify(folder)
    assert done.returncode == 1
    assert f"entry {claimed} is not in the log" in done.stderr
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"record": {"v": 1, "kind": "view", "case": 3, "why": "another"}},
        {"salt": "00" * 32},
        {"path": []},
        {"path": ["00" * 32] * 3},
        {"position": -3},
    ],
)
def test_a_changed_proof_is_found(tmp_path, change):
    folder = written(tmp_path / "b", 7)
    changed(folder, 3, **change)
    if change == {"position": -3}:
        assert "entry -3" not in verify(folder).stdout
    else:
        assert "entry 3 is not in the log" in verify(folder).stderr


def test_a_changed_commitment_of_a_sealed_entry_is_found(tmp_path):
    folder = written(tmp_path / "b", 7, sealed={3})
    changed(folder, 3, commitment="00" * 32)
    assert "entry 3 is not in the log" in verify(folder).stderr


@pytest.mark.parametrize(("old", "new"), [("7\n", "8\n"), ("=\n", "A\n")])
def test_a_changed_checkpoint_is_found(tmp_path, old, new):
    folder = written(tmp_path / "b", 7)
    text = (folder / "checkpoint.txt").read_text()
    (folder / "checkpoint.txt").write_text(text.replace(old, new, 1))
    assert verify(folder).returncode == 1


def test_a_file_that_no_entry_vouches_for_is_found(tmp_path):
    folder = written(tmp_path / "b", 3)
    (folder / "data" / "2" / "raw").mkdir(parents=True)
    (folder / "data" / "2" / "raw" / "item.body").write_bytes(b"slipped in")
    assert "item.body is not as the log says" in verify(folder).stderr
