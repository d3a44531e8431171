"""Removing what an erasure names: that and nothing else, as often as one likes."""

import os
from hashlib import sha256

import pytest

from monitor.evidence.removal import place_of, remove_folders, remove_parts

NAMES = ("0a1b", "2c3d", "4e5f")


def digest(name):
    return "erased:" + sha256(name.encode()).hexdigest()


@pytest.fixture
def evidence(tmp_path):
    """Three folders of evidence in two months, each with a card and a message of its thread."""
    for number, name in enumerate(NAMES):
        folder = tmp_path / "2026" / ("11" if number < 2 else "12") / name
        (folder / "thread").mkdir(parents=True)
        for file in ("capture.json", "card.pdf", "card-sha256.txt", "thread/000.json", "thread/001.json"):
            (folder / file).write_text(name)
    return tmp_path


def there(evidence):
    return sorted(path.name for path in evidence.glob("2026/*/*"))


def test_a_folder_is_named_by_month_and_digest_alone():
    assert place_of("2026/11/0a1b", digest) == "2026/11/" + digest("0a1b")


def test_the_folders_named_go_and_no_other_and_again_is_harmless(evidence):
    for _ in range(2):
        remove_folders(evidence, [place_of("2026/11/0a1b", digest), place_of("2026/12/4e5f", digest)], digest)
        assert there(evidence) == ["2c3d"]
    remove_folders(evidence, [place_of("2027/01/0a1b", digest)], digest)
    assert there(evidence) == ["2c3d"]


def test_a_name_in_another_month_is_another_folder(evidence):
    remove_folders(evidence, [place_of("2026/12/0a1b", digest)], digest)
    assert there(evidence) == list(NAMES)


def test_a_link_in_place_of_a_folder_is_not_followed(evidence, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "letter").write_text("mine")
    (evidence / "2026" / "11" / "linked").symlink_to(elsewhere)
    remove_folders(evidence, [place_of("2026/11/linked", digest)], digest)
    assert (elsewhere / "letter").read_text() == "mine"


def test_a_part_goes_with_the_card_that_shows_it_and_the_rest_stays(evidence):
    for _ in range(2):
        remove_parts(evidence, [(place_of("2026/11/0a1b", digest), "thread/000.json")], digest)
        left = {str(path.relative_to(evidence / "2026/11/0a1b")) for path in evidence.glob("2026/11/0a1b/**/*.*")}
        assert left == {"capture.json", "thread/001.json"}
    assert (evidence / "2026/11/2c3d/card.pdf").exists()


@pytest.mark.parametrize(
    "name", ["../../11/2c3d/capture.json", "/etc/hostname", "thread/../capture.json", "", ".card"]
)
def test_a_part_that_no_evidence_has_is_refused(evidence, name):
    with pytest.raises(ValueError, match="names a file that no evidence has"):
        remove_parts(evidence, [(place_of("2026/11/0a1b", digest), name)], digest)
    assert len(list(evidence.rglob("*.json"))) == 9


@pytest.mark.parametrize("place", ["", "..", "../2026/11/x", "2026/x", "/2026/11/x", "2026/11/../11/x"])
def test_a_folder_that_no_evidence_has_is_refused(evidence, place):
    with pytest.raises(ValueError, match="names a folder that no evidence has"):
        remove_folders(evidence, [place], digest)
    assert there(evidence) == list(NAMES)


def test_a_folder_that_may_not_be_removed_is_an_error_and_not_silence(evidence, monkeypatch):
    def refuse(*_args, **_more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(PermissionError):
        remove_folders(evidence, [place_of("2026/11/0a1b", digest)], digest)
