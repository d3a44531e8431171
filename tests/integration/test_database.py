"""The database keeps what it is given, for one owner, whoever else is using it at the same moment."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone

import pytest
from desk import NOW
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from monitor.store.engine import HEAD, StoreUnusable, open_store
from monitor.store.school_tables import School

OPENER = """
import sys
from monitor.store.engine import open_store
import monitor.store.migrate
print("ready", flush=True)
sys.stdin.readline()
open_store(sys.argv[1]).close()
"""


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'books.db'}"


@pytest.fixture
def store(url):
    store = open_store(url)
    yield store
    store.close()


def school(key="oakfield", started_at=NOW):
    return School(key=key, name="Oakfield Primary School", timezone="Europe/London", started_at=started_at)


def modes(folder):
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_every_file_of_the_database_is_readable_by_its_owner_only(store, tmp_path):
    with store.writing() as tx:
        tx.add(school())
    assert modes(tmp_path) == {"books.db": 0o600, "books.db-wal": 0o600, "books.db-shm": 0o600}


def test_a_database_that_others_could_read_is_closed_to_them(url, tmp_path):
    (tmp_path / "books.db").touch(mode=0o644)
    (tmp_path / "books.db").chmod(0o644)
    open_store(url).close()
    assert modes(tmp_path)["books.db"] == 0o600


def test_a_time_without_zone_is_refused_in_a_sentence(store):
    naive = datetime(2026, 11, 10, 9, 0)  # noqa: DTZ001
    words = "a moment without time zone cannot be stored.*give an aware time"
    with pytest.raises(StatementError, match=words), store.writing() as tx:
        tx.add(school(started_at=naive))
    with store.reading() as tx:
        assert tx.scalars(select(School)).all() == []


def test_a_moment_comes_back_as_the_same_moment_in_utc(store):
    elsewhere = datetime(2026, 7, 1, 0, 30, 15, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with store.writing() as tx:
        tx.add(school(started_at=elsewhere))
    with store.reading() as tx:
        kept = tx.scalars(select(School.started_at)).one()
    assert kept == elsewhere
    assert kept.tzinfo is UTC


def test_a_database_of_a_newer_program_is_refused_with_what_to_do(store, url):
    with store.writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnusable, match="newer version of this program.*schema 9999.*install that version"):
        open_store(url)
    with store.reading() as tx:
        assert tx.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear parents, " * 500)
    with pytest.raises(StoreUnusable, match="cannot be opened.*not a database.*check that"):
        open_store(f"sqlite:///{tmp_path / 'letter.txt'}")
    assert (tmp_path / "letter.txt").read_text().startswith("Dear parents")


def test_a_folder_in_the_place_of_the_database_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(StoreUnusable, match="check that its folder exists"):
        open_store(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("address", ["mysterious+driver://host/name", "://"])
def test_an_address_nobody_can_open_is_refused_with_an_example(address):
    with pytest.raises(StoreUnusable, match="not an address this program can open"):
        open_store(address)


def test_two_programs_opening_a_new_database_at_once_make_it_once(url):
    both = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [each.stdout.readline() for each in both] == ["ready\n", "ready\n"]
    for each in both:
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in both:
        each.communicate(timeout=30)
    assert [each.returncode for each in both] == [0, 0]
    store = open_store(url)
    with store.reading() as tx:
        assert tx.scalars(text("SELECT version_num FROM alembic_version")).all() == [HEAD]
    store.close()


def test_a_program_that_meets_another_one_making_the_database_waits_for_it(url, tmp_path, monkeypatch):
    other = sqlite3.connect(tmp_path / "books.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waited = []

    def let_go(seconds):
        waited.append(seconds)
        other.execute("ROLLBACK")

    monkeypatch.setattr("monitor.store.engine.time.sleep", let_go)
    open_store(url).close()
    other.close()
    assert len(waited) == 1


def test_two_writers_at_once_both_succeed_every_time(url):
    open_store(url).close()
    failures = []

    def write(name):
        store = open_store(url)
        try:
            for number in range(40):
                with store.writing() as tx:
                    # Reading first is what makes a deferred transaction fail at its first write.
                    there = len(tx.scalars(select(School)).all())
                    tx.add(school(f"{name}-{number}-after-{there}"))
        except Exception as failure:
            failures.append(failure)
        finally:
            store.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    store = open_store(url)
    with store.reading() as tx:
        assert len(tx.scalars(select(School)).all()) == 80
    store.close()


def test_a_reader_blocks_no_writer_and_goes_on_seeing_one_moment(store):
    with store.reading() as reader:
        assert reader.scalars(select(School)).all() == []
        with store.writing() as writer:
            writer.add(school())
        assert reader.scalars(select(School)).all() == []
    with store.reading() as reader:
        assert len(reader.scalars(select(School)).all()) == 1


def test_an_error_inside_a_transaction_leaves_nothing_of_it(store):
    def fail_half_way():
        with store.writing() as tx:
            tx.add(school())
            tx.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with store.reading() as tx:
        assert tx.scalars(select(School)).all() == []


def test_an_error_of_the_database_does_not_quote_what_was_being_written(store):
    with pytest.raises(IntegrityError) as refused, store.writing() as tx:
        tx.add_all([school("words-of-a-comment"), school("words-of-a-comment")])
    assert "words-of-a-comment" not in str(refused.value)


def test_somebody_elses_database_is_left_alone(url, tmp_path):
    with closing(sqlite3.connect(tmp_path / "books.db")) as other:
        other.execute("CREATE TABLE bookmarks (title TEXT)")
    (tmp_path / "books.db").chmod(0o644)
    before = (tmp_path / "books.db").read_bytes()
    with pytest.raises(StoreUnusable, match="belongs to another program"):
        open_store(url)
    assert (tmp_path / "books.db").read_bytes() == before
    assert modes(tmp_path) == {"books.db": 0o644}
    with closing(sqlite3.connect(tmp_path / "books.db")) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


def test_a_question_mark_in_a_file_name_is_part_of_it(tmp_path):
    open_store(f"sqlite:///{tmp_path / 'what?.db'}").close()
    assert (tmp_path / "what?.db").exists()
