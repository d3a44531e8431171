"""On PostgreSQL, where several programs send at the same time, pauses and limits hold too."""

from concurrent.futures import ThreadPoolExecutor

from alert_desk import ALI, BEVAN, send, told
from desk import DAY, HOUR, INSULT, MINUTE, NOW, item
from reminder_desk import BOTH, at_once, sent, subjects, the_morning_passes
from sqlalchemy import text

from monitor import mail_kinds
from monitor.store import ledger, outbox
from monitor.telling import held_back


def send_at_once(desk, times=2):
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: send(desk), range(times)))


def test_two_senders_at_the_same_moment_send_one_mail_about_all_that_is_new(shared):
    shared.read(*(item(f"c{number}") for number in range(4)))
    shared.later(15 * MINUTE)
    send_at_once(shared)
    assert sorted(told(shared, "new")) == BOTH
    assert "4 new comments to answer, first by Wed 08:00 - Facebook page" in subjects(shared)


def test_two_senders_at_the_same_moment_keep_to_the_limit(shared):
    with shared.store.writing() as tx:
        row = ledger.school_by_key(tx, "oakfield")
        for number in range(5):
            outbox.owe(tx, row, "outgoing", f"2026-01-0{number + 1}", BOTH, NOW)
        tx.flush()
        for delivery in list(tx.scalars(text("select id from delivery"))):
            outbox.mark_sent(tx, delivery, NOW)
    shared.read(item("c1", INSULT), item("c2", at=NOW))
    with shared.store.writing() as tx:
        outbox.owe(tx, ledger.school_by_key(tx, "oakfield"), mail_kinds.OVERDUE, "another", BOTH, NOW)
    send_at_once(shared, 4)
    assert len(sent(shared, "serious") + sent(shared, "overdue")) == 2  # the sixth of the day, one to each
    assert told(shared, "new") == []


def test_a_mail_that_is_being_sent_counts_already(shared):
    shared.read(item("c1", INSULT))
    with shared.store.writing() as tx:
        row = ledger.school_by_key(tx, "oakfield")
        first = outbox.claim_next(tx, row, NOW, held_back(shared.app.school, NOW))
        second = outbox.claim_next(tx, row, NOW, held_back(shared.app.school, NOW))
        assert {first.recipient, second.recipient} == {ALI, BEVAN}
        outbox.owe(tx, row, mail_kinds.SERIOUS, "another", BOTH, NOW)
        assert outbox.claim_next(tx, row, NOW, held_back(shared.app.school, NOW)) is None


def test_what_is_due_soon_and_what_is_overdue_goes_its_way(shared):
    shared.clock.at = NOW - DAY + HOUR
    shared.read(item("c1", at=shared.clock()))
    the_morning_passes(shared)
    at_once(shared, NOW + HOUR + 15 * MINUTE)
    at_once(shared, NOW + 2 * HOUR + 15 * MINUTE)
    assert told(shared, "overdue") == [*BOTH, "head@oakfield.example"]
