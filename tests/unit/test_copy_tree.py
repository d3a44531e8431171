"""Evidence is copied whole and byte for byte, and nothing else is."""

import ctypes
import errno
import hashlib
import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.evidence.backups import copy_tree
from monitor.evidence.backups.copy_tree import copy_evidence, copy_file, evidence_folders, give_to_owner_of, sync_disk

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
TREES = st.dictionaries(NAMES, st.dictionaries(NAMES, st.binary(max_size=200), min_size=1, max_size=4), max_size=4)


def evidence(folder, **more):
    """Two pieces of evidence below `folder`."""
    files = {
        "2026/11/aaa/raw/item.body": b"words",
        "2026/11/aaa/manifest-sha256.txt": b"list",
        "2026/10/bbb/capture.json": b"{}",
        **more,
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def modes(folder):
    return {path.stat().st_mode & 0o777 for path in folder.rglob("*")}


def test_every_file_is_copied_for_its_owner_only_and_its_digest_is_told(tmp_path):
    source = evidence(tmp_path / "evidence")
    copied = copy_evidence(source, tmp_path / "copy")
    assert contents(tmp_path / "copy") == contents(source)
    assert copied.digests == {name: hashlib.sha256(held).hexdigest() for name, held in contents(source).items()}
    assert copied.bytes == sum(map(len, contents(source).values()))
    assert modes(tmp_path / "copy") == {0o600, 0o700}


@settings(max_examples=60, deadline=None)
@given(TREES)
def test_a_copy_of_a_copy_is_the_original(tree):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = {f"2026/11/{name}/{file}": held for name, inside in tree.items() for file, held in inside.items()}
        for name, held in files.items():
            (folder / "evidence" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "evidence" / name).write_bytes(held)
        first = copy_evidence(folder / "evidence", folder / "first")
        second = copy_evidence(folder / "first", folder / "second")
        assert contents(folder / "second") == files
        assert first.digests == second.digests
        assert evidence_folders(folder / "second") == sorted(f"2026/11/{name}" for name in tree)


def test_what_is_still_being_made_stays_behind(tmp_path):
    source = evidence(
        tmp_path / "evidence",
        **{
            ".unfinished/ccc/capture.json": b"half",
            ".incoming/oakfield/facebook/1.json": b"a page",
            "2026/11/aaa/.card/card.pdf": b"half",
            "2026/11/aaa/.card.png.part": b"half",
            "erasure-journal.jsonl": b"not a piece of evidence",
        },
    )
    copied = copy_evidence(source, tmp_path / "copy")
    assert b"half" not in contents(tmp_path / "copy").values()
    assert set(copied.digests) == set(contents(tmp_path / "copy"))
    assert len(copied.digests) == 3
    assert copied.left_out == 0


def test_a_link_a_pipe_and_a_strange_name_are_counted_and_never_copied(tmp_path):
    source = evidence(tmp_path / "evidence", **{"2026/11/aaa/two\nlines": b"x"})
    (tmp_path / "secret").write_text("the signing key")
    (source / "2026/11/aaa/raw/link.json").symlink_to(tmp_path / "secret")
    (source / "2026/11/aaa/raw/folder").symlink_to(tmp_path)
    os.mkfifo(source / "2026/11/aaa/raw/pipe")
    (source / "2026/11/linked").symlink_to(source / "2026/11/aaa")
    copied = copy_evidence(source, tmp_path / "copy")
    assert copied.left_out == 4
    assert (
        set(copied.digests)
        == set(contents(tmp_path / "copy"))
        == {
            "2026/11/aaa/raw/item.body",
            "2026/11/aaa/manifest-sha256.txt",
            "2026/10/bbb/capture.json",
        }
    )


def test_what_an_earlier_copy_holds_is_not_written_again_and_what_changed_is(tmp_path):
    source = evidence(tmp_path / "evidence", **{"2026/11/aaa/card.png": b"first"})
    copy_evidence(source, tmp_path / "monday")
    (source / "2026/11/aaa/card.png").write_bytes(b"again")
    second = copy_evidence(source, tmp_path / "tuesday", [tmp_path / "nowhere", tmp_path / "monday"])
    assert contents(tmp_path / "tuesday") == contents(source)
    shared = {name for name in second.digests if (tmp_path / "monday" / name).samefile(tmp_path / "tuesday" / name)}
    assert shared == second.digests.keys() - {"2026/11/aaa/card.png"}
    assert (second.linked, second.linked_bytes) == (3, len(b"words" + b"list" + b"{}"))
    assert (tmp_path / "monday/2026/11/aaa/card.png").read_bytes() == b"first"


@pytest.mark.parametrize("spoilt", [b"wordz", b"word", b"words and more", None], ids=repr)
def test_what_went_bad_in_an_earlier_copy_is_not_handed_on(tmp_path, spoilt):
    source = evidence(tmp_path / "evidence")
    copy_evidence(source, tmp_path / "monday")
    twin = tmp_path / "monday/2026/11/aaa/raw/item.body"
    twin.unlink()
    if spoilt is None:
        twin.symlink_to(source / "2026/11/aaa/raw/item.body")
    else:
        twin.write_bytes(spoilt)
    second = copy_evidence(source, tmp_path / "tuesday", [tmp_path / "monday"])
    assert contents(tmp_path / "tuesday") == contents(source)
    assert not (tmp_path / "tuesday/2026/11/aaa/raw/item.body").is_symlink()
    assert second.linked == 2


def test_a_disk_that_gives_a_file_one_name_only_gets_whole_copies(tmp_path, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(1, "Operation not permitted")

    source = evidence(tmp_path / "evidence")
    copy_evidence(source, tmp_path / "monday")
    monkeypatch.setattr(os, "link", refuse)
    second = copy_evidence(source, tmp_path / "tuesday", [tmp_path / "monday"])
    assert contents(tmp_path / "tuesday") == contents(source)
    assert (second.linked, len(second.digests)) == (0, 3)


def test_what_is_erased_while_the_copy_is_made_is_not_in_it(tmp_path):
    source = evidence(tmp_path / "evidence")

    def erase_what_was_just_copied(done, _of):
        if done == 1:
            (source / "2026/10/bbb/capture.json").unlink()
            (source / "2026/10/bbb").rmdir()
            (source / "2026/11/aaa/raw/item.body").unlink()

    copied = copy_evidence(source, tmp_path / "copy", step=erase_what_was_just_copied)
    assert set(copied.digests) == {"2026/11/aaa/manifest-sha256.txt"}
    assert contents(tmp_path / "copy") == {"2026/11/aaa/manifest-sha256.txt": b"list"}
    assert evidence_folders(tmp_path / "copy") == ["2026/11/aaa"]
    assert copied.bytes == len(b"list")


def test_a_folder_that_must_not_be_copied_is_not_opened(tmp_path):
    source = evidence(tmp_path / "evidence")
    copied = copy_evidence(source, tmp_path / "copy", without=["2026/11/aaa"])
    assert set(copied.digests) == {"2026/10/bbb/capture.json"}


def test_where_nothing_was_ever_kept_there_is_nothing_to_copy(tmp_path):
    assert copy_evidence(tmp_path / "evidence", tmp_path / "copy").digests == {}
    assert (tmp_path / "copy").is_dir()


def test_progress_is_told_folder_by_folder(tmp_path):
    told = []
    copy_evidence(evidence(tmp_path / "evidence"), tmp_path / "copy", step=lambda *step: told.append(step))
    assert told == [(1, 2), (2, 2)]


class LibraryOfC:
    """Stands for the C library; its syncfs gives this answer."""

    def __init__(self, answer):
        self.answer, self.calls = answer, 0

    def syncfs(self, handle):
        assert stat.S_ISDIR(os.fstat(handle).st_mode)
        self.calls += 1
        if self.answer:
            ctypes.set_errno(errno.EIO)
        return self.answer


def test_all_that_was_written_is_pushed_to_the_disk_portion_by_portion(tmp_path, monkeypatch):
    library = LibraryOfC(0)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_args, **_options: library)
    monkeypatch.setattr(copy_tree, "PORTION", 2)
    more = {f"2026/12/{number}/capture.json": b"{}" for number in range(3)}
    copy_evidence(evidence(tmp_path / "evidence", **more), tmp_path / "copy")
    assert library.calls == 2  # five folders
    sync_disk(tmp_path / "copy")
    assert library.calls == 3


def test_a_disk_that_could_not_write_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda *_args, **_options: LibraryOfC(-1))
    with pytest.raises(OSError, match="Input/output error") as told:
        sync_disk(tmp_path)
    assert told.value.errno == errno.EIO


