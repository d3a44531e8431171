"""On PostgreSQL, where several programs send at the same time, pauses and limits hold too."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alert_desk import ALI, BEVAN, send, told, with_people
from desk import DAY, HOUR, INSULT, MINUTE, NOW, SCRIPTED, Desk, item
from postgresql import server
from reminder_desk import BOTH, at_once, sent, subjects, the_morning_passes
from sqlalchemy import text

from monitor import mail_kinds
from monitor.store import ledger, outbox
from monitor.telling import held_back


@pytest.fixture(scope="module")
def postgresql():
    with server() as started:
        yield started


@pytest.fixture
def school(postgresql, tmp_path):
    address, _ = postgresql
    desk = Desk(tmp_path)
    yield with_people(desk, accounts=f'{SCRIPTED}\n[storage]\ndatabase = "{address}"\n')
    with desk.store.writing() as tx:
        tx.execute(text("DROP SCHEMA public CASCADE"))
        tx.execute(text("CREATE SCHEMA public"))
    desk.close()


def send_at_once(desk, times=2):
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: send(desk), range(times)))


def test_two_senders_at_the_same_moment_send_one_mail_about_all_that_is_new(school):
    school.read(*(item(f"c{number}") for number in range(4)))
    school.later(15 * MINUTE)
    send_at_once(school)
    assert sorted(told(school, "new")) == BOTH
    assert "4 new comments to answer, first by Wed 08:00 - Facebook page" in subjects(school)


def test_two_senders_at_the_same_moment_keep_to_the_limit(school):
    with school.store.writing() as tx:
        row = ledger.school_by_key(tx, "oakfield")
        for number in range(5):
            outbox.owe(tx, row, "outgoing", f"2026-01-0{number + 1}", BOTH, NOW)
        tx.flush()
        for delivery in list(tx.scalars(text("select id from delivery"))):
            outbox.mark_sent(tx, delivery, NOW)
    school.read(item("c1", INSULT), item("c2", at=NOW))
    with school.store.writing() as tx:
        outbox.owe(tx, ledger.school_by_key(tx, "oakfield"), mail_kinds.OVERDUE, "another", BOTH, NOW)
    send_at_once(school, 4)
    assert len(sent(school, "serious") + sent(school, "overdue")) == 2  # the sixth of the day, one to each
    assert told(school, "new") == []


def test_a_mail_that_is_being_sent_counts_already(school):
    school.read(item("c1", INSULT))
    with school.store.writing() as tx:
        row = ledger.school_by_key(tx, "oakfield")
        first = outbox.claim_next(tx, row, NOW, held_back(school.app.school, NOW))
        second = outbox.claim_next(tx, row, NOW, held_back(school.app.school, NOW))
        assert {first.recipient, second.recipient} == {ALI, BEVAN}
        outbox.owe(tx, row, mail_kinds.SERIOUS, "another", BOTH, NOW)
        assert outbox.claim_next(tx, row, NOW, held_back(school.app.school, NOW)) is None


def test_what_is_due_soon_and_what_is_overdue_goes_its_way(school):
    school.clock.at = NOW - DAY + HOUR
    school.read(item("c1", at=school.clock()))
    the_morning_passes(school)
    at_once(school, NOW + HOUR + 15 * MINUTE)
    at_once(school, NOW + 2 * HOUR + 15 * MINUTE)
    assert told(school, "overdue") == [*BOTH, "head@oakfield.example"]
