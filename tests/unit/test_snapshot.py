"""A snapshot is complete or not there, is written once, and holds what the network sent and nothing of others."""

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
from evidence_samples import POSTED, a_capture, a_received
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence import snapshot as snapshot_module
from monitor.evidence.folder_check import check_folder
from monitor.evidence.snapshot import Capture, Received, ThreadLine, clock_offset, snapshot_id, write_snapshot
from monitor.evidence.write_once import UNFINISHED
from monitor.model import Category, Flag

FLAG = Flag(Category.ABUSE, "concern", 1.0, "words/1", 8, 14, "Insults somebody.", "Handling abuse")


def files_of(folder):
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


def read_json(directory, name):
    return json.loads((directory / name).read_bytes())


def finished(folder):
    return [path for path in folder.glob("[0-9]*/*/*") if path.is_dir()]


def test_a_snapshot_holds_bytes_item_facts_reasons_and_digests(tmp_path):
    written = write_snapshot(tmp_path, a_capture(), [FLAG])
    assert written.directory == tmp_path / "2026" / "07" / written.identity
    assert set(files_of(written.directory)) == {
        "raw/item.body", "raw/exchange.json", "item.json", "thread/000.json", "capture.json", "why.json",
        "manifest-sha256.txt",
    }  # fmt: skip
    raw = a_capture().raw
    assert (written.directory / "raw/item.body").read_bytes() == raw.encode()
    assert read_json(written.directory, "item.json") == json.loads(raw)
    why = read_json(written.directory, "why.json")
    assert why["flags"] == [dataclasses.asdict(FLAG)]
    assert (why["trigger"], why["triggered_by"]) == ("Flagged by the word list.", "the program")
    assert check_folder(written.directory) == []


def test_every_fact_of_a_capture_is_kept(tmp_path):
    facts = read_json(write_snapshot(tmp_path, a_capture(), [FLAG]).directory, "capture.json")
    elsewhere = {"raw", "received"}
    assert {field.name for field in dataclasses.fields(Capture)} - elsewhere <= set(facts)
    assert facts["attachments"] == [{"kind": "photo", "address": "https://cdn.example/1.jpg", "opened": False}]


def test_each_message_of_the_thread_has_a_file_and_a_salt_of_its_own(tmp_path):
    line = ThreadLine("someone else", POSTED, "It was shut.")
    directory = write_snapshot(tmp_path, a_capture(thread=(line, line)), []).directory
    told = read_json(directory, "capture.json")["thread"]
    assert [(entry["file"], entry["who"]) for entry in told] == [
        ("thread/000.json", "someone else"),
        ("thread/001.json", "someone else"),
    ]
    first, second = (read_json(directory, entry["file"]) for entry in told)
    assert first["text"] == second["text"] == "It was shut."
    assert first["salt"] != second["salt"]
    assert len(bytes.fromhex(first["salt"])) == 32
    assert "It was shut." not in (directory / "capture.json").read_text()


def test_the_exchange_is_kept_with_all_headers_and_where_the_item_stood_in_it(tmp_path):
    received = a_received(left_out=("comments",))
    directory = write_snapshot(tmp_path, a_capture(received=received), []).directory
    assert read_json(directory, "raw/exchange.json") == {
        **dataclasses.asdict(received),
        "received_at": "2026-07-14T18:55:11Z",
        "left_out": ["comments"],
    }


def test_bytes_that_could_not_be_cut_out_are_not_passed_off_as_the_networks(tmp_path):
    directory = write_snapshot(tmp_path, a_capture(received=a_received(offset=None)), []).directory
    assert not (directory / "raw/item.body").exists()
    assert read_json(directory, "raw/exchange.json")["offset"] is None
    assert read_json(directory, "item.json")["id"] == "1000_2000"


def test_an_item_whose_exchange_was_not_kept_is_captured_all_the_same(tmp_path):
    directory = write_snapshot(tmp_path, a_capture(received=None), []).directory
    assert not (directory / "raw").exists()
    facts = read_json(directory, "capture.json")
    assert (facts["received_at"], facts["clock_ahead_seconds"]) == (None, None)
    assert check_folder(directory) == []


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        ("Tue, 14 Jul 2026 18:55:11 GMT", 0.0),
        ("Tue, 14 Jul 2026 18:55:01 GMT", 10.0),
        ("Tue, 14 Jul 2026 18:55:21 -0000", -10.0),
        ("today", None),
        ("Tue, 99 Jul 2026 18:55:11 GMT", None),
        ("", None),
    ],
)
def test_the_clock_of_the_network_is_held_against_ours(date, ahead):
    assert clock_offset({"date": date}, a_received().received_at) == ahead


def test_a_network_without_a_clock_says_nothing_about_ours():
    assert clock_offset({"Content-Type": "text/plain"}, a_received().received_at) is None


def test_times_are_kept_in_utc_and_in_the_zone_of_the_school(tmp_path):
    facts = read_json(write_snapshot(tmp_path, a_capture(), []).directory, "capture.json")
    assert facts["created_at"] == {
        "utc": "2026-07-14T18:42:11Z", "local": "2026-07-14T19:42:11+01:00", "zone": "Europe/London",
    }  # fmt: skip


