"""An erasure leaves no word, name or id of a comment in any file, and what stays is proved as before."""

import base64
import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from desk import NOW, OTHER, item, page
from erased import (
    AUTHOR,
    EDITED,
    HEAD,
    NAME,
    REMOTE_ID,
    TRACES,
    ask,
    case_of,
    conversation_in,
    copy_of,
    erase,
    eraser,
    evidence_of,
    finish,
    found_in,
    taken_up,
    theirs,
    tombstone,
)
from evidence_desk import entries, records
from kept_evidence import problems
from sqlalchemy.exc import IntegrityError

from connectors.base import Batch
from connectors.fetched import Exchange
from monitor.evidence import incoming
from monitor.evidence.erasure_journal import read
from monitor.evidence.files import write_new
from monitor.store.evidence_tables import Snapshot
from monitor.store.item_tables import Comment
from monitor.store.receipt_tables import Exchange as ExchangeRow
from monitor.store.sweeping import sweep


@pytest.fixture(scope="module")
def conversation(tmp_path_factory):
    return conversation_in(tmp_path_factory)


@pytest.fixture
def desk(conversation, tmp_path):
    with taken_up(copy_of(conversation, tmp_path / "desk")) as desk:
        yield desk


def test_before_it_everything_that_is_looked_for_is_there_in_the_database_and_in_three_folders(desk):
    there = {name for name, _ in found_in(desk.folder, *TRACES)}
    assert len({name.split("/")[3] for name in there if name.startswith("evidence/")}) == 3
    assert any("school-monitor.db" in name for name in there)
    assert {needle for _, needle in found_in(desk.folder, *TRACES)} == set(TRACES)


def test_no_file_holds_a_word_a_name_or_an_id_of_it_afterwards(desk):
    result = erase(desk)
    assert (result.versions, result.folders, result.held_in) == (2, 2, ())
    assert found_in(desk.folder, *TRACES) == []


def test_the_card_of_another_comment_is_drawn_anew_without_its_words(desk):
    (folder,) = evidence_of(desk, "c2")
    assert (folder / "card.pdf").exists()
    erase(desk)
    assert not list(folder.glob("*card*"))
    assert desk.app.cards.run() == 1
    assert (folder / "card.pdf").exists()
    assert found_in(desk.folder, *TRACES) == []


def test_what_stays_is_proved_as_before(desk):
    erase(desk)
    desk.app.cards.run()
    desk.app.sealer.run()
    assert problems(desk) == []


def test_the_entry_about_it_names_entries_and_people_and_nothing_of_the_comment(desk):
    case = case_of(desk)
    before = {entry.position for entry in entries(desk) if entry.case == case}
    erase(desk)
    asked, agreed, done = records(desk, "erasure")
    assert [each["state"] for each in (asked, agreed, done)] == ["asked", "agreed", "done"]
    assert (asked["by"], asked["account"]) == ("Mrs Ali", "ali on office-pc")
    assert (agreed["by"], agreed["account"]) == ("Ms Okafor", "head on head-pc")
    assert (done["by"], done["second"], done["basis"], done["case"]) == ("Mrs Ali", "Ms Okafor", "request", case)
    assert set(done["positions"]) == before
    assert {entry.position for entry in entries(desk) if entry.record is None} == before


def test_evidence_of_an_answer_goes_on_naming_the_id_and_that_is_said(desk):
    payload = {"id": "c7", "message": "You idiot", "parent": {"id": REMOTE_ID}}
    desk.read(item("c7", "You idiot", by=OTHER, under=REMOTE_ID, at=NOW, raw=payload))
    result = erase(desk)
    assert result.named_in == (case_of(desk, "c7"),)
    (folder,) = evidence_of(desk, "c7")
    left = found_in(desk.folder, *TRACES)
    assert {needle for _, needle in left} == {"5551234567"}
    assert all(folder.name in name for name, _ in left)


