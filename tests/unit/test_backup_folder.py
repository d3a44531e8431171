"""A backup says itself what it is and whether it is intact; whatever else lies beside it is left alone."""

import hashlib
from datetime import UTC, datetime

import pytest

from monitor.evidence.backups.backup_folder import (
    BackupFacts,
    NotABackup,
    backups_in,
    check_backup,
    clear_unfinished,
    read_backup,
    remove_backup,
    write_manifest,
)

AT = datetime(2026, 11, 26, 22, 10, tzinfo=UTC)
FACTS = BackupFacts(
    school="oakfield",
    taken_at=AT,
    program="School Social Monitor 0.1.0",
    database="database.db",
    schema="0002",
    log_size=3,
    log_root=bytes(range(32)),
    schools=("oakfield", "elmhurst"),
    left_out=("2026/11/abc",),
)


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def backup(folder, facts=FACTS, **files):
    """A backup with these files in it."""
    path = folder / facts.name
    path.mkdir(parents=True)
    for name, content in {"database.db": b"rows", "evidence/a": b"words", **files}.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(content)
    (path / "backup.json").write_bytes(facts.text())
    write_manifest(path, {name: hashlib.sha256(held).hexdigest() for name, held in contents(path).items()})
    return path


def test_a_backup_says_what_it_is(tmp_path):
    path = backup(tmp_path)
    assert path.name == "oakfield-20261126T221000Z"
    assert read_backup(path).facts == FACTS
    assert check_backup(path) == []


def test_any_changed_byte_of_any_file_is_found_and_named(tmp_path):
    path = backup(tmp_path)
    for name, held in contents(path).items():
        for at in range(len(held)):
            (path / name).write_bytes(held[:at] + bytes([held[at] ^ 1]) + held[at + 1 :])
            problems = check_backup(path)
            assert problems, (name, at)
            assert name.startswith("manifest") or f"{name}: changed" in problems
        (path / name).write_bytes(held)


def test_a_file_that_is_missing_too_much_or_a_link_is_named(tmp_path):
    path = backup(tmp_path, more=b"more")
    (path / "more").unlink()
    (path / "extra").write_text("extra")
    (path / "database.db").rename(tmp_path / "database.db")
    (path / "database.db").symlink_to(tmp_path / "database.db")
    (path / "elsewhere").symlink_to(tmp_path)
    problems = check_backup(path)
    assert {"more: missing", "extra: not in the manifest", "elsewhere: not in the manifest"} < set(problems)
    assert any(problem.startswith("database.db: cannot be read") for problem in problems)


@pytest.mark.parametrize("manifest", [b"", b"nonsense\n", b"a" * 64 + b"  ../../etc/passwd\n", b"\xff\n", None])
def test_a_manifest_that_cannot_be_read_is_a_problem_and_no_crash(tmp_path, manifest):
    path = backup(tmp_path)
    (path / "manifest-sha256.txt").unlink()
    if manifest is not None:
        (path / "manifest-sha256.txt").write_bytes(manifest)
    assert check_backup(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"format": 1', b'"format": 2'),
        (b'"oakfield"', b'"../oakfield"'),
        (b'"database.db"', b'"../database.db"'),
        (b'"database.db"', b"7"),
        (b"T22:10:00.000000Z", b"T22:10:00.000000"),
        (b'"log_size": 3', b'"log_size": null'),
        (b"AAECAwQF", b"AAECAwQ"),
        (b"{", b"["),
    ],
)
def test_a_folder_that_is_no_backup_of_ours_is_refused_in_a_sentence(tmp_path, old, new):
    path = backup(tmp_path)
    held = (path / "backup.json").read_bytes()
    assert old in held
    (path / "backup.json").write_bytes(held.replace(old, new, 1))
    with pytest.raises(NotABackup, match=r"is not a backup made by|another version of this program"):
        read_backup(path)
    with pytest.raises(NotABackup, match="name a folder such as"):
        read_backup(tmp_path)


def test_without_its_manifest_a_backup_is_not_whole(tmp_path):
    path = backup(tmp_path)
    (path / "manifest-sha256.txt").unlink()
    with pytest.raises(NotABackup, match="it is not whole"):
        read_backup(path)


def later(day, school="oakfield"):
    return BackupFacts(**vars(FACTS) | {"taken_at": AT.replace(day=day), "school": school})


def test_only_whole_backups_of_this_school_are_counted_the_newest_first(tmp_path):
    for facts in (later(3), later(27), later(9), later(28, "elmhurst")):
        backup(tmp_path, facts)
    (tmp_path / "oakfield-20261201T000000Z").mkdir()
    (tmp_path / "oakfield-20261202T000000Z").symlink_to(tmp_path / later(3).name)
    backup(tmp_path, later(10)).rename(tmp_path / "oakfield-20261210T000000Z")
    (tmp_path / "photos").mkdir()
    found = backups_in(tmp_path, "oakfield")
    assert [each.path.name for each in found] == [later(27).name, later(9).name, later(3).name]
    assert backups_in(tmp_path / "nowhere", "oakfield") == []


def test_a_backup_that_is_removed_is_gone_and_the_others_stay(tmp_path):
    old, new = backup(tmp_path, later(3)), backup(tmp_path, later(9))
    remove_backup(read_backup(old))
    assert not old.exists()
    assert check_backup(new) == []
    assert contents(tmp_path / ".unfinished") == {}


def test_what_a_crash_left_of_this_school_goes_and_of_another_stays(tmp_path):
    unfinished = tmp_path / ".unfinished"
    for name in ("oakfield-20261126T221000Z", "oakfield-high-20261126T221000Z", "notes"):
        (unfinished / name).mkdir(parents=True)
    clear_unfinished(unfinished, "oakfield")
    assert sorted(path.name for path in unfinished.iterdir()) == ["notes", "oakfield-high-20261126T221000Z"]
