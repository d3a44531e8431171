"""A restore that is refused, fails or is cut off leaves what was there; one that was decided on is finished."""

import errno
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from backing_up import DATABASE, back_up, restore, run_restore, state_of, workplaces
from desk import DAY, HOUR, INSULT, item
from erased import TRACES, conversation_in, copy_of, erase, found_in, taken_up
from evidence_desk import records

from monitor.backup import restore_making, restore_plan
from monitor.backup.restore import BackupDamaged
from monitor.backup.restore_books import NotRestored
from monitor.backup.restore_plan import PLAN, RestoreUnderWay, Workplace, alone, ready_to_open
from monitor.evidence.backups.backup_folder import FACTS, NotABackup, read_manifest
from monitor.evidence.files import sha256_of
from monitor.store import copying_sqlite
from monitor.store.copying import CopyFailed, InUse
from monitor.store.engine import StoreUnusable, open_store
from monitor.store.evidence_log import ClockSetBack


@pytest.fixture(scope="module")
def conversation(tmp_path_factory):
    return conversation_in(tmp_path_factory)


@pytest.fixture
def desk(conversation, tmp_path):
    with taken_up(copy_of(conversation, tmp_path / "desk")) as desk:
        yield desk


@pytest.fixture
def story(desk):
    """A backup, and what was done since: one comment erased and another read."""
    backup = back_up(desk).path
    desk.later(HOUR)
    erase(desk)
    desk.read(item("c9", INSULT))
    desk.later(DAY)
    desk.close()
    return desk, backup


def written_anew(backup, name, content):
    """A backup in which somebody changed a file and its manifest together."""
    digests = read_manifest(backup)
    (backup / name).write_bytes(content)
    digests[name] = sha256_of(backup / name)
    lines = "".join(f"{digest}  {file}\n" for file, digest in sorted(digests.items()))
    (backup / "manifest-sha256.txt").write_text(lines)


def refused(story, kind, words, **options):
    """Try, and see that nothing was touched."""
    desk, backup = story
    desk.close()
    before = state_of(desk.folder)
    with pytest.raises(kind, match=words) as told:
        run_restore(desk, backup, **options)
    assert state_of(desk.folder) == before
    assert workplaces(desk) == []
    return told.value


