"""The evidence log: entries that stand or fall with what they tell of, that nobody changes, under a signed head."""

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from desk import DAY, HOUR, INSULT, MINUTE, NOW, item
from evidence_desk import MRS_ALI, entries, records
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from monitor.custody.log import KeyReplaced, begin_new_key, checkpoint_of, known_keys, note, seal
from monitor.evidence.log.commitment import commit
from monitor.evidence.log.merkle import Tree, leaf_hash
from monitor.evidence.log.signing import KeyUnusable, SigningKey
from monitor.store import evidence_log, ledger
from monitor.store.engine import open_store
from monitor.store.evidence_log import ClockSetBack
from monitor.store.evidence_tables import Erasure, LogCheckpoint, LogEntry, LogOpening, Snapshot


def add(desk, kind="view", case=None, **facts):
    with desk.store.writing() as tx:
        school = ledger.school_by_key(tx, "oakfield")
        return note(tx, school, kind, desk.clock(), case, facts, MRS_ALI)


def checkpoints(desk):
    with desk.rows() as (tx, school, _):
        return evidence_log.checkpoints(tx, school)


def test_a_flagged_comment_a_card_a_decision_and_a_second_look_are_entries(desk):
    desk.read(item("c1", INSULT))
    desk.app.cards.run()
    desk.later(HOUR)
    desk.read(item("c1", INSULT))
    assert [r["kind"] for r in records(desk)] == ["snapshot", "card", "recheck"]
    snapshot, card, recheck = records(desk)
    assert snapshot["manifest"] == desk.snapshots()[0].digest
    assert (card["evidence"], recheck["evidence"], desk.snapshots()[0].position) == (0, 0, 0)


def test_an_entry_is_a_commitment_that_its_salt_and_record_open(desk):
    add(desk, evidence=0)
    (entry,) = entries(desk)
    assert commit(bytes.fromhex(entry.salt), entry.record.encode()).hex() == entry.commitment


def test_an_entry_says_who_did_it_from_which_computer_account_when_and_why(desk):
    add(desk, evidence=17, case=12)
    assert records(desk) == [
        {
            "v": 1,
            "kind": "view",
            "at": "2026-11-10T09:00:00.000000Z",
            "case": 12,
            "evidence": 17,
            "by": "Mrs Ali",
            "why": "because",
            "account": "ali on office-pc",
        }
    ]


def test_what_is_rolled_back_leaves_no_entry(desk):
    def dies():
        with desk.store.writing() as tx:
            note(tx, ledger.school_by_key(tx, "oakfield"), "view", NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dies()
    assert entries(desk) == []


def test_nothing_is_added_while_the_clock_is_before_the_newest_entry(desk):
    add(desk)
    desk.clock.at = NOW - 2 * MINUTE
    with pytest.raises(ClockSetBack, match="is before the newest entry of the evidence log"):
        add(desk)
    assert len(entries(desk)) == 1


def test_a_page_read_by_a_wrong_clock_is_kept_once_the_clock_is_right(desk):
    add(desk)
    desk.clock.at = NOW - DAY
    with pytest.raises(ClockSetBack):
        desk.read(item("c1", INSULT))
    assert desk.cases() == {}
    desk.clock.at = NOW + MINUTE
    desk.read(item("c1", INSULT))
    assert len(desk.cases()["c1"].evidence) == 1


def test_who_waited_for_another_carries_the_time_of_the_entry_waited_for(desk):
    add(desk)
    desk.clock.at = NOW - timedelta(seconds=20)
    add(desk)
    assert [entry.at for entry in entries(desk)] == [NOW, NOW]


@pytest.mark.parametrize("table", [LogEntry, LogOpening, LogCheckpoint])
def test_the_database_itself_refuses_to_change_the_log(desk, table):
    add(desk)
    desk.app.sealer.run()
    changed = {"at": NOW + DAY} if table is not LogOpening else {"record": "{}"}
    with pytest.raises(IntegrityError, match="never changed"), desk.store.writing() as tx:
        tx.execute(update(table).values(**changed))


@pytest.mark.parametrize("table", [LogEntry, LogOpening, LogCheckpoint, Snapshot, Erasure])
def test_the_database_itself_refuses_to_shorten_the_log(desk, table):
    desk.read(item("c1", INSULT))
    desk.app.sealer.run()
    with desk.store.writing() as tx:
        facts = {"basis": "request", "asked_by": "Mrs Ali", "why": "asked", "asked_at": NOW, "needs_second": True}
        school = ledger.school_by_key(tx, "oakfield")
        tx.add(Erasure(school_id=school.id, comment_id=desk.items()["c1"].id, **facts))
    refused = pytest.raises(IntegrityError, match=r"never removed|an erasure only|never shortened")
    with refused, desk.store.writing() as tx:
        tx.execute(delete(table))


def test_programs_that_add_at_the_same_time_take_turns(desk):
    def many():
        for _ in range(25):
            add(desk)

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.position for entry in entries(desk)] == list(range(100))


