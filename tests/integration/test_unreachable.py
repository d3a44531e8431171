"""Two mails in a row are refused for good: the others are told once, and somebody else is told what was theirs."""

from datetime import UTC, datetime

import pytest
from desk import DAY, HOUR, MINUTE, item
from listening_desk import ALI, BEVAN, HEAD, NO_SUCH, NOT_NOW, at, every, listens, post_of, sent
from watch_desk import KIM, texts

from monitor import mail_kinds
from monitor.store import ledger, outbox
from monitor.store.listening import unreachable_people

WEDNESDAY = datetime(2026, 11, 11, 8, 0, tzinfo=UTC)
THURSDAY, FRIDAY = WEDNESDAY + DAY, WEDNESDAY + 2 * DAY


@pytest.fixture
def post(monkeypatch):
    with post_of(monkeypatch) as post:
        yield post


@pytest.fixture
def school(desk, post):
    """It is Thursday morning, and two digests to Mr Bevan were refused for good."""
    listens(desk)
    desk.read(item("c1"))
    post.refuses[BEVAN] = NO_SUCH
    at(desk, WEDNESDAY)
    assert unreachable(desk) == {}
    at(desk, THURSDAY)
    return desk


def unreachable(desk):
    with desk.store.reading() as tx:
        return dict(unreachable_people(tx, ledger.enrolled_school(tx, "oakfield")))


def told(desk):
    return [recipient for _, recipient, _ in sent(desk, mail_kinds.UNREACHABLE)]


def test_the_others_are_told_once(school):
    assert unreachable(school)[BEVAN].since == THURSDAY
    for minute in range(1, 6):
        at(school, THURSDAY + minute * MINUTE)
    assert told(school) == [KIM, ALI]
    said = texts(school, "Mail to 1 person is refused")
    assert len(said) == 2
    assert "Mail to Mr Bevan is refused for good since today 08:00: the server says that there is no such" in said[0]
    assert all("secret@x.example" not in each and BEVAN not in each for each in said)


def test_they_are_told_again_when_a_mail_arrives_which_is_tried_all_the_time(school, post):
    at(school, THURSDAY + MINUTE)
    post.refuses.clear()
    at(school, FRIDAY)
    at(school, FRIDAY + MINUTE)
    at(school, FRIDAY + 2 * MINUTE)
    assert unreachable(school) == {}
    assert told(school) == [KIM, ALI, KIM, ALI, BEVAN][: len(told(school))]
    again = texts(school, "Mail to 1 person arrives again")
    assert len(again) == 2
    assert "Mail to Mr Bevan is accepted again since today 08:00." in again[0]


def test_it_is_told_when_people_may_be_mailed_and_not_at_night(school, post):
    """Nothing of it is urgent: what is, went to the next person at once."""
    at(school, THURSDAY + MINUTE)
    post.refuses[ALI] = NO_SUCH
    with school.store.writing() as tx:
        row = ledger.enrolled_school(tx, "oakfield")
        for number in (1, 2):
            outbox.owe(tx, row, mail_kinds.ALARM, f"nothing {number}", (ALI,), FRIDAY - 5 * HOUR)
        for delivery in outbox.in_trouble(tx, row, FRIDAY - DAY, FRIDAY):
            if delivery.recipient == ALI and delivery.kind == mail_kinds.ALARM:
                outbox.close(tx, delivery.id, f"{outbox.REFUSED}550 no", FRIDAY - 5 * HOUR)
    before = told(school)
    at(school, FRIDAY - 5 * HOUR + MINUTE)
    assert told(school) == before
    at(school, FRIDAY + MINUTE)
    assert KIM in told(school)[len(before) :]


def test_what_only_they_would_read_somebody_else_reads_as_well(desk, post):
    listens(desk, more='\n[[registered]]\naccount = "facebook"\nmoderators = ["Mr Bevan"]\n')
    desk.read(item("c1"))
    post.refuses[BEVAN] = NO_SUCH
    at(desk, WEDNESDAY)
    at(desk, THURSDAY)
    assert [recipient for _, recipient, _ in sent(desk, "digest")] == []
    at(desk, THURSDAY + MINUTE)
    assert [recipient for _, recipient, _ in sent(desk, "digest")] == [ALI]
    (digest,) = [text for text in texts(desk, "") if "Rule:" in text]
    assert "Mail to Mr Bevan is refused since Thu 12 Nov 08:00" in digest
    assert any(d.recipient == BEVAN for d in desk.deliveries("digest") if d.key == "2026-11-12"), "tried all the same"


def test_one_mail_refused_for_good_is_about_the_mail(desk, post):
    listens(desk)
    desk.read(item("c1"))
    post.refuses[BEVAN] = NO_SUCH
    at(desk, WEDNESDAY)
    every(desk, 5, WEDNESDAY + 25 * MINUTE)  # until something is overdue, about which the next mail is
    assert unreachable(desk) == {}
    assert told(desk) == []


def test_mails_given_up_after_a_day_of_attempts_make_nobody_unreachable(desk, post):
    listens(desk)
    desk.read()
    post.all_fail = NOT_NOW
    with desk.store.writing() as tx:
        for week in ("2026-W43", "2026-W44"):
            outbox.owe(tx, ledger.enrolled_school(tx, "oakfield"), mail_kinds.WEEKLY, week, (HEAD,), WEDNESDAY)
    at(desk, WEDNESDAY)
    every(desk, 60, WEDNESDAY + 30 * HOUR)
    given_up = [d for d in desk.deliveries("weekly") if d.closed_at and d.outcome.startswith(outbox.REFUSED)]
    assert len(given_up) == 2
    assert unreachable(desk) == {}
    assert told(desk) == []


def test_the_digest_and_the_report_say_it(school):
    assert any("Mr Bevan" in line for line in school.app.reporter.digest(ALI, school.clock()).notices)
    assert any("Mr Bevan" in line for line in school.app.reporter.weekly("2026-W46", school.clock(), HEAD).notices)
    assert "Facebook page (1)" in school.app.reporter.weekly("2026-W46", school.clock(), HEAD).too_few_moderators