@pytest.mark.parametrize("query", [f"since_id={REMOTE_ID}&limit=5", f"ids=1%2C{REMOTE_ID}%2C3"])
def test_evidence_that_came_by_a_request_that_named_it_is_told_and_the_books_forget_the_request(desk, query):
    asked = Exchange("GET", f"https://graph.facebook.com/feed?{query}", 200, {}, b"[]", NOW)
    longer = Exchange("GET", f"https://graph.facebook.com/feed?since_id=9{REMOTE_ID}", 200, {}, b"[]", NOW)
    desk.read_pages([Batch((item("c6", "You idiot", at=NOW),), None, False, exchanges=(asked,))])
    desk.read_pages([Batch((item("c7", "You idiot", at=NOW),), None, True, exchanges=(longer,))])
    result = erase(desk)
    assert result.named_in == (case_of(desk, "c6"),)
    urls = [exchange.url for exchange in desk.all_of(ExchangeRow)]
    assert sum("erased:" in url for url in urls) == 1
    assert longer.url in urls


def test_a_page_that_a_crash_left_loses_it_and_keeps_the_others(desk):
    evidence = desk.settings.evidence_folder
    nested = {"id": "c6", "message": "Hello", "comments": {"data": [{"id": REMOTE_ID, "message": EDITED}]}}
    batch = page(item("c6", "Hello", raw=nested), theirs(EDITED))
    incoming.write_incoming(evidence, "oakfield", "facebook", "comments", batch, desk.clock())
    folder = evidence / incoming.INCOMING / "oakfield" / "facebook"
    write_new(folder / "old.unreadable", EDITED.encode())
    erase(desk)
    (left,) = incoming.leftovers(evidence, "oakfield", "facebook")
    _, kept, received_at = incoming.read_incoming(left)
    assert [each.remote_id for each in kept.items] == ["c6"]
    assert (kept.exchanges, received_at) == ((), desk.clock())
    assert found_in(desk.folder, *TRACES) == []
    assert base64.b64encode(EDITED.encode())[8:-8] not in left.read_bytes()
    assert desk.read().new == 1


def test_a_page_nobody_can_read_is_removed_as_nobody_can_tell_what_is_in_it(desk):
    folder = desk.settings.evidence_folder / incoming.INCOMING / "oakfield" / "facebook"
    folder.mkdir(parents=True, exist_ok=True)
    write_new(folder / f"{1:016}-00000000.json", EDITED.encode())
    erase(desk)
    assert list(folder.iterdir()) == []


def test_a_snapshot_that_was_never_finished_is_removed_too(desk):
    unfinished = desk.settings.evidence_folder / ".unfinished" / "0123"
    unfinished.mkdir(parents=True)
    write_new(unfinished / "capture.json", EDITED.encode())
    erase(desk)
    assert found_in(desk.folder, *TRACES) == []


def test_a_snapshot_whose_program_was_killed_before_it_was_entered_is_removed_too(desk):
    (first, _), (other,) = evidence_of(desk, REMOTE_ID), evidence_of(desk, "c2")
    stray = first.with_name("f" * 32)
    shutil.copytree(first, stray)
    somebody_elses = other.with_name("e" * 32)
    shutil.copytree(other, somebody_elses, ignore=shutil.ignore_patterns("thread", "*card*"))
    (first.with_name("d" * 32)).mkdir()
    erase(desk)
    assert not stray.exists()
    assert somebody_elses.is_dir()
    assert found_in(desk.folder, *TRACES) == []


def test_old_copies_in_free_places_of_the_database_file_are_gone(desk):
    """SQLite leaves some when it splits a page, whatever `secure_delete` says; here they are planted."""
    with closing(sqlite3.connect(desk.folder / "school-monitor.db", isolation_level=None)) as careless:
        careless.execute("PRAGMA secure_delete=OFF")
        careless.execute("CREATE TABLE scratch (words TEXT)")
        careless.execute("INSERT INTO scratch VALUES (?)", (EDITED * 50,))
        careless.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        careless.execute("DROP TABLE scratch")
    erase(desk)
    assert found_in(desk.folder, *TRACES) == []


