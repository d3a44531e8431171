"""Taking backups of a desk and bringing them back, as the two commands do."""

import hashlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from evidence_desk import MRS_ALI
from sqlalchemy import create_engine, text

from monitor.backup.backup import BackupTaker
from monitor.backup.restore import Restorer, Wanted
from monitor.evidence.backups.backup_folder import read_manifest
from monitor.store import migrate

PROGRAM = "School Social Monitor 0.1.0"
DATABASE = "school-monitor.db"


def silent(_what, _done, _of):
    """Progress that nobody looks at."""


def back_up(desk, folder=None, *, keep=None, with_key=False, progress=silent):
    """A backup of the desk, which goes on."""
    taker = BackupTaker(desk.settings, PROGRAM, desk.clock)
    return taker.run(folder or desk.folder.parent / "backups", keep, with_key, progress)


def run_restore(desk, backup, *, in_place=True, journals=(), progress=silent):
    """What the command does, with the desk stopped."""
    desk.close()
    return Restorer(desk.settings, desk.clock).run(Wanted(backup, in_place, tuple(journals)), MRS_ALI, progress)


def restore(desk, backup, **options):
    """Restore, and start the desk again on what is there then."""
    done = run_restore(desk, backup, **options)
    desk.change()
    return done


def state_of(folder):
    """Digest of every file below a folder; what is empty and hidden is a lock and says nothing."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm"))
    }


def evidence_in(backup):
    """Folders of evidence in a backup."""
    return {name.removeprefix("evidence/").rpartition("/")[0] for name in read_manifest(backup) if "/2026/" in name}


def workplaces(desk):
    """What a restore leaves behind when it does not clean up."""
    return sorted(path.name for path in desk.folder.iterdir() if path.name.endswith(".restoring"))


def as_it_was_at_first(path):
    """An empty database of the first schema with the school in it, in place of the one that is there."""
    path.unlink()
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("INSERT INTO school (key, name, timezone, started_at) VALUES ('oakfield', 'O', 'UTC', '2026-01-01')")
        )
    engine.dispose()