def test_the_head_is_signed_by_the_key_the_log_names_and_is_the_root_of_its_entries(desk):
    add(desk)
    assert desk.app.sealer.run() == []
    (row,) = checkpoints(desk)
    with desk.rows() as (tx, school, _):
        (key,) = known_keys(tx, school)
        head = checkpoint_of(school, row)
    tree = Tree(leaf_hash(bytes.fromhex(entry.commitment)) for entry in entries(desk))
    assert (head.size, head.root) == (2, tree.root())
    assert head.text().startswith(b"school-social-monitor/oakfield\n2\n")
    assert key.fingerprint == row.key == records(desk, "key")[0]["fingerprint"]


def test_the_head_is_signed_once_an_hour_and_not_when_nothing_was_added(desk):
    add(desk)
    for _ in range(3):
        desk.app.sealer.run()
    add(desk)
    desk.app.sealer.run()
    assert [row.size for row in checkpoints(desk)] == [2]
    desk.later(HOUR)
    desk.app.sealer.run()
    desk.later(5 * HOUR)
    desk.app.sealer.run()
    assert [row.size for row in checkpoints(desk)] == [2, 3]


def test_an_empty_log_is_not_signed(desk):
    assert desk.app.sealer.run() == []
    assert (entries(desk), checkpoints(desk), desk.settings.signing_key.exists()) == ([], [], False)


def test_a_key_put_in_place_of_the_schools_own_signs_nothing_and_somebody_is_told(desk):
    add(desk)
    desk.app.sealer.run()
    desk.settings.signing_key.unlink()
    SigningKey.load_or_create(desk.settings.signing_key)
    desk.later(HOUR)
    add(desk)
    (problem,) = desk.app.sealer.run()
    assert "is not the one this evidence log is signed with" in problem
    assert [row.size for row in checkpoints(desk)] == [2]


def test_a_lost_key_is_told_and_no_new_one_made_in_silence(desk):
    add(desk)
    desk.app.sealer.run()
    desk.settings.signing_key.unlink()
    desk.later(HOUR)
    add(desk)
    (problem,) = desk.app.sealer.run()
    assert "cannot be opened" in problem
    assert not desk.settings.signing_key.exists()


def test_a_key_others_can_read_signs_nothing(desk):
    add(desk)
    desk.app.sealer.run()
    desk.settings.signing_key.chmod(0o644)
    with desk.store.writing() as tx, pytest.raises(KeyUnusable):
        desk.app.sealer.seal(tx, ledger.school_by_key(tx, "oakfield"))


def test_a_new_key_that_somebody_answers_for_is_written_into_the_log(desk):
    add(desk)
    desk.app.sealer.run()
    desk.settings.signing_key.unlink()
    key = SigningKey.load_or_create(desk.settings.signing_key)
    with desk.store.writing() as tx:
        school = ledger.school_by_key(tx, "oakfield")
        with pytest.raises(KeyReplaced):
            seal(tx, school, key, NOW)
        begin_new_key(tx, school, key.public, NOW, MRS_ALI)
        assert seal(tx, school, key, NOW).key == key.public.fingerprint
    assert [record.get("by") for record in records(desk, "key")] == [None, "Mrs Ali"]


def test_snapshots_kept_before_there_was_a_log_are_taken_up(desk):
    desk.read(item("c1", INSULT))
    with desk.store.writing() as tx:
        tx.execute(update(Snapshot).values(position=None))
    desk.app.sealer.run()
    kept = [record for record in records(desk, "snapshot") if record["trigger"].startswith("Kept before")]
    assert [record["manifest"] for record in kept] == [desk.snapshots()[0].digest]
    assert desk.snapshots()[0].position == 1


def test_a_database_of_the_first_schema_is_brought_up_to_date_with_its_snapshots(tmp_path):
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    from monitor.store import migrate

    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", migrate.__file__.replace("migrate.py", "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for words in OLD_ROWS:
            connection.execute(text(words))
    engine.dispose()
    open_store(url).close()
    with closing(sqlite3.connect(tmp_path / "old.db")) as database:
        assert database.execute("select kind, path, position from snapshot").fetchall() == [
            ("snapshot", "2026/11/a", None)
        ]
        assert database.execute("pragma foreign_key_check").fetchall() == []


OLD_ROWS = (
    "insert into school values (1, 'oakfield', 'Oakfield', 'Europe/London', '2026-11-01')",
    "insert into account (id, school_id, key, network, label, own_ids, streams, identity, added_at) "
    "values (1, 1, 'facebook', 'facebook_page', 'Facebook', '[]', '[]', '1', '2026-11-01')",
    "insert into item (id, type, account_id, remote_id, kind, thread_key, author_name, addressed_to, created_at, "
    "first_seen_at, last_seen_at, shown, permalink, attachments) values (1, 'comment', 1, 'c1', 'comment', 'c1', '', "
    "'[]', '2026-11-01', '2026-11-01', '2026-11-01', 'visible', '', '[]')",
    "insert into version values (1, 1, 1, 'words', '2026-11-01', '{}')",
    "insert into snapshot values (1, 'a', 1, 1, '2026/11/a', 'sha256:00', '2026-11-01', 'made', null)",
)
"""One school with one comment that was flagged, as an earlier version of the program left it."""
