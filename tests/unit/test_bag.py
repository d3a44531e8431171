"""A bag is one that anybody's tools take for whole, made whole or not at all, and safe to unpack."""

import errno
import os
import shutil
import stat
import subprocess
import zipfile

import bagit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.handing_out.bag import BagRefused, write_bag

PAYLOAD = {"17/item.json": b"{}\n", "17/raw/item.body": b"\xff\x00", "9/why.json": b"[]"}
TAGS = {"README.txt": b"how to\n", "checkpoint.sig": b"\x00" * 64}
INFO = [("Source-Organization", "Oakfield Primary School"), ("Bagging-Date", "2026-11-20")]


def bag(output, payload=PAYLOAD, tags=TAGS, info=INFO, top="oakfield-case-12"):
    write_bag(output, top, payload.items() if isinstance(payload, dict) else payload, lambda: tags, info)
    return output


def unpacked(output):
    folder = output.with_suffix("")
    with zipfile.ZipFile(output) as archive:
        archive.extractall(folder)
    return folder / "oakfield-case-12"


def sha256sum(folder, listing):
    return subprocess.run(["sha256sum", "--strict", "-c", listing], cwd=folder, capture_output=True, check=False)


def test_it_is_a_bag_to_the_program_of_others(tmp_path):
    checked = bagit.Bag(str(unpacked(bag(tmp_path / "b.zip"))))
    assert checked.validate() is True
    assert checked.version_info == (1, 0)
    assert set(checked.payload_files()) == {f"data/{name}" for name in PAYLOAD}
    assert checked.info["Payload-Oxum"] == f"{sum(map(len, PAYLOAD.values()))}.{len(PAYLOAD)}"
    assert checked.info["Source-Organization"] == "Oakfield Primary School"


def test_its_two_lists_name_every_file_but_the_second_list(tmp_path):
    top = unpacked(bag(tmp_path / "b.zip"))
    listed = set()
    for listing in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        assert sha256sum(top, listing).returncode == 0
        listed |= {line.split("  ")[1] for line in (top / listing).read_text().splitlines()}
    present = {str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()}
    assert present - listed == {"tagmanifest-sha256.txt"}


@pytest.mark.parametrize("name", ["data/17/item.json", "README.txt", "manifest-sha256.txt", "bag-info.txt"])
def test_a_changed_and_a_removed_file_are_found(tmp_path, name):
    top = unpacked(bag(tmp_path / "b.zip"))
    listing = "manifest-sha256.txt" if name.startswith("data") else "tagmanifest-sha256.txt"
    content = (top / name).read_bytes()
    (top / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert sha256sum(top, listing).returncode != 0
    (top / name).unlink()
    assert sha256sum(top, listing).returncode != 0


def test_the_same_content_gives_the_same_bytes_whenever_it_is_made(tmp_path):
    one, other = bag(tmp_path / "a.zip"), bag(tmp_path / "b.zip", tags=dict(reversed(TAGS.items())))
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_only_its_owner_can_read_it_packed_and_unpacked(tmp_path):
    output = bag(tmp_path / "b.zip")
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    with zipfile.ZipFile(output) as archive:
        modes = {entry.filename.endswith("/"): entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes == {False: stat.S_IFREG | 0o600, True: stat.S_IFDIR | 0o700}


def test_everything_lies_in_one_folder(tmp_path):
    with zipfile.ZipFile(bag(tmp_path / "b.zip")) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"oakfield-case-12"}


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/passwd", "a/../../b", "a//b", "a\\b", "C:evil", ".hidden", "a\nb", "é", "a%0Ab", "", "a/"],
)
def test_a_name_that_could_leave_the_folder_is_refused_and_nothing_is_left(tmp_path, name):
    with pytest.raises(BagRefused, match="not safe"):
        bag(tmp_path / "b.zip", payload={name: b"x"})
    with pytest.raises(BagRefused, match="not safe"):
        bag(tmp_path / "b.zip", tags={name: b"x"})
    assert list(tmp_path.iterdir()) == []


@given(name=st.text(max_size=20))
def test_whatever_a_file_is_called_it_is_refused_or_stays_inside(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("bag")
    try:
        bag(folder / "b.zip", payload={name: b"x"})
    except BagRefused:
        assert list(folder.iterdir()) == []
    else:
        assert (unpacked(folder / "b.zip") / "data" / name).read_bytes() == b"x"
    shutil.rmtree(folder)


def test_two_files_of_one_name_and_a_name_of_its_own_are_refused(tmp_path):
    with pytest.raises(BagRefused, match="one name"):
        bag(tmp_path / "b.zip", payload=[("a", b"1"), ("a", b"2")])
    with pytest.raises(BagRefused, match="bagit.txt"):
        bag(tmp_path / "b.zip", tags={"bagit.txt": b"BagIt-Version: 0.97\n"})
    assert list(tmp_path.iterdir()) == []


def test_a_bag_of_nothing_is_refused(tmp_path):
    with pytest.raises(BagRefused, match="nothing to put"):
        bag(tmp_path / "b.zip", payload={})
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_as_it_is(tmp_path):
    (tmp_path / "b.zip").write_bytes(b"somebody's work")
    with pytest.raises(FileExistsError):
        bag(tmp_path / "b.zip")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("b.zip", b"somebody's work")]


def test_a_link_in_its_place_is_not_followed(tmp_path):
    (tmp_path / "b.zip").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        bag(tmp_path / "b.zip")
    assert not (tmp_path / "elsewhere").exists()


def test_what_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    def half():
        yield "a", b"1"
        raise OSError(errno.EIO, "the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        bag(tmp_path / "b.zip", payload=half())
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    with pytest.raises(OSError, match="full"):
        bag(tmp_path / "b.zip")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_behind_is_in_nobodys_way(tmp_path):
    (tmp_path / ".b.zip.part").write_bytes(b"half a bag")
    assert unpacked(bag(tmp_path / "b.zip")).is_dir()
    assert not (tmp_path / ".b.zip.part").exists()


def test_the_other_files_are_asked_for_when_the_payload_is_in(tmp_path):
    seen = []
    payload = ((name, seen.append(name) or content) for name, content in PAYLOAD.items())
    write_bag(tmp_path / "b.zip", "oakfield-case-12", payload, lambda: {"seen.txt": ",".join(seen).encode()}, INFO)
    assert (unpacked(tmp_path / "b.zip") / "seen.txt").read_text() == ",".join(PAYLOAD)


def test_a_value_with_line_ends_makes_no_further_line_of_bag_info(tmp_path):
    top = unpacked(bag(tmp_path / "b.zip", info=[("Contact-Name", "Ms Okafor\nPayload-Oxum: 1.1\r\nX: y")]))
    assert (top / "bag-info.txt").read_text().splitlines()[0] == "Contact-Name: Ms Okafor Payload-Oxum: 1.1 X: y"
    assert bagit.Bag(str(top)).validate() is True
