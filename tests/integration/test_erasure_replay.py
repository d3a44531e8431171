"""A backup that is brought back brings nothing back that was erased since, unless a hold is on it."""

import shutil
from dataclasses import replace

import pytest
from desk import DAY, HOUR, NOW, OTHER, Desk, item
from erased import (
    ANOTHER_ID,
    AUTHOR,
    EDITED,
    HEAD,
    REMOTE_ID,
    TRACES,
    ask,
    case_of,
    conversation_in,
    copy_of,
    erase,
    eraser,
    finish,
    found_in,
    hold,
    taken_up,
    talk,
    theirs,
)
from evidence_desk import records
from kept_evidence import problems

from monitor.erasing import steps as erasure_steps
from monitor.erasing.finishing import replay
from monitor.evidence import erasure_journal
from monitor.evidence.erasure_journal import JOURNAL, Ended
from monitor.store import erasure_book
from monitor.store.evidence_tables import Erasure
from monitor.store.item_tables import Comment
from monitor.store.sweeping import sweep


@pytest.fixture(scope="module")
def conversation(tmp_path_factory):
    return conversation_in(tmp_path_factory)


@pytest.fixture
def backup(conversation, tmp_path):
    """The school as it was before the erasure."""
    return copy_of(conversation, tmp_path / "backup")


@pytest.fixture
def journal(conversation, tmp_path):
    """The journal of the school in which the comment was erased after that."""
    return journal_after(copy_of(conversation, tmp_path / "present"), erase)


def journal_after(folder, do):
    with taken_up(folder) as desk:
        do(desk)
    return folder / "evidence" / JOURNAL


def restored(backup, journal):
    """A desk on the backup with the newer journal beside its evidence."""
    (backup / "evidence").mkdir(exist_ok=True)
    shutil.copyfile(journal, backup / "evidence" / JOURNAL)
    return taken_up(backup)


def test_a_comment_that_a_backup_brought_back_is_erased_again_without_asking_anybody(backup, journal):
    with restored(backup, journal) as desk:
        assert desk.cases()[REMOTE_ID].text == EDITED
        done = finish(desk)
        assert (done.again.done, done.again.held, done.again.foreign, done.cleared) == (1, (), 0, True)
        assert found_in(desk.folder, *TRACES) == []
        desk.app.cards.run()
        assert problems(desk) == []
        (entry,) = records(desk, "erasure")
        assert (entry["by"], entry["basis"]) == ("the journal of erasures", "request")
        assert "a backup had brought it back" in entry["why"]


def test_doing_it_twice_does_it_once(backup, journal):
    with restored(backup, journal) as desk:
        finish(desk)
        before = len(desk.all_of(Erasure))
        assert finish(desk).again.done == 0
        assert len(desk.all_of(Erasure)) == before == 1


def test_a_hold_the_backup_knows_of_wins_and_is_reported(backup, journal):
    with taken_up(backup) as desk:
        hold(desk, REMOTE_ID)
    with restored(backup, journal) as desk:
        case = case_of(desk)
        for _ in range(2):
            done = finish(desk)
            assert (done.again.done, done.again.held) == (0, (case,))
        assert desk.cases()[REMOTE_ID].text == EDITED
        assert problems(desk) == []
        hold(desk, REMOTE_ID, lift=True)
        assert finish(desk).again.done == 1
        assert found_in(desk.folder, *TRACES) == []


def test_files_of_a_case_on_hold_stay_though_the_journal_came_from_elsewhere(backup, journal):
    lines = erasure_journal.read(journal.parent)
    with taken_up(backup) as desk:
        hold(desk, REMOTE_ID)
        done = replay(desk.store, "oakfield", desk.settings.evidence_folder, lines, desk.clock())
        assert (done.done, done.held) == (0, (case_of(desk),))
        assert finish(desk).cleared
        assert problems(desk) == []


def test_a_comment_the_backup_never_held_is_not_taken_in_when_the_network_shows_it(tmp_path):
    (tmp_path / "school").mkdir()
    with taken_up(tmp_path / "school") as desk:
        desk.read()
    backup = copy_of(tmp_path / "school", tmp_path / "backup")
    with taken_up(tmp_path / "school") as desk:
        talk(desk)
        erase(desk)
    with restored(backup, tmp_path / "school" / "evidence" / JOURNAL) as desk:
        assert finish(desk).again.done == 1
        desk.read(theirs(EDITED), item(ANOTHER_ID, EDITED, by=AUTHOR), item("c5", "Hello", by=OTHER, under=REMOTE_ID))
        assert found_in(desk.folder, *TRACES) == []
        tombstone = next(case for case in desk.cases().values() if case.text == "")
        assert (tombstone.created_at, tombstone.kind) == (NOW - HOUR, "reply")
        assert desk.items()["c5"].parent_remote_id == tombstone.remote_id
        assert finish(desk).again.done == 0


def test_a_comment_read_again_under_another_number_is_known_by_its_id(tmp_path):
    (tmp_path / "school").mkdir()
    with taken_up(tmp_path / "school") as desk:
        desk.read()
    backup = copy_of(tmp_path / "school", tmp_path / "backup")
    with taken_up(tmp_path / "school") as desk:
        talk(desk)
        erase(desk)
    with taken_up(backup) as desk:
        desk.read(item("c7", "Another one took its number"), item("c8", "And another"), item("c9", "And one more"))
        desk.read(theirs(EDITED))
    with restored(backup, tmp_path / "school" / "evidence" / JOURNAL) as desk:
        assert finish(desk).again.done == 1
        assert found_in(desk.folder, *TRACES) == []
        assert {"c7", "c8", "c9"} <= set(desk.cases())


