"""An exhibit is complete or not there, is written once, and a stranger can check it."""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import stat
import subprocess
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.evidence.exhibit import write_exhibit
from monitor.evidence.write_once import UNFINISHED, write_folder

DAY = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
IDENTITY = "0123456789abcdef0123456789abcdef"
FACTS = {"kind": "screen_print", "added_at": DAY, "case": 12, "why": "as seen on a phone, 8 o’clock \u202e"}
FILES = {"screen-print.png": b"\x89PNG picture", "media/0123.jpg": b"\xff\xd8", "media/deep/a.bin": b""}


def finished(folder):
    return [path for path in folder.glob("[0-9]*/*/*") if path.is_dir()]


def files_of(folder):
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


def is_whole(directory):
    lines = (directory / "manifest-sha256.txt").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    present = {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in files_of(directory).items()}
    del present["manifest-sha256.txt"]
    return listed == present and set(listed) == {"exhibit.json", *FILES}


def test_an_exhibit_holds_facts_files_and_digests(tmp_path):
    written = write_exhibit(tmp_path, IDENTITY, DAY, FACTS, FILES)
    assert written.directory == tmp_path / "2026" / "11" / IDENTITY
    assert is_whole(written.directory)
    assert {name: (written.directory / name).read_bytes() for name in FILES} == FILES
    facts = json.loads((written.directory / "exhibit.json").read_bytes())
    assert facts == {**FACTS, "added_at": "2026-11-20T08:00:00Z"}
    assert written.identity == IDENTITY


def test_the_facts_are_written_in_ascii_so_nothing_hidden_acts_on_a_reader(tmp_path):
    written = write_exhibit(tmp_path, IDENTITY, DAY, {"text": "\u202eevil \ud83d é"}, {})
    assert (written.directory / "exhibit.json").read_bytes().isascii()


def test_the_digest_is_that_of_the_manifest(tmp_path):
    written = write_exhibit(tmp_path, IDENTITY, DAY, FACTS, FILES)
    manifest = (written.directory / "manifest-sha256.txt").read_bytes()
    assert written.sha256 == "sha256:" + hashlib.sha256(manifest).hexdigest()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="this machine has no sha256sum")
def test_a_stranger_can_check_it_with_sha256sum(tmp_path):
    directory = write_exhibit(tmp_path, IDENTITY, DAY, FACTS, FILES).directory
    command = ["sha256sum", "--strict", "-c", "manifest-sha256.txt"]
    assert subprocess.run(command, cwd=directory, capture_output=True, check=False).returncode == 0


def test_the_month_is_that_of_the_day_in_utc(tmp_path):
    day = datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert write_exhibit(tmp_path, IDENTITY, day, {}, {}).directory.parent == tmp_path / "2026" / "11"


def test_an_exhibit_that_is_there_stays_as_it_is(tmp_path):
    first = write_exhibit(tmp_path, IDENTITY, DAY, FACTS, FILES)
    before = {name: (path.read_bytes(), path.stat().st_ino) for name, path in files_of(tmp_path).items()}
    assert write_exhibit(tmp_path, IDENTITY, DAY, {"kind": "other"}, {"other.bin": b"x"}) == first
    assert {name: (path.read_bytes(), path.stat().st_ino) for name, path in files_of(tmp_path).items()} == before


def test_files_are_for_their_owner_only(tmp_path):
    folder = tmp_path / "evidence"
    write_exhibit(folder, IDENTITY, DAY, FACTS, FILES)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in files_of(folder).values()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*")) if path.is_dir()} == {0o700}


