"""The mail that a deadline has passed: said once, only when it is sure, and an hour later to the head."""

import pytest
from alert_desk import ALI, BEVAN, HEAD, LEAD, decided, keep_out, send, told, with_people
from desk import DAY, HOUR, MINUTE, NOW, SCHOOL, item
from reminder_desk import (
    BOTH,
    EVENING,
    at_once,
    listed,
    run,
    said,
    sent,
    subjects,
    the_morning_passes,
)

from monitor.model import Action


@pytest.fixture
def school(desk):
    return with_people(desk)


@pytest.fixture
def day_before(school):
    """The same school since the day before, so that what falls due on Tuesday was met in time."""
    school.clock.at = NOW - DAY
    school.read()
    return school


@pytest.fixture
def late(day_before):
    """One comment that falls due on Tuesday at 10:00."""
    day_before.clock.at = NOW - DAY + HOUR
    day_before.read(item("c1", at=day_before.clock()))
    return day_before


def test_it_is_said_once_a_read_after_the_deadline_found_no_answer(late):
    the_morning_passes(late)
    late.clock.at = NOW + HOUR + MINUTE
    send(late)
    assert told(late, "overdue") == []
    late.later(5 * MINUTE)
    late.read()
    send(late)
    assert sent(late, "overdue") == [(ALI, late.clock()), (BEVAN, late.clock())]
    assert "1 comment overdue since 10:00 - Facebook page" in subjects(late)
    run(late, late.clock() + 15 * MINUTE, late.clock() + 30 * MINUTE)
    assert told(late, "overdue") == BOTH


def test_an_account_that_cannot_be_read_makes_it_other_words(late):
    the_morning_passes(late)
    run(late, NOW + HOUR, NOW + 2 * HOUR, read=False)
    assert told(late, "overdue")[:2] == BOTH
    assert "1 comment may be overdue since 10:00 - Facebook page" in subjects(late)
    (text,) = said(late, "may be overdue")
    assert "May be overdue: not read since its deadline" in text


def test_the_head_hears_an_hour_later_when_it_is_still_overdue(late):
    the_morning_passes(late)
    run(late, NOW + HOUR, NOW + 3 * HOUR)
    told_at = NOW + HOUR + 15 * MINUTE
    assert sent(late, "overdue") == [(ALI, told_at), (BEVAN, told_at), (HEAD, told_at + HOUR)]
    (text,) = said(late, "overdue", to=HEAD)
    assert "Nobody has answered, so it comes to you as well." in text


def test_the_head_hears_nothing_when_it_was_answered_within_the_hour(late):
    the_morning_passes(late)
    run(late, NOW + HOUR, NOW + 1.5 * HOUR)
    late.read(item("r1", by=SCHOOL, under="c1", at=NOW + 1.5 * HOUR))
    run(late, NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert told(late, "overdue") == BOTH


def test_what_passed_at_night_is_said_by_the_digest_and_to_the_head_an_hour_after_it(school):
    school.clock.at = EVENING + 2 * HOUR
    school.read(item("c1", at=school.clock()))
    at_once(school, NOW + DAY - HOUR)
    run(school, NOW + 2 * DAY - HOUR, NOW + 2 * DAY + HOUR)
    assert sent(school, "overdue") == [(HEAD, NOW + 2 * DAY)]


def test_whoever_took_it_is_told_and_the_others_read_who_that_is(late):
    decided(late, Action.TAKE, by="Miss Lead")
    the_morning_passes(late)
    run(late, NOW + HOUR, NOW + 1.5 * HOUR)
    assert sorted(told(late, "overdue")) == sorted([LEAD, ALI, BEVAN])
    assert "Taken by Miss Lead" in said(late, "overdue")[0]
    assert "Taken by" not in said(late, "overdue", to=LEAD)[0]


def test_a_head_who_is_kept_out_hears_nothing(late):
    keep_out(late, HEAD)
    the_morning_passes(late)
    run(late, NOW + HOUR, NOW + 3 * HOUR)
    assert told(late, "overdue") == BOTH


def test_what_was_due_before_the_school_was_watched_is_for_digest_and_report(school):
    school.read(item("c1", at=NOW - 26 * HOUR))
    run(school, NOW, NOW + 2 * HOUR)
    assert school.deliveries("overdue") == []


def test_what_is_found_only_after_its_deadline_is_said_at_once(day_before):
    the_morning_passes(day_before)
    day_before.clock.at = NOW + 3 * HOUR
    day_before.read(item("c1", at=NOW - DAY + 2 * HOUR))
    send(day_before)
    assert sent(day_before, "overdue") == [(ALI, NOW + 3 * HOUR), (BEVAN, NOW + 3 * HOUR)]
    assert day_before.deliveries("new") == []


def test_several_are_one_mail(day_before):
    day_before.clock.at = NOW - DAY + HOUR
    day_before.read(*(item(f"c{n}", at=NOW - DAY + HOUR + n * MINUTE) for n in range(14)))
    the_morning_passes(day_before)
    at_once(day_before, NOW + 90 * MINUTE)
    assert told(day_before, "overdue") == BOTH
    (text,) = said(day_before, "14 comments overdue since 10:00")
    assert len(listed(text)) == 10
    assert "and 4 more" in text