def test_a_time_at_the_end_of_the_calendar_is_kept_without_a_local_form(tmp_path):
    first_day = datetime(1, 1, 1, tzinfo=UTC)
    written = write_snapshot(tmp_path, a_capture(created_at=first_day), [])
    assert read_json(written.directory, "capture.json")["created_at"]["local"] is None
    assert written.directory.parent == tmp_path / "0001" / "01"


def test_a_time_without_a_zone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="zone"):
        write_snapshot(tmp_path, a_capture(captured_at=datetime(2026, 7, 14)), [])  # noqa: DTZ001
    assert finished(tmp_path) == []


def test_the_digest_is_that_of_the_manifest(tmp_path):
    written = write_snapshot(tmp_path, a_capture(), [FLAG])
    manifest = (written.directory / "manifest-sha256.txt").read_bytes()
    assert written.sha256 == "sha256:" + hashlib.sha256(manifest).hexdigest()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="this machine has no sha256sum")
def test_a_stranger_can_check_it_with_sha256sum(tmp_path):
    directory = write_snapshot(tmp_path, a_capture(), [FLAG]).directory
    command = ["sha256sum", "--strict", "-c", "manifest-sha256.txt"]
    assert subprocess.run(command, cwd=directory, capture_output=True, check=False).returncode == 0


def test_but_for_the_salts_of_its_thread_the_same_input_gives_the_same_bytes(tmp_path):
    first = write_snapshot(tmp_path / "a", a_capture(thread=()), [FLAG])
    second = write_snapshot(tmp_path / "b", a_capture(thread=()), [FLAG])
    assert first.sha256 == second.sha256
    assert {n: p.read_bytes() for n, p in files_of(first.directory).items()} == {
        n: p.read_bytes() for n, p in files_of(second.directory).items()
    }


def test_the_first_capture_stands_when_the_same_version_is_captured_again(tmp_path):
    first = write_snapshot(tmp_path, a_capture(), [FLAG])
    before = {name: (path.read_bytes(), path.stat().st_ino) for name, path in files_of(tmp_path).items()}
    later = a_capture(captured_at=POSTED + timedelta(days=40), author_name="Someone New", received=None)
    assert write_snapshot(tmp_path, later, []) == first
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
                write_snapshot(folder, a_capture(), [FLAG])
            completed = faults.left >= 0
        assert all(check_folder(directory) == [] for directory in finished(folder))
        again = write_snapshot(folder, a_capture(), [FLAG])
        assert check_folder(again.directory) == []
        assert list((folder / UNFINISHED).iterdir()) == []
        if completed:
            break
        steps += 1
    assert completed
    assert steps > 20


def test_what_a_crash_left_is_not_evidence_and_goes_with_the_next_write(tmp_path):
    leftover = tmp_path / UNFINISHED / ("0" * 32)
    leftover.mkdir(parents=True)
    (leftover / "capture.json").write_text("{")
    write_snapshot(tmp_path, a_capture(), [])
    assert not leftover.exists()
    assert len(finished(tmp_path)) == 1


def test_several_writers_at_once_make_one_snapshot_each(tmp_path):
    results = []

    def write(number):
        results.append(write_snapshot(tmp_path, a_capture(remote_id=str(number % 3)), []))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({result.directory for result in results}) == 3
    assert all(check_folder(result.directory) == [] for result in results)


def test_only_the_owner_may_read_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        write_snapshot(tmp_path / "evidence", a_capture(), [])
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_snapshot_has_no_place_for_credentials():
    names = {field.name for kind in (Received, Capture) for field in dataclasses.fields(kind)}
    assert not [name for name in names if "token" in name or "auth" in name.replace("author", "") or "secret" in name]


def test_what_a_comment_hides_cannot_act_on_whoever_reads_the_files(tmp_path):
    text = "\u202eevil\u200b\ud800\x1b[2J\x00 Ẑ\u0323"
    raw = json.dumps({"message": text})
    directory = write_snapshot(tmp_path, a_capture(text=text, author_name=text, raw=raw), []).directory
    facts = read_json(directory, "capture.json")
    assert facts["text"] == text
    assert facts["text_nfc"] != text
    assert facts["hidden_characters"]["U+202E RIGHT-TO-LEFT OVERRIDE"] == [0]
    assert facts["hidden_characters"]["U+D800 BROKEN SURROGATE"] == [6]
    assert all(path.read_bytes().isascii() for path in directory.glob("*.*"))


@pytest.mark.parametrize("raw", ["[" * 100_000 + "]" * 100_000, "no JSON", ""], ids=["deep", "text", "nothing"])
def test_an_item_that_cannot_be_decoded_does_not_lose_the_snapshot(tmp_path, raw):
    directory = write_snapshot(tmp_path, a_capture(raw=raw), []).directory
    assert "raw/" in read_json(directory, "item.json")["not_written"]
    assert (directory / "raw/item.body").read_bytes() == raw.encode()
    assert check_folder(directory) == []


@given(st.text(st.characters(categories=None), max_size=60))
def test_any_text_can_be_captured_and_read_back(text):
    facts = snapshot_module._facts("id", a_capture(text=text, remote_id=text))
    assert json.loads(snapshot_module._json(facts))["text"] == text
    assert len(snapshot_id(a_capture(text=text))) == 32
