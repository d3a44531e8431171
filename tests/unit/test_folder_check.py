"""One folder of evidence against its own lists: every change, however small, is found and named."""

import os

import pytest
from evidence_samples import a_capture
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.card.card_files import keep_card
from monitor.evidence.files import sha256_of
from monitor.evidence.folder_check import CARD_LIST, check_folder, examine_folder
from monitor.evidence.snapshot import write_snapshot
from monitor.evidence.write_once import MANIFEST

OF_SNAPSHOT = ("raw/item.body", "raw/exchange.json", "item.json", "thread/000.json", "capture.json", "why.json")
OF_CARD = ("card.pdf", "card.png", "card.txt", "annex.txt")
CARD = {"card.pdf": b"%PDF-", "card.png": b"\x89PNG", "card.txt": b"EVIDENCE CARD\n", "annex.txt": b"more\n"}


@pytest.fixture
def folder(tmp_path):
    """A snapshot with a card."""
    directory = write_snapshot(tmp_path, a_capture(), []).directory
    keep_card(directory, CARD)
    return directory


def digest_of(folder, name):
    return f"sha256:{sha256_of(folder / name)}"


def test_a_folder_as_it_was_written_has_no_problem_and_every_file_was_read(folder):
    found = examine_folder(folder, (), digest_of(folder, MANIFEST), digest_of(folder, CARD_LIST))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert found.problems == []
    assert (found.files, found.bytes) == (len(files), sum(path.stat().st_size for path in files))
    assert len(files) == len(OF_SNAPSHOT) + len(OF_CARD) + 2


@pytest.mark.parametrize("name", [*OF_SNAPSHOT, *OF_CARD, MANIFEST, CARD_LIST])
def test_one_flipped_bit_anywhere_is_found_and_named(folder, name):
    whole = (folder / name).read_bytes()
    for at in {0, len(whole) // 3, len(whole) // 2, len(whole) - 1}:
        for bit in (0x01, 0x20, 0x80):
            (folder / name).write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            problems = check_folder(folder)
            assert problems
            assert name in {MANIFEST, CARD_LIST} or problems == [f"{name}: changed"]


@pytest.mark.parametrize("name", [MANIFEST, CARD_LIST])
def test_a_list_that_was_changed_together_with_its_file_is_not_the_one_the_log_has(folder, name):
    digests = digest_of(folder, MANIFEST), digest_of(folder, CARD_LIST)
    victim = "why.json" if name == MANIFEST else "card.txt"
    before = sha256_of(folder / victim)
    (folder / victim).write_bytes(b"otherwise\n")
    content = (folder / name).read_text().replace(before, sha256_of(folder / victim))
    (folder / name).write_text(content)
    assert check_folder(folder) == []
    assert examine_folder(folder, (), *digests).problems == [f"{name}: changed"]


@pytest.mark.parametrize("name", [*OF_SNAPSHOT, *OF_CARD])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    assert check_folder(folder) == [f"{name}: missing"]


@pytest.mark.parametrize("name", ["raw/extra.txt", "extra.txt", ".hidden", "new/deep/file", "card.gif", "\udcff"])
def test_an_added_file_is_named(folder, name):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("later")
    assert check_folder(folder) == [f"{name}: not listed"]


def test_a_card_that_vanished_whole_is_missed_by_whoever_knows_of_it(folder):
    known = digest_of(folder, CARD_LIST)
    for name in (*OF_CARD, CARD_LIST):
        (folder / name).unlink()
    assert check_folder(folder) == []
    assert examine_folder(folder, card=known).problems == [f"{CARD_LIST}: missing"]


def test_a_card_without_its_list_is_named_file_by_file(folder):
    (folder / CARD_LIST).unlink()
    assert set(check_folder(folder)) == {f"{CARD_LIST}: missing", *(f"{name}: not listed" for name in OF_CARD)}


def test_what_a_killed_process_left_of_a_card_is_no_part_of_the_evidence(folder):
    (folder / ".card").mkdir()
    for name in (".card/data", ".card.pdf.part", ".annex.txt.part"):
        (folder / name).write_bytes(b"half")
    assert check_folder(folder) == []


@pytest.mark.parametrize("same", [True, False])
def test_a_link_in_place_of_a_file_is_a_change_even_with_the_same_content(folder, tmp_path, same):
    (folder / "why.json").rename(tmp_path / "elsewhere")
    (folder / "why.json").symlink_to(tmp_path / ("elsewhere" if same else "nowhere"))
    assert check_folder(folder) == ["why.json: changed"]


def test_a_link_in_place_of_a_folder_is_not_followed(folder, tmp_path):
    (folder / "raw").rename(tmp_path / "elsewhere")
    (folder / "raw").symlink_to(tmp_path / "elsewhere")
    assert check_folder(folder) == ["raw/exchange.json: missing", "raw/item.body: missing", "raw: not listed"]


@pytest.mark.parametrize("name", ["why.json", MANIFEST])
def test_a_pipe_in_place_of_a_file_keeps_nobody_waiting(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert next(each for each in check_folder(folder) if each.startswith(name)) in {
        f"{name}: changed",
        f"{name}: cut short",
    }


def test_a_folder_in_place_of_a_file_is_a_missing_file(folder):
    (folder / "why.json").unlink()
    (folder / "why.json").mkdir()
    assert check_folder(folder) == ["why.json: missing"]


@pytest.mark.parametrize("name", ["../../../outside", "/etc/hostname", "raw/../../x"])
def test_a_list_cannot_point_outside_its_folder(folder, name):
    with (folder / MANIFEST).open("a") as manifest:
        manifest.write(f"{'0' * 64}  {name}\n")
    assert check_folder(folder) == [f"{MANIFEST}: line 7 cannot be read"]


def test_a_list_is_never_read_without_bound(folder):
    with (folder / MANIFEST).open("ab") as manifest:
        manifest.truncate(1 << 40)
    problems = check_folder(folder)
    assert f"{MANIFEST}: cut short" in problems
    assert examine_folder(folder, (), "sha256:0").files <= len(OF_SNAPSHOT) + len(OF_CARD) + 2


def test_an_erased_file_has_to_be_gone_and_is_not_missed(folder):
    erased = {"thread/000.json"}
    assert check_folder(folder, erased) == ["thread/000.json: still there although it was erased"]
    (folder / "thread/000.json").unlink()
    assert check_folder(folder, erased) == []
    assert check_folder(folder) == ["thread/000.json: missing"]


def test_a_file_the_disk_refuses_is_named_with_the_cause(folder, monkeypatch):
    def refusing(handle, buffers):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "readv", refusing)
    assert "why.json: cannot be read (Input/output error)" in check_folder(folder)


def test_a_folder_that_is_not_there_cannot_be_checked(tmp_path):
    with pytest.raises(FileNotFoundError):
        check_folder(tmp_path / "nowhere")


def test_an_empty_folder_is_no_evidence(tmp_path):
    assert check_folder(tmp_path) == [f"{MANIFEST}: missing"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    return write_snapshot(tmp_path_factory.mktemp("evidence"), a_capture(), []).directory


@given(st.binary(max_size=300))
def test_whatever_stands_in_the_list_the_check_ends_with_problems(snapshot, content):
    manifest = (snapshot / MANIFEST).read_bytes()
    try:
        (snapshot / MANIFEST).write_bytes(content)
        assert check_folder(snapshot) != []
    finally:
        (snapshot / MANIFEST).write_bytes(manifest)
