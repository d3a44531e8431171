"""`evidence verify` on the files of the evidence: whatever is done to one of them, it is named."""

import shutil
from contextlib import closing
from datetime import timedelta

import pytest
from desk import DAY, NOW, Desk
from evidence_desk import MRS_ALI, run_command
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_evidence import (
    broken_into,
    copied,
    folder_at,
    problems,
    some_weeks_in,
    verdict,
    withhold,
)

from monitor.custody.log import Actor, note
from monitor.erasing.eraser import Eraser
from monitor.evidence.files import sha256_of
from monitor.evidence.snapshot import thread_file
from monitor.evidence.write_once import MANIFEST
from monitor.store import ledger
from monitor.verify.verifier import Asked, Verifier

SHOWN_AS_CARD = ("card.pdf", "card.png", "card.txt", "card-sha256.txt")


@pytest.fixture(scope="module")
def some_weeks(tmp_path_factory):
    return some_weeks_in(tmp_path_factory)


@pytest.fixture(scope="module")
def untouched(some_weeks, tmp_path_factory):
    """For tests that put back whatever they change."""
    with copied(some_weeks, tmp_path_factory.mktemp("copy") / "desk") as desk:
        yield desk


@pytest.fixture
def desk(some_weeks, tmp_path):
    with copied(some_weeks, tmp_path / "desk") as desk:
        yield desk