def test_where_one_disk_alone_cannot_be_pushed_all_are(tmp_path, monkeypatch):
    pushed = []
    monkeypatch.setattr(ctypes, "CDLL", lambda *_args, **_options: object())
    monkeypatch.setattr(os, "sync", lambda: pushed.append("all"))
    sync_disk(tmp_path)
    assert pushed == ["all"]


def test_a_disk_that_works_says_nothing(tmp_path):
    assert sync_disk(tmp_path) is None


def test_a_copy_never_replaces_what_is_there(tmp_path):
    (tmp_path / "one").write_text("one")
    (tmp_path / "two").write_text("two")
    with pytest.raises(FileExistsError):
        copy_file(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "two").read_text() == "two"


@pytest.mark.skipif(os.geteuid() != 0, reason="only an administrator can give files away")
def test_what_an_administrator_restores_belongs_to_whom_the_folder_belongs(tmp_path):
    folder = evidence(tmp_path / "evidence")
    (tmp_path / "home").mkdir()
    os.chown(tmp_path / "home", 1234, 4321)
    give_to_owner_of(tmp_path / "home", folder)
    assert {(path.stat().st_uid, path.stat().st_gid) for path in (folder, *folder.rglob("*"))} == {(1234, 4321)}


def test_the_copying_reads_files_larger_than_one_block(tmp_path, monkeypatch):
    monkeypatch.setattr(copy_tree, "BLOCK", 7)
    source = evidence(tmp_path / "evidence", **{"2026/11/aaa/page.warc": bytes(range(256)) * 3})
    copy_evidence(source, tmp_path / "monday")
    second = copy_evidence(source, tmp_path / "tuesday", [tmp_path / "monday"])
    assert contents(tmp_path / "tuesday") == contents(source)
    assert second.linked == len(second.digests)
