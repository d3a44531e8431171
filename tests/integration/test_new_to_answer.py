"""The mail that comments are new to answer: together, in mailing hours, never of what is settled or told already."""

import pytest
from alert_desk import ALI, BEVAN, THREAT, decided, keep_out, send, told, with_people
from desk import DAY, HOUR, INSULT, MINUTE, NOW, SCHOOL, item
from reminder_desk import (
    BOTH,
    EVENING,
    HELD,
    listed,
    outcomes,
    run,
    said,
    sent,
    subjects,
)

from monitor.custody import media_gate
from monitor.custody.log import Actor
from monitor.model import Action
from monitor.store import ledger, outbox


@pytest.fixture
def school(desk):
    return with_people(desk)


def test_the_first_comment_opens_a_window_and_one_mail_tells_all_that_came_in_it(school):
    school.read(item("c1", at=NOW - MINUTE))
    school.later(10 * MINUTE)
    send(school)
    assert sent(school, "new") == []
    school.read(item("c2"), item("c3"))
    school.clock.at = NOW + 15 * MINUTE
    send(school)
    assert sent(school, "new") == [(ALI, school.clock()), (BEVAN, school.clock())]
    assert "3 new comments to answer, first by Wed 08:00 - Facebook page" in subjects(school)
    (text,) = said(school, "new comments")
    assert [f"Case {n}:" in text for n in (1, 2, 3)] == [True, True, True]
    assert 'school-monitor show 2 --by "Mrs Ali"' in text
    assert "no words of any comment" in text
    assert "Hello there" not in text


def test_at_most_one_an_hour_and_what_was_told_is_not_told_again(school):
    for minutes in range(0, 60, 10):
        school.clock.at = NOW + minutes * MINUTE
        school.read(item(f"c{minutes}", post=f"p{minutes}"))
        send(school)
    school.clock.at = NOW + 75 * MINUTE
    send(school)
    school.clock.at = NOW + 80 * MINUTE
    send(school)
    assert [at for who, at in sent(school, "new") if who == ALI] == [NOW + 20 * MINUTE, NOW + 80 * MINUTE]
    first, second = said(school, "new comment")
    assert not set(listed(first)) & set(listed(second))
    assert len(listed(first)) + len(listed(second)) == 6


def test_it_is_silent_when_all_is_answered_before_the_window_closes(school):
    school.read(item("c1"))
    school.later(10 * MINUTE)
    school.read(item("r1", by=SCHOOL, under="c1", at=NOW + 5 * MINUTE))
    school.later(10 * MINUTE)
    send(school)
    assert sent(school, "new") == []
    assert outcomes(school, "new") == {"answered, taken, told by a digest, or not for this person any more"}


def test_it_leaves_out_what_was_answered_settled_or_taken_meanwhile(school):
    school.read(*(item(f"c{n}", post=f"p{n}") for n in range(1, 6)))
    school.later(5 * MINUTE)
    school.read(item("r1", by=SCHOOL, under="c1", at=NOW + MINUTE, post="p1"))
    decided(school, Action.NO_REPLY_NEEDED, remote_id="c2")
    decided(school, Action.TAKE, remote_id="c3")
    school.later(10 * MINUTE)
    send(school)
    (text,) = said(school, "2 new comments")
    assert listed(text) == [4, 5]


def test_what_comes_at_night_is_told_by_the_digest_alone(school):
    school.clock.at = EVENING
    school.read(item("c1", at=EVENING - MINUTE))
    assert school.deliveries("new") == []
    run(school, NOW + DAY - HOUR, NOW + DAY)
    assert told(school, "new") == []
    assert told(school, "digest") == BOTH


def test_what_comes_as_the_hours_end_is_told_before_they_do(school):
    school.clock.at = EVENING - 5 * MINUTE
    school.read(item("c1", at=EVENING - 6 * MINUTE))
    send(school)
    assert sent(school, "new") == [(ALI, school.clock()), (BEVAN, school.clock())]


def test_what_a_digest_told_meanwhile_is_not_told_again(school):
    school.read(item("c1"))
    school.clock.at = NOW + 23 * HOUR  # nothing ran since: the digest of the next morning comes first
    school.read()
    send(school)
    assert (told(school, "digest"), told(school, "new")) == (BOTH, [])


def test_what_is_overdue_when_it_is_met_owes_none(school):
    school.read(item("c1", at=NOW - 5 * DAY))
    assert school.deliveries("new") == []


def test_whoever_is_told_of_it_at_once_hears_of_it_once(school):
    school.read(item("c1", INSULT), item("c2", THREAT), item("c3"))
    send(school)
    school.later(15 * MINUTE)
    send(school)
    (text,) = said(school, "new comment")
    assert listed(text) == [3]


def test_nothing_that_nobody_is_to_answer_is_new_to_answer(desk):
    school = with_people(desk, tell=HELD)
    school.read(item("c1", INSULT))
    assert school.deliveries("new") == []


def test_nobody_hears_of_what_they_are_kept_out_of_not_even_in_a_count(school):
    school.read(*(item(f"c{n}") for n in range(1, 4)))
    keep_out(school, ALI, remote_id="c2")
    school.later(15 * MINUTE)
    send(school)
    assert [listed(text) for text in said(school, "2 new comments")] == [[1, 3]]
    assert [listed(text) for text in said(school, "3 new comments", to=BEVAN)] == [[1, 2, 3]]


def test_what_is_withheld_by_then_is_in_no_mail(school):
    school.read(item("c1"), item("c2"))
    with school.store.writing() as tx:
        row = ledger.school_by_key(tx, "oakfield")
        media_gate.withhold(tx, row, 1, Actor("Miss Lead", "it may be", "pc"), school.clock())
    school.later(15 * MINUTE)
    send(school)
    assert [listed(text) for text in said(school, "1 new comment")] == [[2]]


def test_a_retry_tells_the_same_under_the_same_id(school, monkeypatch):
    school.read(item("c1"))
    school.later(15 * MINUTE)
    with monkeypatch.context() as patch:
        patch.setattr("monitor.store.outbox.mark_sent", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(school)
    (name,) = [path.name for path in school.mails()]
    school.read(item("c2"))
    school.later(outbox.LEASE + MINUTE)
    send(school)
    (again,) = [path for path in school.mails() if path.name == name]
    assert b"Case 1:" in again.read_bytes()
    assert b"Case 2:" not in again.read_bytes()
