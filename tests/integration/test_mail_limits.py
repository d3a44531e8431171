"""Nobody gets more mails on a day than the school set, and what is held back is not lost."""

import pytest
from alert_desk import ALI, BEVAN, THREAT, send, told, with_people
from desk import DAY, HOUR, INSULT, MINUTE, NOW, item
from reminder_desk import (
    BOTH,
    at_once,
    run,
    said,
    sent,
    the_morning_passes,
)

from monitor.store import ledger, outbox
from monitor.telling import held_back


@pytest.fixture
def school(desk):
    return with_people(desk)


@pytest.fixture
def day_before(school):
    """The same school since the day before, so that what falls due on Tuesday was met in time."""
    school.clock.at = NOW - DAY
    school.read()
    return school


def had(desk, kind, number, recipients=(ALI, BEVAN), at=None):
    """Mails of a kind that were sent today already."""
    with desk.store.writing() as tx:
        row = ledger.school_by_key(tx, "oakfield")
        for each in range(number):
            outbox.owe(tx, row, kind, f"had {kind} {each}", recipients, at or desk.clock())
        tx.flush()
    for delivery in desk.deliveries(kind):
        if delivery.key.startswith("had "):
            with desk.store.writing() as tx:
                outbox.mark_sent(tx, delivery.id, at or desk.clock())


@pytest.mark.parametrize(("already", "is_sent"), [(2, True), (3, False)])
def test_new_ones_leave_three_mails_of_the_day_to_what_presses_more(school, already, is_sent):
    had(school, "outgoing", already)
    school.read(item("c1"))
    school.later(15 * MINUTE)
    send(school)
    assert bool(told(school, "new")) is is_sent


@pytest.mark.parametrize(("already", "is_sent"), [(4, True), (5, False)])
def test_due_soon_leaves_one(day_before, already, is_sent):
    day_before.clock.at = NOW - DAY + 6 * HOUR
    day_before.read(item("c1", at=day_before.clock()))
    the_morning_passes(day_before)
    had(day_before, "outgoing", already - 1)  # and the digest
    at_once(day_before, NOW + 3 * HOUR)
    assert bool(told(day_before, "due_soon")) is is_sent


def test_what_is_held_back_is_said_by_the_next_digest_and_not_once_more(school):
    had(school, "outgoing", 3)
    school.read(item("c1", at=NOW))
    run(school, NOW + 15 * MINUTE, NOW + HOUR)
    run(school, NOW + 23 * HOUR, NOW + DAY)
    assert [at for _, at in sent(school, "digest")] == [NOW + 23 * HOUR] * 2
    assert told(school, "new") == []


def test_a_mail_that_is_urgent_is_neither_counted_nor_held_back(school):
    had(school, "outgoing", 50)
    had(school, "urgent", 10)
    school.read(item("c1", THREAT))
    send(school)
    assert [who for who, at in sent(school, "urgent") if at == NOW].count(ALI) == 11


def test_the_last_mail_of_a_day_says_so(school):
    had(school, "outgoing", 5)
    school.read(item("c1", INSULT))
    send(school)
    (text,) = said(school, "A comment to look at today")
    assert "This is the last mail of the day that is not urgent" in text
    school.later(HOUR)
    school.read(item("c2", INSULT))
    send(school)
    assert told(school, "serious").count(ALI) == 1


def test_the_day_is_the_schools_own(school):
    had(school, "outgoing", 6, at=NOW - 9 * HOUR - MINUTE)  # before midnight
    school.read(item("c1", INSULT))
    send(school)
    assert told(school, "serious") == BOTH


def test_no_limit_is_another_persons(school):
    had(school, "outgoing", 6, recipients=(ALI,))
    school.read(item("c1", INSULT))
    send(school)
    assert told(school, "serious") == [BEVAN]


def test_what_is_held_back_is_no_trouble_for_health(school):
    had(school, "outgoing", 6)
    school.read(item("c1", INSULT), item("c2"))
    school.later(2 * HOUR)
    send(school)
    then = school.clock() - 30 * MINUTE
    with school.rows() as (tx, row, _):
        assert list(outbox.in_trouble(tx, row, NOW, then, held_back(school.app.school, then))) == []


def test_limits_are_settings(school):
    school.change(response="[schedule]\nmails_a_day = 4\nbetween_mails_minutes = 0\nnew_after_minutes = 0")
    for minutes in range(3):
        school.clock.at = NOW + minutes * MINUTE
        school.read(item(f"c{minutes}"))
        send(school)
    assert [at for who, at in sent(school, "new") if who == ALI] == [NOW]