def files_below(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_evidence_nobody_touched_has_no_problem_and_every_file_was_read(untouched):
    found = verdict(untouched)
    kept = files_below(untouched.settings.evidence_folder / "2026")
    assert (found.problems, found.notes) == ((), ())
    assert (found.entries, found.checkpoints, found.folders) == (12, 3, 5)
    assert (found.files, found.bytes) == (len(kept), sum(path.stat().st_size for path in kept))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_flipped_bit_in_any_file_is_found_and_the_file_named(untouched, data):
    position = data.draw(st.sampled_from([0, 1, 5, 10, 11]))
    folder, path = folder_at(untouched, position)
    file = data.draw(st.sampled_from(files_below(folder)))
    whole = file.read_bytes()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    flipped = bytearray(whole)
    flipped[bit // 8] ^= 1 << bit % 8
    try:
        file.write_bytes(flipped)
        found = problems(untouched)
    finally:
        file.write_bytes(whole)
    name = f"{path}/{file.relative_to(folder).as_posix()}: changed"
    assert [each for each in found if each.endswith(name) and each.startswith(f"evidence {position} (case ")]


@pytest.mark.parametrize(
    "name", ["raw/item.body", "raw/exchange.json", "item.json", "thread/000.json", "capture.json", "why.json"]
)
def test_a_file_of_a_snapshot_that_is_gone_added_or_exchanged_is_named(desk, name):
    folder, path = folder_at(desk, 0)
    here = f"evidence 0 (case 2), {path}"
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    assert problems(desk) == [f"{here}/{name}: missing"]
    (folder / name).write_bytes(bytes(reversed(content)))
    assert problems(desk) == [f"{here}/{name}: changed"]
    (folder / name).unlink()
    (folder / name).symlink_to(desk.folder / "school-monitor.toml")
    assert problems(desk) == [f"{here}/{name}: changed"]
    (folder / name).unlink()
    (folder / name).write_bytes(content)
    (folder / f"{name}.more").write_bytes(b"added later")
    assert problems(desk) == [f"{here}/{name}.more: not listed"]


def test_a_file_and_its_manifest_changed_together_are_found_by_what_the_log_has(desk):
    folder, path = folder_at(desk, 0)
    before = sha256_of(folder / "why.json")
    (folder / "why.json").write_bytes(b"{}\n")
    manifest = folder / MANIFEST
    manifest.write_text(manifest.read_text().replace(before, sha256_of(folder / "why.json")))
    assert problems(desk) == [f"evidence 0 (case 2), {path}/{MANIFEST}: changed"]


def test_a_file_its_manifest_and_the_row_changed_together_are_found_as_well(desk):
    folder, path = folder_at(desk, 0)
    manifest = folder / MANIFEST
    manifest.write_text(manifest.read_text().replace("0", "1"))
    with broken_into(desk) as database:
        database.execute("UPDATE snapshot SET digest = ? WHERE position = 0", [f"sha256:{sha256_of(manifest)}"])
    found = problems(desk)
    assert "evidence 0 (case 2): its row in the database was changed: it does not say what the log says" in found
    assert f"evidence 0 (case 2), {path}/{MANIFEST}: changed" in found


@pytest.mark.parametrize("kind", ["gone", "a file", "a link"])
def test_a_folder_that_is_no_longer_there_is_named(desk, kind):
    folder, path = folder_at(desk, 10)
    folder.rename(desk.folder / "elsewhere")
    if kind == "a file":
        folder.touch()
    elif kind == "a link":
        folder.symlink_to(desk.folder / "elsewhere")
    (found,) = problems(desk)
    assert found.startswith(f"evidence 10 (case 4), {path}: the ")
    assert found.endswith("is missing" if kind == "gone" else "(it is no folder, or a link to one)")


def test_a_card_that_was_taken_away_or_drawn_otherwise_is_found(desk):
    folder, path = folder_at(desk, 0)
    for name in SHOWN_AS_CARD:
        (folder / name).unlink()
    assert problems(desk) == [f"evidence 0 (case 2), {path}/card-sha256.txt: missing"]
    other, _ = folder_at(desk, 1)
    for name in SHOWN_AS_CARD:
        shutil.copy(other / name, folder / name)
    assert problems(desk) == [f"evidence 0 (case 2), {path}/card-sha256.txt: changed"]


def test_evidence_that_was_taken_out_of_the_database_with_its_folder_is_missed(desk):
    folder, path = folder_at(desk, 5)
    shutil.rmtree(folder)
    with broken_into(desk) as database:
        database.execute("DELETE FROM snapshot WHERE position = 5")
    assert problems(desk) == [
        f"evidence 5 (case 4): it was taken out of the database; its folder is called {path.rpartition('/')[2]}"
    ]


@pytest.mark.parametrize(
    "change",
    ["comment_id = 3", "kind = 'media'", "snapshot_id = 'x'", "position = 1", "position = 4"],
)
def test_a_row_that_says_otherwise_than_the_log_is_found(desk, change):
    with broken_into(desk) as database:
        database.execute(f"UPDATE snapshot SET {change} WHERE position = 5")
    found = problems(desk)
    assert [each for each in found if "its row in the database was changed" in each or "log does not name it" in each]


@pytest.mark.parametrize("path", ["../../secret", "/etc", "2026/../../x", ""])
def test_a_path_that_leads_out_of_the_evidence_is_not_followed(desk, path):
    with broken_into(desk) as database:
        database.execute("UPDATE snapshot SET path = ? WHERE position = 5", [path])
    assert problems(desk) == ["evidence 5 (case 4): the database gives it a path outside the evidence folder"]


def test_a_folder_that_belongs_to_no_evidence_is_noted_and_is_no_problem(desk):
    folder, path = folder_at(desk, 5)
    shutil.copytree(folder, folder.with_name("f" * 32))
    found = verdict(desk)
    assert found.problems == ()
    beside = path.rpartition("/")[0] + "/" + "f" * 32
    assert found.notes == (f"{beside} belongs to no evidence: left by a crash, or being written at this moment",)


def test_what_was_kept_before_there_was_a_log_is_checked_against_its_row(desk):
    with broken_into(desk) as database:
        database.execute("UPDATE snapshot SET position = NULL WHERE position = 11")
    folder, path = folder_at(desk, None)
    (folder / "why.json").unlink()
    found = verdict(desk)
    assert f"evidence not in the log yet (case 5), {path}/why.json: missing" in found.problems
    assert any(note.startswith("1 snapshot kept before there was an evidence log") for note in found.notes)


def test_only_the_files_asked_for_are_checked_and_the_log_always_whole(desk):
    shutil.rmtree(folder_at(desk, 0)[0])
    assert len(problems(desk, case=2)) == 1
    assert problems(desk, case=3) == problems(desk, since=NOW + timedelta(minutes=1)) == []
    assert len(problems(desk, until=NOW + timedelta(minutes=1))) == 1
    narrowed = verdict(desk, since=NOW + DAY)
    assert (narrowed.folders, narrowed.entries, narrowed.checkpoints) == (2, 12, 3)


def test_what_changes_while_it_is_checked_is_judged_by_what_stands_at_the_end(desk):
    folder, _ = folder_at(desk, 0)
    hidden = desk.folder / "hidden"
    folder.rename(hidden)

    def step(done, of):
        if done == of:
            hidden.rename(folder)

    verifier = Verifier(desk.store, "oakfield", desk.settings.evidence_folder, desk.settings.signing_key, {})
    assert verifier.run(Asked(), step).problems == ()


def test_a_message_erased_out_of_a_thread_leaves_the_rest_of_the_snapshot_proved(desk):
    folder, path = folder_at(desk, 0)
    name = thread_file(0)
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    with broken_into(desk) as database:
        database.execute("UPDATE snapshot_part SET erased_at = '2026-11-12 00:00:00' WHERE name = 'thread/000.json'")
    assert problems(desk) == [f"evidence 0 (case 2), {path}/{name}: missing"]  # nobody answers for it
    with desk.store.writing() as tx:
        facts = {"state": "done", "positions": [], "parts": [{"evidence": 0, "file": name}]}
        note(tx, ledger.enrolled_school(tx, "oakfield"), "erasure", desk.clock(), 1, facts, MRS_ALI)
    assert problems(desk) == []
    (folder / name).write_bytes(content)
    assert problems(desk) == [f"evidence 0 (case 2), {path}/{name}: still there although it was erased"]


@pytest.mark.parametrize(("erased", "folders"), [("c1", 4), ("ask", 5)])
def test_after_an_erasure_all_the_rest_is_proved_as_before(desk, erased, folders):
    eraser = Eraser(desk.store, "oakfield", desk.settings.evidence_folder, desk.clock)
    asked = eraser.ask(desk.cases()[erased].id, "request", MRS_ALI)
    if asked.waits:
        eraser.approve(asked.number, Actor("Ms Okafor", "I agree", "okafor on office-pc"))
    eraser.carry_out([asked.number], "ali on office-pc")
    desk.app.cards.run()
    desk.app.sealer.run()
    found = verdict(desk)
    assert (found.problems, found.notes, found.folders) == ((), (), folders)


def test_the_command_names_every_problem_on_a_line_of_its_own_and_fails(desk, monkeypatch, capsys):
    folder, path = folder_at(desk, 0)
    (folder / "why.json").unlink()
    (folder / "raw" / "\udcff\x1b[2J").write_bytes(b"x")
    status, said, errors = run_command(desk, monkeypatch, capsys, "evidence", "verify")
    lines = said.splitlines()
    assert (status, errors) == (1, "")
    assert lines[:2] == [
        f"PROBLEM  evidence 0 (case 2), {path}/raw/[2J: not listed",
        f"PROBLEM  evidence 0 (case 2), {path}/why.json: missing",
    ]
    assert lines[2].startswith("Checked 12 entries, 3 checkpoints, 0 time stamps, 5 snapshots and exhibits with 39 f")
    assert lines[2].endswith(": 2 problems.")
    assert lines[3].startswith("What this shows: ")
    assert len(lines) == 5


def test_the_command_is_content_with_evidence_nobody_touched(desk, monkeypatch, capsys):
    status, said, _ = run_command(desk, monkeypatch, capsys, "evidence", "verify")
    assert (status, said.splitlines()[0].rpartition(": ")[2]) == (0, "no problem.")


def test_a_school_without_evidence_has_no_problem(tmp_path, monkeypatch, capsys):
    with closing(Desk(tmp_path)) as desk:
        status, said, _ = run_command(desk, monkeypatch, capsys, "evidence", "verify")
    assert (status, said.splitlines()[0].rpartition(": ")[2]) == (0, "no problem.")
    assert said.startswith("Checked 0 entries, 0 checkpoints, 0 time stamps, 0 snapshots and exhibits with 0 files")


def test_a_page_that_was_not_photographed_is_an_entry_without_a_folder_and_no_problem(desk):
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        note(tx, school, "live_page", desk.clock(), 1, {"evidence": 0, "not_made": "no browser is installed"})
    assert problems(desk) == []


def test_withheld_pictures_that_a_backup_did_not_bring_back_are_noted_and_others_are_missed(desk):
    kept = next(each for each in desk.snapshots() if each.kind == "screen_print")
    shutil.rmtree(desk.settings.evidence_folder / kept.path)
    (missed,) = problems(desk)
    assert "the whole folder is missing" in missed
    withhold(desk, kept.comment_id)
    assert problems(desk) != []
    with desk.store.writing() as tx:
        note(tx, ledger.enrolled_school(tx, "oakfield"), "restore", desk.clock(), None, {}, MRS_ALI)
    assert problems(desk) == []
    assert any("were not brought back" in each for each in verdict(desk).notes)
