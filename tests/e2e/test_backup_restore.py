"""`backup` and `restore` as people run them: beside a daemon, and killed at any moment."""

import re
import shutil

import pytest
from books import CONFIGURATION, digests, rows
from processes import Running, killed, school_monitor

from config.loading import load_settings
from monitor.backup.restore_plan import ready_to_open
from monitor.clock import system_clock
from monitor.custody.log import Actor
from monitor.erasing.eraser import Eraser
from monitor.evidence.backups.backup_folder import check_backup
from monitor.store.engine import open_store

ALI, HEAD = Actor("Mrs Ali", "asked to", "ali on pc"), Actor("Ms Okafor", "agreed", "head on pc")
BY = ("--by", "Mrs Ali", "--why", "a restore drill")
DATABASE = "school-monitor.db"


@pytest.fixture(scope="module")
def story(pristine, tmp_path_factory):
    """A demonstration of which a backup was taken and then a flagged comment erased: its folder, backup, number."""
    folder = shutil.copytree(pristine.folder, tmp_path_factory.mktemp("story") / "demo")
    done = school_monitor("backup", folder.parent / "backups", "--config", folder / CONFIGURATION)
    assert done.status == 0, done.said
    ((case,),) = rows(folder, "SELECT min(comment_id) FROM snapshot")
    settings = load_settings(folder / CONFIGURATION, {})
    store = open_store(settings.database_url)
    eraser = Eraser(store, "oakfield", settings.evidence_folder, system_clock)
    asked = eraser.ask(case, "request", ALI)
    eraser.approve(asked.number, HEAD)
    assert eraser.carry_out([asked.number], ALI.account).cleared
    store.close()
    (backup,) = (folder.parent / "backups").glob("oakfield-*")
    return folder, backup, case


def copy_of(story, to):
    return shutil.copytree(story[0], to / "demo")


def text_of(folder, case):
    return rows(folder, "SELECT group_concat(text, '') FROM version WHERE item_id = ?", case)[0][0]


def verified(folder):
    """What `evidence verify` says after checking everything."""
    done = school_monitor("evidence", "verify", "--config", folder / CONFIGURATION)
    assert done.status == 0, done.said
    return done.out


def restore_words(folder, backup):
    return ("restore", backup, "--config", folder / CONFIGURATION, "--in-place-of-existing", *BY)


def test_a_backup_is_taken_beside_the_daemon_and_says_what_it_holds(story, tmp_path):
    folder = copy_of(story, tmp_path)
    words = ("backup", tmp_path / "backups", "--config", folder / CONFIGURATION)
    with Running(tmp_path / "log", "run", "--config", folder / CONFIGURATION) as daemon:
        daemon.wait_for_words("started with 3 accounts")
        done = school_monitor(*words, "--keep", "2")
        refused = school_monitor(*restore_words(folder, story[1]))
        daemon.tell_to_stop()
        assert daemon.finish().status == 0
    assert done.status == 0, done.said
    (backup,) = (tmp_path / "backups").glob("oakfield-*")
    assert check_backup(backup) == []
    lines = done.out.splitlines()
    assert re.fullmatch(rf"Backup {backup}: [0-9.]+ MB, in [0-9.]+ s\.", lines[0])
    assert "entries of the evidence log" in lines[1]
    assert "Passwords and tokens are not in it." in lines[1]
    assert lines[-1].startswith("The oldest backup kept is of ")
    assert refused.status == 1
    assert f"nothing was restored: a program has the database {DATABASE} open; stop the daemon" in refused.err


def test_the_drill_on_the_command_line(story, tmp_path):
    folder, backup, case = copy_of(story, tmp_path), *story[1:]
    assert text_of(folder, case) == ""
    refused = school_monitor("restore", backup, "--config", folder / CONFIGURATION, *BY)
    assert (refused.status, "would be replaced; with --in-place-of-existing" in refused.err) == (1, True)
    done = school_monitor(*restore_words(folder, backup))
    assert done.status == 0, done.said
    assert "1 comment erased since the backup: erased once more, before anybody saw them." in done.out
    assert text_of(folder, case) == ""
    assert "no problem" in verified(folder)
    shown = school_monitor("queue", "--config", folder / CONFIGURATION)
    assert shown.status == 0, shown.said
    again = school_monitor("backup", tmp_path / "backups", "--config", folder / CONFIGURATION)
    assert again.status == 0, again.said


def test_old_backups_that_hold_what_was_erased_are_told_of(story, tmp_path):
    folder = copy_of(story, tmp_path)
    shutil.copytree(story[1].parent, tmp_path / "backups")
    done = school_monitor("backup", tmp_path / "backups", "--config", folder / CONFIGURATION)
    assert "1 comment was erased since then and can still be read in older backups" in done.out
    gone = school_monitor("backup", tmp_path / "backups", "--keep", "1", "--config", folder / CONFIGURATION)
    assert gone.out.count("Removed the older backup") == 2
    assert "erased since then" not in gone.out