@pytest.mark.parametrize("name", [DATABASE.replace("school-monitor", "database"), FACTS, "manifest-sha256.txt"])
def test_a_backup_that_was_changed_is_refused_before_anything_is_touched(story, name):
    content = bytearray((story[1] / name).read_bytes())
    content[len(content) // 2] ^= 1
    (story[1] / name).write_bytes(content)
    refused(story, (BackupDamaged, NotABackup), ".")


def test_every_file_of_it_that_is_wrong_is_named(story):
    lost, changed = sorted(name for name in read_manifest(story[1]) if name.endswith(("why.json", "item.json")))[:2]
    (story[1] / lost).unlink()
    (story[1] / changed).write_bytes(b"{}")
    told = refused(story, BackupDamaged, "not as it was written; nothing was touched")
    assert told.problems == tuple(sorted([f"{lost}: missing", f"{changed}: changed"]))


def test_a_folder_that_is_no_backup_is_refused(story):
    refused((story[0], story[1].parent), NotABackup, "is not a backup made by this program")


def test_a_backup_of_another_school_is_refused(story):
    content = json.loads((story[1] / FACTS).read_bytes())
    written_anew(story[1], FACTS, json.dumps(content | {"school": "elmhurst"}).encode())
    refused(story, NotRestored, "a backup of the school elmhurst; the configuration is of oakfield")


def test_a_backup_whose_log_is_not_the_one_it_tells_of_is_refused(story):
    content = json.loads((story[1] / FACTS).read_bytes())
    written_anew(story[1], FACTS, json.dumps(content | {"log_size": content["log_size"] - 1}).encode())
    refused(story, NotRestored, "is not the one that backup.json tells of")


def test_a_backup_of_a_newer_program_is_refused_with_what_to_do(story):
    with closing(sqlite3.connect(story[1] / "database.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    written_anew(story[1], "database.db", (story[1] / "database.db").read_bytes())
    refused(story, CopyFailed, "made by a newer version of this program")


def test_a_backup_that_changes_while_it_is_read_is_refused(story):
    name = next(name for name in read_manifest(story[1]) if name.endswith("why.json"))

    def change(what, _done, _of):
        if what == "Bringing the database up to date":
            (story[1] / name).write_bytes(b"{}")

    refused(story, NotRestored, "was changed while it was being read", progress=change)


def test_a_journal_that_cannot_be_read_is_refused_and_never_passed_over(story, tmp_path):
    journal = tmp_path / "journal"
    journal.write_text("not a line of a journal\n")
    refused(story, NotRestored, "line 1 of the journal of erasures .* is damaged", journals=[journal])
    refused(story, NotRestored, "the journal .* cannot be read", journals=[tmp_path / "nowhere"])


def test_with_the_clock_before_the_newest_entry_nothing_is_restored(story):
    story[0].later(-30 * DAY)
    refused(story, ClockSetBack, "set the clock right")


def test_an_evidence_folder_that_is_a_disk_of_its_own_is_not_moved(story, monkeypatch):
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "evidence")
    refused(story, NotRestored, "is a disk of its own and cannot be set aside")


def test_while_a_program_has_the_database_open_nothing_is_restored(story, monkeypatch):
    monkeypatch.setattr(copying_sqlite, "WAIT", 0.1)
    daemon = open_store(story[0].settings.database_url)
    with daemon.reading():
        pass  # it waits for its next turn, and keeps its connection
    desk, backup = story
    before = state_of(desk.settings.evidence_folder)
    with pytest.raises(InUse, match="a program has the database school-monitor.db open; stop the daemon"):
        run_restore(desk, backup)
    daemon.close()
    assert state_of(desk.settings.evidence_folder) == before
    assert workplaces(desk) == []
    assert restore(desk, backup).made.erased == 1


STEPS = {
    "copying the evidence": (restore_making, "copy_evidence"),
    "erasing once more": (restore_making, "erase_again"),
    "checking": (restore_making, "check_evidence"),
    "writing to the disk": (restore_making, "sync_disk"),
    "copying the database": (copying_sqlite.SqliteDatabase, "stage"),
    "checking the database": (copying_sqlite.SqliteDatabase, "settle"),
    "writing down the plan": (restore_plan, "write_new"),
}


@pytest.mark.parametrize(("owner", "step"), STEPS.values(), ids=STEPS)
def test_a_full_disk_at_any_step_leaves_everything_as_it_was(story, monkeypatch, owner, step):
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, full)
        refused(story, OSError, "No space left")
    assert restore(*story).made.erased == 1


class CutOffError(BaseException):
    """As when the process is killed: nothing is tidied up."""


def cut_off(monkeypatch, story, owner, step, after=0):
    """Have the restore die at a step, when it has done it so many times, as a killed process does."""
    whole, calls = getattr(owner, step), []

    def die(*args, **options):
        calls.append(step)
        if len(calls) > after:
            raise CutOffError
        return whole(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, die)
        patch.setattr(Workplace, "discard", lambda _: None)
        with pytest.raises(CutOffError):
            run_restore(*story)


def served(desk):
    """What a program sees that starts now: it looks first whether a restore has to be finished."""
    with ready_to_open(desk.settings):
        desk.change()
    found = [name for name, _ in found_in(desk.folder, *TRACES)]
    assert not [name for name in found if name == DATABASE or name.startswith("evidence/")]
    assert workplaces(desk) == []
    return desk.comment_ids()


def test_cut_off_before_it_was_decided_the_next_start_knows_nothing_of_it(story, monkeypatch):
    desk, _ = story
    before = state_of(desk.folder)
    cut_off(monkeypatch, story, restore_making, "sync_disk")
    assert workplaces(desk) == [".evidence.restoring", f".{DATABASE}.restoring"]
    with ready_to_open(desk.settings):
        assert state_of(desk.folder) == before
    assert "c9" in served(desk)
    assert restore(*story).made.erased == 1


@pytest.mark.parametrize("renames", range(5))
def test_cut_off_after_it_was_decided_the_next_start_finishes_it(story, monkeypatch, renames):
    desk, _ = story
    cut_off(monkeypatch, story, Path, "rename", after=1 + renames)
    assert "c9" not in served(desk)
    assert len(records(desk, "restore")) == 1


def test_cut_off_after_it_was_decided_the_same_command_finishes_it_and_does_nothing_else(story, monkeypatch):
    desk, backup = story
    cut_off(monkeypatch, story, restore_plan, "_carry_out", after=1)
    done = run_restore(desk, backup)
    assert (done.made, done.plan.backup, len(done.aside)) == (None, backup.name, 2)
    assert "c9" not in served(desk)
    assert len(records(desk, "restore")) == 1


def test_what_came_in_the_way_meanwhile_is_set_aside_as_well_and_never_overwritten(story, monkeypatch):
    desk, _ = story
    cut_off(monkeypatch, story, Path, "rename", after=5)
    assert not (desk.folder / DATABASE).exists()
    (desk.folder / DATABASE).write_bytes(b"made by a program that did not look")
    assert "c9" not in served(desk)
    names = [path.name for path in desk.folder.glob(f"{DATABASE}-before-restore-*")]
    old, newer = sorted(name for name in names if not name.endswith(("-wal", "-shm")))
    assert newer == f"{old}-2"
    assert (desk.folder / newer).read_bytes() == b"made by a program that did not look"


def test_a_plan_that_cannot_be_read_stops_every_start_with_what_to_do(story, monkeypatch):
    desk, _ = story
    cut_off(monkeypatch, story, restore_plan, "_carry_out")
    (desk.folder / ".evidence.restoring" / PLAN).write_text("{}")
    with pytest.raises(StoreUnusable, match="cannot be finished: .* is damaged; restore the backup again"):
        served(desk)


def test_another_school_in_the_same_database_does_not_start_on_half_a_restore(story, monkeypatch, tmp_path):
    desk, _ = story
    cut_off(monkeypatch, story, restore_plan, "_carry_out", after=1)
    storage = desk.settings.storage.model_copy(update={"evidence": tmp_path / "elsewhere"})
    other = desk.settings.model_copy(update={"storage": storage})
    with pytest.raises(StoreUnusable, match="of another school in this database was cut off"), ready_to_open(other):
        pytest.fail("it started")
    assert "c9" not in served(desk)
    with ready_to_open(other):
        assert (desk.folder / DATABASE).is_file()


def test_while_a_restore_goes_on_no_program_starts_and_while_one_starts_no_restore_begins(story, monkeypatch):
    monkeypatch.setattr(restore_plan, "OPENING", 0.1)
    monkeypatch.setattr(restore_plan, "RESTORING", 0.1)
    desk, backup = story
    place = Workplace.of(desk.settings)
    with alone(place), pytest.raises(RestoreUnderWay, match="wait until it is done"), ready_to_open(desk.settings):
        pytest.fail("it started in the middle of a restore")
    with ready_to_open(desk.settings), ready_to_open(desk.settings), pytest.raises(RestoreUnderWay):
        run_restore(desk, backup)
    assert restore(desk, backup).made.erased == 1
