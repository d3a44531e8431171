"""Backup and restore where the database is PostgreSQL: the same promises, kept by the server's own programs."""

import shutil
import subprocess

import pytest
from backing_up import back_up, restore, run_restore, workplaces
from desk import DAY, HOUR, INSULT, NOW, Desk, item
from erased import TRACES, erase, found_in, talk
from evidence_desk import entries, records
from kept_evidence import problems
from postgres_server import missing, postgres, run_sql

from monitor.backup.restore_books import NotRestored
from monitor.evidence.backups.backup_folder import check_backup
from monitor.evidence.log.merkle import Tree, leaf_hash
from monitor.store import copying_postgresql
from monitor.store.copying import CopyFailed, InUse
from monitor.store.engine import open_store

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}")
ASIDE = "books-before-restore-20261111T110000Z"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with postgres(tmp_path_factory.mktemp("server")) as address:
        run_sql(address, "CREATE ROLE app LOGIN CREATEDB")
        yield address.replace("monitor@", "app@")


@pytest.fixture
def desk(server, tmp_path):
    """The conversation, kept in a database called books."""
    for name in databases(server):
        run_sql(server.replace("app@", "monitor@"), f'DROP DATABASE "{name}" WITH (FORCE)')
    run_sql(server.replace("app@", "monitor@"), "CREATE DATABASE books OWNER app")
    (tmp_path / "desk").mkdir()
    desk = Desk(tmp_path / "desk", mail=f'{MAIL}\n\n[storage]\ndatabase = "{server}/books"')
    talk(desk)
    desk.clock.at = NOW + 2 * HOUR
    yield desk
    desk.close()


MAIL = 'transport = "folder"\nsender = "monitor@oakfield.example"'


def databases(server):
    """Names of all databases but those of the server itself."""
    wanted = "SELECT datname FROM pg_database WHERE datname NOT LIKE 'template%' AND datname != 'postgres' ORDER BY 1"
    return run_sql(server, wanted).splitlines()


def dump_of(backup):
    """What is in a backup's database, as text."""
    done = subprocess.run(["pg_restore", "-f", "-", backup / "database.dump"], capture_output=True, check=True)
    return done.stdout.decode()


def test_the_dump_is_the_very_moment_of_which_the_size_of_the_log_is_told(desk, monkeypatch):
    whole = copying_postgresql._run

    def read_another_comment_first(*words):
        desk.read(item("c9", INSULT))
        whole(*words)

    log = Tree(leaf_hash(bytes.fromhex(entry.commitment)) for entry in entries(desk))
    monkeypatch.setattr(copying_postgresql, "_run", read_another_comment_first)
    taken = back_up(desk)
    assert check_backup(taken.path) == []
    assert (taken.facts.log_size, taken.facts.log_root) == (log.size, log.root())
    assert len(entries(desk)) == log.size + 1
    assert "\tc9\t" not in dump_of(taken.path)
    assert "\tc2\t" in dump_of(taken.path)


def test_the_drill(desk, server):
    backup = back_up(desk)
    desk.later(HOUR)
    erase(desk)
    desk.read(item("c9", INSULT))
    desk.clock.at = NOW + DAY + 2 * HOUR
    done = restore(desk, backup.path)
    assert databases(server) == ["books", ASIDE]
    assert f"the database {ASIDE}" in done.aside
    assert (done.made.erased, done.made.later, workplaces(desk)) == (1, 1, [])
    assert found_in(desk.settings.evidence_folder, *TRACES) == []
    text = subprocess.run(
        ["pg_dump", "-d", f"{server.replace('+psycopg', '')}/books"], capture_output=True, text=True
    )
    assert [trace for trace in TRACES if trace in text.stdout] == []
    assert "c9" not in desk.comment_ids()
    assert len(records(desk, "restore")) == 1
    desk.read(item("c9", INSULT))
    assert "c9" in desk.comment_ids()
    assert problems(desk) == []


def test_on_a_new_server_the_database_is_made(desk, server):
    backup = back_up(desk)
    desk.close()
    run_sql(server, "DROP DATABASE books")
    shutil.rmtree(desk.settings.evidence_folder)
    done = restore(desk, backup.path, in_place=False)
    assert done.made.since is None
    assert databases(server) == ["books"]
    assert "c2" in desk.comment_ids()


def test_nothing_that_is_there_is_replaced_unless_somebody_says_so(desk, server):
    backup = back_up(desk)
    with pytest.raises(NotRestored, match="would be replaced; with --in-place-of-existing"):
        run_restore(desk, backup.path, in_place=False)
    assert databases(server) == ["books"]


def test_while_somebody_is_connected_nothing_is_restored(desk, server):
    backup = back_up(desk)
    daemon = open_store(desk.settings.database_url)
    with daemon.reading(), pytest.raises(InUse, match="somebody is connected to the database books"):
        run_restore(desk, backup.path)
    daemon.close()
    assert (databases(server), workplaces(desk)) == (["books"], [])


def test_a_user_who_may_not_create_databases_is_told_what_to_ask_for(desk, server):
    backup = back_up(desk)
    run_sql(server.replace("app@", "monitor@"), "ALTER ROLE app NOCREATEDB")
    try:
        with pytest.raises(CopyFailed, match="ALTER ROLE app CREATEDB, then try again"):
            run_restore(desk, backup.path)
    finally:
        run_sql(server.replace("app@", "monitor@"), "ALTER ROLE app CREATEDB")
    assert (databases(server), workplaces(desk)) == (["books"], [])


def test_a_dump_that_cannot_be_read_back_leaves_the_database_that_is_there(desk, server, monkeypatch):
    backup = back_up(desk)
    whole = copying_postgresql._run

    def cut_short(program, *words):
        whole(program, *words[:-1], str(desk.settings.path))

    monkeypatch.setattr(copying_postgresql, "_run", cut_short)
    with pytest.raises(CopyFailed, match="pg_restore failed: "):
        run_restore(desk, backup.path)
    assert (databases(server), workplaces(desk)) == (["books"], [])


def test_without_the_client_programs_it_is_said_what_to_install_or_run(desk, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        CopyFailed, match="pg_dump is not installed; .*apt install postgresql-client.*pg_dump --format"
    ):
        back_up(desk)
    assert list((desk.folder.parent / "backups").glob("oakfield-*")) == []