def test_a_journal_of_another_database_does_nothing_here(tmp_path, journal):
    (tmp_path / "other").mkdir()
    desk = Desk(tmp_path / "other")
    talk(desk)
    desk.close()
    with restored(tmp_path / "other", journal) as desk:
        done = finish(desk)
        assert (done.again.done, done.again.foreign) == (0, 1)
        assert desk.cases()[REMOTE_ID].text == EDITED
        assert problems(desk) == []


def test_what_was_begun_and_stopped_by_a_hold_is_not_done_behind_its_back(
    conversation, backup, tmp_path, monkeypatch
):
    folder = copy_of(conversation, tmp_path / "present")
    real = erasure_journal.append

    def then_the_power_went(*args):
        real(*args)
        raise OSError(5, "the power went")

    with taken_up(folder) as desk:
        asked = ask(desk)
        eraser(desk).approve(asked.number, HEAD)
        with monkeypatch.context() as patch:
            patch.setattr(erasure_steps.erasure_journal, "append", then_the_power_went)
            with pytest.raises(OSError, match="the power went"):
                eraser(desk).carry_out([asked.number], HEAD.account)
        hold(desk, REMOTE_ID)
        assert finish(desk).held == (asked.case,)
        *_, last = erasure_journal.read(desk.settings.evidence_folder)
        assert isinstance(last, Ended)
        assert last.state == "held"
        assert problems(desk) == []
    with restored(backup, folder / "evidence" / JOURNAL) as desk:
        assert finish(desk).again.done == 0
        assert desk.cases()[REMOTE_ID].text == EDITED


def test_lines_from_elsewhere_are_in_the_journal_of_the_restored_folder_afterwards(backup, journal):
    lines = erasure_journal.read(journal.parent)
    with taken_up(backup) as desk:
        done = replay(desk.store, "oakfield", desk.settings.evidence_folder, lines, desk.clock())
        assert (done.done, done.cleared) == (1, True)
        assert found_in(desk.folder, *TRACES) == []
        kept = erasure_journal.standing(erasure_journal.read(desk.settings.evidence_folder))
        assert [line.item for line in kept] == [line.item for line in erasure_journal.standing(lines)]


def test_the_journal_keeps_what_was_erased_before_the_backup_as_well(journal, tmp_path):
    present = journal.parent.parent
    lines = erasure_journal.read(journal.parent)
    later = copy_of(present, tmp_path / "later")
    (later / "evidence" / JOURNAL).unlink()
    with taken_up(later) as desk:
        assert replay(desk.store, "oakfield", desk.settings.evidence_folder, lines, desk.clock()).done == 0
        kept = erasure_journal.read(desk.settings.evidence_folder)
        assert erasure_journal.standing(kept) == erasure_journal.standing(lines)
        assert erasure_journal.unended(kept) == []


def test_the_database_alone_put_back_is_noticed_at_the_next_start(backup, journal):
    present = journal.parent.parent
    with taken_up(present) as desk:
        assert finish(desk).cleared
    for name in ("school-monitor.db", "school-monitor.db-wal", "school-monitor.db-shm"):
        (present / name).unlink(missing_ok=True)
    with taken_up(backup) as desk:
        assert sweep(desk.store)  # so that everything is in one file
    shutil.copyfile(backup / "school-monitor.db", present / "school-monitor.db")
    with taken_up(present) as desk:
        assert finish(desk).again.done == 1
        assert found_in(desk.folder, *TRACES) == []


def test_a_start_that_follows_another_reads_no_journal(journal, monkeypatch):
    with taken_up(journal.parent.parent) as desk:
        assert finish(desk).cleared
        monkeypatch.setattr("monitor.erasing.finishing.erasure_journal.read", None)
        assert finish(desk).cleared


def test_a_request_that_waited_when_the_backup_was_taken_is_done_with_it(backup, journal):
    with taken_up(backup) as desk:
        number = ask(desk).number
    with restored(backup, journal) as desk:
        finish(desk)
        with desk.rows() as (tx, school, _):
            row = erasure_book.by_number(tx, school, number)
            assert (row.done_at, erasure_book.waiting(tx, school)) == (desk.clock(), [])


def test_an_account_that_is_not_enrolled_any_more_keeps_nobody_from_starting(backup, journal):
    lines = [replace(line, account="gone") for line in erasure_journal.standing(erasure_journal.read(journal.parent))]
    with taken_up(backup) as desk:
        assert replay(desk.store, "oakfield", desk.settings.evidence_folder, lines, desk.clock()).done == 0
        assert finish(desk).cleared


def test_a_damaged_journal_stops_the_start_with_a_sentence(backup, journal):
    journal.write_bytes(b"nonsense\n" + journal.read_bytes())
    with restored(backup, journal) as desk:
        with pytest.raises(ValueError, match="line 1 of the journal of erasures"):
            finish(desk)
        assert desk.all_of(Comment)


def test_a_journal_that_names_a_folder_outside_is_refused(backup, journal):
    lines = erasure_journal.standing(erasure_journal.read(journal.parent))
    with taken_up(backup) as desk:
        outside = [replace(line, folders=("../..",)) for line in lines]
        with pytest.raises(ValueError, match="names a folder that no evidence has"):
            replay(desk.store, "oakfield", desk.settings.evidence_folder, outside, desk.clock() + DAY)
