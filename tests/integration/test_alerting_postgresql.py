"""On PostgreSQL, where two programs write at the same time, each step is told once too."""

from concurrent.futures import ThreadPoolExecutor

from alert_desk import ALI, BEVAN, HEAD, THREAT, send, threat, told
from desk import HOUR, INSULT, MINUTE, item

from monitor.alerting import Alerting
from monitor.store.handling_tables import Alert


def test_an_alert_goes_from_step_to_step(shared):
    threat(shared)
    send(shared)
    shared.later(30 * MINUTE)
    send(shared)
    assert told(shared) == [ALI, BEVAN, HEAD]


def test_two_programs_that_move_it_on_at_the_same_moment_tell_the_next_step_once(shared):
    threat(shared)
    send(shared)
    shared.later(30 * MINUTE)
    both = [Alerting(shared.store, shared.app.school, shared.clock) for _ in range(2)]
    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda alerting: alerting.run(), both))
    assert [d.recipient for d in shared.deliveries("urgent")] == [ALI, BEVAN, HEAD]
    (alert,) = shared.all_of(Alert)
    assert alert.step == 1


def test_two_senders_at_the_same_moment_send_each_mail_once(shared):
    shared.read(*(item(f"c{number}", THREAT) for number in range(3)), item("c9", INSULT))
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: send(shared), range(2)))
    assert sum(result.sent for result in results) == 4  # an urgent and a serious one to each moderator
    assert all(not result.failures for result in results)
    assert len(shared.mails()) == 4


def test_what_is_serious_waits_for_the_pause(shared):
    shared.read(item("c1", INSULT))
    send(shared)
    shared.later(10 * MINUTE)
    shared.read(item("c2", INSULT))
    send(shared)
    assert told(shared, "serious") == [ALI, BEVAN]
    shared.later(HOUR)
    send(shared)
    assert told(shared, "serious") == [ALI, BEVAN] * 2
