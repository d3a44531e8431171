"""PostgreSQL, too, refuses to change or shorten the evidence log, whoever asks it, and keeps writers in turn."""

import threading
from datetime import UTC, datetime

import pytest
from postgresql import empty
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from monitor.custody.log import note, seal
from monitor.evidence.log.signing import SigningKey
from monitor.store import evidence_log, ledger
from monitor.store.engine import open_store
from monitor.store.ledger import enrol

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(postgresql, tmp_path_factory):
    store = open_store(postgresql[0])
    with store.writing() as tx:
        school = enrol(tx, "oakfield", "Oakfield", "Europe/London", [], NOW)
        note(tx, school, "view", NOW, 12)
        seal(tx, school, SigningKey.load_or_create(tmp_path_factory.mktemp("key") / "key.pem"), NOW)
    yield store
    empty(store)
    store.close()


@pytest.mark.parametrize("table", ["log_entry", "log_opening", "log_checkpoint"])
@pytest.mark.parametrize(
    "words", ["UPDATE {} SET school_id = school_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"], ids=lambda w: w[:6]
)
def test_the_database_itself_refuses(store, table, words):
    with pytest.raises(DBAPIError, match=r"evidence log is never|by an erasure only"), store.writing() as tx:
        tx.execute(text(words.format(table)))


def test_programs_that_add_at_the_same_time_take_turns(store):
    def many():
        for _ in range(20):
            with store.writing() as tx:
                note(tx, ledger.enrolled_school(tx, "oakfield"), "view", NOW, 12)

    with store.reading() as tx:
        before = evidence_log.size(tx, ledger.enrolled_school(tx, "oakfield"))
    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tx:
        positions = [entry.position for entry in evidence_log.entries(tx, ledger.enrolled_school(tx, "oakfield"))]
    assert positions == list(range(before + 80))
