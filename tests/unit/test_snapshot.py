"""A snapshot is complete or not there, is written once, and shows every later change by name."""

import contextlib
import dataclasses
import errno
import hashlib
import json
import os
import shutil
import stat
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import pytest
from evidence_samples import POSTED, a_capture
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Exchange
from monitor.evidence import snapshot as snapshot_module
from monitor.evidence.snapshot import Capture, snapshot_id, verify_snapshot, write_snapshot
from monitor.model import Category, Flag

FLAG = Flag(Category.ABUSE, "concern", 1.0, "words/1", 8, 14, "Insults somebody.", "Handling abuse")
RAW = {"id": "1000_2000", "message": "You are clowns, Zoë", "like_count": 3}


def files_of(folder):
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


def read_json(directory, name):
    return json.loads((directory / name).read_bytes())


def finished(folder):
    return [path for path in folder.glob("[0-9]*/*/*") if path.is_dir()]


def test_a_snapshot_holds_bytes_item_facts_reasons_and_digests(tmp_path):
    written = write_snapshot(tmp_path, a_capture(), [FLAG], RAW)
    assert written.directory == tmp_path / "2026" / "07" / written.snapshot_id
    assert set(files_of(written.directory)) == {
        "raw/000.body", "raw/000.http.json", "item.json", "capture.json", "why.json", "manifest-sha256.txt",
    }  # fmt: skip
    assert (written.directory / "raw/000.body").read_bytes() == b'{"data": [\xff]}'
    assert read_json(written.directory, "item.json") == RAW
    assert read_json(written.directory, "why.json")["flags"] == [dataclasses.asdict(FLAG)]
    assert verify_snapshot(written.directory) == []


def test_every_fact_of_a_capture_is_kept(tmp_path):
    facts = read_json(write_snapshot(tmp_path, a_capture(), [FLAG], RAW).directory, "capture.json")
    assert {field.name for field in dataclasses.fields(Capture)} <= set(facts)
    assert facts["thread"][0]["who"] == "someone else"
    assert facts["attachments"] == [{"kind": "photo", "address": "https://cdn.example/1.jpg", "opened": False}]


def test_times_are_kept_in_utc_and_in_the_zone_of_the_school(tmp_path):
    facts = read_json(write_snapshot(tmp_path, a_capture(), [], RAW).directory, "capture.json")
    assert facts["created_at"] == {
        "utc": "2026-07-14T18:42:11Z", "local": "2026-07-14T19:42:11+01:00", "zone": "Europe/London",
    }  # fmt: skip


def test_a_time_at_the_end_of_the_calendar_is_kept_without_a_local_form(tmp_path):
    first_day = datetime(1, 1, 1, tzinfo=UTC)
    written = write_snapshot(tmp_path, a_capture(created_at=first_day), [], RAW)
    assert read_json(written.directory, "capture.json")["created_at"]["local"] is None
    assert written.directory.parent == tmp_path / "0001" / "01"


def test_a_time_without_a_zone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="zone"):
        write_snapshot(tmp_path, a_capture(captured_at=datetime(2026, 7, 14)), [], RAW)  # noqa: DTZ001
    assert finished(tmp_path) == []


def test_the_digest_is_that_of_the_manifest(tmp_path):
    written = write_snapshot(tmp_path, a_capture(), [FLAG], RAW)
    manifest = (written.directory / "manifest-sha256.txt").read_bytes()
    assert written.sha256 == "sha256:" + hashlib.sha256(manifest).hexdigest()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="this machine has no sha256sum")
def test_a_stranger_can_check_it_with_sha256sum(tmp_path):
    directory = write_snapshot(tmp_path, a_capture(), [FLAG], RAW).directory
    command = ["sha256sum", "--strict", "-c", "manifest-sha256.txt"]
    assert subprocess.run(command, cwd=directory, capture_output=True, check=False).returncode == 0


def test_the_same_input_gives_the_same_bytes(tmp_path):
    first = write_snapshot(tmp_path / "a", a_capture(), [FLAG], RAW)
    second = write_snapshot(tmp_path / "b", a_capture(), [FLAG], RAW)
    assert first.sha256 == second.sha256
    assert {n: p.read_bytes() for n, p in files_of(first.directory).items()} == {
        n: p.read_bytes() for n, p in files_of(second.directory).items()
    }


def test_the_first_capture_stands_when_the_same_version_is_captured_again(tmp_path):
    first = write_snapshot(tmp_path, a_capture(), [FLAG], RAW)
    before = {name: (path.read_bytes(), path.stat().st_ino) for name, path in files_of(tmp_path).items()}
    later = a_capture(captured_at=POSTED + timedelta(days=40), author_name="Someone New", exchanges=())
    assert write_snapshot(tmp_path, later, [], {}) == first
    assert {name: (path.read_bytes(), path.stat().st_ino) for name, path in files_of(tmp_path).items()} == before


@pytest.mark.parametrize(
    "change", [{"text": "x"}, {"version": 2}, {"remote_id": "1"}, {"account_key": "x"}, {"school_key": "elm"}]
)
def test_another_version_comment_account_or_school_is_another_snapshot(change):
    assert snapshot_id(a_capture(**change)) != snapshot_id(a_capture())


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
                write_snapshot(folder, a_capture(), [FLAG], RAW)
            completed = faults.left >= 0
        assert all(verify_snapshot(directory) == [] for directory in finished(folder))
        again = write_snapshot(folder, a_capture(), [FLAG], RAW)
        assert verify_snapshot(again.directory) == []
        assert list((folder / snapshot_module.UNFINISHED).iterdir()) == []
        if completed:
            break
        steps += 1
    assert completed
    assert steps > 20