def test_a_file_somebody_is_reading_is_rewritten_at_the_next_start(desk, monkeypatch):
    asked = ask(desk)
    eraser(desk).approve(asked.number, HEAD)
    with closing(sqlite3.connect(desk.folder / "school-monitor.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM item").fetchone()
        monkeypatch.setattr("monitor.store.sweeping.PATIENCE", 0)
        carried = eraser(desk).carry_out([asked.number], HEAD.account)
        assert not carried.cleared
        reader.execute("COMMIT")
    assert finish(desk).cleared
    assert found_in(desk.folder, *TRACES) == []
    assert sweep(desk.store)


def test_a_start_with_nothing_to_finish_changes_nothing(desk):
    erase(desk)
    before, journal = entries(desk), read(desk.settings.evidence_folder)
    done = finish(desk)
    assert (done.erased, done.held, done.cleared, done.again.done) == ((), (), True, 0)
    assert (entries(desk), read(desk.settings.evidence_folder)) == (before, journal)


def test_what_another_program_kept_of_it_meanwhile_goes_at_the_next_start(desk):
    case = case_of(desk)
    erase(desk)
    with desk.store.writing() as tx:
        tx.get(Comment, case).versions[-1].text = EDITED
    assert finish(desk).cleared
    assert found_in(desk.folder, *TRACES) == []


def test_what_others_payloads_say_of_it_names_the_tombstone_and_nothing_else_in_them_changes(desk):
    payload = {
        "id": "c4",
        "message": f"Room 9{REMOTE_ID}",
        "parent": {"id": REMOTE_ID},
        "to": int(AUTHOR),
        "likes": 3,
    }
    answer = Exchange("GET", f"https://graph.facebook.com/{REMOTE_ID}/comments?limit=5", 200, {}, b"[]", NOW)
    reply = item("c4", "Room nine", by=OTHER, under=REMOTE_ID, at=NOW, raw=payload)
    desk.read_pages([Batch((reply,), None, True, exchanges=(answer,))])
    case = case_of(desk)
    erase(desk)
    name = tombstone(desk, case).remote_id
    (version,) = desk.items()["c4"].versions
    assert json.loads(version.raw) == payload | {"parent": {"id": name}, "to": name}
    assert not any(REMOTE_ID in exchange.url for exchange in desk.all_of(ExchangeRow))


def test_two_comments_of_one_author_and_only_one_is_erased(desk):
    desk.read(item("c8", "When is the concert?", by=AUTHOR, author_name=NAME, under="c0", at=NOW))
    erase(desk)
    kept = desk.items()
    assert (kept["c8"].author_id, kept["c8"].author_name) == (AUTHOR, NAME)
    assert kept["r1"].addressed_to == [AUTHOR]
    assert json.loads(kept["r1"].versions[0].raw)["to"] == [int(AUTHOR)]
    assert found_in(desk.folder, "Müller-Lüdenscheidt", "5551234567") == []


def test_a_full_disk_leaves_everything_as_it_was_and_the_next_start_finishes(desk, monkeypatch):
    asked = ask(desk)
    eraser(desk).approve(asked.number, HEAD)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("monitor.erasing.steps.erasure_journal.append", full)
        with pytest.raises(OSError, match="No space left"):
            eraser(desk).carry_out([asked.number], HEAD.account)
    assert desk.cases()[REMOTE_ID].text == EDITED
    assert all(folder.is_dir() for folder in evidence_of(desk, REMOTE_ID))
    assert [each.number for each in finish(desk).erased] == [asked.number]
    assert found_in(desk.folder, *TRACES) == []


def test_the_database_lets_no_evidence_go_whose_erasure_is_not_written_down(desk):
    theirs_only = Snapshot.__table__.delete().where(Snapshot.comment_id == case_of(desk))
    with pytest.raises(IntegrityError, match="removed by an erasure only"), desk.store.writing() as tx:
        tx.execute(theirs_only)
    assert len(desk.all_of(Snapshot)) == 4