@pytest.mark.parametrize(
    "name",
    ["../a", "/a", "a/../b", "a//b", "", ".", ".hidden", "a\\b", "a b", "é.png", "a\n", "a\0", "manifest-sha256.txt",
     "exhibit.json", "-rf"],
)  # fmt: skip
def test_a_name_that_could_leave_the_folder_or_the_list_is_refused(tmp_path, name):
    with pytest.raises(ValueError):
        write_exhibit(tmp_path, IDENTITY, DAY, FACTS, {name: b"x"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("identity", ["", "..", "a/b", ".unfinished", "é", "a\n"])
def test_an_identity_that_is_no_plain_name_is_refused(tmp_path, identity):
    with pytest.raises(ValueError, match="identity"):
        write_exhibit(tmp_path, identity, DAY, FACTS, FILES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "facts", [{"at": datetime(2026, 1, 1)}, {"x": {1, 2}}, {"x": float("nan")}, {"x": b"bytes"}, {(1, 2): 3}]  # noqa: DTZ001
)  # fmt: skip
def test_a_fact_that_json_cannot_hold_is_refused_before_anything_is_written(tmp_path, facts):
    with pytest.raises(ValueError):
        write_exhibit(tmp_path, IDENTITY, DAY, facts, FILES)
    assert list(tmp_path.iterdir()) == []


def test_a_day_without_a_zone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="zone"):
        write_exhibit(tmp_path, IDENTITY, datetime(2026, 1, 1), {}, {})  # noqa: DTZ001
    assert list(tmp_path.iterdir()) == []


class Faults:
    """Lets the first `allowed` calls that touch the disk pass and fails every one after, as a full disk does."""

    def __init__(self, monkeypatch, allowed):
        self.left = allowed
        for name in ("open", "fsync", "mkdir", "rename"):
            monkeypatch.setattr(os, name, self.failing(getattr(os, name)))

    def failing(self, real):
        def call(*args, **kwargs):
            self.left -= 1
            if self.left < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **kwargs)

        return call


def test_a_full_disk_at_any_step_leaves_nothing_or_the_whole(tmp_path):
    steps = 0
    for allowed in range(200):
        folder = tmp_path / str(allowed)
        with pytest.MonkeyPatch.context() as patch:
            faults = Faults(patch, allowed)
            with contextlib.suppress(OSError):
                write_exhibit(folder, IDENTITY, DAY, FACTS, FILES)
            completed = faults.left >= 0
        assert all(is_whole(directory) for directory in finished(folder))
        assert is_whole(write_exhibit(folder, IDENTITY, DAY, FACTS, FILES).directory)
        assert list((folder / UNFINISHED).iterdir()) == []
        if completed:
            break
        steps += 1
    assert completed
    assert steps > 20


def test_a_leftover_of_a_killed_process_does_not_get_into_the_next(tmp_path):
    leftover = tmp_path / UNFINISHED / IDENTITY
    leftover.mkdir(parents=True)
    (leftover / "half.bin").write_bytes(b"half")
    assert is_whole(write_exhibit(tmp_path, IDENTITY, DAY, FACTS, FILES).directory)
    assert not leftover.exists()


def test_many_at_once_write_each_exhibit_once_and_whole(tmp_path):
    start = threading.Barrier(8)
    digests = []

    def write(number):
        start.wait(10)
        for identity in ("a", "b", "c"):
            facts = {**FACTS, "written_by": number}
            digests.append((identity, write_exhibit(tmp_path, identity, DAY, facts, FILES).sha256))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(digests) == 24
    assert len(set(digests)) == 3
    assert all(is_whole(directory) for directory in finished(tmp_path))


@settings(max_examples=25, deadline=None)  # every example waits for the disk
@given(st.dictionaries(st.from_regex(r"[a-z]{1,3}(/[a-z]{1,3}){0,2}\.x", fullmatch=True), st.binary(), max_size=4))
def test_whatever_is_kept_comes_back_byte_for_byte(tmp_path_factory, contents):
    directory = write_folder(tmp_path_factory.mktemp("any"), IDENTITY, DAY, contents).directory
    kept = {name: path.read_bytes() for name, path in files_of(directory).items() if name != "manifest-sha256.txt"}
    assert kept == contents