def test_what_a_crash_left_is_not_evidence_and_goes_with_the_next_write(tmp_path):
    leftover = tmp_path / snapshot_module.UNFINISHED / ("0" * 32)
    leftover.mkdir(parents=True)
    (leftover / "capture.json").write_text("{")
    write_snapshot(tmp_path, a_capture(), [], RAW)
    assert not leftover.exists()
    assert len(finished(tmp_path)) == 1


def test_several_writers_at_once_make_one_snapshot_each(tmp_path):
    results = []

    def write(number):
        results.append(write_snapshot(tmp_path, a_capture(remote_id=str(number % 3)), [], RAW))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({result.directory for result in results}) == 3
    assert all(verify_snapshot(result.directory) == [] for result in results)


def test_only_the_owner_may_read_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        write_snapshot(tmp_path / "evidence", a_capture(), [], RAW)
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


@pytest.mark.parametrize(
    "name", ["raw/000.body", "raw/000.http.json", "item.json", "capture.json", "why.json", "manifest-sha256.txt"]
)
def test_one_flipped_byte_anywhere_is_found_and_named(tmp_path, name):
    directory = write_snapshot(tmp_path, a_capture(), [FLAG], RAW).directory
    whole = (directory / name).read_bytes()
    for at in {0, len(whole) // 3, len(whole) // 2, len(whole) - 1}:
        for bit in (0x01, 0x20, 0x80):
            flipped = bytes([whole[at] ^ bit])
            (directory / name).write_bytes(whole[:at] + flipped + whole[at + 1 :])
            problems = verify_snapshot(directory)
            assert problems
            if name != "manifest-sha256.txt":
                assert problems == [f"{name}: changed"]
    (directory / name).write_bytes(whole)
    assert verify_snapshot(directory) == []


def test_a_missing_file_is_named(tmp_path):
    directory = write_snapshot(tmp_path, a_capture(), [], RAW).directory
    (directory / "why.json").unlink()
    assert verify_snapshot(directory) == ["why.json: missing"]


def test_an_added_file_is_named(tmp_path):
    directory = write_snapshot(tmp_path, a_capture(), [], RAW).directory
    (directory / "raw" / "extra.txt").write_text("later")
    assert verify_snapshot(directory) == ["raw/extra.txt: not listed"]


def test_a_link_in_place_of_a_file_is_a_change_even_with_the_same_content(tmp_path):
    directory = write_snapshot(tmp_path, a_capture(), [], RAW).directory
    (directory / "why.json").rename(tmp_path / "elsewhere")
    (directory / "why.json").symlink_to(tmp_path / "elsewhere")
    assert verify_snapshot(directory) == ["why.json: changed"]


def test_a_manifest_cannot_point_outside_its_snapshot(tmp_path):
    directory = write_snapshot(tmp_path, a_capture(), [], RAW).directory
    with (directory / "manifest-sha256.txt").open("ab") as manifest:
        manifest.write(b"0" * 64 + b"  ../../../outside\n")
    assert verify_snapshot(directory) == ["manifest-sha256.txt: line 6 cannot be read"]


def test_a_folder_without_a_manifest_is_no_snapshot(tmp_path):
    assert verify_snapshot(tmp_path / "nowhere") == ["manifest-sha256.txt: missing"]


def test_a_request_has_no_place_for_credentials(tmp_path):
    directory = write_snapshot(tmp_path, a_capture(), [], RAW).directory
    kept = read_json(directory, "raw/000.http.json")
    assert set(kept) == {"method", "url", "status", "headers", "received_at"}
    assert kept["headers"] == {"Date": "now"}
    names = {field.name for kind in (Exchange, Capture) for field in dataclasses.fields(kind)}
    assert not [name for name in names if "token" in name or "auth" in name.replace("author", "") or "secret" in name]


def test_what_a_comment_hides_cannot_act_on_whoever_reads_the_files(tmp_path):
    text = "\u202eevil\u200b\ud800\x1b[2J\x00 Ẑ\u0323"
    directory = write_snapshot(tmp_path, a_capture(text=text, author_name=text), [], {"message": text}).directory
    facts = read_json(directory, "capture.json")
    assert facts["text"] == text
    assert facts["text_nfc"] != text
    assert facts["hidden_characters"]["U+202E RIGHT-TO-LEFT OVERRIDE"] == [0]
    assert facts["hidden_characters"]["U+D800 BROKEN SURROGATE"] == [6]
    assert all(path.read_bytes().isascii() for path in directory.glob("*.*"))


def test_an_item_that_cannot_be_written_again_does_not_lose_the_snapshot(tmp_path):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    directory = write_snapshot(tmp_path, a_capture(), [], {"deep": deep}).directory
    assert "raw/" in read_json(directory, "item.json")["not_written"]
    assert verify_snapshot(directory) == []
    while deep:
        deep = deep[0]


@given(st.text(st.characters(categories=None), max_size=60))
def test_any_text_can_be_captured_and_read_back(text):
    facts = snapshot_module._facts("id", a_capture(text=text, remote_id=text))
    assert json.loads(snapshot_module._json(facts))["text"] == text
    assert len(snapshot_id(a_capture(text=text))) == 32
