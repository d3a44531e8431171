"""On PostgreSQL, where two programs write at the same time, each step is told once too."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alert_desk import ALI, BEVAN, HEAD, THREAT, send, threat, told, with_people
from desk import HOUR, INSULT, MINUTE, SCRIPTED, Desk, item
from postgresql import server
from sqlalchemy import text

from monitor.alerting import Alerting
from monitor.store.handling_tables import Alert


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


def test_an_alert_goes_from_step_to_step(school):
    threat(school)
    send(school)
    school.later(30 * MINUTE)
    send(school)
    assert told(school) == [ALI, BEVAN, HEAD]


def test_two_programs_that_move_it_on_at_the_same_moment_tell_the_next_step_once(school):
    threat(school)
    send(school)
    school.later(30 * MINUTE)
    both = [Alerting(school.store, school.app.school, school.clock) for _ in range(2)]
    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda alerting: alerting.run(), both))
    assert [d.recipient for d in school.deliveries("urgent")] == [ALI, BEVAN, HEAD]
    (alert,) = school.all_of(Alert)
    assert alert.step == 1


def test_two_senders_at_the_same_moment_send_each_mail_once(school):
    school.read(*(item(f"c{number}", THREAT) for number in range(3)), item("c9", INSULT))
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: send(school), range(2)))
    assert sum(result.sent for result in results) == 4  # an urgent and a serious one to each moderator
    assert all(not result.failures for result in results)
    assert len(school.mails()) == 4


def test_what_is_serious_waits_for_the_pause(school):
    school.read(item("c1", INSULT))
    send(school)
    school.later(10 * MINUTE)
    school.read(item("c2", INSULT))
    send(school)
    assert told(school, "serious") == [ALI, BEVAN]
    school.later(HOUR)
    send(school)
    assert told(school, "serious") == [ALI, BEVAN] * 2