def test_a_damaged_backup_is_refused_file_by_file(story, tmp_path):
    folder, backup = copy_of(story, tmp_path), shutil.copytree(story[1], tmp_path / story[1].name)
    before = digests(folder)
    spoilt = next(backup.glob("evidence/*/*/*/why.json"))
    spoilt.write_bytes(b"{}")
    done = school_monitor(*restore_words(folder, backup))
    assert done.status == 1
    assert f"PROBLEM  {spoilt.relative_to(backup)}: changed" in done.out
    assert "nothing was restored: the backup is not as it was written (1 problem)" in done.err
    assert digests(folder) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("backup", "/tmp/x", "--keep", "0"), "how many to keep is a number from 1 to 10000"),
        (("restore", "/tmp/x"), "--by"),
        (("restore", "/tmp/x", "--by", " ", "--why", "x"), "--by and --why must not be empty"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(story, words, said):
    done = school_monitor(*words, "--config", story[0] / CONFIGURATION)
    assert (done.status, said in done.err) == (2, True), done.said


NOT_DONE = {
    "before it makes anything": ("os.mkdir", ".evidence.restoring", 1),
    "while the database is copied": ("open", f".{DATABASE}.restoring", 1),
    "while evidence is copied": ("open", ".evidence.restoring/evidence/20", 60),
    "while the erased is removed": ("shutil.rmtree", ".evidence.restoring/evidence/20", 1),
    "before the plan counts": ("os.rename", "plan.json", 1),
}
DONE = {
    "before anything is set aside": ("os.rename", "evidence-before-restore", 1),
    "while there is no evidence folder": ("os.rename", ".evidence.restoring/evidence ", 1),
    "between evidence and database": ("os.rename", f"{DATABASE}-before-restore", 1),
    "while there is no database": ("os.rename", f".{DATABASE}.restoring", 1),
    "while it tidies up": ("shutil.rmtree", f".{DATABASE}.restoring", 1),
}


def started(folder):
    """What every program does first when it starts; what a restore leaves for it must be gone then."""
    with ready_to_open(load_settings(folder / CONFIGURATION, {})):
        assert [path.name for path in folder.iterdir() if path.name.endswith(".restoring")] == []
    on_disk = {str(path.relative_to(folder / "evidence")) for path in folder.glob("evidence/2*/*/*")}
    assert on_disk == {path for (path,) in rows(folder, "SELECT path FROM snapshot")}
    return rows(folder, "SELECT count(*) FROM log_opening WHERE kind = 'restore'") == [(1,)]


@pytest.mark.parametrize("moment", NOT_DONE.values(), ids=NOT_DONE)
def test_killed_before_it_was_decided_a_restore_has_not_happened_and_can_be_done(story, tmp_path, moment):
    folder, backup, case = copy_of(story, tmp_path), *story[1:]
    old = digests(folder / "evidence")
    killed(*moment, *restore_words(folder, backup))
    assert not started(folder)
    assert digests(folder / "evidence") == old
    again = school_monitor(*restore_words(folder, backup))
    assert again.status == 0, again.said
    assert started(folder)
    assert text_of(folder, case) == ""


@pytest.mark.parametrize("moment", DONE.values(), ids=DONE)
def test_killed_after_it_was_decided_a_restore_has_happened(story, tmp_path, moment):
    folder, backup, case = copy_of(story, tmp_path), *story[1:]
    killed(*moment, *restore_words(folder, backup))
    assert started(folder)
    assert text_of(folder, case) == ""
    assert len([path for path in folder.iterdir() if re.search("-before-restore-[0-9TZ]+$", path.name)]) == 2


def test_killed_after_it_was_decided_the_same_command_finishes_it_and_does_nothing_else(story, tmp_path):
    folder, backup, case = copy_of(story, tmp_path), *story[1:]
    killed(*DONE["between evidence and database"], *restore_words(folder, backup))
    done = school_monitor(*restore_words(folder, backup))
    assert (done.status, "that had been cut off is finished. Nothing else was done." in done.out) == (0, True)
    assert started(folder)
    assert text_of(folder, case) == ""


BACKUPS = {
    "while the database is copied": ("sqlite3.connect", ".unfinished", 1, 1),
    "while evidence is copied": ("os.link", ".unfinished", 40, 1),
    "before the manifest": ("open", "manifest-sha256.txt", 1, 1),
    "before it gets its name": ("os.rename", ".unfinished", 1, 1),
    "while an older one is removed": ("os.rename", ".unfinished", 2, 2),
}
"""Event, part of its path, the how manieth, and how many backups there are then."""


@pytest.mark.parametrize("moment", BACKUPS.values(), ids=BACKUPS)
def test_killed_at_any_moment_a_backup_is_there_whole_or_not_at_all(story, tmp_path, moment):
    folder, backups = copy_of(story, tmp_path), tmp_path / "backups"
    shutil.copytree(story[1], backups / story[1].name)
    words = ("backup", backups, "--keep", "1", "--config", folder / CONFIGURATION)
    killed(*moment[:3], *words)
    assert [check_backup(path) for path in backups.glob("oakfield-*")] == [[]] * moment[3]
    done = school_monitor(*words)
    assert done.status == 0, done.said
    (newest,) = backups.glob("oakfield-*")
    assert check_backup(newest) == []
    assert list((backups / ".unfinished").iterdir()) == []
